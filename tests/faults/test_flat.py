"""A server at a steady rate, whose listeners come and go: what it uses stays the same.

Short forms for every run, one of ten minutes, and one of a hundred thousand connections."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest

from app.settings import Settings
from tests.conftest import Api
from tests.faults.flatness import deserted, used
from tests.faults.test_killed_hub import started
from tests.faults.test_scopes import Listener, listeners
from tests.live.listening import MODELS, happen, heard, listening
from tests.live.test_rights import head_of
from tests.web.talking import talking

SOAK_SECONDS = float(os.environ.get("MODELHUB_SOAK_SECONDS", "600"))
SOAK_COMINGS = int(os.environ.get("MODELHUB_SOAK_COMINGS", "100000"))
LISTENERS = 20
ROUND = 0.2
"""Seconds in which five events happen, and one listener comes and goes."""
AT_ONCE = 20
"""Those who come and go beside each other."""


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
        address, end = hub.url.removeprefix("http://"), now() + seconds
        async with listeners(address, [api.token()] * LISTENERS) as everybody:
            before = None
            while now() < end:
                await asyncio.gather(one_round(api, address, everybody), asyncio.sleep(ROUND))
                if before is None and end - now() < seconds * 2 / 3:
                    before = await used(hub, api.token())
            assert before
            (await used(hub, api.token())).assert_no_more_than(before)
            assert all(one.told == list(range(1, one.told[-1] + 1)) for one in everybody)
        await deserted(hub, api.token())


async def come_and_go(api: Api, address: str, times: int) -> None:
    """Some leave in good order, some just go, in the middle of a stream and at its beginning."""
    for number in range(times):
        async with talking(address) as talk:
            await talk.begin(api.token())
            await talk.subscribe(MODELS)
            if number % 4 == 0:
                await talk.say({"type": "complete", "id": "1"})
            if number % 4 == 1:
                await talk.lives()
            if number % 4 == 2:
                talk.connection.transport.abort()


async def leave_nothing_behind(api: Api, settings: Settings, log: Path, comings: int) -> None:
    """The first tenth is for warming up."""
    with started(settings, log, "serve") as (hub,):
        address, before = hub.url.removeprefix("http://"), None
        for part in (comings // 10, comings - comings // 10):
            await asyncio.gather(*(come_and_go(api, address, part // AT_ONCE) for _ in range(AT_ONCE)))
            after = await deserted(hub, api.token())
            before = before or after
        print(f"{comings:,} came and went: {before} before, {after} after")
        after.assert_no_more_than(before)


async def test_for_some_seconds(api: Api, settings: Settings, tmp_path: Path) -> None:
    await stays_flat(api, settings, tmp_path / "log", 6)


async def test_some_come_and_go(api: Api, settings: Settings, tmp_path: Path) -> None:
    await leave_nothing_behind(api, settings, tmp_path / "log", 400)


@pytest.mark.soak
async def test_for_ten_minutes(api: Api, settings: Settings, tmp_path: Path) -> None:
    await stays_flat(api, settings, tmp_path / "log", SOAK_SECONDS)


@pytest.mark.soak
async def test_a_hundred_thousand_come_and_go(api: Api, settings: Settings, tmp_path: Path) -> None:
    await leave_nothing_behind(api, settings, tmp_path / "log", SOAK_COMINGS)
