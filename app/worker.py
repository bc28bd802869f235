"""The second process: runs the domains' jobs, each on its schedule, until it is told to stop."""

from __future__ import annotations

import asyncio
import logging
import signal
import time
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import timedelta

import uvicorn
from prometheus_client import CollectorRegistry
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.alerts import jobs as alerts
from app.alerts.channels.delivering import Courier, Post
from app.alerts.looking import Surroundings
from app.catalog.prices.jobs import refreshing_costs
from app.demo import service as demo
from app.deployments.controlling.jobs import controlling
from app.deployments.observed import jobs as observed
from app.experiments.running import jobs as experiments
from app.identity import jobs as identity
from app.identity.refusals import tell_of_refusals
from app.kit.access import SYSTEM
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.kit.idempotency import forget_mutations
from app.kit.journal import Writer
from app.kit.presence import present
from app.kit.sealing import load_keyring
from app.kit.tasks import ended
from app.live.log import forget
from app.live.wakeups import Heard, Wakeups
from app.metrics import jobs
from app.migrate import refuse_mismatch
from app.settings import Settings
from app.telemetry.metrics import AlertMetrics, DatabaseMetrics, JobMetrics, process_registry
from app.web.listening import refuse_taken_port
from app.web.worker import build

log = logging.getLogger("modelhub.worker")

LONGEST_PAUSE = 60.0
ENDS_WITHIN = 20
"""Seconds after which a worker that was told to stop is ended by the system, whatever it is in."""

LATE_AFTER = 300.0
"""Seconds after which a job that should have succeeded is late."""


@dataclass(frozen=True, slots=True)
class Job:
    """Something done again and again; `every` seconds after it last ended."""

    name: str
    every: float
    run: Callable[[], Awaitable[object]]


def _unheard(_: float) -> None:
    """Nobody wants to know."""


def surroundings(settings: Settings) -> Surroundings:
    """What alert rules see besides usage."""
    url = settings.redis_url

    async def redis_answers() -> bool:
        client = Redis.from_url(url or "", socket_connect_timeout=3, socket_timeout=3)
        try:
            await client.ping()
        except (RedisError, OSError):
            return False
        finally:
            await client.aclose()
        return True

    return Surroundings(settings.daily_budget_usd, redis_answers if url else None)


def jobs_of(settings: Settings, database: Database, note_lag: Callable[[float], None] = _unheard) -> list[Job]:
    """All jobs of this installation; `note_lag` is told how late alert rules are, in seconds."""
    keyring, webhooks = load_keyring(settings), settings.cost_alert_webhooks
    raw, minutes, hours = (
        timedelta(days=days)
        for days in (
            settings.raw_retention_days,
            settings.minute_retention_days,
            settings.hour_retention_days,
        )
    )
    events = timedelta(days=settings.event_retention_days)
    known = [
        Job("roll-up", 1, lambda: jobs.roll_up(database, utc_now)),
        Job("notice", 15, lambda: jobs.notice(database, utc_now() - timedelta(minutes=10), utc_now())),
        Job("usage", 60, lambda: jobs.refresh_usage(database, utc_now)),
        Job("partitions", 3600, lambda: jobs.keep_partitions(database, utc_now(), raw)),
        Job("retention", 3600, lambda: jobs.forget(database, utc_now(), raw, minutes, hours)),
        Job("events", 3600, lambda: forget(database, utc_now() - events)),
        Job("phases", 3600, lambda: observed.forget(database, utc_now())),
        Job("costs", 15, refreshing_costs(database, utc_now)),
        Job("experiments", 15, lambda: experiments.complete(database, utc_now())),
        Job("alert-defaults", 3600, lambda: alerts.set_up(database, keyring, webhooks)),
        Job("alerts", 1, alerts.evaluating(database, utc_now, surroundings(settings), note_lag)),
        Job("alert-history", 3600, lambda: alerts.forget(database, utc_now() - events)),
        Job("mutations", 3600, lambda: Writer(database).write(SYSTEM, forget_mutations)),
        Job("sessions", 3600, lambda: Writer(database).write(SYSTEM, identity.forget)),
        Job("refusals", 15, lambda: Writer(database).write(SYSTEM, tell_of_refusals, utc_now())),
    ]
    return [*known, Job("demo", 1, demo.continuing(database, raw))] if settings.demo else known


