"""What it means that two answers are equal.

The data are equal to the byte, with the order of keys. Errors have a message, a path and locations; where nothing is
awaited they are equal, and in the same order.

Where values are awaited, graphql-core tells errors in the order in which they happen to arise, and of several failures
that null the same place only those that arose before that place was nulled: this depends on how many turns of the loop
each took. So then
- the places that are null for an error are the same, hence each has an error in both answers;
- each error told is one that arises: one of those that graphql-core meets if it goes on after every failure. Where only
  one error can null a place, the errors are therefore the same."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass
from typing import Any, TypeAlias

from graphql import GraphQLError
from graphql.execution.executor import CollectedErrors
from graphql.pyutils import Path

from app.execution.executor import StandardExecutor

Error: TypeAlias = "tuple[str, tuple[str | int, ...], tuple[tuple[int, int], ...]]"

TURNS = 20
"""How many turns of the loop work takes at most that graphql-core leaves behind."""


class AllErrors(CollectedErrors):
    """Collects errors at places that are null already, too."""

    def add(self, error: GraphQLError, path: Path | None) -> None:
        """Note an error."""
        self.errors.append(error)


class TellingExecutor(StandardExecutor):
    """graphql-core, which goes on after every failure and tells every error it meets, after its answer too."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.collected_errors = AllErrors()
        self.error_propagation = False


@dataclass(frozen=True, slots=True)
class Answer:
    """The data as text, and the errors in their order."""

    data: str
    errors: tuple[Error, ...]

    @classmethod
    def of(cls, result: Any) -> Answer:
        """The answer in a result."""
        return cls(json.dumps(result.data, default=str), tuple(_error(error) for error in result.errors or ()))

    def places(self) -> set[tuple[str | int, ...]]:
        """The places that are null for an error at or within them."""
        data = json.loads(self.data)
        return {_null_at(data, path) for _, path, _ in self.errors}


async def settled(result: Any) -> Any:
    """The result when all work behind it has come to its end."""
    for _ in range(TURNS):
        await asyncio.sleep(0)
    return result


def _null_at(value: Any, path: tuple[str | int, ...]) -> tuple[str | int, ...]:
    for length, key in enumerate(path):
        if value is None:
            return path[:length]
        value = value[key]
    return path


def _error(error: Any) -> Error:
    locations = tuple((location.line, location.column) for location in error.locations or ())
    return error.message, tuple(error.path or ()), locations


def difference(ours: Answer, theirs: Answer, possible: Answer) -> str:
    """What makes two answers different although values were awaited; empty if they are equal."""
    if ours.data != theirs.data:
        return "data"
    if ours.places() != theirs.places():
        return "places of errors"
    strange = Counter(ours.errors) - Counter(possible.errors)
    return f"errors that do not arise: {strange}" if strange else ""
