"""Redis is away if it does not answer in time, not if it was we who did not listen."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any, cast

from app.limits.counters import Ask, Grant
from app.limits.failover import PATIENCE, Failover


class Answering:
    """Counters that answer from another thread, after so many seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    async def take(self, _: Sequence[Ask]) -> list[Grant]:
        await asyncio.to_thread(time.sleep, self._seconds)
        return []

    async def close(self) -> None:
        """Nothing is open."""


async def is_away(seconds: float, held_up: float) -> bool:
    """Whether counters that answer after so long are taken to be away, if nothing is read for so long meanwhile."""
    failover = Failover(cast("Any", Answering(seconds)))
    asking = asyncio.create_task(failover.take([]))
    for _ in range(5):
        await asyncio.sleep(0)
    time.sleep(held_up)  # noqa: ASYNC251 - as a long piece of work does
    await asking
    try:
        return failover.is_away
    finally:
        await failover.close()


async def test_what_came_while_we_were_held_up_is_read() -> None:
    assert not await is_away(PATIENCE / 5, held_up=PATIENCE * 1.2)


async def test_who_is_silent_is_away() -> None:
    assert await is_away(PATIENCE * 1.4, held_up=0)
