"""What a month is likely to cost, and what a day costs that is out of the ordinary. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from statistics import fmean, median

A_DAY = timedelta(days=1)
A_WEEK = 7

HISTORY = 90
"""Days that a projection looks back on."""
MIN_DAYS = 3
"""Whole days with which something can be projected."""
_SPIKE, _NEIGHBOURS = 3.0, 7
_SEASON = 14
"""Days from which on days of the week are told apart."""
_MEMORY = 0.75
"""How much of its weight a day has on the day after."""
_TREND, _SIGNIFICANT, _DAMPING = 21, 4.0, 0.95
_ORIGINS, _DEVIATION = 5, 1.65
_UNTRIED = 0.3
"""How far off, relative, a projection is taken to be that could not be tried on the past."""
_BEST = 0.05
"""No projection is taken to be nearer."""

EARLIEST_HOUR = 4
MIN_SPEND = Decimal(1)
"""US dollars; a day that cost less is never out of the ordinary."""
_FACTOR, _DEVIATIONS, _MAD, _NOISE = 2, 3, Decimal("1.48"), Decimal("0.15")
_SIX_PLACES = Decimal("1e-6")


@dataclass(frozen=True, slots=True)
class Likely:
    """A likely range in US dollars: `low ≤ expected ≤ high`."""

    low: Decimal
    expected: Decimal
    high: Decimal


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """The calendar month, in UTC: its first instant and that of the next."""
    start = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return start, (start + 31 * A_DAY).replace(day=1)


def project_month(days: Sequence[tuple[datetime, Decimal]], now: datetime) -> Likely | None:
    """What this month will have cost, from what was spent on days (UTC) so far; a day that is left out cost nothing.

    That is what was spent, the rest of today pro rata, and the days to come. None with less than three whole days."""
    start, end = month_of(now)
    today = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    spent = sum((cost for at, cost in days if start <= at), Decimal(0))
    history = _whole_days(days, today)
    if len(history) < MIN_DAYS or not any(history):
        return None
    left = (today + A_DAY - now) / A_DAY
    ahead = forecast(history, (end - today) // A_DAY)
    rest = ahead[0] * left + math.fsum(ahead[1:])
    off = _usual_error(history, max(len(ahead) - 1, 1))
    return Likely(*(spent + _dollars(rest * factor) for factor in (max(1 - off, 0.0), 1.0, 1 + off)))


def _whole_days(days: Sequence[tuple[datetime, Decimal]], today: datetime) -> list[float]:
    """What each whole day cost, from the first that cost something, oldest first; at most `HISTORY`."""
    costs = {at: float(cost) for at, cost in days if today - HISTORY * A_DAY <= at < today}
    if not costs:
        return []
    first = min(costs)
    return [costs.get(first + A_DAY * number, 0.0) for number in range((today - first) // A_DAY)]


def _dollars(amount: float) -> Decimal:
    return Decimal(amount).quantize(_SIX_PLACES)


def forecast(history: Sequence[float], horizon: int) -> list[float]:
    """What each of the next days is likely to cost: the level of late, with the factor of its day of the week, and a
    trend if there is one beyond doubt. Days that cost a multiple of those around them count as three times as much."""
    calm = _without_spikes(history)
    factors = _factors(calm)
    flat = [cost / factor if (factor := factors[at % A_WEEK]) > _BEST else cost for at, cost in enumerate(calm)]
    slope = _slope(flat)
    level = _level(flat) + slope * _MEMORY / (1 - _MEMORY)  # an average that forgets lags behind a trend
    ahead: list[float] = []
    for step in range(horizon):
        level += slope * _DAMPING**step
        ahead.append(max(level, 0.0) * factors[(len(calm) + step) % A_WEEK])
    return ahead


def _without_spikes(history: Sequence[float]) -> list[float]:
    def around(at: int) -> float:
        return median(history[max(at - _NEIGHBOURS, 0) : at + _NEIGHBOURS + 1])

    return [min(cost, _SPIKE * usual) if (usual := around(at)) else cost for at, cost in enumerate(history)]


def _factors(calm: Sequence[float]) -> list[float]:
    """By the distance from the first day, modulo seven: how dear such days are, compared with the week around them."""
    if len(calm) < _SEASON:
        return [1.0] * A_WEEK
    ratios: list[list[float]] = [[] for _ in range(A_WEEK)]
    for at in range(3, len(calm) - 3):
        week = fmean(calm[at - 3 : at + 4])
        if week:
            ratios[at % A_WEEK].append(calm[at] / week)
    factors = [fmean(found) if found else 1.0 for found in ratios]
    whole = fmean(factors)
    return [factor / whole for factor in factors] if whole else [1.0] * A_WEEK


def _level(flat: Sequence[float]) -> float:
    level = weight = 0.0
    for cost in flat:
        level, weight = level * _MEMORY + cost, weight * _MEMORY + 1
    return level / weight


def _slope(flat: Sequence[float]) -> float:
    """What a day costs more than the one before; 0 unless there are three weeks that leave no doubt."""
    late = flat[-2 * _TREND :]
    if len(late) < _TREND:
        return 0.0
    middle, mean = (len(late) - 1) / 2, fmean(late)
    spread = math.fsum((at - middle) ** 2 for at in range(len(late)))
    slope = math.fsum((at - middle) * (cost - mean) for at, cost in enumerate(late)) / spread
    rest = math.fsum((cost - mean - slope * (at - middle)) ** 2 for at, cost in enumerate(late))
    error = math.sqrt(rest / (len(late) - 2) / spread)
    return slope if abs(slope) > _SIGNIFICANT * error else 0.0


def _usual_error(history: Sequence[float], horizon: int) -> float:
    """How far off, relative, such a projection was on the past, with four of five nearer."""
    found: list[float] = []
    for back in range(1, _ORIGINS + 1):
        origin = len(history) - back * A_WEEK
        if origin < A_WEEK:
            break
        known = history[origin : origin + horizon]
        expected = math.fsum(forecast(history[:origin], len(known)))
        if expected:
            found.append(math.fsum(known) / expected - 1)
    return max(_DEVIATION * math.sqrt(fmean(error**2 for error in found)), _BEST) if found else _UNTRIED


def usual_spend(before: Sequence[Decimal]) -> Decimal:
    """What the same hours of the seven days before cost: their median."""
    return median(before)


def is_unusual(spent: Decimal, before: Sequence[Decimal], hours: int) -> bool:
    """Whether a day that cost `spent` in its first hours is out of the ordinary, as the same hours of the seven days
    before cost so much: twice their median, and more than three deviations above it. Never before 04:00, below one
    dollar, or where nothing was usual."""
    usual = usual_spend(before)
    if hours < EARLIEST_HOUR or spent < MIN_SPEND or not usual:
        return False
    deviation = _MAD * median(abs(cost - usual) for cost in before)
    return spent > _FACTOR * usual and spent > usual + _DEVIATIONS * max(deviation, _NOISE * usual)
