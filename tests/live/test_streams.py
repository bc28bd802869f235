"""Event streams: everything, in order, from a cursor on, to those who may hear it."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from typing import Any

import pytest
import pytest_asyncio

from app.identity.rules import Role
from app.live.cursors import read_cursor
from app.web.connections import RETRY_AFTER, pause
from tests.conftest import Api
from tests.kit.rows import execute, gid, model, provider, put
from tests.live.listening import MODELS, happen, heard, listening, served, silent
from tests.serving import SERVERS
from tests.web.talking import Talk, talking

REGISTER = "mutation($input: RegisterModelInput!) { registerModel(input: $input) { model { id } errors { message } } }"


@pytest_asyncio.fixture
async def address(api: Api) -> AsyncIterator[str]:
    async with served(api) as found:
        yield found


async def register(api: Api, name: str, **more: Any) -> str:
    answer = await api.data(REGISTER, input={"slug": f"acme/{name}", "name": name, "modelType": "TEXT", **more})
    assert answer["registerModel"]["errors"] == []
    return answer["registerModel"]["model"]["id"]


def position(cursor: str) -> int:
    """The position in a cursor."""
    return read_cursor(cursor).position


@asynccontextmanager
async def refused(address: str, token: str, query: str = MODELS, **variables: Any) -> AsyncGenerator[str]:
    """The code with which a subscription is refused."""
    async with talking(address) as talk:
        await talk.begin(token)
        (message,) = await talk.ask(query, variables=variables)
        assert message["type"] == "error"
        yield message["payload"][0]["extensions"]["code"]


async def until_empty(api: Api) -> None:
    """Nothing is left of subscriptions that have ended."""
    exchange = api.app.state.hub.exchange
    async with asyncio.timeout(5):
        while exchange.groups or exchange._of or exchange.means.tail._following:
            await asyncio.sleep(0.01)


class TestModelChanged:
    async def test_what_is_heard_is_what_a_query_shows(self, api: Api, address: str) -> None:
        await put(api.database, provider())
        shown = "id name status securityLevel revision"
        query = f"subscription {{ modelChanged {{ cursor occurredAt kind message model {{ {shown} }} }} }}"
        async with listening(address, api.token(), query) as talk:
            key = await register(api, "one")
            event = await heard(talk)
        assert event["kind"] == "model.registered"
        assert event["message"]
        fresh = await api.data(f"query($id: ID!) {{ node(id: $id) {{ ... on Model {{ {shown} }} }} }}", id=key)
        assert event["model"] == fresh["node"]

    async def test_resumes_after_a_cursor_without_loss_and_without_doubles(self, api: Api, address: str) -> None:
        async with listening(address, api.token()) as talk:
            await happen(api.database, 1, 2, 3)
            cursors = [(await heard(talk))["cursor"] for _ in range(3)]
        await happen(api.database, *range(700))
        async with listening(address, api.token(), variables={"after": cursors[1]}) as talk:
            await happen(api.database, 1)
            got = [(await heard(talk))["cursor"] for _ in range(702)]
            assert await silent(talk)
        assert got[0] == cursors[2]
        assert len(set(got)) == 702
        assert got == sorted(got, key=position)

    async def test_event_cursor_begins_where_a_query_ends(self, api: Api, address: str) -> None:
        await happen(api.database, 1)
        cursor = (await api.data("{ eventCursor models { nodes { id } } }"))["eventCursor"]
        await happen(api.database, 2)
        async with listening(address, api.token(), variables={"after": cursor}) as talk:
            assert position((await heard(talk))["cursor"]) == 2
            assert await silent(talk)

    async def test_only_who_is_cleared_hears_it(self, api: Api, address: str) -> None:
        async with AsyncExitStack() as stack:
            admin, viewer = [
                await stack.enter_async_context(listening(address, api.token(role)))
                for role in (Role.ADMIN, Role.VIEWER)
            ]
            await happen(api.database, 1, level="CONFIDENTIAL")
            await happen(api.database, 2, level="PUBLIC")
            assert [position((await heard(admin))["cursor"]) for _ in range(2)] == [1, 2]
            assert position((await heard(viewer))["cursor"]) == 2

    async def test_what_is_personal_is_told_to_each(self, api: Api, address: str) -> None:
        of = provider()
        one = model(of, "one")
        await put(api.database, of, one)
        query = "subscription { modelChanged { model { name viewerRating { rating } } } }"
        async with listening(address, api.token(), query) as talk:
            rate = "mutation($input: RateModelInput!) { rateModel(input: $input) { errors { message } } }"
            await api.data(rate, input={"modelId": gid(one), "rating": 4})
            assert await heard(talk) == {"model": {"name": "one", "viewerRating": {"rating": 4}}}


class TestRefusals:
    @pytest.mark.parametrize("after", ["", "abc", "§", "A" * 200])
    async def test_no_cursor(self, api: Api, address: str, after: str) -> None:
        async with refused(address, api.token(), after=after) as code:
            assert code == "INVALID_PARAMETER"

    async def test_what_is_no_longer_kept_is_said(self, api: Api, address: str) -> None:
        await happen(api.database, 1, 2, 3)
        first = (await api.data("{ eventCursor }"))["eventCursor"]
        await happen(api.database, 4, 5)
        await execute(api.database, "delete from event where position < 5")
        async with refused(address, api.token(), after=first) as code:
            assert code == "CURSOR_EXPIRED"
        await execute(api.database, "update event_stream set epoch = gen_random_uuid()")
        async with refused(address, api.token(), after=first) as code:
            assert code == "CURSOR_EXPIRED"

    async def test_who_may_not_is_told(self, api: Api, address: str) -> None:
        query = "subscription { auditEventRecorded { cursor } }"
        async with refused(address, api.token(Role.VIEWER), query) as code:
            assert code == "FORBIDDEN"


class TestSharing:
    async def test_one_execution_for_all_who_see_the_same(self, api: Api, address: str) -> None:
        metrics = api.app.state.hub.exchange.means.metrics
        async with AsyncExitStack() as stack:
            talks = [await stack.enter_async_context(listening(address, api.token())) for _ in range(10)]
            assert metrics.groups._value.get() == 1
            await happen(api.database, 1, 2)
            for talk in talks:
                assert [position((await heard(talk))["cursor"]) for _ in range(2)] == [1, 2]
            assert metrics.executions._value.get() == 2
            assert metrics.members._value.get() == 10
        await until_empty(api)

    async def test_identical_replays_share_one_execution(self, api: Api, address: str) -> None:
        cursor = (await api.data("{ eventCursor }"))["eventCursor"]
        await happen(api.database, *range(5))
        metrics = api.app.state.hub.exchange.means.metrics
        async with AsyncExitStack() as stack:
            some = [listening(address, api.token(), variables={"after": cursor}) for _ in range(8)]
            talks: list[Talk] = await asyncio.gather(*(stack.enter_async_context(one) for one in some))
            for talk in talks:
                assert [position((await heard(talk))["cursor"]) for _ in range(5)] == [1, 2, 3, 4, 5]
        assert metrics.executions._value.get() == 5
        assert metrics.replayed._value.get() == 40
        await until_empty(api)


async def test_restart_tells_each_when_to_come_again(api: Api, address: str) -> None:
    async with talking(address) as one, talking(address) as other:
        for talk in (one, other):
            await talk.begin(api.token())
        for connection in tuple(SERVERS[address].server_state.connections):
            connection.shutdown()
        told = [await one.closed(), await other.closed()]
    assert [code for code, _ in told] == [1012, 1012]
    hints = [re.fullmatch(r"Restarting, retry after (\d+) ms", reason or "") for _, reason in told]
    assert all(hint and RETRY_AFTER[0] <= int(hint[1]) <= RETRY_AFTER[1] for hint in hints)
    assert len({pause() for _ in range(20)}) > 1
