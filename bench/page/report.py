"""What was measured, as a page in Markdown."""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from app.embedded.binaries import POSTGRES_WHEEL
from bench.page import node
from bench.page.aims import aims
from bench.page.documents import WORKS
from bench.page.memory import Sample
from bench.page.rounds import Figures, Turns
from bench.page.servers import NODE, POOL

PYTHON_PACKAGES = ("strawberry-graphql", "graphql-core", "starlette", "uvicorn", "sqlalchemy", "asyncpg", "orjson")
ORDER = ("this", "unlimited", "stock", *NODE, "hand")
ABOUT = """Each server is one process with at most {pool} connections to the same Postgres; the load is wrk with
{connections} connections. The servers take turns; each figure is a median of {rounds} rounds of {seconds} s. First
their answers are compared: the same data, instants in any spelling.

- this: the product's door, guards, log and executor. It checks a token for each request, which the others do not.
- unlimited: the same without the limits of what may be asked how often and for how much.
- stock: Strawberry with SQLAlchemy's ORM and aiodataloader, parser and validation caches on.
- mercurius: with its JIT and loaders, on the driver `postgres`.
- postgraphile: version 5, on `pg`.
- yoga: GraphQL Yoga on Node's own server, with DataLoader.
- hand: Starlette, asyncpg and orjson, written for these very requests, without GraphQL.
"""


@dataclass(frozen=True, slots=True)
class Found:
    """Figures by kind of request and server, megabytes by server, the memory of `this` over time, and the product's."""

    figures: Mapping[str, Mapping[str, Figures]]
    megabytes: Mapping[str, float]
    growth: Sequence[Sample]
    product: Mapping[str, Mapping[str, Figures]]


def page(found: Found, turns: Turns, connections: int) -> str:
    """The whole page."""
    parts = [
        f"# GraphQL side by side\n\n{datetime.now(UTC):%Y-%m-%d}, {_machine()}\n",
        ABOUT.format(pool=POOL, connections=connections, rounds=turns.rounds, seconds=turns.seconds),
        f"## Aims\n\n{_aims(found)}",
        f"## Requests per second\n\n{_rates(found.figures)}",
        f"## Time to the answer, p50 / p99 in ms\n\n{_each(found.figures, _times)}",
        f"## Processor time of the server per request, in ms\n\n{_each(found.figures, _busy)}",
        *([f"## This product's own queries over its demo\n\n{_product(found.product)}"] if found.product else []),
        f"## Memory\n\n{_memory(found)}",
        f"## Versions\n\n{_versions()}",
    ]
    return "\n".join(parts)


def _aims(found: Found) -> str:
    rows = (
        [
            aim.what,
            f"{'≤' if aim.at_most else '≥'} {aim.bound:g}",
            f"{aim.measured:.2f}",
            "yes" if aim.is_reached else "no",
        ]
        for aim in aims(found.figures, found.growth)
    )
    return _table(["aim", "bound", "measured", "reached"], rows)


def _rates(figures: Mapping[str, Mapping[str, Figures]]) -> str:
    heads = ["request", *ORDER, "× stock", "× best Node", "of hand"]
    return _table(heads, ([name, *_rate_cells(one)] for name, one in figures.items())) + _legend(figures)


def _rate_cells(one: Mapping[str, Figures]) -> list[str]:
    rates = {name: figures.rate for name, figures in one.items()}
    this = rates["this"]
    peers = (rates.get("stock"), max(rates[name] for name in NODE), rates.get("hand"))
    return [*(_count(rates.get(name)) for name in ORDER), *(f"{this / peer:.2f}" if peer else "–" for peer in peers)]


def _count(value: float | None) -> str:
    return "–" if value is None else f"{value:,.0f}"


def _legend(figures: Mapping[str, Any]) -> str:
    return "\n" + "".join(f"- {work.name}: {work.title}\n" for work in WORKS if work.name in figures)


def _each(figures: Mapping[str, Mapping[str, Figures]], show: Callable[[Figures], str]) -> str:
    rows = ([name, *(show(one[server]) if server in one else "–" for server in ORDER)] for name, one in figures.items())
    return _table(["request", *ORDER], rows)


def _times(figures: Figures) -> str:
    return f"{figures.p50:.1f} / {figures.p99:.1f}"


def _busy(figures: Figures) -> str:
    return f"{figures.busy:.2f}"


def _product(product: Mapping[str, Mapping[str, Figures]]) -> str:
    rows = ([name, *_executor_cells(one)] for name, one in product.items())
    return _table(["query", "breadth-first, req/s", "standard, req/s", "×"], rows)


def _executor_cells(one: Mapping[str, Figures]) -> list[str]:
    fast, standard = one["breadth-first"].rate, one["standard"].rate
    return [_count(fast), _count(standard), f"{fast / standard:.2f}"]


def _memory(found: Found) -> str:
    after = _table(ORDER, [[f"{found.megabytes[name]:.0f} MB" for name in ORDER]])
    steps = ", ".join(f"{sample.requests:,}: {sample.megabytes:.0f} MB" for sample in found.growth)
    return f"Resident after the rounds above:\n\n{after}\n`this`, after so many more requests of all kinds: {steps}\n"


def _versions() -> str:
    python = {"python": platform.python_version(), **{name: version(name) for name in PYTHON_PACKAGES}}
    servers = {"Postgres (wheel)": version(POSTGRES_WHEEL)}
    return ", ".join(f"{name} {number}" for name, number in {**python, **node.versions(), **servers}.items()) + "\n"


def _machine() -> str:
    lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
    gigabytes = int(lines[0].split()[1]) / 2**20
    return f"{os.cpu_count()} cores ({platform.machine()}), {gigabytes:.0f} GiB of memory, {platform.system()}"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    rule = ["---", *("--:" for _ in heads[1:])]
    return "".join(f"| {' | '.join(cells)} |\n" for cells in (heads, rule, *rows))
