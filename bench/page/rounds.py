"""Measures servers in turns, so that what else the machine does falls on all alike."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from bench.page.answers import compare
from bench.page.documents import Work
from bench.page.load import Load, Result
from bench.page.servers import Server


@dataclass(frozen=True, slots=True)
class Turns:
    """How often and for how many seconds each server is measured, after so many seconds of load to warm up."""

    rounds: int
    seconds: int
    warm_up: int = 1


@dataclass(frozen=True, slots=True)
class Figures:
    """Medians over the rounds: requests per second; times and the server's processor time per request in ms."""

    rate: float
    p50: float
    p99: float
    busy: float


def measure(servers: Sequence[Server], work: Work, load: Load, turns: Turns) -> dict[str, Figures]:
    """The figures of each server for one kind of request. First their answers are compared."""
    compare(list(servers), work, load.token)
    for server in servers:
        load.run(server, work, turns.warm_up)
    found: dict[str, list[Result]] = {server.name: [] for server in servers}
    for turn in range(turns.rounds):
        for server in (*servers[turn % len(servers) :], *servers[: turn % len(servers)]):
            found[server.name].append(load.run(server, work, turns.seconds))
    return {name: _medians(results) for name, results in found.items()}


def _medians(results: list[Result]) -> Figures:
    return Figures(*(median(getattr(result, name) for result in results) for name in ("rate", "p50", "p99", "busy")))