async def work(settings: Settings) -> None:
    """Run all jobs until SIGTERM or SIGINT."""
    url = settings.database_url or ""
    await refuse_mismatch(url)
    async with present(url, "modelhub worker"):
        await _work(settings)


async def _work(settings: Settings) -> None:
    database = Database(settings.database_url or "", read_connections=2, write_connections=4)
    deployments = controlling(settings, Writer(database))
    stopped = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    registry = process_registry()
    registry.register(DatabaseMetrics(database))
    noting = Job("deployments", 5, deployments.note)
    courier = Courier(database, Post.of(settings, load_keyring(settings)))
    delivering = Job("notifications", 0.5, courier.run)
    known = jobs_of(settings, database, AlertMetrics(registry).note_lag)
    schedule = Schedule([*known, noting, delivering], JobMetrics(registry))
    announced = _announcing(settings, database, deployments.heard)
    async with announced, _shown(settings, registry, schedule), deployments.running(), courier.running():
        running = [asyncio.create_task(schedule.repeat(job)) for job in schedule.jobs]
        await stopped.wait()
        signal.alarm(ENDS_WITHIN)
        await ended(running)
    await database.close()


@asynccontextmanager
async def _announcing(settings: Settings, database: Database, heard: Heard) -> AsyncGenerator[None]:
    """Tell the API of what jobs do, and hear of what it did, if there is a Redis to tell it by; without, each looks
    for itself."""
    if settings.redis_url is None:
        yield
        return
    wakeups = Wakeups(settings.redis_url, settings.redis_prefix)
    wakeups.listen(heard)
    database.announce = wakeups.announce
    async with wakeups.running():
        yield


class Schedule:
    """Runs jobs again and again, and knows how they do."""

    def __init__(self, jobs: Sequence[Job], metrics: JobMetrics) -> None:
        self.jobs = jobs
        self._metrics = metrics
        self._succeeded_at = {job.name: time.monotonic() for job in jobs}
        for job in jobs:
            metrics.expect(job.name)

    def late(self) -> list[str]:
        """The jobs that have not succeeded for five minutes more than they should."""
        now = time.monotonic()
        return [job.name for job in self.jobs if now - self._succeeded_at[job.name] > job.every + LATE_AFTER]

    async def repeat(self, job: Job) -> None:
        """Run a job for ever; after a failure with growing pauses."""
        pause = job.every
        while True:
            pause = job.every if await self._succeeds(job) else min(max(pause * 2, 1), LONGEST_PAUSE)
            await asyncio.sleep(pause)

    async def _succeeds(self, job: Job) -> bool:
        """Run it once. That the database is away was logged by the database, once for all jobs."""
        begun, succeeded = time.monotonic(), False
        try:
            await job.run()
            succeeded = True
            self._succeeded_at[job.name] = time.monotonic()
        except Unavailable:
            log.debug("job %s could not run", job.name)
        except Exception:
            log.exception("job %s failed; it is tried again", job.name)
        self._metrics.note(job.name, time.monotonic() - begun, succeeded=succeeded)
        return succeeded


@asynccontextmanager
async def _shown(settings: Settings, registry: CollectorRegistry, schedule: Schedule) -> AsyncGenerator[None]:
    """Answer `/healthz`, `/readyz` and `/metrics` during the block, if a port for that is set."""
    if settings.worker_port is None:
        yield
        return
    refuse_taken_port(settings.host, settings.worker_port)
    application = build(settings, registry, schedule.late)
    server = _Server(
        uvicorn.Config(
            application,
            host=settings.host,
            port=settings.worker_port,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
        )
    )
    serving = asyncio.create_task(server.serve())
    try:
        yield
    finally:
        server.should_exit = True
        await serving


class _Server(uvicorn.Server):
    """Signals are the worker's business."""

    @contextmanager
    def capture_signals(self) -> Generator[None]:
        """Capture none."""
        yield
