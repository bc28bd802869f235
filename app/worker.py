"""The second process: runs the domains' jobs, each on its schedule, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

from app.demo import service as demo
from app.kit.clock import utc_now
from app.kit.db import Database
from app.metrics import jobs
from app.migrate import refuse_mismatch
from app.settings import Settings

log = logging.getLogger("modelhub.worker")

LONGEST_PAUSE = 60.0


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again; `every` seconds after it last ended."""

    name: str
    every: float
    run: Callable[[], Awaitable[object]]


def jobs_of(settings: Settings, database: Database) -> list[Job]:
    """All jobs of this installation."""
    raw, minutes, hours = (
        timedelta(days=days)
        for days in (
            settings.raw_retention_days,
            settings.minute_retention_days,
            settings.hour_retention_days,
        )
    )
    known = [
        Job("roll-up", 1, lambda: jobs.roll_up(database, utc_now)),
        Job("notice", 15, lambda: jobs.notice(database, utc_now() - timedelta(minutes=10), utc_now())),
        Job("popularity", 60, lambda: jobs.refresh_popularity(database, utc_now)),
        Job("partitions", 3600, lambda: jobs.keep_partitions(database, utc_now(), raw)),
        Job("retention", 3600, lambda: jobs.forget(database, utc_now(), minutes, hours)),
    ]
    return [*known, Job("demo", 1, demo.continuing(database, raw))] if settings.demo else known


async def work(settings: Settings) -> None:
    """Run all jobs until SIGTERM or SIGINT."""
    await refuse_mismatch(settings.database_url or "")
    database = Database(settings.database_url or "", read_connections=2, write_connections=4)
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    running = [asyncio.create_task(_repeat(job)) for job in jobs_of(settings, database)]
    await stopped.wait()
    for task in running:
        task.cancel()
    await asyncio.gather(*running, return_exceptions=True)
    await database.close()


async def _repeat(job: Job) -> None:
    pause = job.every
    while True:
        try:
            await job.run()
            pause = job.every
        except Exception:
            pause = min(max(pause * 2, 1), LONGEST_PAUSE)
            log.exception("job %s failed; again in %.0f s", job.name, pause)
        await asyncio.sleep(pause)
