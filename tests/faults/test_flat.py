"""A server at a steady rate, whose listeners come and go: what it uses stays the same.

A short form for every run, and one of ten minutes."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from app.settings import Settings
from tests.conftest import Api
from tests.faults.flatness import descriptors, resident
from tests.faults.test_killed_hub import started
from tests.faults.test_scopes import Listener, listeners
from tests.live.listening import happen, heard, listening
from tests.live.test_rights import head_of

SOAK_SECONDS = float(os.environ.get("MODELHUB_SOAK_SECONDS", "600"))
LISTENERS = 20
ROUND = 0.2
"""Seconds in which five events happen, and one listener comes and goes."""
SPARE = 4_000_000
"""Bytes by which memory may be larger at the end than after a third of the time, beside a tenth of what it was."""
SPARE_FILES = 6
"""Connections to Postgres that may have been opened meanwhile."""


async def one_round(api: Api, address: str, everybody: list[Listener]) -> None:
    """Whoever comes hears what happens from then on, and leaves."""
    async with listening(address, api.token()) as passing:
        await happen(api.database, *range(5))
        await heard(passing)
    last = await head_of(api)
    async with asyncio.timeout(10):
        await asyncio.gather(*(one.until(last) for one in everybody))


async def stays_flat(api: Api, settings: Settings, log: Path, seconds: float) -> None:
    """The first third is for warming up."""
    now = asyncio.get_running_loop().time
    with started(settings, log, "serve") as (hub,):
        assert hub.running
        address, pid, end = hub.url.removeprefix("http://"), hub.running.pid, now() + seconds
        async with listeners(address, [api.token()] * LISTENERS) as everybody:
            before = None
            while now() < end:
                await asyncio.gather(one_round(api, address, everybody), asyncio.sleep(ROUND))
                if before is None and end - now() < seconds * 2 / 3:
                    before = resident(pid), descriptors(pid), len(asyncio.all_tasks())
            assert before
            assert resident(pid) < before[0] * 1.1 + SPARE
            assert descriptors(pid) <= before[1] + SPARE_FILES
            assert len(asyncio.all_tasks()) <= before[2] + SPARE_FILES
            assert all(one.told == list(range(1, one.told[-1] + 1)) for one in everybody)


async def test_for_some_seconds(api: Api, settings: Settings, tmp_path: Path) -> None:
    await stays_flat(api, settings, tmp_path / "log", 6)


@pytest.mark.soak
async def test_for_ten_minutes(api: Api, settings: Settings, tmp_path: Path) -> None:
    await stays_flat(api, settings, tmp_path / "log", SOAK_SECONDS)
