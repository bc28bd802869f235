"""The counters in Redis as long as it answers; else each process counts for itself, by the same limits."""

from __future__ import annotations

import asyncio
import logging
import time
from asyncio import Task
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from redis.exceptions import RedisError

from app.limits.counters import Ask, Grant, OwnCounters, SharedCounters

log = logging.getLogger("modelhub.limits")

PATIENCE: Final = 0.25
"""Seconds to wait for Redis. Once it is away nobody waits for it until it answers again."""
LOOK_AGAIN: Final = 1.0
_TURNS: Final = 5
"""Of the event loop, in which what came meanwhile is read."""
_AWAY: Final = (RedisError, OSError, TimeoutError)


@dataclass(slots=True)
class Failover:
    """Raises nothing."""

    shared: SharedCounters
    own: OwnCounters = field(default_factory=OwnCounters)
    _looking: Task[None] | None = None

    @property
    def is_away(self) -> bool:
        """Whether Redis did not answer when it was asked last."""
        return self._looking is not None

    async def take(self, asks: Sequence[Ask]) -> list[Grant]:
        """What there is for each."""
        if self._looking is None:
            try:
                return await self._asked(asks)
            except _AWAY as error:
                self._lose(error)
        return await self.own.take(asks)

    async def _asked(self, asks: Sequence[Ask]) -> list[Grant]:
        """What Redis says. Raises `TimeoutError` if nothing has come, which is not so if only we were held up."""
        asking = asyncio.ensure_future(self.shared.take(asks))
        try:
            await asyncio.wait([asking], timeout=PATIENCE)
            for _ in range(_TURNS):
                if not asking.done():
                    await asyncio.sleep(0)
            if asking.done():
                return asking.result()
        finally:
            asking.cancel()
        raise TimeoutError

    async def close(self) -> None:
        """Look for Redis no longer."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait([self._looking])
        await self.shared.close()

    def _lose(self, error: BaseException) -> None:
        if self._looking is None:
            log.warning("limits are counted by each process for itself: Redis is away (%s)", type(error).__name__)
            self._looking = asyncio.create_task(self._look())

    async def _look(self) -> None:
        begun = time.monotonic()
        while True:
            await asyncio.sleep(LOOK_AGAIN)
            try:
                await self._asked([])
                break
            except _AWAY:
                pass
        self._looking = None
        log.warning(
            "limits are counted by all processes together: Redis is back after %.0f s", time.monotonic() - begun
        )
