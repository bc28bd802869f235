"""What the worker does for metrics: rolls up, notices, counts popularity, makes and drops partitions."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import service as catalog
from app.kit.access import SYSTEM, Actor
from app.kit.clock import Clock
from app.kit.db import Database, Row
from app.kit.journal import Writer, tell
from app.kit.paging import Cursors
from app.kit.reading import Reader
from app.kit.scoping import tags
from app.metrics import labels
from app.metrics.events import ErrorsBurst, ModelFirstUsed
from app.metrics.ingest.service import make_partitions
from app.metrics.reads import Subject, totals_by_model
from app.metrics.rollups import FINER, MARK, TABLES, TAKE_MARK
from app.metrics.rules import RangePreset, floor_to, preset_range
from app.metrics.tables import DAY, HOUR, MINUTE

BURST_FAILURES, BURST_RATE = 20, Decimal("0.2")
"""An hour is told of as an error burst from so many failures on, if they are at least this share of all calls."""

_A_DAY = timedelta(days=1)


async def roll_up(database: Database, clock: Clock) -> int:
    """Count the labels of minutes that are due, then compute every hour and day that is due from its finer ones.

    Returns how many of these there were. Any number of workers may do so."""
    while await count_labels(database, clock()):
        pass
    done = 0
    while await roll_one(database, clock()):
        done += 1
    return done


async def count_labels(database: Database, now: datetime) -> bool:
    """Take the marks of one hour's minutes and count their labels, in one transaction; False if none is due."""
    async with database.driver() as connection, connection.transaction():
        minutes = [row["bucket"] for row in await connection.fetch(labels.TAKE_MINUTES, now)]
        await _count_labels(connection, minutes)
        return bool(minutes)


async def _count_labels(connection: asyncpg.Connection[Any], minutes: Sequence[datetime]) -> None:
    """Anew, whatever was counted before."""
    if minutes:
        for forget_minutes in labels.FORGET_MINUTES:
            await connection.execute(forget_minutes, minutes)
        await connection.execute(labels.COUNT_MINUTES, minutes)
        hours = {floor_to(minute, timedelta(hours=1)) for minute in minutes}
        await connection.execute(MARK, HOUR, sorted(hours))


async def roll_one(database: Database, now: datetime) -> bool:
    """Take one mark and compute its bucket, in one transaction; False if none is due."""
    async with database.driver() as connection, connection.transaction():
        mark = await connection.fetchrow(TAKE_MARK, now)
        if mark is None:
            return False
        await _compute(connection, mark["grain"], mark["bucket"])
        if mark["grain"] == HOUR:
            await connection.execute(MARK, DAY, [floor_to(mark["bucket"], _A_DAY)])
        return True


async def _compute(connection: asyncpg.Connection[Any], grain: int, bucket: datetime) -> None:
    for table, fill in TABLES.items():
        await connection.execute(f"delete from {table} where grain = $1 and bucket = $2", grain, bucket)  # noqa: S608
        await connection.execute(fill, FINER[grain], grain, bucket, bucket + timedelta(minutes=grain))


_FIRST_USE = text(
    """
    with used as (
        select r.model_id, min(r.bucket) as first_at, bool_and(coalesce(d.is_demo, false)) as is_demo
        from rollup r left join deployment d on d.id = r.deployment_id
        where r.grain = :minute and r.bucket >= :start and r.bucket < :end group by r.model_id),
    added as (
        insert into model_first_use (model_id, first_at) select model_id, first_at from used
        on conflict do nothing returning model_id)
    select used.*, m.name, m.security_level, null::uuid as team_id
    from used join added using (model_id) join model m on m.id = used.model_id
    """
)

_BURSTS = text(
    """
    with hours as (
        select deployment_id, date_bin('1 hour', bucket, 'epoch'::timestamptz) as hour, sum(failed) as failed,
            sum(requests) as requests, max(last_at) as last_at
        from rollup where grain = :minute and bucket >= :start and bucket < :end and deployment_id is not null
        group by 1, 2 having sum(failed) >= :failures and sum(failed) >= :rate * sum(requests)),
    added as (
        insert into error_burst (deployment_id, hour) select deployment_id, hour from hours
        on conflict do nothing returning deployment_id, hour)
    select hours.*, d.name, d.model_id, d.is_demo, d.team_id, m.security_level
    from hours join added using (deployment_id, hour) join deployment d on d.id = hours.deployment_id
        join model m on m.id = d.model_id
    """
)


async def notice(database: Database, start: datetime, end: datetime) -> None:
    """Tell of models first used and of error bursts within [start, end), each once."""
    start = floor_to(start, timedelta(hours=1))
    await Writer(database).write(SYSTEM, _notice, start, end)


