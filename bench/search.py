"""Search in catalogs of 5,000 and 100,000 models through the API; the bound is a p95 of 200 ms.

`python -m bench.search` prints the figures and writes `bench/search.md`; `--explain` prints the plans as well."""

from __future__ import annotations

import argparse
import asyncio
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg

from app.catalog.vocabulary import ModelOrderField
from app.embedded import EmbeddedServers
from bench.catalogs import Hub, make_catalog, serving
from bench.cpu import spent_ms
from bench.report import Line, line, machine, table
from bench.statements import Ran, explained, recording

SIZES = (5_000, 100_000)
BOUND_MS = 200
REPEATS = 30
WHAT = (
    "Milliseconds of requests through the API in one process (HTTP parsing, GraphQL, SQL) against the embedded "
    "Postgres, one after the other; the catalog is generated (`bench/generated.py`), asked by a developer. *Processor* "
    "is what API and Postgres use of it together on average: on an idle machine a request takes about that or less. "
    "× is its ratio between the sizes. Made by `python -m bench.search`; `--explain` adds the plans."
)

PAGE = """query ($query: String, $filter: ModelFilter, $order: ModelOrder, $after: String) {
  models(first: 20, query: $query, filter: $filter, orderBy: $order, after: $after) {
    nodes { id slug name status provider { name } } pageInfo { endCursor hasNextPage } } }"""
FACETS = """query ($query: String, $filter: ModelFilter) { models(first: 1, query: $query, filter: $filter) {
    facets { field otherCount values { value label count isSelected } } } }"""
WHOLE = """query ($query: String, $filter: ModelFilter) { models(first: 20, query: $query, filter: $filter) {
    totalCount didYouMean nodes { id slug name status provider { name } }
    facets { field otherCount values { value label count isSelected } } } }"""

FIVE = {
    "status": {"in": ["ACTIVE", "EXPERIMENTAL"]},
    "modelType": {"in": ["TEXT", "MULTIMODAL", "CODE"]},
    "tags": {"containsAny": ["approved", "cheap", "fast"]},
    "maxCostPer1kTokens": "0.09",
    "minContextWindow": 16_000,
}
NARROW = ("gpt-4o-mini", "gpt4o", "claude 3-5 sonnet", "llama 70b instruct", "gemini flash", '"command r" cohere')
COMMON = ("gpt", "openai", "text", "chat", "llama OR mistral", "search")
BROAD = ("g", "-gpt", "a", "-claude -llama")
MISSPELT = ("cluade sonet", "antropic", "gemni flsh", "embeding", "mistrl large", "lama instruct")


@dataclass(frozen=True, slots=True)
class Kind:
    """Requests of one kind: a document, and variables that take turns."""

    name: str
    document: str
    variables: Sequence[dict[str, Any]]


def kinds() -> list[Kind]:
    """What people do when they search."""
    return [
        *(
            Kind(f"all by {field}, {direction}", PAGE, [{"order": {"field": field, "direction": direction}}])
            for field in ModelOrderField
            for direction in ("ASC", "DESC")
            if field is not ModelOrderField.RELEVANCE
        ),
        Kind("search", PAGE, _texts(NARROW)),
        Kind("search, common words", PAGE, _texts(COMMON)),
        Kind("search, one letter or exclusions only", PAGE, _texts(BROAD)),
        Kind("search, misspelt", WHOLE, _texts(MISSPELT)),
        Kind("search by COST", PAGE, _texts((*NARROW, *COMMON), order={"field": "COST", "direction": "ASC"})),
        Kind("search + five filters", PAGE, _texts((*NARROW, *COMMON), filter=FIVE)),
        Kind("search + five filters + count + facets", WHOLE, _texts((*NARROW, *COMMON), filter=FIVE)),
        Kind("facets, no query", FACETS, [{}]),
        Kind("facets, query", FACETS, _texts((*NARROW, *COMMON))),
        Kind("facets, five filters", FACETS, [{"filter": FIVE}]),
        Kind("page + count + facets, no query", WHOLE, [{}]),
        Kind("page + count + facets, query", WHOLE, _texts((*NARROW, *COMMON))),
        Kind("page + count + facets, one letter", WHOLE, _texts(BROAD)),
    ]


def _texts(texts: Sequence[str], **others: Any) -> list[dict[str, Any]]:
    return [{"query": text, **others} for text in texts]


async def measure(hub: Hub, kind: Kind) -> Line:
    """Time many requests, after each variant was asked once."""
    for variables in kind.variables:
        await hub.ask(kind.document, **variables)
    taken: list[float] = []
    before = spent_ms()
    for number in range(REPEATS):
        start = time.perf_counter()
        await hub.ask(kind.document, **kind.variables[number % len(kind.variables)])
        taken.append(1000 * (time.perf_counter() - start))
    return line(kind.name, taken, (spent_ms() - before) / REPEATS)


async def run(servers: EmbeddedServers, *, explain: bool) -> None:
    """Measure every size and write the report."""
    results: dict[int, list[Line]] = {}
    ran: list[Ran] = []
    for size in SIZES:
        print(f"{size:,} models", flush=True)
        url = await make_catalog(servers.urls.database, size)
        async with serving(url, servers.urls.redis, servers.home / "hub") as hub:
            results[size] = [await measure(hub, kind) for kind in kinds()]
            ran = await _statements(hub)
        if explain:
            print("\n\n".join([f"{each}\n{await explained(url, each)}" for each in ran]))
    _write(results, ran, await _version(servers.urls.database))


async def _statements(hub: Hub) -> list[Ran]:
    """What a search with filters, a count and facets asks Postgres for."""
    chosen = next(kind for kind in kinds() if kind.name.endswith("filters + count + facets"))
    async with recording(hub.database) as ran:
        await hub.ask(chosen.document, **chosen.variables[0])
    return ran


def _write(results: dict[int, list[Line]], ran: Sequence[Ran], postgres: str) -> None:
    shown = table(results, BOUND_MS)
    sql = "\n\n".join(map(str, ran))
    parts = ["# Search", machine(postgres), WHAT, shown, f"## The statements of one search\n\n```sql\n{sql}\n```"]
    Path(__file__).with_suffix(".md").write_text("\n\n".join(parts) + "\n", encoding="utf-8")
    print(shown)


async def _version(url: str) -> str:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        return str(await connection.fetchval("show server_version"))
    finally:
        await connection.close()


def main(arguments: Sequence[str] | None = None) -> None:
    """Start servers of its own, measure, stop them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--explain", action="store_true", help="print the plans of the statements")
    explain = parser.parse_args(arguments).explain
    with tempfile.TemporaryDirectory(prefix="mh-") as home, EmbeddedServers(Path(home), lambda _line: None) as servers:
        asyncio.run(run(servers, explain=explain))


if __name__ == "__main__":
    main()
