"""Comparators for filters: `{eq: …}` or `{in: […]}`; a null comparator is refused rather than ignored."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry

from app.kit.errors import InvalidParameter
from app.kit.ids import key_of

E = TypeVar("E", bound=StrEnum)

MAX_VALUES = 100

_EQ = "Exactly this."
_IN = "Any of these; at most 100."


@strawberry.input(description="Compares text.")
class StringFilter:
    eq: str | None = strawberry.field(default=strawberry.UNSET, description=_EQ)
    in_: list[str] | None = strawberry.field(default=strawberry.UNSET, name="in", description=_IN)


@strawberry.input(description="Compares ids.")
class IdFilter:
    eq: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_EQ)
    in_: list[strawberry.ID] | None = strawberry.field(default=strawberry.UNSET, name="in", description=_IN)


@strawberry.input(description="Compares a list of texts.")
class StringListFilter:
    contains_all: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Holds every one of these; at most 100."
    )


@strawberry.input(description="Compares a word from a list.")
class Filter(Generic[E]):
    eq: E | None = strawberry.field(default=strawberry.UNSET, description=_EQ)
    in_: list[E] | None = strawberry.field(default=strawberry.UNSET, name="in", description=_IN)


def wanted(comparator: Any, argument: str) -> tuple[str, ...]:
    """The values a comparator admits; empty where there is no comparator. Raises `INVALID_PARAMETER`."""
    if comparator is strawberry.UNSET:
        return ()
    given = {
        name: value
        for name in ("eq", "in_", "contains_all")
        if (value := getattr(comparator, name, strawberry.UNSET)) is not strawberry.UNSET
    }
    if len(given) != 1 or None in given.values():
        raise InvalidParameter(f"`{argument}` needs exactly one comparator that is not null.", argument=argument)
    (value,) = given.values()
    return _bounded(value if isinstance(value, list) else [value], argument)


def _bounded(values: Sequence[Any], argument: str) -> tuple[str, ...]:
    if not 1 <= len(values) <= MAX_VALUES:
        raise InvalidParameter(f"`{argument}` takes 1 to {MAX_VALUES} values.", argument=argument)
    return tuple(str(value) for value in values)


def wanted_keys(comparator: Any, type_name: str, argument: str) -> tuple[UUID, ...]:
    """The keys an id comparator admits."""
    return tuple(key_of(text, type_name, argument=argument) for text in wanted(comparator, argument))
