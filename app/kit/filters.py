"""Comparators for filters: `{eq: …}` or `{in: […]}`; a null comparator is refused rather than ignored."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Generic, TypeVar
from uuid import UUID

import strawberry

from app.kit.enums import graphql_enum
from app.kit.errors import InvalidParameter
from app.kit.ids import key_of
from app.kit.operators import FilterOperator, pattern

E = TypeVar("E", bound=StrEnum)

MAX_VALUES, MAX_LENGTH = 100, 1000

_EQ = "Exactly this."
_IN = "Any of these; at most 100."


graphql_enum(
    FilterOperator,
    "How a condition compares. New values may be added.",
    EQ="Equal to the value.",
    IN="Equal to one of the values.",
    CONTAINS="Holds the value somewhere, ignoring case.",
    STARTS_WITH="Begins with the value, ignoring case.",
    CONTAINS_ALL="A list that holds every value.",
    CONTAINS_ANY="A list that holds at least one of the values.",
    GTE="At least the value.",
    LTE="At most the value.",
    LT="Below, or before, the value.",
)


@strawberry.input(description="Compares text by exactly one comparator. Values are at most 1,000 characters long.")
class StringFilter:
    eq: str | None = strawberry.field(default=strawberry.UNSET, description=_EQ)
    in_: list[str] | None = strawberry.field(default=strawberry.UNSET, name="in", description=_IN)
    contains: str | None = strawberry.field(
        default=strawberry.UNSET, description="Holds this somewhere, ignoring case; `%` and `_` mean themselves."
    )
    starts_with: str | None = strawberry.field(
        default=strawberry.UNSET, description="Begins with this, ignoring case; `%` and `_` mean themselves."
    )


@strawberry.input(description="Compares ids by exactly one comparator.")
class IdFilter:
    eq: strawberry.ID | None = strawberry.field(default=strawberry.UNSET, description=_EQ)
    in_: list[strawberry.ID] | None = strawberry.field(default=strawberry.UNSET, name="in", description=_IN)


@strawberry.input(description="Compares a list of texts by exactly one comparator. Texts of at most 1,000 characters.")
class StringListFilter:
    contains_all: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Holds every one of these; at most 100."
    )
    contains_any: list[str] | None = strawberry.field(
        default=strawberry.UNSET, description="Holds at least one of these; at most 100."
    )


@strawberry.input(description="Compares a word from a list by exactly one comparator.")
class Filter(Generic[E]):
    eq: E | None = strawberry.field(default=strawberry.UNSET, description=_EQ)
    in_: list[E] | None = strawberry.field(default=strawberry.UNSET, name="in", description=_IN)


@strawberry.input(description="Compares instants; both bounds together give a range.")
class DateTimeFilter:
    gte: datetime | None = strawberry.field(default=strawberry.UNSET, description="At this instant or later.")
    lt: datetime | None = strawberry.field(default=strawberry.UNSET, description="Before this instant.")


@strawberry.input(description="Compares dates; both bounds together give a range.")
class DateFilter:
    gte: date | None = strawberry.field(default=strawberry.UNSET, description="On this day or later.")
    lt: date | None = strawberry.field(default=strawberry.UNSET, description="Before this day.")


_OPERATORS = {
    "eq": FilterOperator.EQ,
    "in_": FilterOperator.IN,
    "contains": FilterOperator.CONTAINS,
    "starts_with": FilterOperator.STARTS_WITH,
    "contains_all": FilterOperator.CONTAINS_ALL,
    "contains_any": FilterOperator.CONTAINS_ANY,
    "gte": FilterOperator.GTE,
    "lt": FilterOperator.LT,
}

_EXACT = {FilterOperator.EQ, FilterOperator.IN}

Comparison = tuple[FilterOperator, tuple[Any, ...]]
"""An operator, and 1 to 100 values for it."""


def comparisons(comparator: Any, argument: str) -> tuple[Comparison, ...]:
    """What a comparator demands, none if it is left out. Raises `INVALID_PARAMETER`.

    Ranges may have two bounds; of all others exactly one comparator is taken."""
    if comparator is strawberry.UNSET:
        return ()
    given = {name: value for name in _OPERATORS if (value := _given(comparator, name)) is not strawberry.UNSET}
    most = 2 if given.keys() <= {"gte", "lt"} else 1
    if not 1 <= len(given) <= most or None in given.values():
        raise InvalidParameter(f"`{argument}` needs exactly one comparator that is not null.", argument=argument)
    return tuple((_OPERATORS[name], _bounded(value, argument)) for name, value in given.items())


def _given(comparator: Any, name: str) -> Any:
    return getattr(comparator, name, strawberry.UNSET)


def _bounded(value: Any, argument: str) -> tuple[Any, ...]:
    values: Sequence[Any] = value if isinstance(value, list) else [value]
    if not 1 <= len(values) <= MAX_VALUES:
        raise InvalidParameter(f"`{argument}` takes 1 to {MAX_VALUES} values.", argument=argument)
    if any(isinstance(text, str) and len(text) > MAX_LENGTH for text in values):
        raise InvalidParameter(f"`{argument}` takes {MAX_LENGTH} characters a value at most.", argument=argument)
    return tuple(str(each) if isinstance(each, StrEnum) else each for each in values)


def wanted(comparator: Filter[Any] | IdFilter | None, argument: str) -> tuple[str, ...]:
    """The values that `eq` or `in` admits; empty without a comparator."""
    return tuple(value for _, values in comparisons(comparator, argument) for value in values)


def wanted_texts(comparator: StringFilter | None, argument: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The texts that `eq` or `in` admits, and the patterns for `ilike` of `contains` or `startsWith`."""
    found = comparisons(comparator, argument)
    exact = (value for operator, values in found if operator in _EXACT for value in values)
    patterns = (pattern(operator, value) for operator, values in found if operator not in _EXACT for value in values)
    return tuple(exact), tuple(patterns)


def wanted_keys(comparator: IdFilter | None, type_name: str, argument: str) -> tuple[UUID, ...]:
    """The keys an id comparator admits."""
    return tuple(key_of(text, type_name, argument=argument) for text in wanted(comparator, argument))
