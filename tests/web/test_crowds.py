"""How many connections an address may have: one that comes by itself, and one for which a proxy speaks."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress

import pytest
import pytest_asyncio
import websockets
from starlette.applications import Starlette
from websockets.exceptions import InvalidStatus

from app.serve import transport
from app.settings import Settings
from app.web.crowds import Crowd
from tests.conftest import answering
from tests.serving import serving
from tests.web.test_sockets import VIEWER, answer, bearer, connected

MOST = 3
ASKED = b"GET /healthz HTTP/1.1\r\nhost: hub\r\n\r\n"


@pytest_asyncio.fixture
async def hub(settings: Settings) -> AsyncIterator[tuple[Starlette, str]]:
    """The API that takes few connections of an address, and a token."""
    few = settings.model_copy(update={"connections_per_address": MOST})
    async with answering(few) as api:
        yield api.app, api.token()


async def opened(port: str, address: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    """A connection from an address of the loopback interface."""
    return await asyncio.open_connection("127.0.0.1", int(port), local_addr=(address, 0))


async def status(port: str, address: str) -> int:
    """What a request on a new connection is answered with."""
    reader, writer = await opened(port, address)
    try:
        writer.write(ASKED)
        return int((await reader.readline()).split()[1])
    finally:
        writer.close()


async def admitted(url: str, headers: dict[str, str]) -> bool:
    """Whether a socket is opened."""
    with suppress(InvalidStatus):
        async with connected(url, None, additional_headers=headers):
            return True
    return False


async def gone(port: str, address: str) -> None:
    """Wait until the address may connect again."""
    async with asyncio.timeout(3):
        while await status(port, address) != 200:
            await asyncio.sleep(0.01)


class TestConnections:
    async def test_of_an_address_that_comes_by_itself(self, hub: tuple[Starlette, str]) -> None:
        app, token = hub
        async with serving(app, **transport(MOST)) as served:
            port = served.rpartition(":")[2]
            silent = [await opened(port, "127.0.0.2") for _ in range(MOST - 1)]
            options = {"local_addr": ("127.0.0.2", 0)}
            async with connected(f"ws://{served}/graphql", bearer(token), **options) as socket:
                assert "errors" not in await answer(socket, VIEWER)
                assert await status(port, "127.0.0.2") == 429
                assert await status(port, "127.0.0.3") == 200
                reader, writer = await opened(port, "127.0.0.2")
                refused = (await reader.read()).lower()
                writer.close()
                assert b"rate_limit_exceeded" in refused
                assert b"\r\nretry-after: 5\r\n" in refused
            await gone(port, "127.0.0.2")
            for _, writer in silent:
                writer.close()

    async def test_of_a_proxy_are_not_counted_but_those_it_speaks_for(self, hub: tuple[Starlette, str]) -> None:
        app, token = hub
        async with serving(app, **transport(MOST)) as served:
            url, port = f"ws://{served}/graphql", served.rpartition(":")[2]
            headers = {"x-forwarded-for": "2001:db8::1"}
            sockets = [
                await websockets.connect(url, subprotocols=["graphql-transport-ws"], additional_headers=headers)  # pyright: ignore[reportArgumentType]
                for _ in range(MOST)
            ]
            with pytest.raises(InvalidStatus) as refused:
                async with connected(url, None, additional_headers={"x-forwarded-for": "2001:db8::2"}):
                    pass
            assert refused.value.response.status_code == 429
            assert refused.value.response.headers["retry-after"] == "5"
            assert await status(port, "127.0.0.1") == 200
            other = {"x-forwarded-for": "2001:db8:1::1"}
            async with connected(url, bearer(token), additional_headers=other) as socket:
                assert "errors" not in await answer(socket, VIEWER)
            await asyncio.gather(*(one.close() for one in sockets))
            async with asyncio.timeout(3):
                while not await admitted(url, headers):
                    await asyncio.sleep(0.01)


def test_who_is_gone_is_forgotten() -> None:
    crowd = Crowd(2)
    assert [crowd.enter("192.0.2.1") for _ in range(3)] == ["192.0.2.1", "192.0.2.1", None]
    crowd.leave("192.0.2.1")
    crowd.leave("192.0.2.1")
    assert crowd == Crowd(2)
