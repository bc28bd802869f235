"""Many who come and go leave nothing behind; many more do in tests/faults/test_flat.py."""

from __future__ import annotations

import asyncio
from pathlib import Path

from tests.conftest import Api
from tests.live.listening import happen, heard, listening, served
from tests.live.test_streams import until_empty
from tests.web.talking import talking


def descriptors() -> int:
    """How many files and sockets this process has open."""
    return len(list(Path("/proc/self/fd").iterdir()))


async def come_and_go(api: Api, times: int) -> None:
    """Some leave in good order, some just go, in the middle of a stream and at its beginning."""
    async with served(api) as address:
        async with listening(address, api.token()) as first:
            await happen(api.database, 1)
            await heard(first)
        await until_empty(api)
        tasks, open_ones = len(asyncio.all_tasks()), descriptors()
        for number in range(times):
            async with talking(address) as talk:
                await talk.begin(api.token())
                await talk.subscribe("subscription { modelChanged { cursor } }")
                if number % 4 == 0:
                    await talk.say({"type": "complete", "id": "1"})
                if number % 4 == 1:
                    await talk.lives()
                if number % 4 == 2:
                    talk.connection.transport.abort()
        await until_empty(api)
        async with asyncio.timeout(5):
            while len(asyncio.all_tasks()) > tasks or descriptors() > open_ones:
                await asyncio.sleep(0.02)


async def test_leave_nothing_behind(api: Api) -> None:
    await come_and_go(api, 60)
