"""Nulls in columns: where nothing is, where nothing may be, and where failures end."""

from __future__ import annotations

from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import GraphQLNonNull, Undefined

from app.execution.failures import Broken, Failed, Raised
from app.execution.places import Places
from app.execution.plan import Field
from app.execution.waiting import Column

if TYPE_CHECKING:
    from app.execution.run import Run

_NOTHING = {NoneType, type(Undefined), Raised, Broken}


def nothing_in(kinds: set[type]) -> bool:
    """Whether values of these classes may be null or errors."""
    return any(kind in _NOTHING or issubclass(kind, Exception) for kind in kinds)


def parted(run: Run, field: Field, values: Column, kinds: set[type], places: Places) -> tuple[list[int], Column]:
    """The indices of values that are neither null nor errors, and a column with failures for the errors among values
    and null for all others."""
    absent = {kind for kind in kinds if nothing_in({kind})}
    present = [index for index, value in enumerate(values) if type(value) not in absent]
    if absent == {NoneType}:
        return present, [None] * len(values)
    return present, [_absent(run, field, value, index, places) for index, value in enumerate(values)]


def _absent(run: Run, field: Field, value: Any, index: int, places: Places) -> Failed | None:
    error = value.error if isinstance(value, Raised) else value
    return run.fail(field, error, places, index) if isinstance(error, Exception) else None


def without_nulls(run: Run, field: Field, answers: Column, places: Places) -> Column:
    """The same answers, with failures in the places of nulls."""
    for index, answer in enumerate(answers):
        if answer is None:
            error = TypeError(f"Cannot return null for non-nullable field {field.parent}.{field.field_name}.")
            answers[index] = run.fail(field, error, places, index)
    return answers


def caught(run: Run, of: Any, answers: Column) -> Column:
    """Failures end where null may be."""
    if run.failures.happened and not (isinstance(of, GraphQLNonNull) and run.executor.error_propagation):
        for index, answer in enumerate(answers):
            if type(answer) is Failed:
                run.failures.catch(answer)
                answers[index] = None
    return answers
