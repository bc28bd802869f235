"""`python -m bench.live`: subscriptions of this server and of stock Strawberry, side by side."""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import uvloop

from app.embedded import EmbeddedServers
from app.migrate import migrate
from bench.live.clients import Unexpected
from bench.live.documents import SHARED, distinct
from bench.live.measuring import Figures, Trial, measured
from bench.live.report import page
from bench.live.telling import telling
from bench.page.place import token_of
from bench.page.servers import Place, Recipe, running

RESULTS = Path(__file__).with_name("results.md")

COMMANDS: Final = {
    "this": ("app", "serve"),
    "stock": ("bench.live.stock",),
    "frugal": ("bench.live.stock", "frugal"),
}
LITTLE: Final = Trial(2, 4, 0.1)
CASES: Final = {
    "shared": ([SHARED] * 1000, {"this": Trial(40, 30, 0.2), "frugal": Trial(4, 4, 0.1), "stock": LITTLE}),
    "distinct": ([distinct(number) for number in range(500)], {"this": Trial(4, 3, 0.1), "stock": LITTLE}),
    "many": ([SHARED] * 5000, {"this": Trial(4, 5, 0.5)}),
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the results. Takes about two minutes, four on a busy machine."""
    chosen, begun, load = _parser().parse_args(arguments), time.monotonic(), os.getloadavg()[0]
    with _prepared() as place:
        found = {
            name: {server: _figures_at_last(place, name, server) for server in trials}
            for name, (_, trials) in CASES.items()
            if chosen.only in {None, name}
        }
    text = page(found, time.monotonic() - begun, load)
    sys.stdout.write(text)
    if chosen.only is None:
        chosen.results.write_text(text, encoding="utf-8")
    return 0


@contextmanager
def _prepared() -> Generator[Place]:
    """Both servers, with an empty catalog, for the length of the block; nothing is left behind."""
    home = Path(tempfile.mkdtemp(prefix="mh-bench-"))
    try:
        with EmbeddedServers(home, lambda _line: None) as servers:
            asyncio.run(migrate(servers.urls.database))
            yield Place(servers.urls.database, home, servers.urls.redis, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def _figures_at_last(place: Place, name: str, kind: str) -> Figures:
    """One more attempt, with a new server, if something on this machine came between."""
    try:
        return _figures(place, name, kind)
    except (TimeoutError, Unexpected) as failure:
        sys.stderr.write(f"once more, as {type(failure).__name__} {failure}\n")
        return _figures(place, name, kind)


def _figures(place: Place, name: str, kind: str) -> Figures:
    queries, trials = CASES[name]

    async def run() -> Figures:
        async with telling(place) as teller:
            return await measured(server, token_of(place), queries, teller, trials[kind])

    sys.stderr.write(f"{name}: {kind} …\n")
    with running(_recipe(place, kind), place.home) as server:
        return uvloop.run(run())


def _recipe(place: Place, kind: str) -> Recipe:
    return Recipe(kind, (sys.executable, "-m", *COMMANDS[kind]), {**place.environment(), "DEMO": "0"})


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.live", description=__doc__)
    parser.add_argument("--only", choices=CASES, help="one case, printed only")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
