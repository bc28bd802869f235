"""What is measured here: figures beside what is wanted, and time by the clock and by the processor."""

from __future__ import annotations

import statistics
import time
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeAlias

from bench.cpu import spent_ms

Figures: TypeAlias = list[tuple[str, str, str]]
"""What was measured, what was found, what is wanted."""


@dataclass(slots=True)
class Spent:
    """Seconds by the clock, and of the processor."""

    clock: float = 0.0
    processor: float = 0.0

    @contextmanager
    def noted(self) -> Generator[None]:
        """Add what the body takes."""
        begun, spent = time.perf_counter(), spent_ms()
        yield
        self.clock += time.perf_counter() - begun
        self.processor += (spent_ms() - spent) / 1000


def percentile(taken: Sequence[float], of: int) -> float:
    """A percentile of times, in their unit."""
    return statistics.quantiles(taken, n=100)[of - 1]


def shown(figures: Figures) -> Figures:
    """Print them at once, as a run takes minutes."""
    for what, figure, wanted in figures:
        print(f"{what:50} {figure:>12}   {wanted}", flush=True)
    return figures
