"""A batch on its way into the database: worked out beforehand, then stored in one transaction, each call once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Any
from uuid import UUID

import asyncpg

from app.metrics.ingest import pipeline
from app.metrics.ingest.counting import Counted, counted
from app.metrics.ingest.staging import COLUMNS, Staged
from app.metrics.labels import MARK_MINUTES
from app.metrics.results.counting import count_results
from app.metrics.rollups import MARK
from app.metrics.tables import HOUR

MANY = 100
"""From so many keys on it pays to write them as if all were new, and to begin again if not."""

_number = attrgetter("event_id.int")


@dataclass(frozen=True, slots=True)
class Stored:
    """What became of those that could be stored, by their ordinals."""

    inserted: int
    repeated: list[int]
    contradicted: list[int]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that may be stored, each id once, with what they add up to; and others with the same ids."""

    rows: list[Staged]
    again: list[Staged]
    sums: Counted


def batch_of(rows: list[Staged]) -> Batch:
    """Of several rows with one id the first is meant to be stored."""
    first = dict(zip(map(_number, reversed(rows)), reversed(rows), strict=True))
    if len(first) == len(rows):
        return Batch(rows, [], counted(rows))
    chosen = [row for row in rows if first[row.event_id.int] is row]
    return Batch(chosen, [row for row in rows if first[row.event_id.int] is not row], counted(chosen))


async def store(connection: asyncpg.Connection[Any], batch: Batch, *, new: bool) -> Stored:
    """Store within the caller's transaction what is not known yet. `new` says that all of it most likely is.

    Raises `UniqueViolationError` if it is not; to be repeated in another transaction, without `new`."""
    fresh = await (_claim_all if new and len(batch.rows) >= MANY else _claim)(connection, batch.rows)
    await _add(connection, fresh, batch.sums if len(fresh) == len(batch.rows) else counted(fresh))
    if len(fresh) == len(batch.rows) and not batch.again:
        return Stored(len(fresh), [], [])
    return await _compared(connection, batch, fresh)


def _keys(rows: Sequence[Staged]) -> list[tuple[Any, ...]]:
    """In an order that is the same for all, or two that send the same calls would wait for each other."""
    return [row[1:4] for row in sorted(rows, key=_number)]


async def _claim_all(connection: asyncpg.Connection[Any], rows: list[Staged]) -> list[Staged]:
    await connection.copy_records_to_table("inference_key", records=_keys(rows), columns=pipeline.KEY_COLUMNS)
    return rows


async def _claim(connection: asyncpg.Connection[Any], rows: list[Staged]) -> list[Staged]:
    claimed = await connection.fetch(pipeline.CLAIM, *zip(*_keys(rows), strict=True))
    if len(claimed) == len(rows):
        return rows
    ids = {key for (key,) in claimed}
    return [row for row in rows if row.event_id in ids]


async def _add(connection: asyncpg.Connection[Any], rows: Sequence[Staged], sums: Counted) -> None:
    if rows:
        values = [row.values for row in rows]
        await connection.copy_records_to_table("inference", records=values, columns=COLUMNS)
        await connection.execute(pipeline.ROLL, *sums.arguments())
        await connection.execute(MARK_MINUTES, sums.minutes())
        await connection.execute(MARK, HOUR, sums.hours())
        await count_results(connection, rows)


async def _compared(connection: asyncpg.Connection[Any], batch: Batch, fresh: Sequence[Staged]) -> Stored:
    """Tell the rows that were not stored apart: those that say what was stored, and those that say something else."""
    stored = {row.ordinal for row in fresh}
    others = sorted(row for row in (*batch.rows, *batch.again) if row.ordinal not in stored)
    found = await connection.fetch(pipeline.KNOWN, [row.event_id for row in others])
    known: dict[UUID, tuple[datetime, bytes]] = {key: (at, digest) for key, at, digest in found}
    different = {row.ordinal for row in others if row.event_id in known and not _is_same(row, *known[row.event_id])}
    repeated = [row.ordinal for row in others if row.ordinal not in different]
    return Stored(len(fresh), repeated, sorted(different))


def _is_same(row: Staged, at: datetime, digest: bytes) -> bool:
    return row.occurred_at == at and digest in (row.digest, row.inference.first_digest())
