"""The arithmetic of metrics: histograms, distinct counts, ranges. Pure."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import cache, lru_cache
from hashlib import blake2b
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from app.kit.errors import InvalidParameter

SCALE = 6
"""OpenTelemetry exponential histogram scale: 64 buckets per doubling."""

_GROWTH = 2 ** (1 / 2**SCALE)

RELATIVE_ERROR = (_GROWTH - 1) / (_GROWTH + 1)
"""How far a percentile may be from the true order statistic, relative: 0.54 %."""

PRECISION = 12
_REGISTERS = 2**PRECISION

SKETCH_ERROR = 1.04 / math.sqrt(_REGISTERS)
"""Standard error of a distinct count (HyperLogLog, 4,096 registers), relative: 1.6 %."""

MAX_POINTS = 3000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST = EPOCH.replace(year=9999)


def bucket_of(microseconds: int) -> int:
    """The histogram bucket of a duration: `ceil(log2(ms) · 64) − 1` (OpenTelemetry data model); 0 counts as 1 µs."""
    return math.ceil(math.log2(max(microseconds, 1) / 1000) * 64) - 1


def buckets_of(microseconds: NDArray[np.int64]) -> NDArray[np.int64]:
    """`bucket_of` of durations up to a day, all at once."""
    return np.searchsorted(_longest(), np.maximum(microseconds, 1)) + _FIRST_BUCKET


_FIRST_BUCKET, _LAST_BUCKET = bucket_of(1), bucket_of(24 * 3600 * 1_000_000)


@cache
def _longest() -> NDArray[np.int64]:
    """The most whole microseconds that belong to a bucket or to one before it, by bucket."""
    return np.array([_longest_of(bucket) for bucket in range(_FIRST_BUCKET, _LAST_BUCKET + 1)])


def _longest_of(bucket: int) -> int:
    found = math.floor(1000 * 2 ** ((bucket + 1) / 64))
    return next(us for us in range(found + 1, 0, -1) if bucket_of(us) <= bucket)


def midpoint_ms(bucket: int) -> float:
    """The value, in ms, that is nearest in relative terms to everything in the bucket."""
    return 2 * _GROWTH**bucket * _GROWTH / (_GROWTH + 1)


def quantiles_ms(
    buckets: Sequence[int], counts: Sequence[int], wanted: Sequence[float], low: float, high: float
) -> list[float | None]:
    """Percentiles, in ms, of a merged histogram, within [low, high]; None where nothing was measured.

    `q` is the order statistic at index `floor(q · (n − 1))`, within `RELATIVE_ERROR`."""
    if not counts:
        return [None] * len(wanted)
    cumulated = list(accumulate(counts))
    found = (buckets[bisect_right(cumulated, q * (cumulated[-1] - 1))] for q in wanted)
    return [min(max(midpoint_ms(bucket), low), high) for bucket in found]


@lru_cache(maxsize=1 << 16)
def sketch_of(user: str) -> tuple[int, int]:
    """The HyperLogLog register (0 to 4,095) of a user and the rank he gives it."""
    digest = int.from_bytes(blake2b(user.encode(), digest_size=8).digest(), "big")
    rest = digest >> PRECISION
    return digest & (_REGISTERS - 1), 64 - PRECISION - rest.bit_length() + 1


def distinct(ranks: Sequence[int]) -> int:
    """How many users a merged sketch has seen, from the ranks of its non-empty registers.

    By Ertl (New cardinality estimation algorithms for HyperLogLog sketches, 2017): the error is as stated everywhere,
    where Flajolet's original is off by twice as much around 10,000. Ranks never reach their limit: no term for that."""
    if not ranks:
        return 0
    empty = 1 - len(ranks) / _REGISTERS
    return round(_REGISTERS**2 / (2 * math.log(2)) / (sum(2.0**-rank for rank in ranks) + _REGISTERS * _sigma(empty)))


SMALLEST_GROUP = 5
"""Of users: figures about fewer would be figures about somebody."""


def shown_users(users: int, *, each: bool) -> int | None:
    """A number of users; None for a small group (or nobody) unless one may see figures of each user."""
    return users if each or users >= SMALLEST_GROUP else None


def _sigma(share: float) -> float:
    """What empty registers add: `x + x²·1 + x⁴·2 + x⁸·4 + …`, for x below 1."""
    total, weight, before = share, 1.0, -1.0
    while total != before:
        share *= share
        before, total, weight = total, total + share * weight, weight * 2
    return total


class RangePreset(StrEnum):
    """Ranges that end now."""

    LAST_HOUR = "LAST_HOUR"
    LAST_24_HOURS = "LAST_24_HOURS"
    LAST_7_DAYS = "LAST_7_DAYS"
    LAST_30_DAYS = "LAST_30_DAYS"
    LAST_90_DAYS = "LAST_90_DAYS"


