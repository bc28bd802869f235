"""What the worker does for prices: lets models cost what their prices say when one begins or ends."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from app.catalog.prices import reads, service
from app.kit.access import SYSTEM
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.journal import Writer

OVERLAP = timedelta(minutes=5)
"""How much longer than its statements a transaction that records prices may take and still be noticed."""

_EVER = datetime(1900, 1, 1, tzinfo=UTC)


def refreshing_costs(database: Database, clock: Clock) -> Callable[[], Awaitable[int]]:
    """The worker's job: the first look is at all models, each later one at what happened since the last."""
    looked_at = _EVER

    async def refresh() -> int:
        nonlocal looked_at
        now = clock()
        changed = await refresh_costs(database, looked_at, now)
        looked_at = now - OVERLAP
        return changed

    return refresh


async def refresh_costs(database: Database, since: datetime, now: datetime) -> int:
    """Let models cost what their prices say now, if that may have changed since; how many cost something else."""
    overtaken = await reads.overtaken_costs(database, since, now)
    return await Writer(database).write(SYSTEM, service.follow_prices, overtaken, now) if overtaken else 0
