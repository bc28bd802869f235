"""Redis is away for the whole run: subscribers of all processes hear everything, once and in order, a little later.

A short form for every run, and a long one."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import AsyncGenerator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import median, quantiles

import pytest

from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.db import Database
from app.kit.journal import GOVERNANCE_STREAM, cursor_text
from app.kit.secrets import load_keys
from app.settings import Settings
from tests.conftest import free_port
from tests.faults.test_killed_hub import started
from tests.faults.test_live import Subscriber, Writers, caught_up, last_of, subscribed
from tests.kit.rows import select_rows
from tests.live.listening import listening
from tests.live.test_streams import position
from tests.web.talking import Talk

SOAK_SECONDS = float(os.environ.get("MODELHUB_SOAK_SECONDS", "120"))
BACKSTOP = 1.5
"""Seconds after which an event is told that nobody announced."""


@dataclass(slots=True)
class Steady:
    """One who stays on one process: when he heard of each position."""

    talk: Talk
    heard: dict[int, datetime] = field(default_factory=dict[int, datetime])

    async def listen(self) -> None:
        """For ever."""
        async for text in self.talk.connection:
            event = json.loads(text)["payload"]["data"]["modelChanged"]
            self.heard[position(event["cursor"])] = datetime.now(UTC)


@asynccontextmanager
async def steady(hosts: Sequence[str], token: str) -> AsyncGenerator[list[Steady]]:
    """One for each process, listening during the block."""
    async with AsyncExitStack() as stack:
        some = [Steady(await stack.enter_async_context(listening(host, token))) for host in hosts]
        tasks = [asyncio.create_task(one.listen()) for one in some]
        try:
            yield some
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)


async def delays(database: Database, some: Sequence[Steady]) -> list[float]:
    """Seconds from the log to each of them, of each event."""
    rows = await select_rows(database, "select position, recorded_at from event order by position")
    for one in some:
        assert list(one.heard) == [row["position"] for row in rows]
    return [(one.heard[row["position"]] - row["recorded_at"]) / timedelta(seconds=1) for one in some for row in rows]


async def write(database: Database, seconds: float) -> None:
    """A few writers, none of whom announces anything, with a pause after each transaction: some thirty events a second,
    so that it is not the work that takes time."""
    writers, end = Writers(database, Random(5)), asyncio.get_running_loop().time() + seconds

    async def one() -> None:
        while asyncio.get_running_loop().time() < end:
            await writers.write_one()
            await asyncio.sleep(writers.chance.uniform(0.2, 0.6))

    await asyncio.gather(*(one() for _ in range(3)))


async def only_later(database: Database, settings: Settings, log: Path, subscribers: int, seconds: float) -> None:
    """The whole story, on two processes."""
    away = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    (stream,) = await select_rows(database, "select epoch from event_stream")
    token = issue_development_token(load_keys(settings.home, settings.secret), Role.ADMIN)
    start = cursor_text(stream["epoch"], GOVERNANCE_STREAM, 0)
    with started(away, log, "serve", "serve") as processes:
        hosts = [one.url.removeprefix("http://") for one in processes]
        restless = [Subscriber(hosts, token, Random(n), start) for n in range(subscribers)]
        async with steady(hosts, token) as quiet, subscribed(restless):
            await write(database, seconds)
            head, _ = await last_of(database)
            await caught_up(restless, head, 30)
            found = await delays(database, quiet)
    assert all(one.got == list(range(1, head + 1)) for one in restless)
    late = quantiles(found, n=20)[-1]
    print(f"{head:,} events without Redis: {median(found):.2f} s in the median, 19 of 20 within {late:.2f} s")
    assert late <= BACKSTOP


async def test_nothing_is_lost(database: Database, settings: Settings, tmp_path: Path) -> None:
    await only_later(database, settings, tmp_path / "log", 4, 4)


@pytest.mark.soak
async def test_nothing_is_lost_for_long(settings: Settings, database: Database, tmp_path: Path) -> None:
    await only_later(database, settings, tmp_path / "log", 20, SOAK_SECONDS)
