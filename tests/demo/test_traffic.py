"""The demo's traffic repeats exactly, can all be taken in, and has the stated rates."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from statistics import mean, median

import pytest

from app.demo.estate import LARKFIELD, at
from app.demo.traffic import INCIDENT, OFFICE, WEEK, incident_window, inferences_of_minute, minutes
from app.deployments.vocabulary import Environment
from app.metrics.ingest.rules import Inference, check

ANCHOR = datetime(2026, 11, 2, tzinfo=UTC)
"""A Monday."""

SEED = 7
MORNING = ANCHOR + at(8, 10)


def traffic(start: datetime, end: datetime, seed: int = SEED) -> list[Inference]:
    return [each for minute in minutes(start, end) for each in inferences_of_minute(LARKFIELD, seed, ANCHOR, minute)]


@pytest.fixture(scope="module")
def week() -> list[Inference]:
    """The second week: everything has begun, and the incident is on Wednesday."""
    return traffic(ANCHOR + at(7), ANCHOR + at(14))


class TestRepetition:
    def test_the_same_minute_is_the_same(self) -> None:
        once = inferences_of_minute(LARKFIELD, SEED, ANCHOR, MORNING)
        assert once
        assert inferences_of_minute(LARKFIELD, SEED, ANCHOR, MORNING) == once

    def test_the_order_of_minutes_does_not_matter(self) -> None:
        of_hour = list(minutes(MORNING, MORNING + timedelta(hours=1)))
        backwards = {m: inferences_of_minute(LARKFIELD, SEED, ANCHOR, m) for m in reversed(of_hour)}
        assert [each for m in of_hour for each in backwards[m]] == traffic(MORNING, MORNING + timedelta(hours=1))

    def test_a_moment_stands_for_its_minute(self) -> None:
        moment = MORNING.replace(second=42, microsecond=7)
        assert inferences_of_minute(LARKFIELD, SEED, ANCHOR, moment) == inferences_of_minute(
            LARKFIELD, SEED, ANCHOR, MORNING
        )

    def test_another_seed_is_other_events(self) -> None:
        ids = [{each.event_id for each in inferences_of_minute(LARKFIELD, seed, ANCHOR, MORNING)} for seed in (1, 2)]
        assert ids[0].isdisjoint(ids[1])

    def test_it_is_what_it_was_in_other_processes(self) -> None:
        first = inferences_of_minute(LARKFIELD, SEED, ANCHOR, MORNING)[0]
        assert (str(first.event_id), first.user) == (
            "c63028ee-d0b8-56c2-bd78-ea6558f15ddd",
            "underwriter-010",
        )

    def test_nothing_happened_before_the_anchor(self) -> None:
        assert traffic(ANCHOR - timedelta(hours=1), ANCHOR) == []


class TestMinutes:
    def test_are_whole_and_leave_out_the_last(self) -> None:
        start = MORNING.replace(second=30)
        assert list(minutes(start, MORNING + timedelta(minutes=2, seconds=5))) == [
            MORNING,
            MORNING + timedelta(minutes=1),
        ]


class TestEveryInference:
    def test_can_be_taken_in(self, week: list[Inference]) -> None:
        for each in week:
            check(each, each.occurred_at, timedelta(days=1))

    def test_has_its_own_id(self, week: list[Inference]) -> None:
        assert len({each.event_id for each in week}) == len(week)

    def test_is_in_order_and_within_its_minute(self) -> None:
        times = [each.occurred_at for each in inferences_of_minute(LARKFIELD, SEED, ANCHOR, MORNING)]
        assert times == sorted(times)
        assert all(MORNING <= time < MORNING + timedelta(minutes=1) for time in times)

    def test_has_known_words_and_short_texts(self, week: list[Inference]) -> None:
        names = [field.name for field in fields(Inference) if "str" in str(field.type)]
        words = {(name, getattr(each, name)) for each in week for name in names}
        assert max(len(word) for _, word in words if word) <= 200
        assert {word for name, word in words if name == "environment"} == set(Environment)
        assert {word for name, word in words if name == "operation"} == {"chat", "embeddings"}

    def test_belongs_to_a_deployment(self, week: list[Inference]) -> None:
        known = {(made.name, made.model, made.team, made.use_case) for made in LARKFIELD.deployments}
        seen = {(each.service, f"{each.provider}/{each.model}", each.team, each.use_case) for each in week}
        assert seen <= known

    def test_that_failed_has_a_reason_and_no_output(self, week: list[Inference]) -> None:
        for each in week:
            assert each.failed == bool(each.error_code) == bool(each.error_message)
            assert not (each.failed and (each.tokens_out or each.rating or each.ttft_us))

    def test_takes_longer_than_its_first_token(self, week: list[Inference]) -> None:
        assert all(each.latency_us and (each.ttft_us or 0) <= each.latency_us for each in week)


def share(week: list[Inference], holds: Callable[[Inference], bool]) -> float:
    return mean(holds(each) for each in week)


class TestRates:
    def test_requests_per_hour(self, week: list[Inference]) -> None:
        hours = Counter(each.occurred_at.replace(minute=0, second=0, microsecond=0) for each in week)
        assert 580 < len(week) / 168 < 640
        assert 1_800 < max(hours.values()) < 2_200

    def test_success_rate(self, week: list[Inference]) -> None:
        assert 0.973 < share(week, lambda each: not each.failed) < 0.979

    def test_feedback(self, week: list[Inference]) -> None:
        assert 4.5 < mean(each.rating for each in week if each.rating) < 4.7
        assert 0.03 < share(week, lambda each: each.rating is not None) < 0.05
        assert 0.25 < share(week, lambda each: each.accepted is not None) < 0.4
        assert share(week, lambda each: each.confidence is not None) > 0.1

    def test_unpriced_usage_is_visible(self, week: list[Inference]) -> None:
        assert 0.05 < share(week, lambda each: each.provider == "neuroweaver") < 0.15

    def test_weekends_are_quiet(self, week: list[Inference]) -> None:
        assert share(week, lambda each: each.occurred_at >= ANCHOR + at(12)) < 0.1

    def test_rhythm_is_1_on_average(self) -> None:
        load = OFFICE.by_minute()
        assert len(load) == WEEK
        assert mean(load) == pytest.approx(1)


class TestStory:
    def test_the_incident_is_visible(self, week: list[Inference]) -> None:
        begins, ends = incident_window(ANCHOR)
        calls = [each for each in week if each.provider == INCIDENT.provider]
        within = [each for each in calls if begins <= each.occurred_at < ends]
        before = [each for each in calls if begins - timedelta(hours=4) <= each.occurred_at < begins]
        assert (begins, ends) == (ANCHOR + at(9, 13, 10), ANCHOR + at(9, 14, 25))
        assert 0.28 < share(within, lambda each: each.failed) < 0.42
        assert share(before, lambda each: each.failed) < 0.05
        assert _latency_of(within) > 2 * _latency_of(before)

    def test_the_incident_is_never_at_a_weekend(self) -> None:
        begins = [incident_window(ANCHOR + at(day))[0] for day in range(7)]
        assert max(moment.weekday() for moment in begins) < 5
        assert {moment.hour for moment in begins} == {13}

    def test_a_model_is_first_used_on_day_5(self) -> None:
        calls = [each for each in traffic(ANCHOR + at(4, 12), ANCHOR + at(7)) if each.model == "gemini-4-argon"]
        assert at(5, 8, 30) <= min(each.occurred_at for each in calls) - ANCHOR < at(6)

    def test_deployments_that_failed_or_stopped_are_silent(self) -> None:
        silent = {made.name for made in LARKFIELD.deployments if not made.loads[-1].requests_per_hour}
        assert silent == {"care-chat-flash", "review-summaries"}
        assert not silent & {each.service for each in traffic(ANCHOR + at(13), ANCHOR + at(14))}

    def test_the_running_experiment_halves_its_users(self, week: list[Inference]) -> None:
        arms = [variant.deployment for variant in LARKFIELD.experiments[0].variants]
        users = [{each.user for each in week if each.service == arm} for arm in arms]
        calls = [sum(each.service == arm for each in week) for arm in arms]
        assert users[0].isdisjoint(users[1])
        assert 0.9 < calls[0] / calls[1] < 1.1
        assert {each.use_case for each in week if each.service in arms} == {"claims triage"}


def _latency_of(calls: list[Inference]) -> float:
    return median(each.latency_us or 0 for each in calls if not each.failed and each.model == "gpt-4o")
