"""What makes a draft valid, without a database: weights of every kind."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from app.experiments.drafts.draft import Audience, Draft, Duration, Metrics, Traffic, Variant
from app.experiments.drafts.rules import Known, faults
from app.experiments.vocabulary import TrafficType
from app.kit.ids import new_id

NOW = datetime(2026, 11, 21, tzinfo=UTC)
MODEL = new_id()
KNOWN = Known({MODEL: "ACTIVE"}, {})


def draft_of(*weights: Decimal) -> Draft:
    """A draft that is valid if its weights are."""
    arm = Variant(name="", model_id=MODEL, version_id=None, weight=Decimal(0), configuration={}, is_control=False)
    arms = [
        replace(arm, name=f"v{n}", weight=weight, configuration={"n": n}, is_control=n == 0)
        for n, weight in enumerate(weights)
    ]
    return Draft(
        name="trial",
        description=None,
        owner=None,
        team_id=None,
        variants=tuple(arms),
        traffic=Traffic(type=TrafficType.PERCENTAGE, total_percentage=Decimal(100), rules=()),
        duration=Duration(NOW, NOW + timedelta(days=7)),
        metrics=Metrics(primary="user_rating", secondary=(), guardrails=(), confidence_level=Decimal("0.95")),
        audience=Audience(),
    )


def paths(draft: Draft) -> list[str]:
    """Where the faults are."""
    return [".".join(fault.path) for fault in faults(draft, KNOWN, NOW)]


def hundredths(least: int, most: int) -> st.SearchStrategy[Decimal]:
    """Numbers with two decimal places."""
    return st.integers(least, most).map(lambda n: Decimal(n) / 100)


class TestWeights:
    @settings(deadline=None, database=None)
    @given(st.lists(hundredths(1, 1000), min_size=1, max_size=9))
    def test_that_sum_to_exactly_100_are_valid_and_a_hundredth_off_is_not(self, weights: list[Decimal]) -> None:
        rest = 100 - sum(weights, Decimal(0))
        assert paths(draft_of(*weights, rest)) == []
        for off in (Decimal("0.01"), Decimal("-0.01")):
            assert "variants" in paths(draft_of(*weights, rest + off))

    @settings(deadline=None, database=None)
    @given(
        st.lists(st.decimals(-1000, 1000, places=6) | st.decimals(allow_nan=False, allow_infinity=False), max_size=12)
    )
    def test_valid_are_only_2_to_10_positive_numbers_of_2_places_that_sum_to_100(self, weights: list[Decimal]) -> None:
        fine = 2 <= len(weights) <= 10 and sum(weights) == 100 and all(w > 0 and w == round(w, 2) for w in weights)
        assert (paths(draft_of(*weights)) == []) == fine

    def test_three_thirds_are_not_whole(self) -> None:
        assert paths(draft_of(*[Decimal("33.33")] * 3)) == ["variants"]
        assert paths(draft_of(Decimal("33.34"), Decimal("33.33"), Decimal("33.33"))) == []


class TestDuration:
    def test_may_begin_now_but_not_long_ago(self) -> None:
        valid = draft_of(Decimal(50), Decimal(50))
        for ago, expected in [(timedelta(minutes=4), []), (timedelta(minutes=6), ["duration.startsAt"])]:
            assert paths(replace(valid, duration=Duration(NOW - ago, NOW + ago))) == expected
