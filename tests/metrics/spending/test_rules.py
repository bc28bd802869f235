"""What is projected is near what came, and what is called unusual is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from statistics import fmean

import pytest

from app.metrics.spending.rules import A_DAY, HISTORY, forecast, is_unusual, project_month

NOON = datetime(2096, 3, 14, 12, tzinfo=UTC)
TODAY = NOON.replace(hour=0)

Days = list[tuple[datetime, Decimal]]


def days(*costs: float, until: datetime = TODAY) -> Days:
    """Whole days that cost so much, the last the day before."""
    return [(until - A_DAY * (len(costs) - at), Decimal(str(cost))) for at, cost in enumerate(costs)]


class TestProjectMonth:
    def test_steady_spend_goes_on(self) -> None:
        found = project_month([*days(*[10.0] * 40), (TODAY, Decimal(5))], NOON)
        assert found is not None
        assert found.expected == Decimal(13 * 10 + 5 + 5 + 17 * 10), "13 whole days, half a day twice, 17 to come"
        assert (found.low, found.high) == (found.expected - Decimal("8.75"), found.expected + Decimal("8.75"))

    def test_what_was_spent_is_never_below_the_projection(self) -> None:
        found = project_month([*days(*[10.0] * 40), (TODAY, Decimal(500))], TODAY + A_DAY - timedelta(seconds=1))
        assert found is not None
        assert found.low >= Decimal(630)

    @pytest.mark.parametrize("costs", [(), (1.0,), (1.0, 1.0)])
    def test_is_not_told_without_three_whole_days(self, costs: tuple[float, ...]) -> None:
        assert project_month([*days(*costs), (TODAY, Decimal(9))], NOON) is None

    def test_days_without_spend_count_and_what_is_long_ago_does_not(self) -> None:
        found = project_month(days(12.0, 0.0, 0.0, 0.0)[:1], NOON)
        assert found is not None
        assert found.expected > 12
        assert project_month(days(*[9.0] * 5, until=TODAY - HISTORY * A_DAY), NOON) is None

    def test_ends_with_the_month_in_utc(self) -> None:
        last = datetime(2096, 2, 29, 12, tzinfo=UTC)
        spent = days(*[10.0] * 40, until=last.replace(hour=0))
        found = project_month([*spent, (last.replace(hour=0), Decimal(5))], last)
        assert found is not None
        assert found.expected == 290

    def test_a_spike_is_not_taken_for_the_level(self) -> None:
        steady = forecast([10.0] * 40, 10)
        assert sum(forecast([*[10.0] * 38, 10000.0, 10.0], 10)) < 2 * sum(steady)

    def test_a_trend_goes_on_only_if_it_is_beyond_doubt(self) -> None:
        rising = forecast([10.0 + day for day in range(40)], 5)
        assert rising[4] > 52
        random = Random(1)
        assert max(forecast([random.uniform(5, 15) for _ in range(40)], 20)) < 16

    def test_is_never_negative(self) -> None:
        assert min(forecast([max(100.0 - 4 * day, 0) for day in range(30)], 31)) >= 0


def _series(random: Random) -> list[float]:
    """A quarter and a month with growth, days of the week, a new level, noise and spikes."""
    growth, weekend = random.uniform(-0.003, 0.012), random.uniform(0.2, 1)
    shift, at = random.choice([1, 1, random.uniform(0.5, 2)]), random.randrange(120)
    return [
        100
        * math.exp(growth * day)
        * (weekend if day % 7 > 4 else 1)
        * (shift if day >= at else 1)
        * random.lognormvariate(0, 0.12)
        * (random.uniform(3, 8) if random.random() < 0.015 else 1)
        for day in range(120)
    ]


def _wrong(found: Sequence[float], true: Sequence[float]) -> float:
    return abs(sum(found) - sum(true)) / sum(true)


def test_is_nearer_than_the_run_rate_and_than_the_week_before() -> None:
    random, wrong, covered = Random(7), ([], [], []), []
    for _ in range(60):
        series = _series(random)
        history, true = series[:100], series[100:]
        ways = (forecast(history, 20), [fmean(history)] * 20, [history[-7 + day % 7] for day in range(20)])
        for errors, ahead in zip(wrong, ways, strict=True):
            errors.append(_wrong(ahead, true))
        at = datetime(2096, 3, 12, tzinfo=UTC)
        told = project_month(days(*history, until=at), at)
        assert told is not None
        came = Decimal(sum(history[-11:]) + sum(true))
        covered.append(told.low <= came <= told.high)
    own, rate, week = map(fmean, wrong)
    assert own < rate * 0.7
    assert own < week
    assert 0.65 < fmean(covered) < 0.95


class TestIsUnusual:
    week = tuple(map(Decimal, ("10", "11", "9", "10", "12", "8", "10")))

    @pytest.mark.parametrize(
        ("spent", "hours", "unusual"),
        [("25", 12, True), ("25", 3, False), ("25", 4, True), ("20", 12, False), ("20.01", 12, True), ("0", 12, False)],
    )
    def test_twice_the_usual_from_four_on(self, spent: str, hours: int, unusual: bool) -> None:
        assert is_unusual(Decimal(spent), self.week, hours) is unusual

    def test_what_varies_much_must_be_exceeded_clearly(self) -> None:
        wild = [Decimal(cost) for cost in ("1", "19", "4", "16", "10", "2", "30")]
        assert not is_unusual(Decimal(35), wild, 12)
        assert is_unusual(Decimal(60), wild, 12)

    def test_little_money_and_new_things_are_not(self) -> None:
        assert not is_unusual(Decimal("0.99"), [Decimal("0.01")] * 7, 12)
        assert is_unusual(Decimal(1), [Decimal("0.01")] * 7, 12)
        assert not is_unusual(Decimal(1000), [*[Decimal(0)] * 4, *[Decimal(1)] * 3], 12)
