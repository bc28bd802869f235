"""Floods of a caller who means no good: each is answered in bounded time and memory, and an ordinary client beside it
hardly notices."""

from __future__ import annotations

import asyncio
import itertools
import os
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from graphql import get_introspection_query

from app.identity.rules import Role
from app.limits.policy import Limits
from app.settings import Settings
from tests.limits.asking import with_limits
from tests.limits.serving import Client, Hub, request, serving, token_for

FLOODERS = 8
SILENT = 200
SECONDS = 0.7
SOAK_SECONDS = float(os.environ.get("MODELHUB_SOAK_SECONDS", "10"))
TIMES = 5
AT_LEAST = 0.025
"""Seconds: an ordinary client that waits less than this at the worst is not disturbed, however fast it was before."""
GROWTH = 200_000_000
ORDINARY = "{ viewer { name role } }"
FREE = dict.fromkeys(Limits.model_fields, "unlimited")

_number = itertools.count()


def fresh(text: str) -> str:
    """The same document as one that was never seen."""
    return f"{text} # {next(_number)}"


def _fragments(number: int, *following: int) -> str:
    spread = lambda n: " ".join(f"...f{(n + step) % number}" for step in following)  # noqa: E731
    return "{ ...f0 } " + " ".join(f"fragment f{n} on Query {{ {spread(n)} }}" for n in range(number))


DOCUMENTS: dict[str, str] = {
    "aliases": "{ " + " ".join(f"a{n}: __typename" for n in range(1_600)) + " }",
    "fields": "{ viewer { " + "name " * 4_900 + "} }",
    "fragments": _fragments(40, 1, 1) + " fragment f40 on Query { __typename }",
    "cycles": _fragments(50, 1, 7),
    "directives": "{ __typename " + "@include(if: true) " * 900 + "}",
    "depth": "{ a " * 1_000 + "}" * 1_000,
    "inline fragments": "{ " + "... { " * 900 + "__typename" + " }" * 901,
    "operations": " ".join(f"query q{n} {{ __typename }}" for n in range(1_200)),
    "too many bytes": " ".join(f"query q{n} {{ __typename }}" for n in range(10_000)),
    "unknown names": "{ viewer { " + " ".join(f"nam{n}" for n in range(1_500)) + " } }",
    "introspection": get_introspection_query(),
    "introspection beside something": get_introspection_query().replace("{", "{ viewer { name } ", 1),
    "tiny": "{ __typename }",
    "dear": "{ models(first: 100) { nodes { deployments(first: 40) { nodes { id } } } } }",
}


def floods(token: str) -> dict[str, Callable[[], bytes]]:
    """What is sent again and again, by its name."""
    made: dict[str, Callable[[], bytes]] = {
        name: (lambda text=text: request(fresh(text), token)) for name, text in DOCUMENTS.items()
    }
    batch = request(ORDINARY, token).partition(b"\r\n\r\n")
    body = b"[" + b",".join([batch[2]] * 1_000) + b"]"
    head = batch[0].rpartition(b": ")[0] + b": %d" % len(body)
    whole = head + b"\r\n\r\n" + body
    known = request(ORDINARY, token)
    forged = request(ORDINARY, token[:-4] + "AAAA")
    return {**made, "batches": lambda: whole, "again and again": lambda: known, "forged credentials": lambda: forged}


async def flood(hub: Hub, make: Callable[[], bytes]) -> None:
    """Send without a pause, on one connection after another if they are closed."""
    while True:
        client = await Client.to(hub.port)
        try:
            while True:
                await client.send(make())
        except (asyncio.IncompleteReadError, ConnectionError):
            await asyncio.sleep(0.01)
        finally:
            client.close()


async def silence(hub: Hub, begun: bytes) -> None:
    """Begin a request and send no more, on many connections."""
    while True:
        clients = [await asyncio.open_connection("127.0.0.1", hub.port) for _ in range(SILENT // FLOODERS)]
        for _, writer in clients:
            writer.write(begun)
        try:
            await asyncio.sleep(60)
        finally:
            for _, writer in clients:
                writer.close()


@asynccontextmanager
async def beside(make: Callable[[], object]) -> AsyncGenerator[None]:
    """So many do it at once, until the block ends."""
    tasks = [asyncio.ensure_future(make()) for _ in range(FLOODERS)]  # type: ignore[arg-type]
    try:
        await asyncio.sleep(0.1)
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)


async def worst(hub: Hub, content: bytes, seconds: float) -> float:
    """The 99th percentile of how long an ordinary client waits."""
    client, waits, end = await Client.to(hub.port), list[float](), time.perf_counter() + seconds
    try:
        while time.perf_counter() < end:
            begun = time.perf_counter()
            answer = await client.send(content)
            waits.append(time.perf_counter() - begun)
            assert b'"errors"' not in answer
            await asyncio.sleep(0.002)
    finally:
        client.close()
    return sorted(waits)[int(len(waits) * 0.99)]


async def endured(settings: Settings, folder: Path, seconds: float) -> dict[str, tuple[float, float]]:
    """Of each flood, how long the ordinary client waited at the worst before and meanwhile, in seconds."""
    settings = with_limits(settings, folder, principals={"development:admin": FREE}, address=FREE)
    begun = b"POST /graphql HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{"
    shaken = b"GET /graphql HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    shaken += b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    shaken += b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
    with serving(settings) as [hub]:
        ordinary = request(ORDINARY, token_for(settings))
        await worst(hub, ordinary, 0.3)
        before, found = hub.memory(), dict[str, tuple[float, float]]()
        made = floods(token_for(settings, Role.DEVELOPER))
        acts: dict[str, Callable[[], object]] = {name: (lambda m=make: flood(hub, m)) for name, make in made.items()}
        acts |= {"slow bodies": lambda: silence(hub, begun), "half-open sockets": lambda: silence(hub, shaken)}
        for name, act in acts.items():
            idle = await worst(hub, ordinary, seconds)
            async with beside(act):
                found[name] = idle, await worst(hub, ordinary, seconds)
        assert hub.memory() - before < GROWTH
    return found


def check(found: dict[str, tuple[float, float]]) -> None:
    """That the ordinary client was hardly disturbed."""
    idle = max(AT_LEAST / TIMES, sorted(before for before, _ in found.values())[len(found) // 2])
    assert {name: waited for name, (_, waited) in found.items() if waited > TIMES * idle} == {}, idle


async def test_an_ordinary_client_beside_floods(settings: Settings, tmp_path: Path) -> None:
    check(await endured(settings, tmp_path, SECONDS))


@pytest.mark.soak
async def test_an_ordinary_client_beside_long_floods(settings: Settings, tmp_path: Path) -> None:
    found = await endured(settings, tmp_path, SOAK_SECONDS)
    for name, (before, waited) in found.items():
        print(f"{name:32} p99 {before * 1000:6.1f} ms → {waited * 1000:6.1f} ms")
    check(found)
