"""A filter as a tree of conditions: its shape, its arguments, and which of its parts a facet leaves out. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias

from app.kit.errors import InvalidParameter
from app.kit.filters import Operator, pattern

MAX_DEPTH, MAX_CONDITIONS = 3, 100

Shape: TypeAlias = "tuple[Any, ...]"
"""What about a filter changes its SQL: fields, operators and how they are joined."""


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
    operator: Operator
    values: tuple[Any, ...]

    def argument(self) -> Any:
        """The value as the statement takes it."""
        if self.operator in {Operator.CONTAINS, Operator.STARTS_WITH}:
            return pattern(self.operator, self.values[0])
        many = self.operator in {Operator.IN, Operator.CONTAINS_ALL, Operator.CONTAINS_ANY}
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


def depth(part: Part) -> int:
    """How deep groups are nested; 0 without any."""
    if isinstance(part, Condition):
        return 0
    return max((depth(inner) + isinstance(inner, Group) for inner in part.parts), default=0)


def speaks_of(part: Part, field: str) -> bool:
    """Whether any condition is about the field."""
    return any(condition.field == field for condition in conditions(part))


def bounded(part: Group) -> Group:
    """The same filter; `INVALID_PARAMETER` if it has more than 100 conditions."""
    if sum(1 for _ in conditions(part)) > MAX_CONDITIONS:
        message = f"`filter` takes {MAX_CONDITIONS} conditions in all at most."
        raise InvalidParameter(message, argument="filter")
    return part


def demands(part: Part) -> Iterator[Part]:
    """What must hold, each by itself: the parts of `and`, and of an `and` within it."""
    if isinstance(part, Group) and part.joint is Joint.AND:
        for inner in part.parts:
            yield from demands(inner)
    else:
        yield part


@dataclass(frozen=True, slots=True)
class Split:
    """A filter cut for facets: `common` holds for all, `own` only for the facets other than the field's own."""

    common: Group
    own: tuple[Group, ...]
    fields: tuple[str, ...]

    def whole(self) -> Group:
        """The filter again, its conditions in the order of the parts."""
        return Group(Joint.AND, (self.common, *self.own))


def split(part: Part, fields: Sequence[str]) -> Split:
    """Cut out the demands on each of the fields; a field that is demanded nothing of has no part."""
    demanded = list(demands(part))
    mine = {field: tuple(d for d in demanded if isinstance(d, Condition) and d.field == field) for field in fields}
    named = tuple(field for field in fields if mine[field])
    others = tuple(d for d in demanded if not (isinstance(d, Condition) and d.field in named))
    return Split(Group(Joint.AND, others), tuple(Group(Joint.AND, mine[field]) for field in named), named)


def selected(part: Part, field: str) -> frozenset[str]:
    """The values of the field that the filter demands, for a mark beside them."""
    listing = {Operator.EQ, Operator.IN, Operator.CONTAINS_ALL, Operator.CONTAINS_ANY}
    chosen = (d for d in demands(part) if isinstance(d, Condition) and d.field == field and d.operator in listing)
    return frozenset(written(value) for condition in chosen for value in condition.values)


def written(value: Any) -> str:
    """A value as people read it."""
    return str(value).lower() if isinstance(value, bool) else str(value)
