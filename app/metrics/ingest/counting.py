"""Adds up a batch by its cells, so that the database only has to merge sums. Pure, and exact to the last digit."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Context, Decimal
from functools import reduce
from typing import Any, TypeVar

from app.metrics.ingest.pipeline import (
    ATTRIBUTION_COLUMNS,
    CELL_COLUMNS,
    ERROR_COLUMNS,
    FLAT_COLUMNS,
    USE_CASE_COLUMNS,
)
from app.metrics.ingest.staging import COLUMNS, Cell, Staged
from app.metrics.rules import bucket_of, floor_to, sketch_of

T = TypeVar("T")

LABELS = {"API_KEY": "api_key", "USER": "user_key", "USE_CASE": "use_case"}
"""What calls are attributed to, by the column that names it."""

_EXACT = Context(prec=60)
_AN_HOUR = timedelta(hours=1)

_Columns = Mapping[str, Sequence[Any]]


@dataclass(slots=True)
class Counted:
    """What a batch adds to roll-ups: rows by `pipeline.CELL_COLUMNS` and so on, and flat lists they point into."""

    cells: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    errors: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    use_cases: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    attributions: list[tuple[Any, ...]] = field(default_factory=list[tuple[Any, ...]])
    flat: dict[str, list[int]] = field(default_factory=lambda: {name: [] for name in FLAT_COLUMNS})

    def arguments(self) -> list[Sequence[Any]]:
        """The arguments of `pipeline.ROLL`."""
        tables = (
            (self.cells, CELL_COLUMNS),
            (self.errors, ERROR_COLUMNS),
            (self.use_cases, USE_CASE_COLUMNS),
            (self.attributions, ATTRIBUTION_COLUMNS),
        )
        columns = [column for rows, names in tables for column in _turned(rows, len(names))]
        return [*columns, *self.flat.values()]

    def hours(self) -> list[Any]:
        """The hours in which something is counted."""
        return sorted({floor_to(cell[0], _AN_HOUR) for cell in self.cells})

    def append(self, keys: str, values: str, found: Mapping[int, int]) -> tuple[int, int]:
        """Put pairs at the end of two flat lists; returns the first and the last place, counted from 1."""
        start = len(self.flat[keys])
        self.flat[keys] += found.keys()
        self.flat[values] += found.values()
        return start + 1, start + len(found)


def _turned(rows: Sequence[tuple[Any, ...]], width: int) -> list[Sequence[Any]]:
    return list(zip(*rows, strict=True)) if rows else [()] * width


def counted(rows: Iterable[Staged]) -> Counted:
    """What these rows add to roll-ups."""
    found, groups = Counted(), defaultdict[Cell, list[tuple[Any, ...]]](list)
    for row in rows:
        groups[row.cell].append(row.values)
    for number, (cell, values) in enumerate(groups.items(), 1):
        _count(found, number, cell, dict(zip(COLUMNS, zip(*values, strict=True), strict=True)))
    return found


def _count(found: Counted, number: int, cell: Cell, of: _Columns) -> None:
    keys = cell.bucket, cell.model.id, cell.model.provider_id, cell.deployment_id, cell.environment, cell.team_id
    latencies, firsts = _there(of["latency_us"]), _there(of["ttft_us"])
    places = (
        *found.append("latency_buckets", "latency_counts", Counter(map(bucket_of, latencies))),
        *found.append("ttft_buckets", "ttft_counts", Counter(map(bucket_of, firsts))),
        *found.append("registers", "ranks", _sketch(of["user_key"])),
    )
    figures = {**_tokens_and_costs(of), **_durations(latencies, firsts), **_speed(of), **_opinions(of)}
    found.cells.append((*keys, *map(figures.__getitem__, CELL_COLUMNS[len(keys) : -len(places)]), *places))
    found.errors += _errors(number, of)
    found.use_cases += _use_cases(number, of)
    found.attributions += _attributions(number, of)


def _there(values: Iterable[Any]) -> list[Any]:
    return [value for value in values if value is not None]


def _sum(values: Iterable[Decimal]) -> Decimal:
    return reduce(_EXACT.add, values, Decimal(0))


def _tokens_and_costs(of: _Columns) -> dict[str, Any]:
    costs, tokens_in, tokens_out = of["cost"], of["tokens_in"], of["tokens_out"]
    priced = _there(costs)
    return {
        "requests": len(costs),
        "failed": sum(of["failed"]),
        "cost": _sum(priced),
        "unpriced": len(costs) - len(priced),
        **{name: sum(of[name]) for name in ("tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning")},
        "tokens_priced": sum(
            i + o for i, o, cost in zip(tokens_in, tokens_out, costs, strict=True) if cost is not None
        ),
        "tokens_in_max": max(tokens_in),
        "tokens_out_max": max(tokens_out),
        "last_at": max(of["occurred_at"]),
    }


def _durations(latencies: Sequence[int], firsts: Sequence[int]) -> dict[str, Any]:
    return {
        f"{name}_{what}": figure
        for name, values in (("latency", latencies), ("ttft", firsts))
        for what, figure in (
            ("count", len(values)),
            ("sum_us", sum(values)),
            ("min_us", min(values, default=None)),
            ("max_us", max(values, default=None)),
        )
    }


def _speed(of: _Columns) -> dict[str, int]:
    """Of the calls that tell how fast tokens came."""
    calls = zip(of["tokens_out"], of["latency_us"], of["failed"], strict=True)
    timed = [(tokens, us) for tokens, us, failed in calls if tokens and us and not failed]
    return {"timed_tokens": sum(tokens for tokens, _ in timed), "timed_us": sum(us for _, us in timed)}


def _opinions(of: _Columns) -> dict[str, Any]:
    ratings, confidences, accepted = _there(of["rating"]), _there(of["confidence"]), _there(of["accepted"])
    return {
        "rating_count": len(ratings),
        "rating_sum": sum(ratings),
        "confidence_count": len(confidences),
        "confidence_sum": _sum(confidences),
        "accepted": sum(accepted),
        "rejected": len(accepted) - sum(accepted),
    }


def _sketch(users: Iterable[str | None]) -> dict[int, int]:
    found: dict[int, int] = {}
    for user in {user for user in users if user}:
        register, rank = sketch_of(user)
        found[register] = max(found.get(register, 0), rank)
    return found


def _errors(number: int, of: _Columns) -> list[tuple[Any, ...]]:
    """By code: how many, and what the last one said."""
    if not any(of["error_code"]):
        return []
    calls = zip(of["error_code"], of["occurred_at"], of["error_message"], strict=True)
    last: dict[str, tuple[Any, Any]] = {}
    for code, at, message in calls:
        if code is not None and (code not in last or at > last[code][0]):
            last[code] = at, message
    counts = Counter(of["error_code"])
    return [(number, code, counts[code], message, at) for code, (at, message) in last.items()]


def _use_cases(number: int, of: _Columns) -> list[tuple[Any, ...]]:
    costs = _by_label(of["use_case"], of["cost"])
    return [(number, use_case, len(each), _sum(_there(each))) for use_case, each in costs.items()]


def _attributions(number: int, of: _Columns) -> list[tuple[Any, ...]]:
    figures = list(zip(of["failed"], of["tokens_in"], of["tokens_out"], of["cost"], strict=True))
    return [
        (number, kind, label, *_caused(calls))
        for kind, column in LABELS.items()
        for label, calls in _by_label(of[column], figures).items()
    ]


def _by_label(labels: Iterable[str | None], figures: Iterable[T]) -> Mapping[str, list[T]]:
    found = defaultdict[str, list[T]](list)
    for label, each in zip(labels, figures, strict=True):
        if label is not None:
            found[label].append(each)
    return found


def _caused(calls: Sequence[tuple[bool, int, int, Decimal | None]]) -> tuple[Any, ...]:
    """In the order of `ATTRIBUTED`."""
    failed, tokens_in, tokens_out, costs = zip(*calls, strict=True)
    priced = _there(costs)
    return len(calls), sum(failed), sum(tokens_in), sum(tokens_out), len(costs) - len(priced), _sum(priced)
