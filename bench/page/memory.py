"""Whether a server's memory stays the same however many requests it answers."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import cycle

from bench.page.documents import WORKS
from bench.page.load import Load
from bench.page.servers import Server

CHUNK = 3
"""Seconds of one kind of request before the next."""


@dataclass(frozen=True, slots=True)
class Sample:
    """The resident megabytes after so many requests."""

    requests: int
    megabytes: float


def growth(server: Server, load: Load, requests: int) -> list[Sample]:
    """Memory while so many requests of all kinds are answered, those with new documents among them."""
    samples = [Sample(0, server.memory)]
    for work in cycle(WORKS):
        if samples[-1].requests >= requests:
            return samples
        done = load.run(server, work, CHUNK).requests
        samples.append(Sample(samples[-1].requests + done, server.memory))
    return samples
