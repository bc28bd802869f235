"""Columns of the catalog in the process: which models hold which value. Counting values among hits takes milliseconds.

A model is its ordinal here. Columns never change: an update makes new ones, and each knows as of when it holds."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

Ordinals: TypeAlias = NDArray[np.int32]
Mask: TypeAlias = NDArray[np.bool_]

EMPTY: Ordinals = np.zeros(0, np.int32)


def ordinals_of(packed: bytes | None) -> Ordinals:
    """The numbers that `string_agg(int4send(…), '')` packed."""
    return np.frombuffer(packed or b"", ">i4").astype(np.int32)


@dataclass(slots=True)
class _Codes:
    """A number for each value; only ever grows, so that later columns share it."""

    values: list[str] = field(default_factory=list[str])
    numbers: dict[str, int] = field(default_factory=dict[str, int])

    def number(self, value: str) -> int:
        """The number of a value, a new one if it is new."""
        known = self.numbers.setdefault(value, len(self.values))
        if known == len(self.values):
            self.values.append(value)
        return known


@dataclass(frozen=True, slots=True)
class Column:
    """The entries of one field: model `rows[i]` holds value `codes[i]`."""

    names: _Codes = field(default_factory=_Codes)
    rows: Ordinals = field(default_factory=lambda: EMPTY)
    codes: Ordinals = field(default_factory=lambda: EMPTY)

    def replaced(self, changed: Mask, entries: Iterable[tuple[str, Ordinals]]) -> Column:
        """A column in which the changed models hold these values alone."""
        kept = ~changed[self.rows]
        added = [(self.names.number(value), rows) for value, rows in entries]
        rows = np.concatenate([self.rows[kept], *(rows for _, rows in added)])
        codes = np.concatenate([self.codes[kept], *(np.full(len(rows), code, np.int32) for code, rows in added)])
        return Column(self.names, rows, codes)

    def counted(self, hits: Mask | None = None) -> dict[str, int]:
        """How many models among the hits, or in all, hold each value; values nobody holds are absent."""
        codes = self.codes if hits is None else self.codes[hits[self.rows]]
        counts = np.bincount(codes, minlength=1)
        return {self.names.values[code]: int(counts[code]) for code in np.flatnonzero(counts)}

    def holding(self, admits: Callable[[str], bool], size: int) -> Mask:
        """Which of so many models hold a value that is admitted."""
        codes = [number for number, value in enumerate(self.names.values) if admits(value)]
        return mask_of(self.rows[np.isin(self.codes, codes)], size)


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """All columns, true as of a snapshot: what transactions from `horizon` on wrote may be missing."""

    horizon: int = 0
    size: int = 1
    columns: Mapping[str, Column] = field(default_factory=dict[str, Column])

    def updated(self, horizon: int, changed: Ordinals, entries: Iterable[Any]) -> Columns:
        """New columns in which the changed models hold the values of `entries {field value rows}` alone."""
        if not len(changed):
            return Columns(horizon, self.size, self.columns)
        size = max(self.size, int(changed.max()) + 1)
        grouped: dict[str, list[tuple[str, Ordinals]]] = {name: [] for name in self.columns}
        for entry in entries:
            grouped.setdefault(entry["field"], []).append((entry["value"], ordinals_of(entry["rows"])))
        mask = mask_of(changed, size)
        columns = {name: self.of(name).replaced(mask, added) for name, added in grouped.items()}
        return Columns(horizon, size, columns)

    def of(self, name: str) -> Column:
        """The column of a field; an empty one if nobody holds a value of it."""
        return self.columns.get(name) or Column()


def mask_of(ordinals: Ordinals, size: int) -> Mask:
    """Which of so many ordinals are there."""
    mask = np.zeros(size, np.bool_)
    mask[ordinals] = True
    return mask
