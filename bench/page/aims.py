"""What the product aims at, and whether it was reached."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from bench.page.memory import Sample
from bench.page.rounds import Figures

NODE = ("mercurius", "postgraphile")


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
    """Ratios of requests per second, of times, and of memory."""
    page, small = figures["page"], figures["small"]
    this = page["this"]
    yield Aim("page: × the better of Mercurius and PostGraphile", 2, this.rate / _better(page))
    yield Aim("page: of hand-written", 0.65, this.rate / page["hand"].rate)
    yield Aim("page: × stock Strawberry", 15, this.rate / page["stock"].rate)
    yield Aim("small: × the better of Mercurius and PostGraphile", 1, small["this"].rate / _better(small))
    yield Aim("page: p99 by p50", 3, this.p99 / this.p50, at_most=True)
    yield Aim("small: p99 by p50", 3, small["this"].p99 / small["this"].p50, at_most=True)
    yield Aim("memory: at the end by that after a quarter of the requests", 1.1, _growth(growth), at_most=True)


def _better(figures: Mapping[str, Figures]) -> float:
    return max(figures[name].rate for name in NODE)


def _growth(growth: Sequence[Sample]) -> float:
    quarter = next(sample for sample in growth if sample.requests >= growth[-1].requests / 4)
    return growth[-1].megabytes / quarter.megabytes
