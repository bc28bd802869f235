"""Scalars and enums a column at a time: values that are as they travel pass untouched, others one by one."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from math import isfinite
from typing import Any

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

Leaf = Callable[[Column, set[type]], Column]
"""Completes a column without nulls, given the classes of its values; what fails becomes `Raised`."""

_INT_MIN, _INT_MAX = -(2**31), 2**31 - 1


def leaf_of(leaf: GraphQLLeafType) -> Leaf:
    """How values of a leaf type are completed."""
    passes = _PASSES.get(leaf.name) if leaf is _BUILT_IN.get(leaf.name) else None
    if passes is not None:
        return lambda column, kinds: column if passes(column, kinds) else _one_by_one(leaf, column)
    if isinstance(leaf, GraphQLEnumType):
        return _Enum(leaf)
    return lambda column, _: _one_by_one(leaf, column)


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


class _Enum:
    """Remembers the names of the values it has seen: strings and members."""

    def __init__(self, leaf: GraphQLEnumType) -> None:
        self._leaf = leaf
        self._names: dict[tuple[type, Any], str] = {}

    def __call__(self, column: Column, _: set[type]) -> Column:
        names = self._names
        try:
            return [names[type(value), value] for value in column]
        except (KeyError, TypeError):
            answers = _one_by_one(self._leaf, column)
        for value, name in zip(column, answers, strict=True):
            if isinstance(value, str | Enum) and not isinstance(name, Raised):
                names[type(value), value] = name
        return answers


def _all_of(kind: type) -> Callable[[Column, set[type]], bool]:
    return lambda _, kinds: kinds <= {kind}


def _are_ints(column: Column, kinds: set[type]) -> bool:
    return kinds == {int} and min(column) >= _INT_MIN and max(column) <= _INT_MAX


def _are_floats(column: Column, kinds: set[type]) -> bool:
    return kinds == {float} and all(map(isfinite, column))


_BUILT_IN = {leaf.name: leaf for leaf in (GraphQLString, GraphQLID, GraphQLBoolean, GraphQLInt, GraphQLFloat)}
_PASSES: dict[str, Callable[[Column, set[type]], bool]] = {
    "String": _all_of(str),
    "ID": _all_of(str),
    "Boolean": _all_of(bool),
    "Int": _are_ints,
    "Float": _are_floats,
}
