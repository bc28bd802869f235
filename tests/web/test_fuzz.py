"""Thousands of requests that are nearly right: none is a 500, none closes a socket that should live, none stalls."""

from __future__ import annotations

import gc
import json
import time
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import dataclass
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from app.identity.rules import Role
from app.web.parameters import Malformed, read_json
from tests.conftest import Api
from tests.kit.rows import model, provider, put
from tests.web.direct import Line, opened, post
from tests.web.mutating import MESSAGES, OPERATIONS, Mutator

FEW, MANY = 1_500, 100_000
LONGEST_STALL = 0.1
"""Seconds of our own work for one request, which others may have to wait for; the garbage collector's are apart."""
HEADERS = {"content-type": "application/json", "accept": "application/graphql-response+json"}
REFUSALS = {400, 401, 403}
KINDS = {"query": str, "documentId": str, "operationName": str, "variables": dict, "extensions": dict}
HUGE = [
    b'{"query": "{ __typename }", "variables": {"x": [' + b",".join([b"1"] * 490_000) + b"]}}",
    b'{"query": "' + b"{ a " * 240_000 + b'"}',
    b'{"query": "{ ' + b"a " * 49_000 + b'}"}',
    b'{"query": "query (' + b"$a: Int " * 12_000 + b') { __typename }"}',
    b'{"query": "{ models(filter: ' + b"{and: [" * 6_000 + b'"}',
    b"[" * 999_999,
    b'{"a":' * 190_000,
    b'{"query": "' + b"\\u0000" * 160_000 + b'"}',
    b"[" + b"1" * 999_000 + b"]",
    b"[" + b",".join([b"1" * 4_000] * 240) + b"]",
]


@pytest_asyncio.fixture
async def app(api: Api) -> AsyncIterator[Any]:
    """The API over a model or two; as `modelhub serve` does, what stays is out of the garbage collector's sight."""
    acme = provider()
    await put(api.database, acme, model(acme, "one"), model(acme, "two"))
    gc.collect()
    gc.freeze()
    gc.callbacks.append(WORK.collect)
    yield api.app
    gc.callbacks.remove(WORK.collect)
    gc.unfreeze()


@dataclass
class Work:
    """Seconds of work on this thread."""

    collecting: float = 0.0
    longest_pause: float = 0.0
    _since: float = 0.0

    def now(self) -> float:
        """Without the garbage collector's."""
        return time.thread_time() - self.collecting

    def collect(self, phase: str, _: dict[str, int]) -> None:
        """Hear of the collector."""
        if phase == "start":
            self._since = time.thread_time()
        else:
            pause = time.thread_time() - self._since
            self.collecting, self.longest_pause = self.collecting + pause, max(self.longest_pause, pause)


WORK = Work()
PAUSES = "longest pause for the garbage collector: {:.3f} s of CPU"


async def check_post(app: Any, body: bytes, token: str) -> int:
    """The status of an answer, which must be one that a client can do something with."""
    begun = WORK.now()
    status, content = await post(app, body, HEADERS | {"authorization": f"Bearer {token}"})
    worked, told = WORK.now() - begun, json.loads(content)
    codes = [error["extensions"]["code"] for error in told.get("errors", [])]
    assert status == 200 or (status in REFUSALS and codes and "data" not in told), body
    assert "INTERNAL_ERROR" not in codes, body
    assert worked < LONGEST_STALL, body[:1_000]
    return status


async def bodies(app: Any, api: Api, count: int, seed: int) -> Counter[int]:
    """How often each status was answered."""
    mutator, token = Mutator(Random(seed)), api.token(Role.VIEWER)
    texts = (mutator.text(OPERATIONS) for _ in range(count))
    return Counter([await check_post(app, text.encode(errors="surrogatepass"), token) for text in texts])


def wanted(text: str) -> int | None:
    """The code with which the protocol closes a socket for a message; None if the socket lives."""
    try:
        message = read_json(text)
    except Malformed:
        return 4400
    kind = message.get("type") if isinstance(message, dict) else None
    if not isinstance(kind, str) or kind not in {"connection_init", "ping", "pong", "subscribe", "complete"}:
        return 4400
    if kind in {"subscribe", "complete"} and not (isinstance(message.get("id"), str) and message["id"]):
        return 4400
    payload = message.get("payload")
    if not isinstance(payload, dict):
        return 4400 if payload is not None or kind == "subscribe" else 4429 if kind == "connection_init" else None
    if kind == "subscribe" and not is_request(payload):
        return 4400
    return 4429 if kind == "connection_init" else None


def is_request(payload: dict[str, Any]) -> bool:
    """Whether a payload is well formed."""
    fits = all(isinstance(payload.get(name), kind | None) for name, kind in KINDS.items())
    return fits and (payload.get("query") is not None or payload.get("documentId") is not None)


async def check_say(line: Line, text: str, number: int) -> int | None:
    """The code with which a message closed the socket; None if it lives. An operation is heard to its end."""
    begun = WORK.now()
    line.say(text)
    is_subscribe = wanted(text) is None and read_json(text)["type"] == "subscribe"
    heard = await line.hear() if is_subscribe else {}
    while heard.get("type") == "next":
        assert "INTERNAL_ERROR" not in str(heard), text
        heard = await line.hear()
    assert "INTERNAL_ERROR" not in str(heard), text
    line.say(json.dumps({"type": "ping", "payload": {"number": number}}))
    while "closed" not in heard and heard.get("payload") != {"number": number}:
        heard = await line.hear()
    assert WORK.now() - begun < LONGEST_STALL, text[:1_000]
    return heard.get("closed")


async def frames(app: Any, api: Api, count: int, seed: int) -> Counter[int | None]:
    """How often sockets were closed with each code."""
    mutator, found = Mutator(Random(seed)), Counter[int | None]()
    number = 0
    while number < count:
        async with opened(app, api.token(Role.VIEWER)) as line:
            code = None
            while code is None and number < count:
                number, text = number + 1, mutator.text(MESSAGES)
                code = await check_say(line, text, number)
                assert code == wanted(text), text
                found[code] += 1
    return found


class TestBodies:
    async def test_some(self, app: Any, api: Api) -> None:
        found = await bodies(app, api, FEW, seed=1)
        assert {200, 400} <= set(found)

    async def test_huge(self, app: Any, api: Api) -> None:
        for body in HUGE:
            assert await check_post(app, body, api.token()) == 400, body[:50]

    @pytest.mark.soak
    async def test_many(self, app: Any, api: Api) -> None:
        print("bodies by status:", await bodies(app, api, MANY, seed=2), PAUSES.format(WORK.longest_pause))


class TestFrames:
    async def test_some(self, app: Any, api: Api) -> None:
        found = await frames(app, api, FEW, seed=3)
        assert {None, 4400} <= set(found)

    @pytest.mark.soak
    async def test_many(self, app: Any, api: Api) -> None:
        print("frames by close code:", await frames(app, api, MANY, seed=4), PAUSES.format(WORK.longest_pause))
