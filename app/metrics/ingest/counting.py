"""Adds up a batch by its cells, column by column, so that the database only has to merge sums. Pure, and exact."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Context, Decimal
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from app.metrics.ingest.pipeline import CELL_COLUMNS, ERROR_COLUMNS, FLAT_COLUMNS, NUMBERS
from app.metrics.ingest.rules import MAX_DURATION_US
from app.metrics.ingest.staging import COLUMNS, Cell, Staged
from app.metrics.rules import buckets_of, floor_to, sketch_of

_EXACT = Context(prec=60)
_AN_HOUR = timedelta(hours=1)
_ABSENT = -1
_BUCKET_BITS, _REGISTER_BITS, _RANK_BITS = 13, 12, 6
_NO_NEGATIVES = 1 << (_BUCKET_BITS - 1)
"""Added to a bucket of a histogram, which may be below 0."""

_NEEDED = (
    *("occurred_at", "tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning", "latency_us", "ttft_us", "failed"),
    *("error_code", "error_message", "rating", "accepted", "confidence", "user_key", "cost"),
)
_needed = itemgetter(*map(COLUMNS.index, _NEEDED))

_Whole: TypeAlias = "NDArray[np.int64]"
_Columns: TypeAlias = Mapping[str, Sequence[Any]]
_Figures: TypeAlias = dict[str, list[Any]]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a batch adds to roll-ups: columns by `pipeline.CELL_COLUMNS`, rows by `pipeline.ERROR_COLUMNS`, and the flat
    lists that cells point into."""

    cells: _Figures
    errors: list[tuple[Any, ...]]
    flat: dict[str, list[int]]

    def arguments(self) -> list[Any]:
        """The arguments of `pipeline.ROLL`."""
        errors = zip(*self.errors, strict=True) if self.errors else [()] * len(ERROR_COLUMNS)
        columns = {**self.cells, **self.flat}.items()
        written = {name: _written(values) if name in NUMBERS else values for name, values in columns}
        of_errors = [
            _written(values) if name in NUMBERS else values for name, values in zip(ERROR_COLUMNS, errors, strict=True)
        ]
        return [*map(written.__getitem__, CELL_COLUMNS), *of_errors, *map(written.__getitem__, FLAT_COLUMNS)]

    def minutes(self) -> list[datetime]:
        """The minutes in which something is counted."""
        return sorted(set(self.cells["bucket"]))

    def hours(self) -> list[datetime]:
        """The hours in which something is counted."""
        return sorted({floor_to(minute, _AN_HOUR) for minute in self.minutes()})


@dataclass(frozen=True, slots=True)
class _Cells:
    """The cells of a batch; the number of each row's cell; the rows cell after cell, and where each cell begins."""

    cells: list[Cell]
    numbers: _Whole
    order: _Whole
    starts: _Whole

    def sums(self, values: _Whole) -> list[int]:
        """What the values of all rows of a cell add up to, by cell."""
        return np.add.reduceat(values[self.order], self.starts).tolist()

    def greatest(self, values: _Whole) -> list[int]:
        """The greatest value of a cell's rows, by cell."""
        return np.maximum.reduceat(values[self.order], self.starts).tolist()

    def least(self, values: _Whole) -> list[int]:
        """The least value of a cell's rows, by cell."""
        return np.minimum.reduceat(values[self.order], self.starts).tolist()

    def places(self, name: str, numbers: _Whole) -> _Figures:
        """The first and the last place of each cell in a list that goes cell after cell, counted from 1."""
        each = np.arange(len(self.cells))
        first, last = (np.searchsorted(numbers, each, side) for side in ("left", "right"))
        return {f"{name}_from": (first + 1).tolist(), f"{name}_to": last.tolist()}


def _written(values: Iterable[Any]) -> str:
    """Numbers as Postgres writes an array of them."""
    return "{" + ",".join(map(str, values)).replace("None", "NULL") + "}"


def counted(rows: Sequence[Staged]) -> Counted:
    """What these rows add to roll-ups."""
    if not rows:
        return Counted({name: [] for name in CELL_COLUMNS}, [], {name: [] for name in FLAT_COLUMNS})
    of = dict(zip(_NEEDED, zip(*[_needed(row.values) for row in rows], strict=True), strict=True))
    cells = _cells(rows)
    latency, first = _present(of["latency_us"]), _present(of["ttft_us"])
    found = Counted(_keys(cells), _errors(cells, of), {})
    found.cells.update(_tokens(cells, of, latency), **_costs(cells, of), **_opinions(cells, of))
    for name, values in (("latency", latency), ("ttft", first)):
        found.cells.update(_durations(cells, name, values), **_histogram(found, cells, name, values))
    found.cells.update(_sketches(found, cells, of["user_key"]))
    return found


def _cells(rows: Sequence[Staged]) -> _Cells:
    numbers: dict[Cell, int] = {}
    numbered = np.array([numbers.setdefault(row.cell, len(numbers)) for row in rows])
    order = np.argsort(numbered, kind="stable")
    return _Cells(list(numbers), numbered, order, np.searchsorted(numbered[order], np.arange(len(numbers))))


def _keys(of: _Cells) -> _Figures:
    keys = ((c.bucket, c.model.id, c.model.provider_id, c.deployment_id, c.environment, c.team_id) for c in of.cells)
    return dict(zip(CELL_COLUMNS, map(list, zip(*keys, strict=True)), strict=False))


