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


def is_present(value: Any) -> bool:
    """Whether a value is neither null nor an error."""
    return type(value) not in _NOTHING and not isinstance(value, Exception)


def nothing_in(kinds: set[type]) -> bool:
    """Whether values of these classes may be null or errors."""
    return any(kind in _NOTHING or issubclass(kind, Exception) for kind in kinds)


def absent(run: Run, field: Field, values: Column, places: Places) -> Column:
    """Failures for the errors among values, null for all others."""
    return [_absent(run, field, value, index, places) for index, value in enumerate(values)]


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