PRESETS = {
    RangePreset.LAST_HOUR: timedelta(hours=1),
    RangePreset.LAST_24_HOURS: timedelta(days=1),
    RangePreset.LAST_7_DAYS: timedelta(days=7),
    RangePreset.LAST_30_DAYS: timedelta(days=30),
    RangePreset.LAST_90_DAYS: timedelta(days=90),
}


class Granularity(StrEnum):
    """The step of a time series."""

    ONE_MINUTE = "ONE_MINUTE"
    FIVE_MINUTES = "FIVE_MINUTES"
    FIFTEEN_MINUTES = "FIFTEEN_MINUTES"
    ONE_HOUR = "ONE_HOUR"
    ONE_DAY = "ONE_DAY"


STEPS = {
    Granularity.ONE_MINUTE: timedelta(minutes=1),
    Granularity.FIVE_MINUTES: timedelta(minutes=5),
    Granularity.FIFTEEN_MINUTES: timedelta(minutes=15),
    Granularity.ONE_HOUR: timedelta(hours=1),
    Granularity.ONE_DAY: timedelta(days=1),
}


@dataclass(frozen=True, slots=True)
class TimeRange:
    """A half-open interval of whole minutes."""

    start: datetime
    end: datetime

    @property
    def length(self) -> timedelta:
        """How long it is."""
        return self.end - self.start

    def before(self) -> TimeRange:
        """The range of the same length that ends where this one begins."""
        return TimeRange(self.start - self.length, self.start)

    def points(self, step: timedelta) -> list[datetime]:
        """The beginnings of the steps that touch the range, aligned to UTC."""
        first = floor_to(self.start, step)
        return [first + step * n for n in range(-(-(self.end - first) // step))]


def floor_to(instant: datetime, step: timedelta) -> datetime:
    """The latest multiple of `step` since 1970 that is not after the instant."""
    return instant - (instant - EPOCH) % step


def ceil_to(instant: datetime, step: timedelta) -> datetime:
    """The earliest multiple of `step` since 1970 that is not before the instant."""
    return instant + (EPOCH - instant) % step


_A_MINUTE, _AN_HOUR, _A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def preset_range(preset: RangePreset, now: datetime) -> TimeRange:
    """The range a preset means now; the current minute is included."""
    end = ceil_to(now, _A_MINUTE)
    return TimeRange(end - PRESETS[preset], end)


def explicit_range(start: datetime, end: datetime) -> TimeRange:
    """A range given by its ends, widened to whole minutes."""
    if start.tzinfo is None or end.tzinfo is None or start >= end:
        raise InvalidParameter("`range.from` must be before `range.to`.", argument="range")
    if start < EPOCH or end > _LAST:
        raise InvalidParameter("`range` must lie between the years 1970 and 9998.", argument="range")
    if end - start > timedelta(days=MAX_POINTS):
        raise InvalidParameter("`range` may span 3,000 days at most.", argument="range")
    return TimeRange(floor_to(start.astimezone(UTC), _A_MINUTE), ceil_to(end.astimezone(UTC), _A_MINUTE))


def fitting(granularity: Granularity | None, span: TimeRange) -> Granularity:
    """The granularity asked for, or the finest with no more than about 200 points; refused above 3,000 points."""
    if granularity is None:
        fine = (g for g, step in STEPS.items() if span.length / step <= 200)
        return next(fine, Granularity.ONE_DAY)
    if span.length / STEPS[granularity] > MAX_POINTS:
        message = f"`granularity` {granularity} would give more than {MAX_POINTS} points; take a coarser one."
        raise InvalidParameter(message, argument="granularity")
    return granularity


@dataclass(frozen=True, slots=True)
class Cover:
    """How a range is put together: whole days, whole hours outside those, minutes at the edges.

    `minute_start ≤ hour_start ≤ day_start ≤ day_end ≤ hour_end ≤ minute_end`."""

    minute_start: datetime
    hour_start: datetime
    day_start: datetime
    day_end: datetime
    hour_end: datetime
    minute_end: datetime


def cover(span: TimeRange, coarsest: timedelta = _A_DAY) -> Cover:
    """The cheapest cover of a range from roll-ups no coarser than `coarsest` (a series' step)."""
    hours = _whole(span.start, span.end, _AN_HOUR) if coarsest >= _AN_HOUR else (span.end, span.end)
    days = _whole(*hours, _A_DAY) if coarsest >= _A_DAY else (hours[1], hours[1])
    return Cover(span.start, hours[0], days[0], days[1], hours[1], span.end)


def _whole(start: datetime, end: datetime, step: timedelta) -> tuple[datetime, datetime]:
    first, last = ceil_to(start, step), floor_to(end, step)
    return (first, last) if first < last else (end, end)
