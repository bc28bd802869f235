"""Server-sent events: for subscriptions, and for clients that take nothing else."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import httpx2
import pytest
import pytest_asyncio

from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.web import streams
from app.web.connections import RETRY_AFTER
from tests.conftest import Api
from tests.serving import SERVERS
from tests.web.toy import SEEN, serving_toy

EVENTS = "text/event-stream"
COUNT = "subscription ($to: Int!, $seconds: Float!) { count(to: $to, seconds: $seconds) { number who } }"
URQL = (
    "application/graphql-response+json, application/graphql+json, application/json, text/event-stream, multipart/mixed"
)


@pytest_asyncio.fixture
async def url(api: Api) -> AsyncIterator[str]:
    """Where the toy is served."""
    async with serving_toy(api) as address:
        yield f"http://{address}"


@pytest_asyncio.fixture
async def client(url: str) -> AsyncIterator[httpx2.AsyncClient]:
    """A client of the toy."""
    async with httpx2.AsyncClient(base_url=url, timeout=10) as opened:
        yield opened


@asynccontextmanager
async def asked(
    client: httpx2.AsyncClient, token: str, query: str, accept: str = EVENTS, **variables: Any
) -> AsyncGenerator[httpx2.Response]:
    """A response that is read as it comes."""
    headers = {"accept": accept, "authorization": f"Bearer {token}"}
    async with client.stream(
        "POST", "/graphql", json={"query": query, "variables": variables}, headers=headers
    ) as response:
        yield response


async def until_broken(content: AsyncIterator[bytes]) -> tuple[bytes, Exception | None]:
    """What still comes, and how it breaks off."""
    said = b""
    try:
        async for part in content:
            said += part
    except httpx2.HTTPError as end:
        return said, end
    return said, None


async def events(response: httpx2.Response) -> list[tuple[str, Any]]:
    """The names and contents of all events."""
    content = (await response.aread()).decode()
    assert "\r" not in content
    assert content.endswith("\n\n")
    told = [dict(line.split(":", 1) for line in block.split("\n")) for block in content.strip("\n").split("\n\n")]
    return [(one["event"].strip(), json.loads(one["data"] or "null")) for one in told if "event" in one]


class TestStream:
    async def test_of_a_subscription(self, api: Api, client: httpx2.AsyncClient) -> None:
        for accept in (EVENTS, f"{EVENTS}, multipart/mixed", URQL):
            async with asked(client, api.token(), COUNT, accept, to=3, seconds=0) as response:
                assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
                assert response.headers["cache-control"] == "no-store"
                told = await events(response)
            assert [name for name, _ in told] == ["next", "next", "next", "complete"]
            assert [content["data"]["count"]["number"] for _, content in told[:-1]] == [0, 1, 2]
            assert {"requestId", "timestamp"} <= told[0][1]["extensions"].keys()

    async def test_of_everything_for_those_who_take_nothing_else(self, api: Api, client: httpx2.AsyncClient) -> None:
        for query, key in [("{ hello }", "hello"), ('mutation { greet(name: "x") }', "greet")]:
            async with asked(client, api.token(), query) as response:
                told = await events(response)
            assert [name for name, _ in told] == ["next", "complete"]
            assert key in told[0][1]["data"]

    async def test_tells_what_is_wrong(self, api: Api, client: httpx2.AsyncClient) -> None:
        for query, code in [
            ("{", "GRAPHQL_PARSE_FAILED"),
            ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
            (COUNT, "GRAPHQL_VALIDATION_FAILED"),
        ]:
            async with asked(client, api.token(), query) as response:
                (name, content), *rest = await events(response)
            assert (response.status_code, name, rest) == (200, "next", [("complete", None)])
            assert content["errors"][0]["extensions"]["code"] == code
            assert "data" not in content

    async def test_that_breaks_off_says_so_and_leaks_nothing(self, api: Api, client: httpx2.AsyncClient) -> None:
        for field, code in (("conflict", "CONFLICT"), ("broken", "INTERNAL_ERROR")):
            async with asked(client, api.token(), f"subscription {{ {field} }}") as response:
                told = await events(response)
            assert [name for name, _ in told] == ["next", "next", "complete"]
            assert told[1][1]["errors"][0]["extensions"]["code"] == code
            assert "secret" not in str(told)

    async def test_keeps_the_connection_alive(
        self, api: Api, client: httpx2.AsyncClient, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(streams, "KEEP_ALIVE_SECONDS", 0.05)
        async with asked(client, api.token(), COUNT, to=1, seconds=0.3) as response:
            content = await response.aread()
        assert content.count(b":\n\n") >= 3

    async def test_ends_when_the_client_leaves(self, api: Api, client: httpx2.AsyncClient) -> None:
        opened, closed = SEEN.opened, SEEN.closed
        async with asked(client, api.token(), COUNT, to=1_000, seconds=1_000) as response:
            assert b"event: next" in await anext(response.aiter_bytes())
        async with asyncio.timeout(5):
            while SEEN.closed == closed:
                await asyncio.sleep(0.01)
        assert (SEEN.opened, SEEN.closed) == (opened + 1, closed + 1)

    async def test_ends_with_the_credential(self, api: Api, client: httpx2.AsyncClient) -> None:
        token = issue_development_token(api.app.state.hub.keys, Role.ADMIN, timedelta(seconds=1))
        async with asked(client, token, COUNT, to=1_000, seconds=1_000) as response:
            told = await events(response)
        assert [name for name, _ in told] == ["next", "next", "complete"]
        assert told[1][1]["errors"][0]["extensions"]["code"] == "TOKEN_EXPIRED"

    async def test_ends_with_the_server(self, api: Api, url: str, client: httpx2.AsyncClient) -> None:
        closed, now = SEEN.closed, asyncio.get_running_loop().time
        async with asked(client, api.token(), COUNT, to=1_000, seconds=1_000) as response:
            content = response.aiter_bytes()
            await anext(content)
            begun = now()
            await SERVERS[url.removeprefix("http://")].shutdown()
            assert now() - begun < 2
            said, end = await until_broken(content)
        assert isinstance(end, httpx2.RemoteProtocolError)
        *_, last = said.decode().split("\n\n")[:-1]
        hint = re.fullmatch(r"retry: (\d+)", last)
        assert hint
        assert RETRY_AFTER[0] <= int(hint[1]) <= RETRY_AFTER[1]
        assert SEEN.closed == closed + 1

    def test_each_is_told_to_come_again_at_another_time(self) -> None:
        assert len({streams.farewell() for _ in range(20)}) > 10


class TestRefused:
    async def test_credential(self, api: Api, client: httpx2.AsyncClient) -> None:
        async with asked(client, "x", COUNT, to=1, seconds=0) as response:
            body = json.loads(await response.aread())
        assert (response.status_code, body["errors"][0]["extensions"]["code"]) == (401, "UNAUTHORIZED")

    async def test_subscription_without_a_stream(self, api: Api, client: httpx2.AsyncClient) -> None:
        for accept in ("application/json", "application/graphql-response+json", "*/*"):
            async with asked(client, api.token(), "subscription { conflict }", accept) as response:
                body = json.loads(await response.aread())
            assert (response.status_code, body["errors"][0]["extensions"]["code"]) == (406, "INVALID_REQUEST")
            assert "text/event-stream" in body["errors"][0]["message"]


async def test_list_of_media_types_does_not_turn_queries_into_streams(api: Api, client: httpx2.AsyncClient) -> None:
    for query in ("{ hello }", 'mutation { greet(name: "x") }', "{"):
        async with asked(client, api.token(), query, URQL) as response:
            assert response.headers["content-type"].startswith("application/graphql-response+json")
            await response.aread()
