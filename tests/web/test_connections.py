"""Clients that send slowly, send nothing, send nonsense or take nothing: they are let go, and nobody else notices."""

from __future__ import annotations

import asyncio
import json
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest
import pytest_asyncio

from app.web import connections
from tests.conftest import Api
from tests.web.talking import talking
from tests.web.toy import serving_toy

SOON = 0.3
HEAD = b"POST /graphql HTTP/1.1\r\nhost: hub\r\ncontent-type: application/json\r\ncontent-length: %d\r\n"
BODY = b'{"query": "{ hello }"}'
UPGRADE = (
    b"GET /graphql HTTP/1.1\r\nhost: hub\r\nconnection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n"
    b"sec-websocket-key: AAAAAAAAAAAAAAAAAAAAAA==\r\nsec-websocket-protocol: graphql-transport-ws\r\n\r\n"
)


@pytest_asyncio.fixture
async def address(api: Api, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[str]:
    """Where the toy is served, with little patience."""
    monkeypatch.setattr(connections, "REQUEST_SECONDS", SOON)
    monkeypatch.setattr(connections, "TAKING_SECONDS", SOON)
    async with serving_toy(api, ws_ping_interval=SOON, ws_ping_timeout=SOON) as served:
        yield served


class Raw:
    """A connection on which bytes are sent as they are."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def rest(self) -> bytes:
        """What comes until the other side closes, which it must do soon."""
        async with asyncio.timeout(10 * SOON):
            return await self.reader.read()

    async def drip(self, content: bytes) -> bytes:
        """The same while a byte is sent now and then."""
        rest = asyncio.create_task(self.rest())
        for number in range(len(content)):
            self.writer.write(content[number : number + 1])
            await asyncio.wait([rest], timeout=SOON / 10)
            if rest.done():
                break
        return await rest


@asynccontextmanager
async def connected(address: str, receive: int = 0) -> AsyncGenerator[Raw]:
    """A connection; with a buffer of that many bytes for what it receives."""
    host, port = address.split(":")
    opened = socket.socket()
    if receive:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive)
    opened.setblocking(False)
    await asyncio.get_running_loop().sock_connect(opened, (host, int(port)))
    reader, writer = await asyncio.open_connection(sock=opened, limit=1_000)
    try:
        yield Raw(reader, writer)
    finally:
        writer.transport.abort()


def refusal(content: bytes) -> tuple[int, str]:
    """Status and code."""
    head, body = content.split(b"\r\n\r\n", 1)
    assert b"connection: close" in head.lower()
    return int(head.split()[1]), json.loads(body)["errors"][0]["extensions"]["code"]


class TestSlow:
    async def test_that_says_nothing(self, address: str) -> None:
        async with connected(address) as raw:
            assert await raw.rest() == b""

    async def test_that_does_not_finish_the_head(self, address: str) -> None:
        for begun in (b"P", b"POST /graphql HTTP/1.1\r\n", HEAD % 10):
            async with connected(address) as raw:
                raw.writer.write(begun)
                assert await raw.rest() == b""
        async with connected(address) as raw:
            assert await raw.drip(HEAD % 10 * 5) == b""

    async def test_that_does_not_finish_the_body(self, address: str) -> None:
        async with connected(address) as raw:
            raw.writer.write(HEAD % 1_000 + b"\r\n{")
            assert refusal(await raw.rest()) == (408, "INVALID_REQUEST")
        async with connected(address) as raw:
            raw.writer.write(HEAD % 1_000 + b"\r\n")
            assert refusal(await raw.drip(b" " * 1_000)) == (408, "INVALID_REQUEST")

    async def test_after_a_request_that_was_quick(self, address: str) -> None:
        for after in (b"P", b"\r\n", HEAD % 5 + b"\r\n"):
            async with connected(address) as raw:
                raw.writer.write(HEAD % len(BODY) + b"\r\n" + BODY)
                assert b" 200 OK" in await raw.reader.readline()
                raw.writer.write(after)
                await raw.rest()

    async def test_server_is_not_the_clients_fault(self, api: Api, address: str) -> None:
        async with httpx2.AsyncClient(base_url=f"http://{address}") as client:
            headers = {"authorization": f"Bearer {api.token()}"}
            query = {"query": f"{{ nap(seconds: {3 * SOON}) }}"}
            answer = await client.post("/graphql", json=query, headers=headers)
            assert answer.json()["data"] == {"nap": True}

    async def test_socket_may_be_silent(self, address: str) -> None:
        async with talking(address) as talk:
            await talk.begin()
            await asyncio.sleep(3 * SOON)
            assert await talk.lives()
        async with connected(address) as raw:
            raw.writer.write(HEAD % len(BODY) + b"\r\n" + BODY)
            await raw.reader.readuntil(b'Z"}}')
            raw.writer.write(UPGRADE)
            assert b" 101 " in await raw.reader.readline()


class TestTooMuch:
    async def test_of_headers(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        """In one that never ends, in very many, and behind the body."""
        monkeypatch.setattr(connections, "REQUEST_SECONDS", 1_000)
        rest = HEAD % len(BODY)
        chunked = rest.replace(b"content-length: %d" % len(BODY), b"transfer-encoding: chunked")
        for begin, more in [
            (rest + b"x: ", b"x" * 10_000),
            (rest, b"x: y\r\n" * 2_000),
            (chunked + b"\r\n16\r\n" + BODY + b"\r\n0\r\n", b"x: y\r\n" * 2_000),
        ]:
            async with connected(address) as raw:
                raw.writer.write(begin)
                sent = 0
                while not raw.writer.is_closing() and sent < 5_000_000:
                    raw.writer.write(more)
                    await asyncio.sleep(0.001)
                    sent += len(more)
                assert sent < 3_000_000

    async def test_is_not_what_fits(self, api: Api, address: str) -> None:
        headers = {"authorization": f"Bearer {api.token()}", **{f"x-{number}": "x" * 1_000 for number in range(50)}}
        query = {"query": "query ($name: String!) { hello(name: $name) }", "variables": {"name": "x" * 900_000}}
        async with httpx2.AsyncClient(base_url=f"http://{address}", headers=headers) as client:
            for _ in range(2):
                assert (await client.post("/graphql", json=query)).json()["data"]


class TestNonsense:
    async def test_is_refused_with_a_code(self, address: str) -> None:
        for sent in (b"\x16\x03\x01\x02\x00", b"GET / HTTP/9.9\r\n\r\n", b"nonsense\r\n\r\n", b"\0" * 100):
            async with connected(address) as raw:
                raw.writer.write(sent)
                assert refusal(await raw.rest()) == (400, "INVALID_REQUEST")


class TestTakesNothing:
    async def test_of_its_answers(self, api: Api, address: str) -> None:
        """More answers than all buffers hold: what is left of them is thrown away with the connection."""
        body = json.dumps(
            {"query": "query ($name: String!) { hello(name: $name) }", "variables": {"name": "x" * 900_000}}
        )
        request = HEAD % len(body) + b"authorization: Bearer %b\r\n\r\n" % api.token().encode() + body.encode()
        async with connected(address, receive=4_096) as raw:
            raw.writer.transport.pause_reading()  # pyright: ignore[reportAttributeAccessIssue]
            raw.writer.write(request * 20)
            await asyncio.sleep(SOON)
            async with asyncio.timeout(20 * SOON):
                while not raw.writer.is_closing():
                    raw.writer.write(b"\r\n")
                    await asyncio.sleep(SOON / 5)

    async def test_of_its_messages(self, address: str) -> None:
        async with talking(address) as talk:
            await talk.begin()
            talk.connection.transport.pause_reading()
            async with asyncio.timeout(20 * SOON):
                while not talk.connection.transport.is_closing():
                    talk.connection.transport.write(b"")
                    sending = talk.say({"type": "ping", "payload": {"x": "x" * 900_000}})
                    await asyncio.wait([asyncio.create_task(sending)], timeout=SOON / 5)

    async def test_and_is_gone_from_a_socket(self, address: str) -> None:
        async with connected(address) as raw:
            raw.writer.write(UPGRADE)
            assert b" 101 " in await raw.reader.readline()
            assert b"keepalive" in await raw.rest()


async def test_ordinary_client_beside_many_slow_ones_notices_nothing(api: Api, address: str) -> None:
    slow = [await connected(address).__aenter__() for _ in range(200)]
    for raw in slow:
        raw.writer.write(HEAD % 1_000 + b"\r\n{")
    headers = {"authorization": f"Bearer {api.token()}"}
    async with httpx2.AsyncClient(base_url=f"http://{address}", headers=headers, timeout=2) as client:
        for _ in range(20):
            assert (await client.post("/graphql", json={"query": "{ hello }"})).status_code == 200
    for raw in slow:
        await raw.rest()
        raw.writer.transport.abort()
