"""WebSockets: the same actor as over HTTP, and closed with 4403 as soon as the credential is no longer taken."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest
import pytest_asyncio
import websockets
from websockets.asyncio.client import ClientConnection

from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from tests.conftest import Api
from tests.identity.people import Caller, service_account, signed_in, user
from tests.identity.test_rights import uid
from tests.kit.rows import execute, model, provider, put
from tests.serving import serving

VIEWER = "{ viewer { name role permissions } }"


@pytest_asyncio.fixture
async def url(api: Api) -> AsyncIterator[str]:
    """The address of the API's sockets."""
    async with serving(api.app) as address:
        yield f"ws://{address}/graphql"


@asynccontextmanager
async def connected(url: str, payload: dict[str, Any] | None, **options: Any) -> AsyncGenerator[ClientConnection]:
    """A socket after `connection_init`."""
    protocol: Any = ["graphql-transport-ws"]
    async with websockets.connect(url, subprotocols=protocol, **options) as socket:
        await socket.send(json.dumps({"type": "connection_init", **({"payload": payload} if payload else {})}))
        yield socket


async def answer(socket: ClientConnection, query: str = VIEWER, name: str = "1") -> dict[str, Any]:
    """The result of an operation."""
    await socket.send(json.dumps({"type": "subscribe", "id": name, "payload": {"query": query}}))
    while True:
        message = json.loads(await asyncio.wait_for(socket.recv(), 5))
        if message["type"] == "next":
            assert json.loads(await socket.recv())["type"] == "complete"
            return message["payload"]
        if message["type"] == "error":
            return {"errors": message["payload"]}
        assert message["type"] == "connection_ack"


async def closed_with(socket: ClientConnection, within: float = 3) -> tuple[int, str]:
    """The code and reason with which the server closes the socket."""
    await asyncio.wait_for(socket.wait_closed(), within)
    return socket.close_code or 0, socket.close_reason or ""


def bearer(token: str) -> dict[str, str]:
    """The payload of `connection_init`."""
    return {"authorization": f"Bearer {token}"}


class TestActor:
    async def test_is_the_same_as_over_http(self, api: Api, url: str) -> None:
        ann = user("ann", Role.ANALYST)
        await put(api.database, ann)
        caller = await signed_in(api, ann)
        expected = await caller.data(VIEWER)
        async with connected(url, bearer(caller.access)) as socket:
            assert (await answer(socket))["data"] == expected
        async with connected(url, {"Authorization": f"bearer {caller.access}"}) as socket:
            assert (await answer(socket))["data"] == expected
        async with connected(url, None, additional_headers=bearer(caller.access)) as socket:
            assert (await answer(socket))["data"] == expected

    async def test_is_nobody_without_a_credential(self, url: str) -> None:
        for payload in (None, {}, {"authorization": 5}, {"authorization": "Basic x"}, {"other": {"x": []}}):
            async with connected(url, payload) as socket:
                errors = (await answer(socket))["errors"]
                assert [error["extensions"]["code"] for error in errors] == ["UNAUTHORIZED"]

    async def test_is_looked_up_for_each_operation(self, api: Api, url: str) -> None:
        ann, root = user("ann", Role.ANALYST), user("root", Role.ADMIN)
        await put(api.database, ann, root)
        caller, admin = await signed_in(api, ann), await signed_in(api, root)
        async with connected(url, bearer(caller.access)) as socket:
            assert (await answer(socket))["data"]["viewer"]["role"] == "ANALYST"
            await admin.do("setRole", principalId=uid(ann), role="DEVELOPER")
            await asyncio.sleep(0.5)
            assert (await answer(socket, name="2"))["data"]["viewer"]["role"] == "DEVELOPER"


class TestErrors:
    async def test_are_coded_and_masked_as_over_http(
        self, api: Api, url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        await execute(api.database, "drop table price cascade")
        acme = provider()
        await put(api.database, acme, model(acme, "one"))
        async with connected(url, bearer(api.token(Role.VIEWER))) as socket:
            for n, (query, code) in enumerate(
                [
                    ("{ nothing }", "GRAPHQL_VALIDATION_FAILED"),
                    ("{ models(first: 0) { totalCount } }", "INVALID_PARAMETER"),
                    ("{ users { totalCount } }", "FORBIDDEN"),
                    ("{ models { nodes { prices { tokenClass } } } }", "INTERNAL_ERROR"),
                ]
            ):
                (error,) = (await answer(socket, query, str(n)))["errors"]
                assert error["extensions"]["code"] == code
                assert "relation" not in str(error)
        assert caplog.text.count("failed at") == 1


class TestRefused:
    async def test_at_the_beginning(self, api: Api, url: str) -> None:
        expired = issue_development_token(api.app.state.hub.keys, Role.ADMIN, timedelta(seconds=-1))
        for token in ("x", expired, "x" * 9000, "mhk_" + "x" * 43):
            async with connected(url, bearer(token)) as socket:
                assert (await closed_with(socket))[0] == 4403

    async def test_operations_before_the_beginning(self, url: str) -> None:
        protocol: Any = ["graphql-transport-ws"]
        async with websockets.connect(url, subprotocols=protocol) as socket:
            await socket.send(json.dumps({"type": "subscribe", "id": "1", "payload": {"query": VIEWER}}))
            assert (await closed_with(socket))[0] == 4401

    async def test_when_it_expires(self, api: Api, url: str) -> None:
        token = issue_development_token(api.app.state.hub.keys, Role.ADMIN, timedelta(seconds=2))
        async with connected(url, bearer(token)) as socket:
            assert "data" in await answer(socket)
            assert await closed_with(socket, 5) == (4403, "TOKEN_EXPIRED")

    async def test_when_the_session_is_over_or_the_user_disabled(self, api: Api, url: str) -> None:
        ann, bob, root = user("ann"), user("bob"), user("root", Role.ADMIN)
        await put(api.database, ann, bob, root)
        callers = [await signed_in(api, who) for who in (ann, bob, root)]
        async with connected(url, bearer(callers[0].access)) as one, connected(url, bearer(callers[1].access)) as two:
            assert "data" in await answer(one)
            assert "data" in await answer(two)
            await callers[0].do("signOut")
            assert await closed_with(one) == (4403, "UNAUTHORIZED")
            assert "data" in await answer(two, name="2")
            await callers[2].do("disableUser", principalId=uid(bob))
            assert await closed_with(two) == (4403, "UNAUTHORIZED")

    async def test_when_the_key_is_revoked(self, api: Api, url: str) -> None:
        robot = service_account("robot", None)
        await put(api.database, robot)
        admin = Caller(api, api.token())
        wanted = {"principalId": uid(robot), "name": "ci", "scopes": ["models:read"]}
        made = await admin.do("createApiKey", "secret apiKey { id }", **wanted)
        async with connected(url, bearer(made["secret"])) as socket:
            assert (await answer(socket))["data"]["viewer"]["permissions"] == ["models:read"]
            await admin.do("revokeApiKey", apiKeyId=made["apiKey"]["id"])
            assert await closed_with(socket) == (4403, "UNAUTHORIZED")
