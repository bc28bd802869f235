"""What one operation has asked of one batch: each key once, and all keys of one turn of the loop in one call."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Generic, TypeVar

K = TypeVar("K")
T = TypeVar("T")


class Asked(Generic[K, T]):
    """Values by key. A failed call is forgotten, so that its keys may be asked for again."""

    def __init__(self, load: Callable[[list[K]], Awaitable[Mapping[K, T]]]) -> None:
        self._load = load
        self._known: dict[K, T] = {}
        self._calls: dict[K, asyncio.Task[None]] = {}
        self._next: list[K] = []

    async def values(self, keys: Sequence[K]) -> Mapping[K, T]:
        """The values for at least these keys; a key that is absent has none. Raises what the call raises."""
        fresh = [key for key in dict.fromkeys(keys) if key not in self._calls]
        if fresh:
            self._ask(fresh)
        for call in {self._calls[key] for key in keys}:
            await asyncio.shield(call)  # others may wait for it too
        return self._known

    def _ask(self, keys: list[K]) -> None:
        call = self._calls[self._next[0]] if self._next else asyncio.create_task(self._call())
        self._next += keys
        self._calls.update(dict.fromkeys(keys, call))

    async def _call(self) -> None:
        keys, self._next = self._next, []
        try:
            self._known.update(await self._load(keys))
        except BaseException:
            for key in keys:
                del self._calls[key]
            raise
