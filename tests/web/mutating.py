"""Requests that are nearly right: what clients send, bent byte by byte, value by value and token by token."""

from __future__ import annotations

import json
from dataclasses import dataclass
from random import Random
from typing import Any

PIECES = [
    "{", "}", "[", "]", '"', "\\", ":", ",", "(", ")", "!", "$", "@", "...", "#", "|", "&", "=", '"""', "null", "true",
    "NaN", "-Infinity", "1e999", "-0", "0.1e-7", "9" * 400, "9" * 5_000, "\\u0000", "\\ud800", "\x00", "\ufeff",
    "\u2028", "é😀", "[" * 300, "{a:" * 300, '{"a":' * 300, "(" * 50, "@include(if: $x)", "@skip(if: true)", "...F",
    "__typename", "__schema { types { name } }", "query", "mutation", "subscription", "on Model",
    "fragment F on Query { __typename }",
    "a: __typename " * 40, "$first", "first: -1", "first: 99999999999", 'after: "x"', "nodes { id }", "operationName",
]  # fmt: skip
ODD: list[Any] = [
    None, True, False, 0, -1, 1.5, 2**31, 2**53, 2**64, 1e308, "", "x", "\x00", "\ud800", "é" * 100, [], [[]], [None],
    {}, {"a": {}}, {"": 0}, [0] * 300, {str(n): n for n in range(300)}, "{ __typename }", "query", "x" * 11_000,
]  # fmt: skip
OPERATIONS: list[dict[str, Any]] = [
    {"query": "{ __typename }"},
    {
        "query": "query Q($first: Int = 5, $filter: ModelFilter) { models(first: $first, filter: $filter) { totalCount "
        "nodes { id name provider { name } prices { tokenClass usdPerMillion } } pageInfo { endCursor } } }",
        "variables": {"first": 2, "filter": {"or": [{"status": {"in": ["ACTIVE"]}}, {"name": {"contains": "o"}}]}},
        "operationName": "Q",
        "extensions": {"client": {"name": "x"}},
    },
    {"query": "query A($id: ID!) { node(id: $id) { id ...M } } fragment M on Model { slug }", "variables": {"id": "x"}},
    {
        "query": "mutation M($input: CreateTeamInput!) { createTeam(input: $input) { errors { code } } }",
        "variables": {"input": {"slug": "x", "name": "X"}},
    },
    {"query": 'query A { models(query: "one") { nodes { name } } } query B { viewer { name } }', "operationName": "B"},
    {"query": "{ __schema { types { name fields(includeDeprecated: true) { name args { name } } } } }"},
    {"query": "query V($ids: [ID!]!) { nodes(ids: $ids) { __typename } }", "variables": {"ids": ["a", "b"]}},
]
MESSAGES: list[dict[str, Any]] = [
    *({"type": "subscribe", "id": f"{n}", "payload": one} for n, one in enumerate(OPERATIONS)),
    {"type": "ping"},
    {"type": "pong", "payload": {"a": 1}},
    {"type": "complete", "id": "1"},
]


@dataclass(frozen=True, slots=True)
class Mutator:
    """Bends the examples by chance; the same chance bends them in the same way."""

    chance: Random

    def text(self, examples: list[dict[str, Any]]) -> str:
        """JSON of an example, or what was JSON."""
        example = self.chance.choice(examples)
        for _ in range(self.chance.choice((0, 1, 1, 2, 3))):
            example = self._value(example)
        text = json.dumps(example)
        return self._broken(text) if self.chance.random() < 0.4 else text

    def _value(self, value: Any) -> Any:
        """A value with something else in it."""
        if isinstance(value, dict) and value and self.chance.random() < 0.9:
            name = self.chance.choice(list(value))
            bent = {**value, name: self._value(value[name])}
            if self.chance.random() < 0.1:
                del bent[name]
            return bent
        if isinstance(value, list) and value and self.chance.random() < 0.8:
            return [self._value(item) if self.chance.random() < 0.5 else item for item in value]
        if isinstance(value, str) and self.chance.random() < 0.8:
            return self._broken(value)
        return self.chance.choice(ODD)

    def _broken(self, text: str) -> str:
        """A text of which a part is missing, repeated, moved or replaced."""
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            begin = self.chance.randint(0, len(text))
            end = min(len(text), begin + self.chance.choice((0, 0, 1, 3, 20)))
            times = self.chance.choice((0, 1, 2, 50))
            between = self.chance.choice(("", self.chance.choice(PIECES), text[begin:end] * times))
            text = text[:begin] + between + text[end:]
        return text
