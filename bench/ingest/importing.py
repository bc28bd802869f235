"""How fast a usage file is imported, and in how much memory: `python -m bench.ingest.importing [rows …]`.

Prints two lines for each size. The memory is what `/usr/bin/time -v` says, which must be there."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from random import Random

from app.embedded import EmbeddedServers
from app.kit.db import Database
from app.migrate import migrate
from bench.ingest.calls import inferences, load_catalog
from bench.ingest.spending import Figures, shown

SIZES = (20_000, 60_000)
GROWTH = 1.2
"""What the largest may take of the smallest one's memory."""
HEADER = (
    "occurred_at,provider,model,service,team,user,use_case,tokens_in,tokens_out,tokens_cached,latency_ms,error_code"
)

TIME = ("/usr/bin/time", "-v")

_PIECE = 10_000


def write_usage(file: Path, rows: int) -> None:
    """Calls of the last two minutes, in a file of so many lines."""
    random, now = Random(7), datetime.now(UTC)
    with file.open("w", encoding="utf-8") as target:
        target.write(HEADER + "\n")
        for start in range(0, rows, _PIECE):
            target.writelines(_lines(random, now, min(_PIECE, rows - start)))


def _lines(random: Random, now: datetime, count: int) -> Iterator[str]:
    for i in inferences(random, now, count):
        names = f"{i.provider},{i.model},{i.service},{i.team},{i.user},{i.use_case}"
        tokens = f"{i.tokens_in},{i.tokens_out},{i.tokens_cached}"
        yield f"{i.occurred_at.isoformat()},{names},{tokens},{(i.latency_us or 0) / 1000},{i.error_code or ''}\n"


def import_file(servers: EmbeddedServers, file: Path) -> tuple[float, float]:
    """Import a file by the command that people use; seconds and MB."""
    given = {"DATABASE_URL": servers.urls.database, "REDIS_URL": servers.urls.redis, "MODELHUB_HOME": str(servers.home)}
    command = [*TIME, sys.executable, "-m", "app", "import", "usage", str(file)]
    begun = time.perf_counter()
    done = subprocess.run(command, env={**os.environ, **given}, check=True, capture_output=True, text=True)  # noqa: S603
    seconds = time.perf_counter() - begun
    kilobytes = done.stderr.partition("Maximum resident set size (kbytes):")[2].split()[0]
    return seconds, int(kilobytes) / 1024


def figures(servers: EmbeddedServers, sizes: Sequence[int]) -> Figures:
    """Rows a second and memory for each size, and how the memory grows from the smallest to the largest."""
    found: Figures = []
    memories: list[float] = []
    for size in sizes:
        file = servers.home / f"usage-{size}.csv"
        write_usage(file, size)
        seconds, memory = import_file(servers, file)
        file.unlink()
        memories.append(memory)
        found.append((f"a file of {size:,} calls, rows/s", f"{size / seconds:,.0f}", ""))
        found.append(("… memory at most, MB", f"{memory:,.0f}", ""))
    return [*found, ("… the largest to the smallest", f"{memories[-1] / memories[0]:.2f}", f"≤ {GROWTH}")]


async def prepare(servers: EmbeddedServers) -> None:
    """A database with priced models."""
    await migrate(servers.urls.database)
    database = Database(servers.urls.database)
    await load_catalog(database)
    await database.close()


def main(arguments: Sequence[str]) -> None:
    """Start servers of its own, import, stop them."""
    with tempfile.TemporaryDirectory(prefix="mh-") as home, EmbeddedServers(Path(home), lambda _line: None) as servers:
        asyncio.run(prepare(servers))
        shown(figures(servers, list(map(int, arguments)) or SIZES))


if __name__ == "__main__":
    main(sys.argv[1:])
