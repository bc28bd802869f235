"""Clients that are slow, that come by server-sent events, and an installation whose Redis is away."""

from __future__ import annotations

import asyncio
import time
from contextlib import AsyncExitStack, suppress
from statistics import median
from typing import Any

import httpx2
import orjson
from redis.asyncio import Redis
from websockets.exceptions import ConnectionClosed

from app.settings import Settings
from tests.conftest import Api, answering, free_port
from tests.live.listening import MODELS, happen, heard, listening, served
from tests.live.test_streams import position, until_empty
from tests.web.talking import Talk, talking

LONG = "subscription { modelChanged { cursor kind message " + " ".join(f"k{n}: kind" for n in range(25)) + " } }"


async def test_slow_client_is_let_go_and_the_others_lose_nothing(api: Api) -> None:
    """4508, so that it comes again with its cursor; what waited for it is forgotten."""
    exchange = api.app.state.hub.exchange
    async with (
        served(api) as address,
        listening(address, api.token(), LONG) as quick,
        talking(address, max_queue=1) as slow,
    ):
        await slow.begin(api.token())
        for number in range(20):
            await slow.subscribe(LONG, str(number))
        assert await slow.lives()
        slow.connection.transport.pause_reading()
        count = 0
        async with asyncio.timeout(30):
            while exchange.means.metrics.slow._value.get() == 0:
                await happen(api.database, *range(50))
                for _ in range(50):
                    count += 1
                    assert position((await heard(quick))["cursor"]) == count
        slow.connection.transport.resume_reading()
        async with asyncio.timeout(10):
            with suppress(ConnectionClosed):
                while True:
                    await slow.connection.recv()
        assert slow.connection.close_code == 4508
    await until_empty(api)


def stream(address: str, token: str, variables: dict[str, Any], **headers: str) -> Any:
    """A subscription as server-sent events."""
    accepted = {"accept": "text/event-stream", "authorization": f"Bearer {token}", **headers}
    client = httpx2.AsyncClient(base_url=f"http://{address}", timeout=10)
    return client.stream("POST", "/graphql", json={"query": MODELS, "variables": variables}, headers=accepted)


async def next_events(response: Any, count: int) -> list[tuple[str, Any]]:
    """The ids and the data of so many events."""
    found: list[tuple[str, Any]] = []
    name = ""
    async for line in response.aiter_lines():
        if line.startswith("id: "):
            name = line[4:]
        if line.startswith("data: "):
            found.append((name, orjson.loads(line[6:])))
        if len(found) == count:
            return found
    raise AssertionError(found)


async def test_server_sent_events_resume_by_their_last_id(api: Api) -> None:
    async with served(api) as address:
        async with stream(address, api.token(), {}) as response:
            while not api.app.state.hub.exchange.groups:
                await asyncio.sleep(0.01)
            await asyncio.sleep(0.05)
            await happen(api.database, 1, 2, 3)
            found = await next_events(response, 3)
        assert [position(name) for name, _ in found] == [1, 2, 3]
        assert [body["data"]["modelChanged"]["cursor"] for _, body in found] == [name for name, _ in found]
        await happen(api.database, 4)
        async with stream(address, api.token(), {}, **{"last-event-id": found[1][0]}) as response:
            assert [position(name) for name, _ in await next_events(response, 2)] == [3, 4]


async def test_without_redis_events_only_take_longer(settings: Settings) -> None:
    away = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(answering(away))
        other = await stack.enter_async_context(answering(away))
        address = await stack.enter_async_context(served(other))
        talk = await stack.enter_async_context(listening(address, api.token()))
        for number in range(1, 3):
            begun = time.monotonic()
            await happen(api.database, number)
            assert position((await heard(talk))["cursor"]) == number
            assert time.monotonic() - begun < 1.5


async def connected(api: Api, connections: int) -> None:
    """Wait until a process hears of others, for as many times."""
    backend = api.app.state.hub.wakeups.backend
    async with asyncio.timeout(5):
        while not backend.is_connected or backend.connections < connections:
            await asyncio.sleep(0.01)


async def delay(api: Api, talk: Talk, number: int) -> float:
    """Seconds until the event at a position is heard of, whose writer is another process."""
    begun = time.monotonic()
    await happen(api.database, number)
    assert position((await heard(talk))["cursor"]) == number
    return time.monotonic() - begun


async def test_another_process_is_woken_at_once_and_again_when_redis_has_cut_it_off(
    api: Api, settings: Settings
) -> None:
    async with answering(settings) as other, served(other) as address, listening(address, other.token()) as talk:
        for times in (1, 2):
            for process in (api, other):
                await connected(process, times)
            assert median([await delay(api, talk, 5 * times - 4 + number) for number in range(5)]) < 0.5
            async with Redis.from_url(settings.redis_url or "") as redis:
                assert await redis.client_kill_filter(_type="pubsub") >= 2
