"""Clients that never read, beside others that do: the server lets them go, keeps its memory, and the others hear all.

A short form for every run, and a long one."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import pytest
from websockets.exceptions import ConnectionClosed

from app.live.outbox import MAX_CHARACTERS
from app.settings import Settings
from tests.conftest import Api
from tests.faults.flatness import resident
from tests.faults.test_killed_hub import started
from tests.faults.test_scopes import listeners
from tests.live.listening import happen
from tests.live.test_clients import LONG
from tests.live.test_rights import head_of
from tests.web.talking import Talk, talking

OPERATIONS = 80
"""Subscriptions of a socket that does not read, so that it is soon full."""
BURST = 50
BESIDE = 20_000_000
"""Bytes by which memory may grow for other reasons, as for the newest events that are kept at hand."""


async def never_reading(stack: AsyncExitStack, address: str, token: str) -> Talk:
    """A socket with many subscriptions that stops to read."""
    talk = await stack.enter_async_context(talking(address, max_queue=1))
    await talk.begin(token)
    for number in range(OPERATIONS):
        await talk.subscribe(LONG, str(number))
    assert await talk.lives()
    talk.connection.transport.pause_reading()
    return talk


async def let_go(talk: Talk) -> bool:
    """Whether the server has closed it as too slow; a client that does not even take the close is cut off."""
    talk.connection.transport.resume_reading()
    async with asyncio.timeout(30):
        with suppress(ConnectionClosed):
            while True:
                await talk.connection.recv()
    return talk.connection.close_code in {4508, 1006}


async def slow_beside_quick(api: Api, settings: Settings, log: Path, slow: int, quick: int, bursts: int) -> None:
    """Each burst is much for those who do not read, and little for those who do."""
    with started(settings, log, "serve") as (hub,):
        assert hub.running
        address, pid = hub.url.removeprefix("http://"), hub.running.pid
        async with AsyncExitStack() as stack:
            stuck = [await never_reading(stack, address, api.token()) for _ in range(slow)]
            everybody = await stack.enter_async_context(listeners(address, [api.token()] * quick))
            before, last = resident(pid), 0
            for _ in range(bursts):
                await happen(api.database, *range(BURST))
                last = await head_of(api)
                async with asyncio.timeout(60):
                    await asyncio.gather(*(one.until(last) for one in everybody))
                assert resident(pid) - before < slow * 2 * MAX_CHARACTERS + BESIDE
            assert all(one.told == list(range(1, last + 1)) for one in everybody)
            assert all(await asyncio.gather(*map(let_go, stuck)))


async def test_few(api: Api, settings: Settings, tmp_path: Path) -> None:
    await slow_beside_quick(api, settings, tmp_path / "log", 4, 30, 12)


@pytest.mark.soak
async def test_fifty_beside_five_hundred(api: Api, settings: Settings, tmp_path: Path) -> None:
    await slow_beside_quick(api, settings, tmp_path / "log", 50, 500, 100)
