"""Waiting for columns and values: what can be had without waiting costs neither a task nor a turn of the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Coroutine, Generator
from typing import Any, Generic, TypeAlias, TypeVar, cast

from app.execution.failures import Raised

T = TypeVar("T")

Column: TypeAlias = "list[Any]"
"""The values of one field for all objects of a level."""

Coming: TypeAlias = "list[Any] | Awaitable[list[Any]]"
"""A column, or what is to be awaited for it."""

_PLAIN = {str, int, float, bool, type(None), list, dict, tuple, bytes}


class _Resumed(Generic[T]):
    """The rest of a coroutine that was begun and now waits for `waited_for`."""

    __slots__ = ("_begun", "_waited_for")

    def __init__(self, begun: Coroutine[Any, Any, T], waited_for: Any) -> None:
        self._begun, self._waited_for = begun, waited_for

    def __await__(self) -> Generator[Any, Any, T]:
        begun, waited_for = self._begun, self._waited_for
        try:
            while True:
                try:
                    value = yield waited_for
                except BaseException as error:  # noqa: BLE001 - a cancellation, for instance
                    waited_for = begun.throw(error)
                else:
                    waited_for = begun.send(value)
        except StopIteration as done:
            return done.value


def begun(work: Coroutine[Any, Any, T]) -> T | Awaitable[T]:
    """The result, if it can be had without waiting; else what is left to await.

    Only for coroutines of this package: what depends on the current task must be in a task from its start."""
    try:
        waited_for = work.send(None)
    except StopIteration as done:
        return done.value
    return _Resumed(work, waited_for)


async def settled(column: Coming) -> Column:
    """The column, awaited if need be."""
    return column if isinstance(column, list) else await column


async def all_settled(columns: list[Coming]) -> list[Column]:
    """The columns, awaited together."""
    waiting = [index for index, column in enumerate(columns) if not isinstance(column, list)]
    if len(waiting) == 1:
        columns[waiting[0]] = await settled(columns[waiting[0]])
    elif waiting:
        done = await asyncio.gather(*(cast("Awaitable[Column]", columns[index]) for index in waiting))
        for index, column in zip(waiting, done, strict=True):
            columns[index] = column
    return cast("list[Column]", columns)


def awaitables(kinds: set[type], values: Column, is_awaitable: Any) -> list[int]:
    """Which values of a column, whose classes are `kinds`, must be awaited."""
    possible = {kind for kind in kinds if _may_be_awaitable(kind)}
    if not possible:
        return []
    return [index for index, value in enumerate(values) if type(value) in possible and is_awaitable(value)]


def _may_be_awaitable(kind: type) -> bool:
    return kind not in _PLAIN and (hasattr(kind, "__await__") or kind.__name__ == "generator")


async def await_each(values: Column, waiting: list[int]) -> None:
    """Put what they give in the place of awaitables, each awaited in a task of its own; what they raise becomes
    `Raised`."""
    done = await asyncio.gather(*(outcome(values[index]) for index in waiting))
    for index, value in zip(waiting, done, strict=True):
        values[index] = value


async def outcome(value: Awaitable[Any]) -> Any:
    """What it gives, or `Raised`."""
    try:
        return await value
    except Exception as error:  # noqa: BLE001 - it is the field's error
        return Raised(error)
