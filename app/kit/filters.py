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

E = TypeVar("E", bound=StrEnum)

MAX_VALUES, MAX_LENGTH = 100, 1000

_EQ = "Exactly this."
_IN = "Any of these; at most 100."


class Operator(StrEnum):
    """How a condition compares."""

    EQ = "EQ"
    IN = "IN"
    CONTAINS = "CONTAINS"
    STARTS_WITH = "STARTS_WITH"
    CONTAINS_ALL = "CONTAINS_ALL"
    CONTAINS_ANY = "CONTAINS_ANY"
    GTE = "GTE"
    LTE = "LTE"
    LT = "LT"


graphql_enum(
    Operator,
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
    "eq": Operator.EQ,
    "in_": Operator.IN,
    "contains": Operator.CONTAINS,
    "starts_with": Operator.STARTS_WITH,
    "contains_all": Operator.CONTAINS_ALL,
    "contains_any": Operator.CONTAINS_ANY,
    "gte": Operator.GTE,
    "lt": Operator.LT,
}

Comparison = tuple[Operator, tuple[Any, ...]]
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


def wanted(comparator: Any, argument: str) -> tuple[str, ...]:
    """The values that `eq` or `in` admits, or `containsAll` demands; empty without a comparator.

    Any other comparator is `INVALID_PARAMETER` rather than ignored."""
    found = comparisons(comparator, argument)
    if any(operator not in {Operator.EQ, Operator.IN, Operator.CONTAINS_ALL} for operator, _ in found):
        raise InvalidParameter(f"`{argument}` takes `eq`, `in` or `containsAll`.", argument=argument)
    return tuple(value for _, values in found for value in values)


def pattern(operator: Operator, text: str) -> str:
    r"""The pattern for `ilike` in which `%`, `_` and `\` of the text mean themselves."""
    literal = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{literal}%" if operator is Operator.CONTAINS else f"{literal}%"


def wanted_keys(comparator: Any, type_name: str, argument: str) -> tuple[UUID, ...]:
    """The keys an id comparator admits."""
    return tuple(key_of(text, type_name, argument=argument) for text in wanted(comparator, argument))
