"""What is measured of one server: how much it tells, how soon, and what it needs for that."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from statistics import median, quantiles

import httpx2

from bench.live.clients import Client, Crowd, Unexpected, gathered
from bench.live.telling import Teller
from bench.page.servers import Server

PATIENCE = 60.0
WARM_SECONDS = 45.0
WARM_UPS = 2
STEADY_SECONDS = 10.0
EXECUTIONS = "modelhub_live_executions_total"


@dataclass(frozen=True, slots=True)
class Figures:
    """What one server did.

    `rate`: messages per second; `busy`: microseconds of its processor time for each of them; `p50`, `p99`: milliseconds
    from the commit to the client; `all_within`: to the last client, of the median event; `kilobytes`: of memory for
    each socket; `executions`: of each event, 0 if it does not tell."""

    rate: float
    busy: float
    p50: float
    p99: float
    kilobytes: float
    all_within: float
    executions: float
    bytes_of_one: int


@dataclass(frozen=True, slots=True)
class Trial:
    """How many events come at once, and then at most how many one by one, so many seconds apart: the first at least,
    then as many as happen within `STEADY_SECONDS`."""

    burst: int
    steady: int
    pause: float


async def measured(server: Server, token: str, queries: Sequence[str], teller: Teller, trial: Trial) -> Figures:
    """The figures of a server with one socket for each of the queries."""
    host, before = server.url.removeprefix("http://").removesuffix("/graphql"), server.memory
    crowd, clients = await gathered(host, token, queries)
    try:
        await _warm(crowd, clients, teller)
        kilobytes = (server.memory - before) * 1024 / len(queries)
        executions, warm = await _executions(server, token), len(crowd.arrivals)
        busy, rate = server.busy, await _burst(crowd, teller, trial.burst)
        spent = (server.busy - busy) / (trial.burst * len(queries)) * 1e6
        delays, slowest = await _steady(crowd, teller, trial)
        if crowd.closed:
            raise Unexpected(f"{crowd.closed} sockets were closed.")
        each = (await _executions(server, token) - executions) / (len(crowd.arrivals) - warm)
        return Figures(
            rate, spent, median(delays), quantiles(delays, n=100)[-1], kilobytes, slowest, each, crowd.bytes_of_one
        )
    finally:
        for client in clients:
            client.transport.abort()


async def _warm(crowd: Crowd, clients: Sequence[Client], teller: Teller) -> None:
    """Until all of them hear an event: somebody may still be on his way when the first comes."""
    await asyncio.sleep(1)
    for _ in range(WARM_UPS):
        for each in (crowd, *clients):
            each.forget()
        with suppress(TimeoutError):
            return await _told_alone(crowd, teller)
    raise Unexpected("There were always some who did not hear an event.")


async def _told_alone(crowd: Crowd, teller: Teller) -> None:
    await teller.happen(1)
    await crowd.have(1, WARM_SECONDS)


async def _told(crowd: Crowd, teller: Teller, events: int) -> float:
    """The commit of so many events, which all have heard by then."""
    known = crowd.heard // crowd.size
    await teller.happen(events)
    committed = teller.commits[-1]
    await crowd.have(known + events, PATIENCE)
    return committed


async def _burst(crowd: Crowd, teller: Teller, events: int) -> float:
    """Messages per second while there is more to tell."""
    committed = await _told(crowd, teller, events)
    return events * crowd.size / (crowd.last_at - committed)


async def _steady(crowd: Crowd, teller: Teller, trial: Trial) -> tuple[list[float], float]:
    """Milliseconds from each commit to each client, and to the last client of the median event."""
    delays, slowest = list[float](), list[float]()
    end = time.monotonic() + STEADY_SECONDS
    for _ in range(trial.steady):
        begun, number = time.monotonic(), len(crowd.arrivals)
        if delays and begun > end:
            break
        committed = await _told(crowd, teller, 1)
        taken = [(at - committed) * 1000 for at in crowd.arrivals[number]]
        delays += taken
        slowest.append(max(taken))
        await asyncio.sleep(max(0.0, trial.pause - (time.monotonic() - begun)))
    return delays, median(slowest)


async def _executions(server: Server, token: str) -> float:
    async with httpx2.AsyncClient() as http:
        url, headers = server.url.replace("/graphql", "/metrics"), {"authorization": f"Bearer {token}"}
        answer = await http.get(url, headers=headers)
    found = [line for line in answer.text.splitlines() if line.startswith(EXECUTIONS)]
    return float(found[0].split()[-1]) if found else 0.0
