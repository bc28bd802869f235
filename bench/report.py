"""What was measured, as a table on the screen and in a file."""

from __future__ import annotations

import os
import platform
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version

_PACKAGES = ("asyncpg", "graphql-core", "strawberry-graphql", "sqlalchemy", "numpy", "rapidfuzz")


@dataclass(frozen=True, slots=True)
class Line:
    """Milliseconds of one kind of request by the clock, and of processor time on average."""

    name: str
    p50: float
    p95: float
    cpu: float


def line(name: str, taken: Sequence[float], cpu: float) -> Line:
    """Percentiles of what was measured; shown at once, as a run takes minutes."""
    found = Line(name, statistics.median(taken), statistics.quantiles(taken, n=20)[-1], cpu)
    print(f"{name:45} p50 {found.p50:7.1f}   p95 {found.p95:7.1f}   processor {cpu:7.1f} ms", flush=True)
    return found


def table(results: Mapping[int, Sequence[Line]], bound_ms: float) -> str:
    """All sizes side by side, with the ratio of processor time at the largest to the smallest."""
    sizes = list(results)
    heads = [f"{size:,}: p50 | p95 | processor" for size in sizes]
    rows = [
        "| request (ms) | " + " | ".join(heads) + f" | × | p95 < {bound_ms:g} |",
        "|---|" + "--:|--:|--:|" * len(sizes) + "--:|---|",
        *(_row(lines, bound_ms) for lines in zip(*results.values(), strict=True)),
    ]
    return "\n".join(rows)


def _row(lines: Sequence[Line], bound_ms: float) -> str:
    figures = " | ".join(f"{each.p50:.0f} | {each.p95:.0f} | {each.cpu:.0f}" for each in lines)
    verdict = "yes" if all(each.p95 < bound_ms for each in lines) else "**no**"
    return f"| {lines[0].name} | {figures} | {lines[-1].cpu / lines[0].cpu:.1f} | {verdict} |"


def machine(postgres: str) -> str:
    """Where and when: the class of the machine, its load, and the versions of what matters."""
    packages = ", ".join(f"{name} {version(name)}" for name in _PACKAGES)
    return (
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC · {os.cpu_count()} cores {platform.machine()}, {_memory()} GiB, "
        f"load {os.getloadavg()[0]:.1f} at the end · Python {platform.python_version()} · Postgres {postgres} · "
        f"{packages}"
    )


def _memory() -> int:
    return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
