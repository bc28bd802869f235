"""Work that many ask for at once, each of whom needs a result that is newer than his question."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from contextvars import Context
from typing import Generic, TypeVar

T = TypeVar("T")


class Latest(Generic[T]):
    """Calls share one run that begins after all of them; at most one runs, and one waits for it."""

    def __init__(self, work: Callable[[], Awaitable[T]]) -> None:
        self._work = work
        self._running: asyncio.Task[T] | None = None
        self._waiting: asyncio.Task[T] | None = None

    async def __call__(self) -> T:
        """What the work gives; raises what it raises."""
        if self._waiting is None:
            self._waiting = asyncio.create_task(self._run(self._running), context=Context())
        return await asyncio.shield(self._waiting)

    async def _run(self, before: asyncio.Task[T] | None) -> T:
        if before is not None:
            with suppress(Exception):
                await asyncio.shield(before)
        self._running, self._waiting = self._waiting, None
        return await self._work()
