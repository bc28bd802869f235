"""Figures over a window that slides along minutes: the same sums, extremes and histograms as one statement gives over
each window. Pure."""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from app.metrics.rollups import HISTOGRAMS
from app.metrics.tables import GREATEST, LEAST, SUMS

Figures = dict[str, Any]


class _Extreme:
    """The least (or greatest) of a sliding window."""

    def __init__(self, is_better: Callable[[Any, Any], bool]) -> None:
        self._is_better = is_better
        self._kept: deque[tuple[datetime, Any]] = deque()

    def add(self, at: datetime, value: Any) -> None:
        """A value that came with a minute."""
        if value is None:
            return
        while self._kept and not self._is_better(self._kept[-1][1], value):
            self._kept.pop()
        self._kept.append((at, value))

    def forget(self, before: datetime) -> None:
        """What is before the window is of no interest."""
        while self._kept and self._kept[0][0] < before:
            self._kept.popleft()

    @property
    def value(self) -> Any:
        """That of the window; None if there is none."""
        return self._kept[0][1] if self._kept else None


def _less(one: Any, other: Any) -> bool:
    return one < other


def _more(one: Any, other: Any) -> bool:
    return one > other


class Sliding:
    """The window of one set of labels. Minutes come in order of time."""

    def __init__(self, *, histograms: bool) -> None:
        self._rows: deque[tuple[datetime, Mapping[str, Any]]] = deque()
        self._sums: dict[str, Any] = dict.fromkeys(SUMS, 0)
        self._extremes = {name: _Extreme(_less) for name in LEAST} | {name: _Extreme(_more) for name in GREATEST}
        self._counters = {pair: Counter[int]() for pair in HISTOGRAMS.values()} if histograms else {}

    def add(self, at: datetime, row: Mapping[str, Any]) -> None:
        """A minute comes into the window."""
        self._rows.append((at, row))
        self._count(row, 1)
        for name, extreme in self._extremes.items():
            extreme.add(at, row[name])

    def forget(self, before: datetime) -> None:
        """What is before an instant leaves it."""
        while self._rows and self._rows[0][0] < before:
            self._count(self._rows.popleft()[1], -1)
        for extreme in self._extremes.values():
            extreme.forget(before)

    def _count(self, row: Mapping[str, Any], times: int) -> None:
        for name in SUMS:
            self._sums[name] += times * row[name]
        for (buckets, counts), counter in self._counters.items():
            for bucket, count in zip(row[buckets] or (), row[counts] or (), strict=True):
                counter[bucket] += times * count

    def figures(self) -> Figures | None:
        """What a statement over the window would give; None if there is nothing in it."""
        if not self._rows:
            return None
        merged: Figures = {}
        for (buckets, counts), counter in self._counters.items():
            present = sorted((bucket, count) for bucket, count in counter.items() if count)
            merged |= {buckets: [bucket for bucket, _ in present], counts: [count for _, count in present]}
        return {**self._sums, **{name: extreme.value for name, extreme in self._extremes.items()}, **merged}
