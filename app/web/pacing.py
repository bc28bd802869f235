"""Long texts are read one after the other and with pauses, since nothing else is done while one is read."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

from app.kit.errors import RateLimited

LONG: Final = 10_000
"""Bytes or characters. A megabyte of bad intent takes ten milliseconds and more."""
REST: Final = 4
"""How many times as long as one was read no other is."""
MAX_WAITING: Final = 32
"""Each may hold a megabyte."""


class Pace:
    """Of one door."""

    def __init__(self) -> None:
        self._turn = asyncio.Lock()
        self._waiting = 0

    @asynccontextmanager
    async def of(self, size: int) -> AsyncGenerator[None]:
        """Read a text of this size within the block, without awaiting anything. Raises `RATE_LIMIT_EXCEEDED` if too
        many long ones wait already."""
        if size <= LONG:
            yield
            return
        await self._take_turn()
        begun = time.perf_counter()
        try:
            yield
        finally:
            rest = REST * (time.perf_counter() - begun)
            asyncio.get_running_loop().call_later(rest, self._turn.release)

    async def _take_turn(self) -> None:
        if self._waiting >= MAX_WAITING:
            raise RateLimited("Too many long requests came at once. Try again in 1 s.", 1)
        self._waiting += 1
        try:
            await self._turn.acquire()
        finally:
            self._waiting -= 1
