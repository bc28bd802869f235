"""`python -m bench.page`: this server, stock Strawberry, Mercurius, PostGraphile and hand-written code side by side."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

from bench.page.documents import WORKS, Work
from bench.page.load import Load, need_wrk
from bench.page.memory import growth
from bench.page.place import prepared, token_of
from bench.page.product import measured
from bench.page.report import Found, page
from bench.page.rounds import Figures, Turns, measure
from bench.page.servers import Place, Server, compared, running

RESULTS = Path(__file__).parents[1] / "results.md"


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, print, and write the results. Takes about five minutes, more when the peers must be installed."""
    chosen = _parser().parse_args(arguments)
    turns = Turns(chosen.rounds, chosen.seconds)
    need_wrk()
    with prepared() as place:
        load = Load(place.home, token_of(place))
        found = _measure(place, load, turns, chosen)
    text = page(found, turns, load.connections)
    sys.stdout.write(text)
    if not chosen.only:
        chosen.results.write_text(text, encoding="utf-8")
    return 0


def _measure(place: Place, load: Load, turns: Turns, chosen: argparse.Namespace) -> Found:
    with ExitStack() as stack:
        servers = [stack.enter_context(running(recipe, place.home)) for recipe in compared(place)]
        works = [work for work in WORKS if chosen.only in {None, work.name}]
        figures = {work.name: _figures(servers, work, load, turns) for work in works}
        megabytes = {server.name: server.memory for server in servers}
        steps = growth(servers[0], load, 0 if chosen.only else chosen.requests)
    return Found(figures, megabytes, steps, {} if chosen.only else measured(place, load, turns))


def _figures(servers: list[Server], work: Work, load: Load, turns: Turns) -> dict[str, Figures]:
    sys.stderr.write(f"{work.title} …\n")
    able = [server for server in servers if not (work.is_cold and server.name == "hand")]
    return measure(able, work, load, turns)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="bench.page", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each server has its turn")
    parser.add_argument("--seconds", type=int, default=2, help="how long a turn is")
    parser.add_argument("--requests", type=int, default=100_000, help="how many requests memory is watched over")
    parser.add_argument("--only", choices=[work.name for work in WORKS], help="one kind of request, nothing is written")
    parser.add_argument("--results", type=Path, default=RESULTS, help="the file to write")
    return parser


if __name__ == "__main__":
    sys.exit(main())