async def _notice(session: AsyncSession, _: Actor, start: datetime, end: datetime) -> None:
    window = {"minute": MINUTE, "start": start, "end": end}
    for used in await session.execute(_FIRST_USE, window):
        tell(session, _first_used(used))
    for burst in await session.execute(_BURSTS, {**window, "failures": BURST_FAILURES, "rate": BURST_RATE}):
        tell(session, _burst(burst))


def _first_used(used: Any) -> ModelFirstUsed:
    return ModelFirstUsed(
        resource_id=str(used.model_id),
        model_id=str(used.model_id),
        occurred_at=used.first_at,
        message=f"{used.name} was used for the first time",
        scope_tags=_tags(used),
    )


def _burst(burst: Any) -> ErrorsBurst:
    failed, requests = int(burst.failed), int(burst.requests)
    return ErrorsBurst(
        resource_id=str(burst.deployment_id),
        model_id=str(burst.model_id),
        failed=failed,
        requests=requests,
        occurred_at=burst.last_at,
        message=f"{burst.name}: {failed} of {requests} calls failed within an hour",
        scope_tags=_tags(burst),
    )


def _tags(row: Any) -> tuple[str, ...]:
    return (*(("demo",) if row.is_demo else ()), *tags(row.security_level, row.team_id))


async def refresh_usage(database: Database, clock: Clock) -> None:
    """Set each model's popularity to its requests of the last 30 days, and its observed latency to their average."""
    reader = Reader(database, Cursors(b""), clock)  # a job hands out no cursors
    span = preset_range(RangePreset.LAST_30_DAYS, reader.now())
    used = await totals_by_model(reader, SYSTEM, Subject("estate"), span)
    figures = {row["key"]: (row["requests"], _average_ms(row)) for row in used}
    await Writer(database).write(SYSTEM, catalog.set_usage, figures)


def _average_ms(totals: Row) -> float | None:
    """Of the calls that reported it."""
    count = totals["latency_count"]
    return totals["latency_sum_us"] / count / 1000 if count else None


async def keep_partitions(database: Database, now: datetime, retention: timedelta) -> None:
    """Have partitions for today and two days ahead, and drop those that are past the retention of raw inferences."""
    async with database.driver() as connection:
        await make_partitions(connection, {now.date() + _A_DAY * n for n in range(-1, 3)})
        for name, start in await _partitions(connection):
            if start + _A_DAY <= now - retention:
                await _drop(connection, name, start)


async def _partitions(connection: asyncpg.Connection[Any]) -> list[tuple[str, datetime]]:
    rows = await connection.fetch(
        "select c.relname from pg_inherits i join pg_class c on c.oid = i.inhrelid "
        "where i.inhparent = 'inference'::regclass"
    )
    names = [row["relname"] for row in rows]
    return [(name, datetime.strptime(name[-8:], "%Y%m%d").replace(tzinfo=UTC)) for name in names]


async def _drop(connection: asyncpg.Connection[Any], name: str, start: datetime) -> None:
    """The keys go first: should we be killed in between, the partition is found again. Labels are counted before."""
    keys = "delete from inference_key where occurred_at >= $1 and occurred_at < $2"
    await connection.execute(keys, start, start + _A_DAY)
    async with connection.transaction():
        await connection.execute("set local lock_timeout = '2s'")
        await connection.execute(f"lock table {name} in access exclusive mode")
        marked = await connection.fetch(labels.TAKE_ALL_MINUTES, start, start + _A_DAY)
        await _count_labels(connection, [row["bucket"] for row in marked])
        await connection.execute(f"drop table {name}")


_UNITS_NO_LONGER_NEEDED = """
delete from experiment_unit u using experiment_variant v join experiment e on e.id = v.experiment_id
where v.id = u.variant_id and e.ended_at < $1
"""
"""Once no call that is made before the end can be taken any more, how many units there were does not change."""


async def forget(database: Database, now: datetime, raw: timedelta, minutes: timedelta, hours: timedelta) -> None:
    """Delete what is past its retention: rejected calls, units of experiments, minutes (whole hours of them), hours
    (whole days of them). Days are kept for ever."""
    kept = ((MINUTE, floor_to(now - minutes, timedelta(hours=1))), (HOUR, floor_to(now - hours, _A_DAY)))
    async with database.driver() as connection:
        await connection.execute("delete from inference_rejected where last_at < $1", now - raw)
        await connection.execute(_UNITS_NO_LONGER_NEEDED, now - raw - _A_DAY)
        for table in TABLES:
            for grain, since in kept:
                await connection.execute(f"delete from {table} where grain = $1 and bucket < $2", grain, since)  # noqa: S608
