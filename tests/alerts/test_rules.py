"""The evaluator: every state, and what time, gaps and missing values do to it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from app.alerts.rules import (
    AT_REST,
    EPOCH,
    FAILED,
    LONGEST_JITTER,
    Clockwork,
    Labels,
    Matcher,
    Sample,
    Standing,
    Terms,
    decide,
    inhibits,
    is_silenced,
    jitter_of,
    notice_of,
    step,
)
from app.alerts.vocabulary import AlertState, Comparator, NoData, Notice
from app.kit.severity import Severity

MINUTE = timedelta(minutes=1)
ABOVE = Terms(Comparator.GT, Decimal("0.1"))
I, P, F, R, E = AlertState  # noqa: E741 - the states by their letters


def run(terms: Terms, values: Iterable[str | None], before: Standing = AT_REST) -> str:
    """The states after each value, a minute apart, by their letters."""
    found = ""
    for minute, value in enumerate(values):
        sample = Sample(None if value is None else Decimal(value))
        before = step(terms, before, sample, EPOCH + minute * MINUTE)
        found += before.state.value[0]
    return found


@pytest.mark.parametrize(
    ("changes", "values", "states"),
    [
        ({}, "0 1 1 0 0 1", "IFFRRF"),
        ({}, "0.1 0.11 0.1", "IFR"),
        ({"comparator": Comparator.GTE}, "0.1 0.09", "FR"),
        ({"comparator": Comparator.LT}, "0.1 0.09 0.1", "IFR"),
        ({"comparator": Comparator.LTE}, "0.1 0.11", "FR"),
        ({"for_": 2 * MINUTE}, "1 1 1 0", "PPFR"),
        ({"for_": 2 * MINUTE}, "1 1 0 1 1 1", "PPIPPF"),
        ({"for_": 90 * timedelta(seconds=1)}, "1 1 1", "PPF"),
        ({"keep_firing_for": 2 * MINUTE}, "1 0 0 0 0", "FFFRR"),
        ({"keep_firing_for": 2 * MINUTE}, "1 0 1 0 0 1 0 0 0", "FFFFFFFFR"),
        ({"for_": MINUTE, "keep_firing_for": MINUTE}, "1 0 1 1 0 1 0 0 1", "PIPFFFFRP"),
        ({}, "1 - -", "FRR"),
        ({"no_data": NoData.ALERT}, "- - 0", "FFR"),
        ({"no_data": NoData.ALERT, "for_": MINUTE}, "- -", "PF"),
        ({"no_data": NoData.KEEP}, "- 1 - - 0", "IFFFR"),
    ],
)
def test_states(changes: dict[str, object], values: str, states: str) -> None:
    given = (None if value == "-" else value for value in values.split())
    assert run(replace(ABOVE, **changes), given) == states  # type: ignore[arg-type]


def test_what_could_not_be_evaluated_is_over_or_begins_anew() -> None:
    assert run(ABOVE, ["0"], FAILED) == "R"
    assert run(ABOVE, ["1"], FAILED) == "F"
    assert run(replace(ABOVE, for_=MINUTE), ["1", "1"], FAILED) == "PF"
    assert run(replace(ABOVE, no_data=NoData.KEEP), [None], FAILED) == "I"


def test_condition_that_does_not_hold_is_as_a_value_within_bounds() -> None:
    assert step(ABOVE, AT_REST, Sample(Decimal(1), is_admitted=False), EPOCH) == AT_REST


def test_only_what_changed_is_decided_and_what_vanished_has_no_value() -> None:
    firing = Standing(F, EPOCH)
    standings: dict[Labels, Standing] = {("gone",): firing, ("still",): firing, ("fine",): Standing(R)}
    samples: dict[Labels, Sample] = {
        ("still",): Sample(Decimal(1)),
        ("fine",): Sample(Decimal(0)),
        ("new",): Sample(Decimal(1)),
    }
    found = {labels: after.state for labels, after, _ in decide(ABOVE, standings, samples, EPOCH + MINUTE)}
    assert found == {("gone",): R, ("new",): F}


class TestClockwork:
    def test_instants_are_multiples_of_the_interval_and_come_with_a_jitter(self) -> None:
        clock = Clockwork(MINUTE, timedelta(seconds=3))
        assert clock.instant(EPOCH + timedelta(seconds=62)) == EPOCH
        assert clock.instant(EPOCH + timedelta(seconds=63)) == EPOCH + MINUTE
        assert clock.after(EPOCH) == EPOCH + timedelta(seconds=63)
        jitters = {jitter_of(bytes([n]), timedelta(hours=1)) for n in range(50)}
        assert len(jitters) == 50
        assert all(timedelta() <= one < LONGEST_JITTER for one in jitters)
        assert jitter_of(b"x", timedelta(seconds=5)) < timedelta(seconds=0.5)

    @pytest.mark.parametrize(("gap", "lost"), [(None, 0), (1, 0), (2, 0), (3, 2), (600, 599), (0, -1), (-60, -61)])
    def test_time_in_which_nobody_looked_does_not_count(self, gap: int | None, lost: int) -> None:
        before = None if gap is None else EPOCH
        assert Clockwork(MINUTE).lost_after(before, EPOCH + (gap or 0) * MINUTE) == lost * MINUTE

    def test_a_jump_of_the_clock_makes_nothing_fire_early(self) -> None:
        """Five minutes must pass; the clock jumps an hour ahead after one, and back again."""
        terms, standing, clock, before = replace(ABOVE, for_=5 * MINUTE), AT_REST, Clockwork(MINUTE), None
        states = ""
        for minute in (0, 1, 62, 63, 3, 4, 5):
            at = EPOCH + minute * MINUTE
            clock = replace(clock, lost=clock.lost_after(before, at))
            standing, before = step(terms, standing, Sample(Decimal(1)), clock.counted(at)), at
            states += standing.state.value[0]
        assert states == "PPPPPFF"

    def test_time_that_a_wrong_clock_set_is_not_waited_for(self) -> None:
        clock = Clockwork(MINUTE)
        assert clock.is_due(EPOCH, EPOCH)
        assert not clock.is_due(EPOCH + MINUTE, EPOCH)
        assert clock.is_due(EPOCH + timedelta(hours=1), EPOCH)


class TestNotices:
    @pytest.mark.parametrize(
        ("to", "told", "is_held", "notice"),
        [
            (P, None, False, Notice.NONE),
            (I, F, False, Notice.NONE),
            (F, None, False, Notice.SENT),
            (F, R, True, Notice.HELD),
            (E, None, False, Notice.SENT),
            (R, F, False, Notice.SENT),
            (R, F, True, Notice.HELD),
            (R, None, False, Notice.DROPPED),
            (R, R, False, Notice.DROPPED),
        ],
    )
    def test_channels_hear_that_it_is_over_only_if_they_heard_of_it(
        self, to: AlertState, told: AlertState | None, is_held: bool, notice: Notice
    ) -> None:
        assert notice_of(to, told, is_held=is_held) is notice

    def test_all_matchers_of_a_silence_must_match(self) -> None:
        labels = {"SEVERITY": "HIGH", "MODEL": "m", "TEAM": None}
        high, not_n = Matcher("SEVERITY", frozenset({"HIGH", "LOW"})), Matcher("MODEL", frozenset({"n"}), True)
        assert is_silenced([high, not_n], labels)
        assert not is_silenced([high, Matcher("MODEL", frozenset({"n"}))], labels)
        assert not is_silenced([Matcher("TEAM", frozenset({"t"}))], labels)
        assert not is_silenced([], labels)

    def test_graver_and_wider_inhibits(self) -> None:
        wide, narrow = {"provider_id": "a", "model_id": None}, {"provider_id": "a", "model_id": "m"}
        assert inhibits((Severity.CRITICAL, wide), (Severity.HIGH, narrow))
        assert inhibits((Severity.CRITICAL, wide), (Severity.HIGH, wide))
        assert not inhibits((Severity.HIGH, wide), (Severity.HIGH, narrow))
        assert not inhibits((Severity.CRITICAL, narrow), (Severity.HIGH, wide))
        assert not inhibits((Severity.CRITICAL, {"provider_id": "b", "model_id": None}), (Severity.HIGH, narrow))
