"""Lists: the items of all lists of a column are completed together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Iterable
from itertools import islice
from typing import TYPE_CHECKING, Any

from graphql import GraphQLError, GraphQLList
from graphql.pyutils import is_iterable

from app.execution.failures import Broken, Failed, first
from app.execution.nulls import caught
from app.execution.places import ItemPlaces, Places
from app.execution.plan import Field
from app.execution.waiting import Column, await_each, awaitables

if TYPE_CHECKING:
    from app.execution.run import Run


async def lists(run: Run, field: Field, of: GraphQLList[Any], values: Column, places: Places) -> Column:
    """The completed lists; `Failed` where one is none, or an item of it failed that must not be null."""
    found = values if set(map(type, values)) == {list} else await _all_items(run, field, values)
    counts = list(map(len if found is values else _count, found))
    items = [item for items, count in zip(found, counts, strict=True) for item in items[:count]]
    answers = await _completed(run, field, of.of_type, items, ItemPlaces(places, counts))
    if found is values and not run.failures.happened:
        rest = iter(answers)
        return [list(islice(rest, count)) for count in counts]
    return _regrouped(run, field, found, counts, answers, places)


async def _completed(run: Run, field: Field, of: Any, items: Column, within: ItemPlaces) -> Column:
    waiting = awaitables(set(map(type, items)), items, run.executor.is_awaitable)
    if waiting:
        within.awaited = frozenset(waiting)
        await await_each(items, waiting)
    return caught(run, of, await run.complete(field, of, items, within))


async def _all_items(run: Run, field: Field, values: Column) -> list[Column]:
    """The items of each list. What iterating raises stands last, as `Broken`; for what is no list it stands alone."""
    is_slow = run.executor.is_async_iterable
    slow = {index for index, value in enumerate(values) if type(value) is not list and is_slow(value)}
    found = [[] if index in slow else _items(field, value) for index, value in enumerate(values)]
    if slow:
        for index, items in zip(slow, await asyncio.gather(*(_slow_items(values[i]) for i in slow)), strict=True):
            found[index] = items
    return found


def _items(field: Field, value: Any) -> Column:
    if is_iterable(value):
        return _iterated(value)
    wrong = f"Expected Iterable, but did not find one for field '{field.parent}.{field.field_name}'."
    return [Broken(GraphQLError(wrong))]


def _iterated(value: Iterable[Any]) -> Column:
    items: Column = []
    try:
        items.extend(value)  # what it gave before it raised stays
    except Exception as error:  # noqa: BLE001 - it is the list's error
        items.append(Broken(error))
    return items


async def _slow_items(value: AsyncIterable[Any]) -> Column:
    items: Column = []
    try:
        async for item in value:
            items.append(item)
    except Exception as error:  # noqa: BLE001 - it is the list's error
        items.append(Broken(error))
    return items


def _count(items: Column) -> int:
    return len(items) - bool(items and type(items[-1]) is Broken)


def _regrouped(
    run: Run, field: Field, found: list[Column], counts: list[int], answers: Column, places: Places
) -> Column:
    grouped: Column = []
    start = 0
    for index, count in enumerate(counts):
        part = answers[start : start + count]
        is_sure = len(found[index]) == count and not run.failures.happened
        grouped.append(part if is_sure else _whole(run, field, found[index], part, index, places))
        start += count
    return grouped


def _whole(run: Run, field: Field, items: Column, part: Column, index: int, places: Places) -> Any:
    """A list, or why there is none."""
    failures = [answer for answer in part if type(answer) is Failed]
    if len(part) < len(items):
        broken = run.fail(field, items[-1].error, places, index)
        failures.append(Failed(broken.error, (broken.moment[0], (*broken.moment[1], len(part)))))
    if not failures:
        return part
    run.failures.null(places.order(index), first(failures))
    return first(failures)
