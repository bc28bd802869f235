"""How fast usage comes in, in ratios to COPY, and what others notice of it: `python -m bench.ingest` (about a minute).

Prints the figures and writes `bench/ingest.md`."""

from __future__ import annotations

import asyncio
import gc
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

import httpx2
import orjson

from app.embedded import EmbeddedServers, stop
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.secrets import load_keys
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.rules import Inference
from app.metrics.ingest.service import Ingest
from app.metrics.ingest.staging import COLUMNS, staged
from app.migrate import migrate
from app.serve import COLLECTIONS, SWITCH_SECONDS
from bench.catalogs import Hub, serving
from bench.ingest.calls import SPANS, exports, inferences, load_catalog
from bench.ingest.spending import Figures, Spent, percentile, shown
from bench.report import machine

BATCH, BATCHES, TURNS = 5000, 4, 3
EXPORTS, AT_ONCE, SINGLES, ASKED = 24, 4, 200, 100
QUERY = """{ dashboard(filter: {range: {preset: LAST_24_HOURS}}) { summary { totalRequests totalCost avgLatencyMs }
    topModels { requests cost model { name } } } }"""
ROUNDS = 2


async def against_copy(database: Database) -> Figures:
    """Rows a second over one connection: COPY into a bare table, and the whole pipeline, in turns.

    While a batch is stored the next one is worked out, as it is in the API."""
    random, now = Random(1), datetime.now(UTC)
    ingest = Ingest(database, Directory(database, SYSTEM), timedelta(days=30), storing=asyncio.Semaphore(1))
    await ingest.take(inferences(random, now, BATCH))
    async with database.driver() as connection:
        await connection.execute("create table bare (like inference)")
    copied, taken = Spent(), Spent()
    for _ in range(TURNS):
        batches = [inferences(random, now, BATCH) for _ in range(BATCHES)]
        names = await ingest.directory.learn([call for batch in batches for call in batch])
        rows = [[row.values for row in staged(names, dict(enumerate(batch)))] for batch in batches]
        with copied.noted():
            async with database.driver() as connection:
                for plain in rows:
                    await connection.copy_records_to_table("bare", records=plain, columns=COLUMNS)
        with taken.noted():
            await _take(ingest, batches)
    number = BATCH * BATCHES * TURNS
    return [
        ("COPY into a bare table, rows/s", f"{number / copied.clock:,.0f}", ""),
        ("ingest: priced, idempotent, rolled up, rows/s", f"{number / taken.clock:,.0f}", ""),
        ("ratio", f"{copied.clock / taken.clock:.2f}", "≥ 0.4"),
        ("ratio of processor time, Postgres and this process", f"{copied.processor / taken.processor:.2f}", ""),
    ]


async def _take(ingest: Ingest, batches: Sequence[list[Inference]]) -> None:
    left = list(batches)

    async def some() -> None:
        while left:
            assert (await ingest.take(left.pop())).inserted == BATCH  # noqa: S101 - else the figure would mean nothing

    await asyncio.gather(some(), some())


async def one_by_one(hub: Hub) -> Figures:
    """Milliseconds to acknowledge one call over the native way in, each in a transaction of its own."""
    said = {"provider": "openai", "model": "gpt-5", "tokensIn": 900, "tokensOut": 80, "latencyMs": 700, "team": "red"}
    taken: list[float] = []
    for number in range(SINGLES + 20):
        call = {"eventId": f"single-{number}", "occurredAt": datetime.now(UTC).isoformat(), **said}
        begun = time.perf_counter()
        answer = await hub.client.post("/ingest/inferences", content=orjson.dumps(call), headers=_json(hub))
        taken.append(1000 * (time.perf_counter() - begun))
        answer.raise_for_status()
    p50, p99 = statistics.median(taken[20:]), percentile(taken[20:], 99)
    return [("one call acknowledged, ms p50", f"{p50:.1f}", ""), ("… p99", f"{p99:.1f}", "< 10")]


def _json(hub: Hub) -> dict[str, str]:
    return {**hub.headers, "content-type": "application/json"}


async def spans_end_to_end(hub: Hub) -> Figures:
    """Spans a second in this process, by the clock and by its processor time; and how long the loop was held."""
    bodies = list(exports(Random(2), datetime.now(UTC), EXPORTS))
    headers = {**hub.headers, "content-type": "application/x-protobuf"}
    held: list[float] = []
    ticking = asyncio.create_task(_tick(held))
    await asyncio.sleep(1)
    at_rest = max(held)
    await _post_all(hub.client, "/v1/traces", bodies[:4], headers)
    held.clear()
    begun, busy = time.perf_counter(), time.process_time()
    await _post_all(hub.client, "/v1/traces", bodies[4:], headers)
    wall, cpu = time.perf_counter() - begun, time.process_time() - busy
    ticking.cancel()
    number = SPANS * len(bodies[4:])
    return [
        ("OTLP protobuf, spans/s by the clock", f"{number / wall:,.0f}", ""),
        ("… spans per second of this process's processor", f"{number / cpu:,.0f}", "≥ 12,000"),
        ("… event loop held at most, ms", f"{1000 * max(held):.0f}", "≤ 50"),
        ("… and with nothing to do, which is the machine's doing", f"{1000 * at_rest:.0f}", ""),
    ]


