"""Completes columns of values: nulls, lists, scalars, objects; what fails becomes null where it may be."""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, cast

from graphql import GraphQLList, GraphQLNonNull, is_leaf_type

from app.execution.composites import composites
from app.execution.failures import Raised
from app.execution.leaves import Leaf
from app.execution.lists import lists
from app.execution.nulls import caught, nothing_in, parted, without_nulls
from app.execution.places import FieldPlaces, Places, SomePlaces
from app.execution.plan import Field
from app.execution.waiting import Column, await_each, awaitables

if TYPE_CHECKING:
    from app.execution.run import Run


def completed(run: Run, field: Field, values: Column, places: FieldPlaces) -> Column | Coroutine[Any, Any, Column]:
    """The column of a field as it is in the answer; `Failed` where a value fails that must not be null."""
    kinds = set(map(type, values))
    waiting = awaitables(kinds, values, run.executor.is_awaitable)
    if waiting:
        places.awaited = frozenset(waiting)
    elif is_leaf_type(_nullable(field.type)):
        return caught(run, field.type, _leaves(run, field, field.type, values, kinds, places))
    return _completed(run, field, values, waiting, places)


async def _completed(run: Run, field: Field, values: Column, waiting: list[int], places: Places) -> Column:
    if waiting:
        await await_each(values, waiting)
    return caught(run, field.type, await complete(run, field, field.type, values, places))


async def complete(run: Run, field: Field, of: Any, values: Column, places: Places) -> Column:
    """Values of a type completed; `Failed` where completion raised."""
    kinds = set(map(type, values))
    if is_leaf_type(_nullable(of)):
        return _leaves(run, field, of, values, kinds, places)
    if isinstance(of, GraphQLNonNull):
        answers = await complete(run, field, of.of_type, values, places)
        return without_nulls(run, field, answers, places) if nothing_in(kinds) else answers
    if not nothing_in(kinds):
        return await _nested(run, field, of, values, places)
    present, answers = parted(run, field, values, kinds, places)
    if present:
        found = await _nested(run, field, of, [values[i] for i in present], SomePlaces(places, present))
        _put(answers, present, found)
    return answers


async def _nested(run: Run, field: Field, of: Any, values: Column, places: Places) -> Column:
    if isinstance(of, GraphQLList):
        return await lists(run, field, of, values, places)
    return await composites(run, field, of, values, places)


def _leaves(run: Run, field: Field, of: Any, values: Column, kinds: set[type], places: Places) -> Column:
    complete_leaves = cast("Leaf", field.leaf)
    if not nothing_in(kinds):
        answers = complete_leaves(values, kinds)
        return _unraised(run, field, answers, places) if answers is not values else answers
    present, answers = parted(run, field, values, kinds, places)
    chosen = [values[i] for i in present]
    _put(answers, present, complete_leaves(chosen, set(map(type, chosen))))
    answers = _unraised(run, field, answers, places)
    return without_nulls(run, field, answers, places) if isinstance(of, GraphQLNonNull) else answers


def _unraised(run: Run, field: Field, answers: Column, places: Places) -> Column:
    """What a scalar raised becomes a failure at its place."""
    if Raised in set(map(type, answers)):
        for index, answer in enumerate(answers):
            if type(answer) is Raised:
                answers[index] = run.fail(field, answer.error, places, index)
    return answers


def _put(answers: Column, at: list[int], found: Column) -> None:
    for index, answer in zip(at, found, strict=True):
        answers[index] = answer


def _nullable(of: Any) -> Any:
    return of.of_type if isinstance(of, GraphQLNonNull) else of
