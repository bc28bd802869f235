"""Floods of a caller who means no good: each is answered in bounded time and memory, and an ordinary client beside it
hardly notices."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

import pytest
from graphql import get_introspection_query

from app.identity.rules import Role
from app.limits.policy import Limits
from app.settings import Settings
from tests.limits.asking import with_limits
from tests.limits.flooding import NUMBER
from tests.limits.serving import Client, Hub, posted, request, serving, token_for

SECONDS = 0.6
SOAK_SECONDS = float(os.environ.get("MODELHUB_SOAK_SECONDS", "10"))
TIMES = 5
GROWTH = 200_000_000
WORK = 0.03
"""Seconds of a processor, which nobody notices."""
ORDINARY = "{ viewer { name role } }"
FREE = dict.fromkeys(Limits.model_fields, "unlimited")
FLOODING = Path(__file__).with_name("flooding.py")


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


def floods(token: str) -> dict[str, bytes]:
    """What is sent again and again, by its name; each document as one that was never seen."""
    made = {name: request(f"{text} # {NUMBER.decode()}", token) for name, text in DOCUMENTS.items()}
    return {
        **made,
        "again and again": request(ORDINARY, token),
        "batches": posted(json.dumps([{"query": ORDINARY}] * 1_000), token),
        "values": request("{ __typename }", token, variables={"a": [0] * 300_000}),
        "no JSON": posted("{" + "[" * 900_000, token),
        "forged tokens": request(ORDINARY, f"{token[:-24]}{NUMBER.decode()}{token[-16:]}"),
        "forged keys": request(ORDINARY, f"mhk_{NUMBER.decode() * 5}abc"),
    }


SILENCES = {
    "slow bodies": b"POST /graphql HTTP/1.1\r\nHost: hub\r\nContent-Type: application/json\r\n"
    b"Content-Length: 99\r\n\r\n{",
    "half-open sockets": b"GET /graphql HTTP/1.1\r\nHost: hub\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    b"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n"
    b"Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n",
}


@asynccontextmanager
async def beside(hub: Hub, kind: str, content: bytes, path: Path) -> AsyncGenerator[None]:
    """The flood goes on until the block ends."""
    path.write_bytes(content)
    command = [sys.executable, str(FLOODING), kind, str(hub.port), str(path)]
    process = await asyncio.create_subprocess_exec(*command, stderr=asyncio.subprocess.DEVNULL)
    try:
        await asyncio.sleep(0.4)
        yield
    finally:
        assert process.returncode is None, "the flood ended by itself"
        process.kill()
        await process.wait()
        await asyncio.sleep(0.2)


@dataclass(frozen=True, slots=True)
class Waits:
    """How long an ordinary client waits, and for how long the server works meanwhile, in seconds."""

    median: float
    p99: float
    work_median: float
    work_p99: float


async def waits(hub: Hub, content: bytes, seconds: float) -> Waits:
    """Of a client that asks again and again for so long."""
    client, found, end = await Client.to(hub.port), list[tuple[float, float]](), time.perf_counter() + seconds
    try:
        while time.perf_counter() < end or not found:
            worked, begun = hub.worked(), time.perf_counter()
            answer = await client.send(content)
            found.append((time.perf_counter() - begun, hub.worked() - worked))
            assert b'"errors"' not in answer
            await asyncio.sleep(0.002)
    finally:
        client.close()
    clock, work = (sorted(column) for column in zip(*found, strict=True))
    return Waits(*(column[int(len(found) * part)] for column in (clock, work) for part in (0.5, 0.99)))


async def endured(settings: Settings, folder: Path, seconds: float) -> dict[str, tuple[Waits, Waits]]:
    """Of each flood, how long the ordinary client waited before and meanwhile."""
    settings = with_limits(settings, folder, principals={"development:admin": FREE})
    made = {name: ("flood", content) for name, content in floods(token_for(settings, Role.DEVELOPER)).items()}
    made |= {name: ("silence", content) for name, content in SILENCES.items()}
    found: dict[str, tuple[Waits, Waits]] = {}
    with serving(settings) as [hub]:
        ordinary = request(ORDINARY, token_for(settings))
        await waits(hub, ordinary, 0.3)
        before = hub.memory()
        for name, (kind, content) in made.items():
            idle = await waits(hub, ordinary, seconds / 2)
            async with beside(hub, kind, content, folder / "flood"):
                found[name] = idle, await waits(hub, ordinary, seconds)
        assert hub.memory() - before < GROWTH
    return found


def disturbed(found: dict[str, tuple[Waits, Waits]], measure: Callable[[Waits], float], floor: float) -> list[str]:
    """The floods beside which the client waits more than five times as long, and longer than `floor`."""
    idle = sorted(measure(before) for before, _ in found.values())[len(found) // 2]
    return [name for name, (_, beside) in found.items() if measure(beside) > max(TIMES * idle, floor)]


def _table(found: dict[str, tuple[Waits, Waits]]) -> str:
    lines = [f"{'ms':32}" + "".join(f"{name:>18}" for name in ("median", "p99", "work, median", "work, p99"))]
    for name, both in found.items():
        pairs = zip(*(astuple(one) for one in both), strict=True)
        lines.append(f"{name:32}" + "".join(f"{1000 * idle:8.1f} → {1000 * beside:7.1f}" for idle, beside in pairs))
    return "\n".join(lines)


async def test_an_ordinary_client_beside_floods(settings: Settings, tmp_path: Path) -> None:
    """By what the server works while he waits, which is the same on a busy machine."""
    found = await endured(settings, tmp_path, SECONDS)
    assert disturbed(found, lambda waits: waits.work_median, WORK) == [], _table(found)
    assert disturbed(found, lambda waits: waits.work_p99, 3 * WORK) == [], _table(found)


@pytest.mark.soak
async def test_an_ordinary_client_beside_long_floods(settings: Settings, tmp_path: Path) -> None:
    """By the clock as well; a machine that has other work to do lengthens the worst waits as floods do."""
    found = await endured(settings, tmp_path, SOAK_SECONDS)
    print(_table(found))
    assert disturbed(found, lambda waits: waits.work_median, 0.01) == []
    assert disturbed(found, lambda waits: waits.work_p99, WORK) == []
    assert disturbed(found, lambda waits: waits.median, 0.01) == []
    assert disturbed(found, lambda waits: waits.p99, 0.05) == []
