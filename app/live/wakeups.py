"""Who wrote something wakes those who wait for it, in this process and in others. What is lost on the way only takes
longer: whoever waits looks for himself after a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from typing import Final

from broadcaster import Broadcast
from redis.exceptions import RedisError

from app.kit.db import Announcement
from app.kit.tasks import ended
from app.live.redis import SupervisedRedis

log = logging.getLogger("modelhub.live")

Heard = Callable[[Announcement], None]
_CHANNEL: Final = "live"


class Wakeups:
    """Of one process. `announce` may be called from the moment it is made; it reaches others while it runs."""

    def __init__(self, redis_url: str, prefix: str) -> None:
        self.backend = SupervisedRedis(redis_url)
        self._broadcast = Broadcast(backend=self.backend)
        self._channel = prefix + _CHANNEL
        self._listeners: list[Heard] = []
        self._waiting: set[Announcement] = set()
        self._something = asyncio.Event()
        self.lost = 0

    def listen(self, heard: Heard) -> None:
        """Call `heard` with whatever is announced."""
        self._listeners.append(heard)

    def announce(self, what: Announcement) -> None:
        """Say that there is something new; never waits, never fails."""
        self._tell(what)
        self._waiting.add(what)
        self._something.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Tell other processes, and hear of them, during the block."""
        async with self._broadcast:
            tasks = [asyncio.create_task(self._publish()), asyncio.create_task(self._hear())]
            try:
                yield
            finally:
                await ended(tasks)

    async def _publish(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            while self._waiting:
                await self._publish_one(self._waiting.pop())

    async def _publish_one(self, what: Announcement) -> None:
        try:
            await self._broadcast.publish(self._channel, what.value)
        except (RedisError, OSError):
            self.lost += 1

    async def _hear(self) -> None:
        async with self._broadcast.subscribe(self._channel) as messages:
            async for message in messages:  # pyright: ignore[reportGeneralTypeIssues] - its stubs forget `async`
                for what in Announcement:
                    if message.message in {what.value, ""}:
                        self._tell(what)

    def _tell(self, what: Announcement) -> None:
        for heard in self._listeners:
            heard(what)
