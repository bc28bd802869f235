"""Loads the demo estate, makes its traffic, and removes both. Everything it makes is marked as demo."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.demo.estate import LARKFIELD
from app.demo.loading import clear, load
from app.demo.tables import DemoRun
from app.demo.traffic import inferences_of_minute, minutes
from app.demo.trials import taking_part
from app.kit.access import SYSTEM, Actor
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.journal import Writer
from app.metrics import jobs
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.rules import Inference
from app.metrics.ingest.service import Ingest

SEED = 7
HISTORY = timedelta(days=14)
BATCH = 4000
FILLING = 0x64656D6F
"""The advisory lock that filling shares and clearing excludes."""

Report = Callable[[timedelta, timedelta], None]
"""Told how much of how much time has been filled."""


async def start(session: AsyncSession, actor: Actor, now: datetime) -> bool:
    """Load the estate unless it is there or was cleared; whether the demo is on."""
    run = await session.get(DemoRun, 1)
    if run is None:
        anchor = datetime.combine((now - HISTORY).date(), time(), UTC)
        session.add(DemoRun(id=1, seed=SEED, anchor=anchor, generated_until=anchor, is_cleared=False))
        await load(session, actor, LARKFIELD, anchor)
    return run is None or not run.is_cleared


async def restart(session: AsyncSession, _: Actor) -> None:
    """Forget that the demo was cleared, so that it is loaded anew."""
    run = await session.get(DemoRun, 1)
    if run is not None:
        await _clear(session, run)
        await session.delete(run)


async def stop(session: AsyncSession, _: Actor) -> None:
    """Remove everything the demo made, and remember that it is not wanted."""
    run = await session.get(DemoRun, 1)
    if run is not None:
        await _clear(session, run)
        run.is_cleared = True


async def _clear(session: AsyncSession, run: DemoRun) -> None:
    await session.execute(select(func.pg_advisory_xact_lock(FILLING)))
    await clear(session, LARKFIELD, run.anchor)


async def fill(
    database: Database, retention: timedelta, report: Report = lambda _done, _whole: None
) -> datetime | None:
    """Make the traffic that is missing until now, a batch a transaction; None if the demo is off.

    The traffic is a function of time, so what was made before is made again identically and not counted twice."""
    run = await _running(database)
    if run is None:
        return None
    now = utc_now()
    begin = max(run.generated_until, now - retention + timedelta(hours=1))
    ingest = Ingest(database, Directory(database, SYSTEM, is_demo=True), retention)
    since = run.generated_until
    for batch, until in batches(run, begin, now):
        async with _unchanged(database, since) as is_unchanged:
            if not is_unchanged:
                return None
            await ingest.take(batch)
            await Writer(database).write(SYSTEM, _note_progress, until)
        since = until
        report(until - begin, now - begin)
    if now - begin > timedelta(hours=1):
        async with _unchanged(database, since) as is_unchanged:
            if is_unchanged:
                await jobs.notice(database, begin, now)
    return now


@asynccontextmanager
async def _unchanged(database: Database, since: datetime) -> AsyncGenerator[bool]:
    """Whether the demo is still where we left it, neither cleared nor loaded anew; it stays so within the block."""
    async with database.driver() as connection, connection.transaction():
        await connection.execute("select pg_advisory_xact_lock_shared($1)", FILLING)
        run = await _running(database)
        yield run is not None and run.generated_until == since


def batches(run: DemoRun, begin: datetime, end: datetime) -> Iterable[tuple[list[Inference], datetime]]:
    """The traffic of [begin, end) in batches, each with the instant up to which it goes."""
    batch: list[Inference] = []
    for minute in minutes(begin, end + timedelta(minutes=1)):
        made = inferences_of_minute(LARKFIELD, run.seed, run.anchor, minute)
        batch += [taking_part(inference, run.anchor) for inference in made if begin <= inference.occurred_at < end]
        if len(batch) >= BATCH:
            yield batch, min(minute + timedelta(minutes=1), end)
            batch = []
    yield batch, end


def continuing(database: Database, retention: timedelta) -> Callable[[], Awaitable[object]]:
    """The worker's job: go on making traffic."""
    return lambda: fill(database, retention)


async def _running(database: Database) -> DemoRun | None:
    async with database.transaction() as session:
        return await session.scalar(select(DemoRun).where(~DemoRun.is_cleared))


async def _note_progress(session: AsyncSession, _: Actor, until: datetime) -> None:
    run = await session.get(DemoRun, 1)
    if run is not None:
        run.generated_until = max(run.generated_until, until)
