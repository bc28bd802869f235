"""Takes inferences in: priced, idempotent, rolled up, a batch a transaction."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import asyncpg

from app.catalog.pricing import TokenUsage
from app.kit.access import Permission
from app.kit.clock import Clock, utc_now
from app.kit.db import Announcement, Database
from app.metrics.ingest import pipeline
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.rules import Inference, Rejected, check
from app.metrics.rollups import MARK
from app.metrics.rules import bucket_of, floor_to, sketch_of
from app.metrics.tables import HOUR

_A_MINUTE, _A_DAY = timedelta(minutes=1), timedelta(days=1)
_RETRIED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_ATTEMPTS = 5
_PARTITION_LOCK = 0x696E666572


@dataclass(slots=True)
class Taken:
    """What became of a batch. `rejected` pairs the index of an inference with the reason."""

    inserted: int = 0
    duplicates: int = 0
    conflicts: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


@dataclass(slots=True)
class Ingest:
    """One way in. Keep it for the life of a process or an import: it remembers names and prices."""

    database: Database
    directory: Directory
    retention: timedelta
    clock: Clock = utc_now
    partitions: set[date] = field(default_factory=set[date])

    async def take(self, batch: Sequence[Inference]) -> Taken:
        """Store a batch (1,000 to 5,000 is best). An event id is taken once; an id with other content is a conflict."""
        self.directory.actor.require(Permission.TELEMETRY_WRITE)
        good, rejected = self._sift(batch)
        if not good:
            return Taken(rejected=rejected)
        await self.directory.learn(good)
        await self._ensure_partitions({i.occurred_at.date() for i in good})
        inserted, conflicts = await self._store(self._staged(good))
        return Taken(inserted, len(good) - inserted - conflicts, conflicts, rejected)

    def _sift(self, batch: Sequence[Inference]) -> tuple[list[Inference], list[tuple[int, str]]]:
        now = self.clock()
        good: list[Inference] = []
        rejected: list[tuple[int, str]] = []
        for index, inference in enumerate(batch):
            try:
                check(inference, now, self.retention)
                good.append(inference)
            except Rejected as error:
                rejected.append((index, error.message))
        return good, rejected

    def _staged(self, batch: Sequence[Inference]) -> list[tuple[Any, ...]]:
        cells: dict[tuple[Any, ...], int] = {}
        return [self._row(inference, ordinal, cells) for ordinal, inference in enumerate(batch)]

    def _row(self, i: Inference, ordinal: int, cells: dict[tuple[Any, ...], int]) -> tuple[Any, ...]:
        model, team = self.directory.model(i), self.directory.team_id(i)
        deployment, minute = self.directory.deployment_id(i), floor_to(i.occurred_at, _A_MINUTE)
        cell = cells.setdefault((minute, model.id, deployment, i.environment, team), len(cells))
        usage = TokenUsage(i.tokens_in, i.tokens_out, i.tokens_cached, i.tokens_reasoning)
        register, rank = sketch_of(i.user) if i.user else (None, None)
        return (
            i.occurred_at, i.event_id, model.id, model.provider_id, deployment, i.environment, team, i.user,
            i.operation, i.use_case, i.tokens_in, i.tokens_out, i.tokens_cached, i.tokens_reasoning,
            i.latency_us, i.ttft_us, i.failed, i.error_code, i.error_message, i.rating, i.accepted, i.confidence,
            model.prices.cost(usage, i.occurred_at), i.digest(), ordinal, cell, minute,
            None if i.latency_us is None else bucket_of(i.latency_us),
            None if i.ttft_us is None else bucket_of(i.ttft_us),
            register, rank,
        )  # fmt: skip

    async def _store(self, rows: list[tuple[Any, ...]]) -> tuple[int, int]:
        for attempt in range(_ATTEMPTS):
            try:
                async with self.database.driver(Announcement.USAGE) as connection, connection.transaction():
                    return await _store(connection, rows)
            except _RETRIED:
                if attempt == _ATTEMPTS - 1:
                    raise
                await asyncio.sleep(0.05 * 2**attempt)
        raise AssertionError

    async def _ensure_partitions(self, days: set[date]) -> None:
        missing = days - self.partitions
        if missing:
            async with self.database.driver() as connection:
                await make_partitions(connection, missing)
            self.partitions |= missing


async def _store(connection: asyncpg.Connection[Any], rows: list[tuple[Any, ...]]) -> tuple[int, int]:
    await connection.execute(pipeline.CREATE_STAGE)
    await connection.copy_records_to_table("stage", records=rows, columns=pipeline.STAGED_COLUMNS)
    taken = await connection.fetchrow(pipeline.TAKE)
    inserted: int = taken["inserted"]  # pyright: ignore[reportOptionalSubscript] - an aggregate always has a row
    conflicts: int = await connection.fetchval(pipeline.CONFLICTS) if inserted < len(rows) else 0
    if inserted:
        await connection.execute(MARK, HOUR, taken["hours"])  # pyright: ignore[reportOptionalSubscript]
    return inserted, conflicts


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