async def _tick(held: list[float]) -> None:
    while True:
        begun = time.perf_counter()
        await asyncio.sleep(0.001)
        held.append(time.perf_counter() - begun - 0.001)


async def _post_all(client: httpx2.AsyncClient, path: str, bodies: Sequence[bytes], headers: dict[str, str]) -> None:
    left = list(bodies)

    async def some() -> None:
        while left:
            (await client.post(path, content=left.pop(), headers=headers)).raise_for_status()

    await asyncio.gather(*(some() for _ in range(AT_ONCE)))


@asynccontextmanager
async def served(servers: EmbeddedServers, home: Path) -> AsyncGenerator[Hub]:
    """The API in a process of its own."""
    port = 18_000 + os.getpid() % 10_000
    given = {"DATABASE_URL": servers.urls.database, "REDIS_URL": servers.urls.redis, "MODELHUB_HOME": str(home)}
    given |= {"MODELHUB_LOG_LEVEL": "warning"}
    command = [sys.executable, "-m", "app", "serve"]
    process = subprocess.Popen(command, env={**os.environ, **given, "PORT": str(port)})  # noqa: ASYNC220, S603
    try:
        token = issue_development_token(load_keys(home, None), Role.DEVELOPER)
        async with httpx2.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=30) as client:
            hub = Hub(client, Database(servers.urls.database), {"authorization": f"Bearer {token}"})
            await _ready(client)
            yield hub
            await hub.database.close()
    finally:
        stop(process)


async def _ready(client: httpx2.AsyncClient) -> None:
    for _ in range(200):
        try:
            if (await client.get("/readyz")).status_code == 200:
                return
        except httpx2.TransportError:
            pass
        await asyncio.sleep(0.1)


async def what_others_notice(hub: Hub) -> Figures:
    """The p99 of a dashboard's query alone, and while spans come in as fast as they are taken; medians of rounds."""
    bodies = [list(exports(Random(3 + turn), datetime.now(UTC), EXPORTS)) for turn in range(ROUNDS)]
    headers = {**hub.headers, "content-type": "application/x-protobuf"}
    await _times(hub, 30)
    alone: list[float] = []
    beside: list[float] = []
    for turn in range(ROUNDS):
        alone.append(percentile(await _times(hub, ASKED), 99))
        load = asyncio.create_task(_post_all(hub.client, "/v1/traces", bodies[turn], headers))
        taken: list[float] = []
        while not load.done():
            taken += await _times(hub, 10)
        await load
        beside.append(percentile(taken, 99))
    idle, busy = statistics.median(alone), statistics.median(beside)
    return [
        ("a dashboard's query alone, ms p99", f"{idle:.1f}", ""),
        ("… while spans come in at full rate, ms p99", f"{busy:.1f}", ""),
        ("ratio", f"{busy / idle:.1f}", "≤ 3"),
    ]


async def _times(hub: Hub, number: int) -> list[float]:
    taken: list[float] = []
    for _ in range(number):
        begun = time.perf_counter()
        await hub.ask(QUERY)
        taken.append(1000 * (time.perf_counter() - begun))
    return taken


async def run(servers: EmbeddedServers) -> None:
    """Measure everything and write the report."""
    await migrate(servers.urls.database)
    database = Database(servers.urls.database, write_connections=1)
    await load_catalog(database)
    found = shown(await against_copy(database))
    await database.close()
    async with serving(servers.urls.database, servers.urls.redis, servers.home / "hub") as hub:
        gc.freeze()  # as `modelhub serve` does: else a collection of everything holds the loop for a third of a second
        for each in (one_by_one, spans_end_to_end):
            found += shown(await each(hub))
    async with served(servers, servers.home / "hub") as hub:
        found += shown(await what_others_notice(hub))
    version = (servers.home / "postgres" / "PG_VERSION").read_text().strip()
    rows = "\n".join(f"| {what} | {figure} | {wanted} |" for what, figure, wanted in found)
    report = f"# Taking usage in\n\n{machine(version)}\n\n{WHAT}\n\n| what | found | wanted |\n|---|--:|--:|\n{rows}\n"
    (Path(__file__).parent.parent / "ingest.md").write_text(report, encoding="utf-8")


WHAT = (
    "Everything on one machine: Postgres, the API and what sends share its cores. Batches of 5,000 for the ratio, "
    "exports of 512 spans, four at a time; single calls one after the other. Made by `python -m bench.ingest`."
)


def main(_arguments: Sequence[str] | None = None) -> None:
    """Start servers of its own, measure, stop them."""
    sys.setswitchinterval(SWITCH_SECONDS)  # as `modelhub serve` does
    gc.freeze()
    gc.set_threshold(*COLLECTIONS)
    with tempfile.TemporaryDirectory(prefix="mh-") as home, EmbeddedServers(Path(home), lambda _line: None) as servers:
        asyncio.run(run(servers))


if __name__ == "__main__":
    main()
