"""What a dashboard and 30 days of percentiles cost by how many calls are behind them: `python -m bench.ingest.sizes`.

Roll-ups are loaded directly, as so many calls would leave them: minutes of the last 25 hours, hours and days."""

from __future__ import annotations

import asyncio
import gc
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from app.embedded import EmbeddedServers
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.service import Ingest
from app.metrics.rules import floor_to
from app.metrics.tables import DAY, HOUR, MINUTE
from app.migrate import migrate
from bench.catalogs import Hub, serving
from bench.cpu import spent_ms
from bench.ingest.calls import inferences, load_catalog
from bench.ingest.spending import Figures, percentile, shown

SIZES = (1_000_000, 10_000_000, 100_000_000)
DAYS, WARM, ASKED = 30, 10, 40
BOUND_MS, GROWTH = 100, 1.2
QUERIES = {
    "a dashboard of 24 hours": """{ dashboard(filter: {range: {preset: LAST_24_HOURS}}) {
        summary { totalRequests totalCost avgLatencyMs } topModels { requests cost model { name } } } }""",
    "p50, p95, p99 of a model over 30 days": """{ model(by: {slug: "openai/gpt-5"}) {
        metrics(range: {preset: LAST_30_DAYS}) { latency { p50Ms p95Ms p99Ms } } } }""",
}

CELLS = """
create table cell as
    select distinct model_id, provider_id, deployment_id, environment, team_id from rollup where grain = 1;
"""
FORGET = """
delete from rollup; delete from rollup_error; delete from rollup_use_case; delete from rollup_user;
delete from rollup_dirty
"""
LOAD = """
insert into rollup (grain, bucket, model_id, provider_id, deployment_id, environment, team_id, requests, cost,
    tokens_in, tokens_out, tokens_priced, latency_count, latency_sum_us, latency_min_us, latency_max_us, last_at,
    latency_buckets, latency_counts, ttft_buckets, ttft_counts)
select $1::int2, bucket, c.*, n, n * 0.0125, n * 900, n * 80, n * 980, n, n * 1200000, 20000, 60000000, bucket,
    h.buckets, h.counts, h.buckets, h.counts
from generate_series($2::timestamptz, $3::timestamptz, make_interval(mins => $1)) as b(bucket), cell c
cross join lateral (select floor($4::float8 * (0.5 + random()) + random())::int8 as n) r
cross join lateral (
    select array_agg((660 + i)::int2) as buckets, array_agg(greatest(n / least(n, 200), 1) + 0 * i) as counts
    from generate_series(-least(n, 200) / 2, least(n, 200) / 2) i) h
where n > 0
"""
"""Its arguments: the grain, the first and the last bucket, and calls in a bucket of each cell on average."""


async def load(database: Database, size: int) -> None:
    """Roll-ups of so many calls in 30 days, by the cells of a busy estate; nothing is left to be rolled up."""
    now = datetime.now(UTC)
    spans = {MINUTE: timedelta(hours=25), HOUR: timedelta(days=DAYS), DAY: timedelta(days=DAYS)}
    async with database.driver() as connection:
        cells = await connection.fetchval("select count(*) from cell")
        await connection.execute(FORGET)
        for grain, span in spans.items():
            step = timedelta(minutes=grain)
            last = now if grain == MINUTE else floor_to(now, step) - step
            each = size * grain / (DAYS * DAY * cells)
            await connection.execute(LOAD, grain, floor_to(now - span, step), last, each)
        await connection.execute("vacuum analyze rollup")


async def prepare(url: str) -> None:
    """The estate: who calls which model by which deployment."""
    await migrate(url)
    database = Database(url)
    await load_catalog(database)
    ingest = Ingest(database, Directory(database, SYSTEM), timedelta(days=DAYS))
    await ingest.take(inferences(Random(1), datetime.now(UTC), 5000))
    async with database.driver() as connection:
        await connection.execute(CELLS)
    await database.close()


async def measure(hub: Hub, document: str) -> tuple[list[float], float]:
    """Milliseconds of each answer by the clock, once it is warm, and of the processor on average."""
    taken: list[float] = []
    for _ in range(WARM):
        await hub.ask(document)
    spent = spent_ms()
    for _ in range(ASKED):
        begun = time.perf_counter()
        await hub.ask(document)
        taken.append(1000 * (time.perf_counter() - begun))
    return taken, (spent_ms() - spent) / ASKED


async def run(servers: EmbeddedServers, sizes: Sequence[int]) -> Figures:
    """Each query at each size: the p95, and the ratio of processor time, which a busy machine does not disturb."""
    found: Figures = []
    spent: dict[str, list[float]] = {name: [] for name in QUERIES}
    await prepare(servers.urls.database)
    async with serving(servers.urls.database, servers.urls.redis, servers.home / "hub") as hub:
        for size in sizes:
            await load(hub.database, size)
            for name, document in QUERIES.items():
                taken, processor = await measure(hub, document)
                spent[name].append(processor)
                found.append((f"{name}, {size / 1e6:g} M, ms p95", f"{percentile(taken, 95):.1f}", f"< {BOUND_MS}"))
                found.append(("… of the processor, ms", f"{processor:.1f}", ""))
    ratios = [(f"{name}, largest to smallest", f"{ms[-1] / ms[0]:.2f}", f"≤ {GROWTH}") for name, ms in spent.items()]
    return [*found, *ratios]


def main(arguments: Sequence[str]) -> None:
    """Start servers of its own, load, measure, stop them."""
    sizes = list(map(int, arguments)) or SIZES
    with tempfile.TemporaryDirectory(prefix="mh-") as home, EmbeddedServers(Path(home), lambda _line: None) as servers:
        gc.freeze()
        shown(asyncio.run(run(servers, sizes)))


if __name__ == "__main__":
    main(sys.argv[1:])
