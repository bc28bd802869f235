"""graphql-transport-ws, message by message: each gets what the protocol says, and no operation harms another."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio
from websockets.exceptions import InvalidStatus
from websockets.typing import Subprotocol

from app.web import sockets
from app.web.parameters import MAX_BODY
from tests.conftest import Api
from tests.web.direct import opened
from tests.web.talking import talking
from tests.web.toy import SEEN, serving_toy, toy

HELLO = "{ hello }"
MALFORMED: list[Any] = [
    "", "{", "[" * 100_000, '{"type": NaN}', '{"type": ' + "1" * 5_000 + "}", "null", "1", '"ping"', "[]", "{}",
    b'{"type": "ping"}', b"\xff", {"type": None}, {"type": 5}, {"type": ["ping"]}, {"type": {}}, {"type": "Ping"},
    {"type": "start", "id": "1", "payload": {"query": HELLO}}, {"type": "connection_ack"}, {"type": "next", "id": "1"},
    {"type": "connection_terminate"}, {"type": "ping", "payload": 5}, {"type": "ping", "payload": []},
    {"type": "pong", "payload": "x"}, {"type": "connection_init", "payload": "x"},
    {"type": "subscribe"}, {"type": "subscribe", "id": "1"}, {"type": "subscribe", "id": "1", "payload": None},
    {"type": "subscribe", "payload": {"query": HELLO}}, {"type": "subscribe", "id": 1, "payload": {"query": HELLO}},
    {"type": "subscribe", "id": "", "payload": {"query": HELLO}},
    {"type": "subscribe", "id": {}, "payload": {"query": HELLO}}, {"type": "subscribe", "id": "1", "payload": {}},
    {"type": "subscribe", "id": "1", "payload": {"query": 5}}, {"type": "subscribe", "id": "1", "payload": "x"},
    {"type": "subscribe", "id": "1", "payload": {"query": HELLO, "variables": []}},
    {"type": "subscribe", "id": "1", "payload": {"query": HELLO, "operationName": {}}},
    {"type": "subscribe", "id": "1", "payload": {"query": HELLO, "extensions": 1}},
    {"type": "complete"}, {"type": "complete", "id": 5}, {"type": "complete", "id": ""},
]  # fmt: skip


@pytest_asyncio.fixture
async def address(api: Api) -> AsyncIterator[str]:
    """Where the toy is served."""
    async with serving_toy(api) as served:
        yield served


class TestBeginning:
    async def test_other_protocols_are_refused(self, address: str) -> None:
        for protocols in (["graphql-ws"], ["x", "graphql-ws"], None):
            options = {"subprotocols": [Subprotocol(name) for name in protocols] if protocols else None}
            async with talking(address, **options) as talk:
                assert (await talk.closed())[0] == 4406

    async def test_pages_of_other_origins_are_refused(self, address: str) -> None:
        for origin in ("http://evil.test", "null"):
            with pytest.raises(InvalidStatus) as refused:
                async with talking(address, additional_headers={"origin": origin}):
                    pass
            assert refused.value.response.status_code == 403
            assert json.loads(refused.value.response.body)["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        for origin in (f"http://{address}", "http://localhost:5173"):
            async with talking(address, additional_headers={"origin": origin}) as talk:
                await talk.begin()

    async def test_comes_in_time_and_once(self, address: str, monkeypatch: pytest.MonkeyPatch) -> None:
        for payload in ({}, {"payload": None}, {"payload": {}}):
            async with talking(address) as talk:
                await talk.say({"type": "connection_init", **payload})
                assert await talk.hear() == {"type": "connection_ack"}
                await talk.say({"type": "connection_init"})
                assert (await talk.closed())[0] == 4429
        monkeypatch.setattr(sockets, "INITIALISATION_SECONDS", 0.1)
        async with talking(address) as late, talking(address) as early:
            await early.begin()
            assert await late.closed() == (4408, "Connection initialisation timeout")
            assert await early.lives()

    async def test_operations_before_it_are_unauthorized(self, address: str) -> None:
        async with talking(address) as talk:
            await talk.subscribe(HELLO)
            assert await talk.closed() == (4401, "Unauthorized")


class TestMessages:
    async def test_what_is_malformed_closes_with_a_code(self, address: str, caplog: pytest.LogCaptureFixture) -> None:
        for message in MALFORMED:
            async with talking(address) as talk:
                if "connection_init" not in str(message):
                    await talk.begin()
                await talk.say(message)
                code, reason = await talk.closed()
                assert code == 4400, message
                assert reason
        assert [record for record in caplog.records if record.levelno >= logging.ERROR] == []

    async def test_ping_and_pong_at_any_time(self, address: str) -> None:
        async with talking(address) as talk:
            assert await talk.lives()
            await talk.say({"type": "pong"})
            await talk.say({"type": "pong", "payload": {"x": [1]}})
            await talk.say({"type": "ping"})
            assert await talk.hear() == {"type": "pong"}
            await talk.say({"type": "ping", "payload": None})
            assert await talk.hear() == {"type": "pong"}

    async def test_too_long_message_closes(self, address: str) -> None:
        async with talking(address) as talk:
            await talk.begin()
            await talk.say(json.dumps({"type": "ping"}).ljust(MAX_BODY))
            assert await talk.hear() == {"type": "pong"}
            await talk.say(json.dumps({"type": "ping"}).ljust(MAX_BODY + 1))
            assert (await talk.closed())[0] == 1009

    async def test_many_at_once_do_not_hold_up_others(self, api: Api) -> None:
        """Messages that come in one packet are taken in turns with everybody else."""
        async with opened(toy(api), api.token()) as line:
            for _ in range(5_000):
                line.say('{"type":"ping"}')
            for turn in range(1, 20):
                await asyncio.sleep(0)
                assert line.heard.qsize() <= turn
            for _ in range(5_000):
                assert (await line.hear())["type"] == "pong"


class TestOperations:
    async def test_of_every_kind(self, api: Api, address: str) -> None:
        async with talking(address) as talk:
            await talk.begin(api.token())
            hello = await talk.ask("query ($name: String!) { hello(name: $name) }", variables={"name": "you"})
            assert [message["type"] for message in hello] == ["next", "complete"]
            assert hello[0]["payload"]["data"] == {"hello": "Hello, you!"}
            assert {"requestId", "timestamp"} <= hello[0]["payload"]["extensions"].keys()
            greeted = await talk.ask(
                'mutation { greet(name: "you") }', operationName=None, variables=None, extensions={}
            )
            assert greeted[0]["payload"]["data"] == {"greet": "Good morning, you!"}
            counted = await talk.ask("subscription { count(to: 3) { number } }")
            assert [one["payload"]["data"]["count"]["number"] for one in counted[:-1]] == [0, 1, 2]

    async def test_ids_may_be_any_text(self, api: Api, address: str) -> None:
        async with talking(address) as talk:
            await talk.begin(api.token())
            for name in ("0", " ", "null", "é😀", "\u0000", "x" * 10_000, "\ud800"):
                heard = await talk.ask(HELLO, name)
                assert [message["type"] for message in heard] == ["next", "complete"]
                heard = await talk.ask("{ nothing }", name)
                assert [message["type"] for message in heard] == ["error"]

    async def test_that_fail_end_alone(self, api: Api, address: str) -> None:
        async with talking(address) as talk:
            await talk.begin(api.token())
            await talk.subscribe("subscription { count(to: 1000, seconds: 1000) { number } }", "living")
            assert (await talk.hear())["payload"]["data"] == {"count": {"number": 0}}
            for query, more, told in [
                ("{", {}, "GRAPHQL_PARSE_FAILED"),
                ("", {}, "GRAPHQL_PARSE_FAILED"),
                ("{ nothing }", {}, "GRAPHQL_VALIDATION_FAILED"),
                ("query A { hello }", {"operationName": "B"}, "OPERATION_RESOLUTION_FAILURE"),
                ("query A { hello } query B { hello }", {}, "OPERATION_RESOLUTION_FAILURE"),
                (
                    "query ($name: String!) { hello(name: $name) }",
                    {"variables": {"name": 5}},
                    "GRAPHQL_VALIDATION_FAILED",
                ),
                ("{ " + "a: __typename " * 40 + "}", {}, "QUERY_TOO_COMPLEX"),
                (HELLO, {"variables": {"x": [0] * 20_000}}, "QUERY_TOO_COMPLEX"),
            ]:
                (heard,) = await talk.ask(query, "failing", **more)
                assert heard["type"] == "error"
                (error,) = heard["payload"]
                assert error["extensions"]["code"] == told
                assert {"requestId", "timestamp"} <= error["extensions"].keys()
            assert await talk.lives()

    async def test_that_fail_within_say_so_and_leak_nothing(self, api: Api, address: str) -> None:
        async with talking(address) as talk:
            await talk.begin(api.token())
            told, done = await talk.ask("{ fail }")
            assert (told["payload"]["data"], done["type"]) == ({"fail": None}, "complete")
            conflict = await talk.ask("subscription { conflict }")
            assert [message["type"] for message in conflict] == ["next", "error"]
            assert conflict[1]["payload"][0]["extensions"]["code"] == "CONFLICT"
            broken = await talk.ask("subscription { broken }")
            assert [message["type"] for message in broken] == ["next", "error"]
            assert broken[1]["payload"][0]["extensions"]["code"] == "INTERNAL_ERROR"
            assert "secret" not in str([told, broken])

    async def test_ids_are_unique_while_they_run(self, api: Api, address: str) -> None:
        for name in ("1", "é" * 200):
            async with talking(address) as talk:
                await talk.begin(api.token())
                await talk.subscribe("{ nap(seconds: 1000) }", name)
                await talk.subscribe(HELLO, name)
                code, reason = await talk.closed()
                assert code == 4409
                assert (reason or "").startswith("Subscriber for ")
                assert len((reason or "").encode()) <= 123

    async def test_ends_when_the_client_does_not_want_it_any_more(self, api: Api, address: str) -> None:
        opened, closed = SEEN.opened, SEEN.closed
        async with talking(address) as talk:
            await talk.begin(api.token())
            await talk.say({"type": "complete", "id": "unknown"})
            for _ in range(3):
                await talk.subscribe("subscription { count(to: 1000, seconds: 0.01) { number } }", "1")
                assert (await talk.hear())["payload"]["data"]["count"]["number"] == 0
                await talk.say({"type": "complete", "id": "1"})
                assert await talk.lives()
            assert (SEEN.opened - opened, SEEN.closed - closed) == (3, 3)

    async def test_ends_with_the_socket(self, api: Api, address: str) -> None:
        opened, closed = SEEN.opened, SEEN.closed
        async with talking(address) as talk:
            await talk.begin(api.token())
            for name in "abc":
                await talk.subscribe("subscription { count(to: 1000, seconds: 1000) { number } }", name)
                await talk.hear()
        async with asyncio.timeout(5):
            while SEEN.closed < closed + 3:
                await asyncio.sleep(0.01)
        assert SEEN.opened == opened + 3

    async def test_are_bounded_in_number(self, api: Api, address: str) -> None:
        async with talking(address) as talk:
            await talk.begin(api.token())
            for name in range(sockets.MAX_OPERATIONS):
                await talk.subscribe("{ nap(seconds: 1000) }", str(name))
            (refused,) = await talk.ask(HELLO, "one too many")
            assert refused["payload"][0]["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"
            await talk.say({"type": "complete", "id": "5"})
            assert (await talk.ask(HELLO, "in its place"))[0]["type"] == "next"

    async def test_each_event_has_a_context_of_its_own(self, api: Api, address: str) -> None:
        SEEN.contexts.clear()
        async with talking(address) as talk:
            await talk.begin(api.token())
            await talk.ask("subscription { count(to: 3) { number context } }")
        assert len(SEEN.contexts) == 3

    async def test_need_a_credential(self, address: str) -> None:
        async with talking(address) as talk:
            await talk.begin()
            for query in (HELLO, 'mutation { greet(name: "x") }', "subscription { count { number } }"):
                (heard,) = await talk.ask(query)
                assert heard["payload"][0]["extensions"]["code"] == "UNAUTHORIZED"
            assert await talk.lives()
