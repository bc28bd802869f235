"""What the product aims at, and whether it was reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bench.page.memory import Sample
from bench.page.rounds import Figures
from bench.page.servers import NODE


class Aim(NamedTuple):
    """A bound and what was measured; `at_most` tells on which side of the bound is good."""

    what: str
    bound: float
    measured: float
    at_most: bool = False

    @property
    def is_reached(self) -> bool:
        """Whether it was."""
        return self.measured <= self.bound if self.at_most else self.measured >= self.bound


def aims(figures: Mapping[str, Mapping[str, Figures]], growth: Sequence[Sample]) -> Iterator[Aim]:
    """Ratios of requests per second, of times, and of memory, as far as they were measured."""
    if "page" in figures:
        yield from _of_page(figures["page"])
    if "small" in figures:
        yield from _of_small(figures["small"])
    if len(growth) > 1:
        yield Aim("memory: at the end by that after a quarter of the requests", 1.1, _growth(growth), at_most=True)


def _of_page(page: Mapping[str, Figures]) -> Iterator[Aim]:
    this = page["this"]
    yield Aim("page: × the best on Node", 2, this.rate / _better(page))
    yield Aim("page: of hand-written", 0.65, this.rate / page["hand"].rate)
    yield Aim("page: × stock Strawberry", 15, this.rate / page["stock"].rate)
    yield Aim("page: p99 by p50", 3, this.p99 / this.p50, at_most=True)


def _of_small(small: Mapping[str, Figures]) -> Iterator[Aim]:
    this, limits = small["this"], 1 - small["unlimited"].busy / small["this"].busy
    yield Aim("small: × the best on Node", 1, this.rate / _better(small))
    yield Aim("small: p99 by p50", 3, this.p99 / this.p50, at_most=True)
    yield Aim("small: share of the processor time that limits take", 0.1, limits, at_most=True)


def _better(figures: Mapping[str, Figures]) -> float:
    return max(figures[name].rate for name in NODE)


def _growth(growth: Sequence[Sample]) -> float:
    quarter = next(sample for sample in growth if sample.requests >= growth[-1].requests / 4)
    return growth[-1].megabytes / quarter.megabytes
