"""Variables of examples, with the ids of what is there now in place of those that were recorded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from app.kit.ids import parse_global_id

REMEMBERED = {"token": "token", "refreshToken": "refreshToken", "expectedRevision": "revision"}
"""Values of inputs that come from earlier answers, by the names they have there."""


def kind_in(value: Any) -> str | None:
    """The type in an id."""
    parsed = parse_global_id(value) if isinstance(value, str) else None
    return parsed[0] if parsed else None


def leaves(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """The values in an answer that have no parts, with the names of their fields."""
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from leaves(inner, key)
    elif isinstance(value, list):
        for inner in value:
            yield from leaves(inner, name)
    else:
        yield name, value


@dataclass(slots=True)
class Filling:
    """What is there: ids by type, the most recent first, and what was said last."""

    ids: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    said: dict[str, Any] = field(default_factory=dict[str, Any])

    def add(self, ids: Iterable[str]) -> None:
        """Things that are there; the first of each type counts most."""
        for one in reversed(list(ids)):
            kind = kind_in(one)
            if kind:
                self.ids[kind] = [one, *(other for other in self.ids.get(kind, []) if other != one)]

    def learn(self, answer: Any) -> None:
        """What a mutation answered: what it made comes first from now on."""
        found = list(leaves(answer))
        self.add(value for name, value in found if name == "id" and isinstance(value, str))
        self.said |= {
            name: value for name, value in reversed(found) if name in {*REMEMBERED.values(), "accessToken"} and value
        }

    def filled(self, variables: dict[str, Any]) -> dict[str, Any]:
        """These variables for what is there: the n-th id of a type in them becomes the n-th of that type."""
        return self._filled(variables, {}, "")

    def _filled(self, value: Any, known: dict[str, str], name: str) -> Any:
        if isinstance(value, dict):
            return {key: self._filled(inner, known, key) for key, inner in value.items()}
        if isinstance(value, list):
            return [self._filled(inner, known, name) for inner in value]
        if name in REMEMBERED and REMEMBERED[name] in self.said:
            return self.said[REMEMBERED[name]]
        kind = kind_in(value)
        if kind and value not in known:
            known[value] = self.ids[kind][sum(kind_in(other) == kind for other in known)]
        return known.get(value, value) if kind else value
