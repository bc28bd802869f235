"""Takes inferences in: priced, idempotent, rolled up, a batch a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeVar

import asyncpg

from app.kit.access import Permission
from app.kit.clock import Clock, utc_now
from app.kit.db import Announcement, Database
from app.metrics.aside import aside
from app.metrics.contention import patiently
from app.metrics.ingest import pipeline
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.rules import Inference, Rejected, check
from app.metrics.ingest.staging import staged
from app.metrics.ingest.storing import Batch, Stored, batch_of, store

T = TypeVar("T")

CONNECTIONS = 2
"""Over so many a process stores at a time; meanwhile other batches can be worked out."""

_A_DAY = timedelta(days=1)
_PARTITION_LOCK = 0x696E666572

SMALL = 50
"""So many inferences are worked on at once where the event loop runs: that takes less than two milliseconds."""


@dataclass(slots=True)
class Taken:
    """What became of a batch. `rejected` pairs the index of an inference with the reason.

    `repeated` and `contradicted` are the indexes of duplicates and of conflicts."""

    inserted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])
    repeated: list[int] = field(default_factory=list[int], compare=False)
    contradicted: list[int] = field(default_factory=list[int], compare=False)


@dataclass(slots=True)
class Ingest:
    """One way in. Keep it for the life of a process or an import: it remembers names and prices."""

    database: Database
    directory: Directory
    retention: timedelta
    clock: Clock = utc_now
    partitions: set[date] = field(default_factory=set[date])
    storing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(CONNECTIONS))

    async def take(self, batch: Sequence[Inference]) -> Taken:
        """Store a batch (1,000 to 5,000 is best). An event id is taken once; an id with other content is a conflict."""
        self.directory.actor.require(Permission.TELEMETRY_WRITE)
        good, rejected = await _aside(len(batch), lambda: self._sift(batch))
        if not good:
            return Taken(rejected=rejected)
        names = await self.directory.learn(good.values())
        await self._ensure_partitions({i.occurred_at.date() for i in good.values()})
        stored = await self._store(await _aside(len(good), lambda: batch_of(staged(names, good))))
        counts = stored.inserted, len(stored.repeated), len(stored.contradicted)
        return Taken(*counts, rejected, stored.repeated, stored.contradicted)

    def _sift(self, batch: Sequence[Inference]) -> tuple[dict[int, Inference], list[tuple[int, str]]]:
        now = self.clock()
        good: dict[int, Inference] = {}
        rejected: list[tuple[int, str]] = []
        for index, inference in enumerate(batch):
            try:
                check(inference, now, self.retention)
                good[index] = inference
            except Rejected as error:
                rejected.append((index, error.message))
        return good, rejected

    async def _store(self, batch: Batch) -> Stored:
        try:
            return await patiently(lambda: self._store_once(batch, new=True))
        except asyncpg.UniqueViolationError:
            return await patiently(lambda: self._store_once(batch, new=False))

    async def _store_once(self, batch: Batch, *, new: bool) -> Stored:
        async with self.storing, self.database.driver(Announcement.USAGE) as connection, connection.transaction():
            return await store(connection, batch, new=new)

    async def _ensure_partitions(self, days: set[date]) -> None:
        missing = days - self.partitions
        if missing:
            async with self.database.driver() as connection:
                await make_partitions(connection, missing)
            self.partitions |= missing


async def _aside(size: int, work: Callable[[], T]) -> T:
    """Work on a batch without holding the event loop for long."""
    return work() if size <= SMALL else await aside(work)


async def make_partitions(connection: asyncpg.Connection[Any], days: set[date]) -> None:
    """Make the partitions of `inference` for these days, unless they are there."""
    async with connection.transaction():
        await connection.execute("select pg_advisory_xact_lock($1)", _PARTITION_LOCK)
        for day in sorted(days):
            name = partition_name(day)
            if await connection.fetchval("select to_regclass($1)", name) is None:
                await connection.execute(pipeline.PARTITION.format(name=name, day=day, next_day=day + _A_DAY))


def partition_name(day: date) -> str:
    """The table that holds the inferences of a day (UTC)."""
    return f"inference_{day:%Y%m%d}"
