"""Scalars and enums a column at a time: values that are as they travel pass untouched, others one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from enum import Enum
from math import isfinite
from typing import Any, Final

import orjson
from graphql import (
    GraphQLBoolean,
    GraphQLEnumType,
    GraphQLFloat,
    GraphQLID,
    GraphQLInt,
    GraphQLLeafType,
    GraphQLString,
    Undefined,
)
from graphql.pyutils import inspect

from app.execution.failures import Raised
from app.execution.waiting import Column
from app.kit.scalars import write_decimal, write_time

Leaf = Callable[[Column, set[type]], Column]
"""Completes a column without nulls, given the classes of its values; what fails becomes `Raised`."""

Write = Callable[[Column, set[type]], "list[Any] | None"]
"""Completes a column that may have nulls, given the classes of all else in it; None if there is anything unusual."""

_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1


def leaf_of(leaf: GraphQLLeafType) -> Leaf:
    """How values of a leaf type are completed."""
    write = writer_of(leaf)

    def complete(column: Column, kinds: set[type]) -> Column:
        written = write(column, kinds)
        return _one_by_one(leaf, column) if written is None else written

    return complete


def writer_of(leaf: GraphQLLeafType) -> Write:
    """The quick way, for values that are what one expects of the type."""
    if isinstance(leaf, GraphQLEnumType):
        return _Names(leaf)
    if leaf is _BUILT_IN.get(leaf.name):
        return _PASSES[leaf.name]
    return _WRITERS.get(leaf.coerce_output_value, _unusual)


def _one_by_one(leaf: GraphQLLeafType, column: Column) -> Column:
    coerce, answers = leaf.coerce_output_value, list[Any]()
    for value in column:
        try:
            coerced = coerce(value)
        except Exception as error:  # noqa: BLE001 - whatever a scalar raises is the field's error
            coerced = Raised(error)
        answers.append(_nothing(leaf, value, coerced) if coerced is None or coerced is Undefined else coerced)
    return answers


def _nothing(leaf: GraphQLLeafType, value: Any, coerced: Any) -> Raised:
    wrong = f"Expected `{inspect(leaf)}.coerce_output_value({inspect(value)})` to return non-nullable value, "
    return Raised(TypeError(wrong + f"returned: {inspect(coerced)}"))


class _Names:
    """Remembers the names of the values it has seen, by their class: strings and members."""

    def __init__(self, leaf: GraphQLEnumType) -> None:
        self._leaf = leaf
        self._names: dict[type, dict[Any, str | None]] = {}

    def __call__(self, column: Column, kinds: set[type]) -> Column | None:
        if len(kinds) != 1:
            return None if kinds else column
        (kind,) = kinds
        try:
            return list(map(self._names[kind].__getitem__, column))
        except (KeyError, TypeError):
            return self._learn(kind, column)

    def _learn(self, kind: type, column: Column) -> Column | None:
        if not issubclass(kind, str | Enum):
            return None
        try:
            seen = {value: self._leaf.coerce_output_value(value) for value in set(column) - {None}}
        except Exception:  # noqa: BLE001 - met again, value by value
            return None
        names = self._names.setdefault(kind, {None: None})
        names.update(seen)
        return [names[value] for value in column]


def _unusual(_: Column, kinds: set[type]) -> None:
    """No quick way."""


def _all_of(kind: type) -> Write:
    return lambda column, kinds: column if kinds <= {kind} else None


def _ints(column: Column, kinds: set[type]) -> Column | None:
    if not kinds <= {int}:
        return None
    low, high = min(filter(None, column), default=0), max(filter(None, column), default=0)
    return column if low >= _INT_MIN and high <= _INT_MAX else None


def _floats(column: Column, kinds: set[type]) -> Column | None:
    """One that is not finite makes the sum so; that of huge ones may be, which only takes longer."""
    return column if kinds <= {float} and isfinite(sum(filter(None, column))) else None


def _times(column: Column, kinds: set[type]) -> Column | None:
    """Ten times as fast as `isoformat`, for instants that are in UTC already."""
    in_utc = kinds <= {datetime} and {value.tzinfo for value in column if value is not None} <= {UTC}
    return orjson.loads(orjson.dumps(column, option=orjson.OPT_UTC_Z)) if in_utc else None


def _decimals(column: Column, kinds: set[type]) -> Column | None:
    if not kinds <= {Decimal}:
        return None
    return [None if value is None else write_decimal(value) for value in column]


_BUILT_IN: Final = {leaf.name: leaf for leaf in (GraphQLString, GraphQLID, GraphQLBoolean, GraphQLInt, GraphQLFloat)}
_PASSES: Final[dict[str, Write]] = {
    "String": _all_of(str),
    "ID": _all_of(str),
    "Boolean": _all_of(bool),
    "Int": _ints,
    "Float": _floats,
}
_WRITERS: Final[dict[Any, Write]] = {write_time: _times, write_decimal: _decimals}
"""Of the product's own scalars, by their serializers."""