def _present(values: Iterable[int | None]) -> _Whole:
    return np.array([_ABSENT if value is None else value for value in values])


def _tokens(cells: _Cells, of: _Columns, latency: _Whole) -> _Figures:
    """And of the calls that tell how fast tokens came, how fast."""
    tokens = {name: np.array(of[name]) for name in ("tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning")}
    failed, out = np.array(of["failed"]), tokens["tokens_out"]
    is_timed = (out > 0) & (latency > 0) & ~failed
    return {
        **{name: cells.sums(values) for name, values in tokens.items()},
        **{f"{name}_max": cells.greatest(tokens[name]) for name in ("tokens_in", "tokens_out")},
        "requests": np.bincount(cells.numbers).tolist(),
        "failed": cells.sums(failed.astype(np.int64)),
        "timed_tokens": cells.sums(out * is_timed),
        "timed_us": cells.sums(latency * is_timed),
    }


def _costs(cells: _Cells, of: _Columns) -> _Figures:
    is_priced = np.array([cost is not None for cost in of["cost"]])
    priced = (np.array(of["tokens_in"]) + np.array(of["tokens_out"])) * is_priced
    return {
        "cost": _exact_sums(cells, of["cost"]),
        "unpriced": cells.sums(1 - is_priced.astype(np.int64)),
        "tokens_priced": cells.sums(priced),
        "last_at": _latest(cells, of["occurred_at"]),
    }


def _exact_sums(cells: _Cells, values: Sequence[Decimal | None]) -> list[Decimal]:
    found, add = [Decimal(0)] * len(cells.cells), _EXACT.add
    for number, value in zip(cells.numbers.tolist(), values, strict=True):
        if value is not None:
            found[number] = add(found[number], value)
    return found


def _latest(cells: _Cells, times: Sequence[datetime]) -> list[datetime]:
    found = [cell.bucket for cell in cells.cells]
    for number, at in zip(cells.numbers.tolist(), times, strict=True):
        found[number] = max(found[number], at)
    return found


def _opinions(cells: _Cells, of: _Columns) -> _Figures:
    ratings, accepted = _present(of["rating"]), _present(of["accepted"])
    return {
        "rating_count": cells.sums((ratings >= 0).astype(np.int64)),
        "rating_sum": cells.sums(np.maximum(ratings, 0)),
        "confidence_count": cells.sums(np.array([int(value is not None) for value in of["confidence"]])),
        "confidence_sum": _exact_sums(cells, of["confidence"]),
        "accepted": cells.sums((accepted == 1).astype(np.int64)),
        "rejected": cells.sums((accepted == 0).astype(np.int64)),
    }


def _durations(cells: _Cells, name: str, values: _Whole) -> _Figures:
    is_there = values >= 0
    counts = cells.sums(is_there.astype(np.int64))
    least = cells.least(np.where(is_there, values, MAX_DURATION_US))
    return {
        f"{name}_count": counts,
        f"{name}_sum_us": cells.sums(np.maximum(values, 0)),
        f"{name}_min_us": [us if count else None for us, count in zip(least, counts, strict=True)],
        f"{name}_max_us": [us if us >= 0 else None for us in cells.greatest(values)],
    }


def _histogram(found: Counted, cells: _Cells, name: str, values: _Whole) -> _Figures:
    is_there = values >= 0
    buckets = buckets_of(values[is_there]) + _NO_NEGATIVES
    keys, counts = np.unique((cells.numbers[is_there] << _BUCKET_BITS) + buckets, return_counts=True)
    found.flat[f"{name}_buckets"] = ((keys & ((1 << _BUCKET_BITS) - 1)) - _NO_NEGATIVES).tolist()
    found.flat[f"{name}_counts"] = counts.tolist()
    return cells.places(name, keys >> _BUCKET_BITS)


def _sketches(found: Counted, cells: _Cells, users: Iterable[str | None]) -> _Figures:
    """By cell and register the greatest rank, which is the last of those that have been sorted."""
    ranks = np.array([_rank_of(user) if user else _ABSENT for user in users])
    keys = np.unique((cells.numbers << (_REGISTER_BITS + _RANK_BITS))[ranks >= 0] + ranks[ranks >= 0])
    keys = keys[np.diff(keys >> _RANK_BITS, append=_ABSENT) != 0]
    registers = keys >> _RANK_BITS
    found.flat["registers"] = (registers & ((1 << _REGISTER_BITS) - 1)).tolist()
    found.flat["ranks"] = (keys & ((1 << _RANK_BITS) - 1)).tolist()
    return cells.places("user", registers >> _REGISTER_BITS)


@lru_cache(maxsize=1 << 16)
def _rank_of(user: str) -> int:
    register, rank = sketch_of(user)
    return (register << _RANK_BITS) + rank


def _errors(cells: _Cells, of: _Columns) -> list[tuple[Any, ...]]:
    """By cell and code: how many, and what the last one said."""
    calls = zip(cells.numbers.tolist(), of["error_code"], of["occurred_at"], of["error_message"], strict=True)
    last: dict[tuple[int, str], tuple[Any, Any]] = {}
    counts: Counter[tuple[int, str]] = Counter()
    for number, code, at, message in calls:
        if code is not None:
            key = number, code
            counts[key] += 1
            if key not in last or at > last[key][0]:
                last[key] = at, message
    return [(key[0] + 1, key[1], counts[key], message, at) for key, (at, message) in last.items()]
