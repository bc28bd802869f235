"""A filter as a tree of conditions: its shape, its arguments, and what it demands of one field. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, TypeAlias

from app.kit.operators import FilterOperator, pattern

MAX_DEPTH, MAX_CONDITIONS = 3, 100

Shape: TypeAlias = "tuple[Any, ...]"
"""What about a filter changes its SQL: fields, operators and how they are joined."""

LISTING = frozenset({FilterOperator.EQ, FilterOperator.IN, FilterOperator.CONTAINS_ALL, FilterOperator.CONTAINS_ANY})
"""Comparisons with values of which each stands for itself."""


class Joint(StrEnum):
    """How the parts of a group are joined."""

    AND = "and"
    OR = "or"
    NOT = "not"


@dataclass(frozen=True, slots=True)
class Condition:
    """A comparison of one field; `path` is where the client wrote it, such as `or[0].provider`."""

    path: str
    field: str
    operator: FilterOperator
    values: tuple[Any, ...]

    def argument(self) -> Any:
        """The value as the statement takes it."""
        if self.operator in {FilterOperator.CONTAINS, FilterOperator.STARTS_WITH}:
            return pattern(self.operator, self.values[0])
        many = self.operator in {FilterOperator.IN, FilterOperator.CONTAINS_ALL, FilterOperator.CONTAINS_ANY}
        return list(self.values) if many else self.values[0]


@dataclass(frozen=True, slots=True)
class Group:
    """Parts joined; `NOT` has exactly one."""

    joint: Joint
    parts: tuple[Part, ...] = ()


Part: TypeAlias = "Condition | Group"

EVERYTHING = Group(Joint.AND)


def conditions(part: Part) -> Iterator[Condition]:
    """All conditions, in the order written."""
    if isinstance(part, Condition):
        yield part
    else:
        for inner in part.parts:
            yield from conditions(inner)


def shape(part: Part) -> Shape:
    """Equal for filters that differ in values alone."""
    if isinstance(part, Condition):
        return (part.field, part.operator)
    return (part.joint, *(shape(inner) for inner in part.parts))


def arguments(part: Part) -> dict[str, Any]:
    """The values, by the names the statement gives them: `c0`, `c1`, … in the order of the conditions."""
    return {f"c{number}": condition.argument() for number, condition in enumerate(conditions(part))}


def demands(part: Part) -> Iterator[Part]:
    """What must hold, each by itself: the parts of `and`, and of an `and` within it."""
    if isinstance(part, Group) and part.joint is Joint.AND:
        for inner in part.parts:
            yield from demands(inner)
    else:
        yield part


def selected(part: Part, field: str) -> frozenset[str]:
    """The values of the field that the filter demands, for a mark beside them."""
    chosen = (each for each in demands(part) if isinstance(each, Condition) and each.field == field)
    return frozenset(written(value) for each in chosen if each.operator in LISTING for value in each.values)


def written(value: Any) -> str:
    """A value as the API writes it."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return value.isoformat().replace("+00:00", "Z") if isinstance(value, date | datetime) else str(value)
