"""Histograms, sketches and ranges, as tables of cases and as laws that hold for all values."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.kit.errors import InvalidParameter
from app.metrics.rules import (
    MAX_POINTS,
    PRESETS,
    RELATIVE_ERROR,
    SKETCH_ERROR,
    STEPS,
    Granularity,
    RangePreset,
    TimeRange,
    bucket_of,
    ceil_to,
    cover,
    distinct,
    explicit_range,
    fitting,
    floor_to,
    midpoint_ms,
    preset_range,
    quantiles_ms,
    sketch_of,
)
from tests.metrics.recount import bucket, histogram

A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
NOON = datetime(2026, 6, 15, 12, tzinfo=UTC)
LONGEST_US = 24 * 3600 * 1_000_000

durations = st.integers(1, LONGEST_US) | st.integers(1, 5000) | st.sampled_from([1000 * 2**n for n in range(26)])
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
instants = st.timedeltas(timedelta(0), timedelta(days=84_000)).map(lambda since: EPOCH + since)
steps = st.sampled_from(list(STEPS.values()))


def minute_of(instant: datetime) -> datetime:
    return instant.replace(second=0, microsecond=0)


spans = st.builds(
    lambda start, length: TimeRange(minute_of(start), minute_of(start) + A_MINUTE * length),
    instants,
    st.integers(1, 59) | st.integers(1, 60 * 30) | st.integers(1, 1440 * 9) | st.sampled_from([60, 1440, 2880]),
)


class TestBucketOf:
    @given(durations)
    def test_is_the_bucket_of_whole_number_arithmetic(self, microseconds: int) -> None:
        assert bucket_of(microseconds) == bucket(microseconds)

    @pytest.mark.parametrize(
        ("microseconds", "expected"),
        [(1000, -1), (1001, 0), (2000, 63), (2001, 64), (500, -65), (1, -638), (0, -638), (1_000_000, 637)],
    )
    def test_upper_bounds_belong_to_the_bucket(self, microseconds: int, expected: int) -> None:
        assert bucket_of(microseconds) == expected

    def test_every_duration_that_is_taken_fits_a_smallint(self) -> None:
        assert -(2**15) < bucket_of(0) < bucket_of(LONGEST_US) < 2**15


class TestMidpointMs:
    @given(durations)
    def test_is_within_the_stated_error_of_everything_in_its_bucket(self, microseconds: int) -> None:
        value = microseconds / 1000
        assert abs(midpoint_ms(bucket_of(microseconds)) - value) <= value * RELATIVE_ERROR * (1 + 1e-9)

    def test_the_stated_error_is_half_a_percent(self) -> None:
        assert pytest.approx(0.0054, abs=0.00005) == RELATIVE_ERROR

    @given(st.integers(-638, 1700))
    def test_lies_between_the_bounds_of_its_bucket(self, index: int) -> None:
        assert 2 ** (index / 64) < midpoint_ms(index) < 2 ** ((index + 1) / 64)


def estimated(values: Sequence[int], wanted: Sequence[float]) -> list[float | None]:
    counts = histogram(values)
    buckets = sorted(counts)
    return quantiles_ms(
        buckets, [counts[b] for b in buckets], wanted, min(values, default=0) / 1000, max(values, default=0) / 1000
    )


class TestQuantilesMs:
    @given(st.lists(durations, min_size=1, max_size=300), st.lists(st.floats(0, 1), min_size=1, max_size=5))
    def test_are_within_the_stated_error_of_the_sorted_truth(self, values: list[int], wanted: list[float]) -> None:
        ordered = sorted(values)
        for q, estimate in zip(wanted, estimated(values, wanted), strict=True):
            truth = ordered[math.floor(q * (len(values) - 1))] / 1000
            assert estimate is not None
            assert abs(estimate - truth) <= truth * RELATIVE_ERROR * (1 + 1e-9)

    @pytest.mark.parametrize("seed", range(5))
    def test_hold_for_heavy_tails(self, seed: int) -> None:
        random = Random(seed)
        values = sorted(round(random.lognormvariate(14, 1.2) * random.paretovariate(2)) for _ in range(20_000))
        for q, estimate in zip((0.5, 0.95, 0.99, 0.999), estimated(values, (0.5, 0.95, 0.99, 0.999)), strict=True):
            assert estimate == pytest.approx(values[math.floor(q * (len(values) - 1))] / 1000, rel=RELATIVE_ERROR)

    @given(st.lists(durations, min_size=1, max_size=100))
    def test_never_fall_and_stay_within_the_extremes(self, values: list[int]) -> None:
        found = [each for each in estimated(values, [n / 50 for n in range(51)]) if each is not None]
        assert found == sorted(found)
        assert min(values) / 1000 <= found[0] <= found[-1] <= max(values) / 1000

    def test_of_one_value_are_that_value(self) -> None:
        assert estimated([1_234_567], (0, 0.5, 0.95, 1)) == [1234.567] * 4

    def test_of_nothing_are_null(self) -> None:
        assert quantiles_ms([], [], (0.5, 0.99), 0, 0) == [None, None]

    @given(st.lists(durations, min_size=1, max_size=60), st.lists(durations, min_size=1, max_size=60))
    def test_of_added_histograms_are_those_of_all_values(self, left: list[int], right: list[int]) -> None:
        added = dict(histogram(left))
        for index, count in histogram(right).items():
            added[index] = added.get(index, 0) + count
        assert added == histogram(left + right)


def sketch(users: Sequence[str]) -> dict[int, int]:
    registers: dict[int, int] = {}
    for user in users:
        register, rank = sketch_of(user)
        registers[register] = max(rank, registers.get(register, 0))
    return registers


def estimate_of(population: int, number: int) -> int:
    return distinct(list(sketch([f"population-{population}-user-{n}" for n in range(number)]).values()))


class TestDistinct:
    @pytest.mark.parametrize("number", [10, 1_000, 10_000, 100_000, 1_000_000])
    def test_is_within_three_standard_errors(self, number: int) -> None:
        assert abs(estimate_of(0, number) - number) <= 3 * SKETCH_ERROR * number

    @pytest.mark.parametrize("number", [500, 4_000, 10_240, 14_000])
    def test_errs_by_the_stated_standard_error_on_average(self, number: int) -> None:
        """10,240 is where the classic estimator is worst: twice as far off."""
        tries = max(10, 200_000 // number)
        errors = [estimate_of(population, number) / number - 1 for population in range(tries)]
        assert math.sqrt(sum(error**2 for error in errors) / tries) <= SKETCH_ERROR * 1.2

    @pytest.mark.parametrize(("ranks", "users"), [([], 0), ([1], 1), ([53], 1), ([1, 1], 2), ([3] * 5, 5)])
    def test_is_exact_for_a_few(self, ranks: list[int], users: int) -> None:
        assert distinct(ranks) == users

    def test_counts_on_when_every_register_is_taken(self) -> None:
        assert distinct([10] * 4096) == pytest.approx(4096**2 / (2 * math.log(2)) / 4, rel=0.01)

    def test_does_not_count_a_user_twice(self) -> None:
        users = [f"user-{n % 700}" for n in range(5000)]
        assert sketch(users) == sketch(users[:700])

    def test_the_greatest_ranks_of_two_sketches_are_the_sketch_of_both(self) -> None:
        left, right = ([f"user-{n}" for n in range(*ends)] for ends in ((0, 6000), (4000, 9000)))
        merged = sketch(left)
        for register, rank in sketch(right).items():
            merged[register] = max(rank, merged.get(register, 0))
        assert merged == sketch([*left, *right])
        assert distinct(list(merged.values())) == pytest.approx(9000, rel=3 * SKETCH_ERROR)


class TestSketchOf:
    def test_uses_all_registers_alike_and_halves_with_each_rank(self) -> None:
        found = [sketch_of(f"somebody-{n}") for n in range(60_000)]
        assert {register for register, _ in found} == set(range(4096))
        for rank in range(1, 8):
            assert sum(r == rank for _, r in found) == pytest.approx(60_000 / 2**rank, rel=0.12)

    @given(st.text())
    def test_takes_any_name(self, user: str) -> None:
        register, rank = sketch_of(user)
        assert 0 <= register < 4096
        assert 1 <= rank <= 53


class TestFloorTo:
    @given(instants, steps)
    def test_is_the_latest_multiple_that_is_not_after(self, instant: datetime, step: timedelta) -> None:
        floor = floor_to(instant, step)
        assert Fraction(int((floor - EPOCH).total_seconds()), int(step.total_seconds())).denominator == 1
        assert floor <= instant < floor + step

    @pytest.mark.parametrize(
        ("step", "expected"),
        [
            (A_MINUTE, "2026-06-15T12:34:00"),
            (timedelta(minutes=15), "2026-06-15T12:30:00"),
            (AN_HOUR, "2026-06-15T12:00:00"),
            (A_DAY, "2026-06-15T00:00:00"),
        ],
    )
    def test_is_aligned_to_utc(self, step: timedelta, expected: str) -> None:
        instant = datetime(2026, 6, 15, 12, 34, 56, 789, UTC)
        assert floor_to(instant, step) == datetime.fromisoformat(expected).replace(tzinfo=UTC)


class TestCeilTo:
    @given(instants, steps)
    def test_is_the_floor_or_a_step_after_it(self, instant: datetime, step: timedelta) -> None:
        floor = floor_to(instant, step)
        assert ceil_to(instant, step) == (floor if floor == instant else floor + step)


class TestCover:
    @settings(max_examples=400)
    @given(spans, steps)
    def test_its_parts_tile_the_range(self, span: TimeRange, coarsest: timedelta) -> None:
        c = cover(span, coarsest)
        borders = [c.minute_start, c.hour_start, c.day_start, c.day_end, c.hour_end, c.minute_end]
        assert borders == sorted(borders)
        assert (borders[0], borders[-1]) == (span.start, span.end)

    @given(spans, steps)
    def test_hours_and_days_are_whole(self, span: TimeRange, coarsest: timedelta) -> None:
        c = cover(span, coarsest)
        if c.hour_start < c.hour_end:
            assert {c.hour_start.minute, c.hour_end.minute} == {0}
        if c.day_start < c.day_end:
            assert {(at.hour, at.minute) for at in (c.day_start, c.day_end)} == {(0, 0)}

    @given(spans)
    def test_it_is_the_cheapest(self, span: TimeRange) -> None:
        c = cover(span)
        assert (c.hour_start - c.minute_start) + (c.minute_end - c.hour_end) < 2 * AN_HOUR
        assert (c.day_start - c.hour_start) + (c.hour_end - c.day_end) < 2 * A_DAY

    @given(spans, steps)
    def test_nothing_coarser_than_the_step_is_read(self, span: TimeRange, coarsest: timedelta) -> None:
        c = cover(span, coarsest)
        assert coarsest >= A_DAY or c.day_start == c.day_end
        assert coarsest >= AN_HOUR or c.hour_start == c.hour_end


class TestPoints:
    @given(spans, steps)
    def test_are_the_steps_that_touch_the_range(self, span: TimeRange, step: timedelta) -> None:
        points = span.points(step)
        assert points[0] <= span.start < points[0] + step
        assert points[-1] < span.end <= points[-1] + step
        assert all(after - before == step for before, after in pairwise(points))


class TestPresetRange:
    @given(st.sampled_from(list(RangePreset)), instants)
    def test_ends_with_the_current_minute_and_has_the_full_length(self, preset: RangePreset, now: datetime) -> None:
        span = preset_range(preset, now)
        assert timedelta(0) <= span.end - now < A_MINUTE
        assert span.length == PRESETS[preset]
        assert span.end == minute_of(span.end)

    @pytest.mark.parametrize(
        ("preset", "hours"),
        [("LAST_HOUR", 1), ("LAST_24_HOURS", 24), ("LAST_7_DAYS", 168), ("LAST_30_DAYS", 720), ("LAST_90_DAYS", 2160)],
    )
    def test_means_what_it_says(self, preset: str, hours: int) -> None:
        assert preset_range(RangePreset(preset), NOON) == TimeRange(NOON - AN_HOUR * hours, NOON)


class TestExplicitRange:
    @given(instants, st.timedeltas(timedelta(microseconds=1), timedelta(days=3000)))
    def test_is_widened_to_whole_minutes(self, start: datetime, length: timedelta) -> None:
        span = explicit_range(start, start + length)
        assert span.start <= start < span.start + A_MINUTE
        assert span.end - A_MINUTE < start + length <= span.end
        assert (span.start, span.end) == (minute_of(span.start), minute_of(span.end))

    def test_any_offset_is_the_same_instant(self) -> None:
        there = timezone(timedelta(hours=5, minutes=45))
        assert explicit_range(NOON.astimezone(there), NOON.astimezone(there) + A_DAY) == TimeRange(NOON, NOON + A_DAY)

    @pytest.mark.parametrize(
        ("start", "end"),
        [
            pytest.param(NOON, NOON, id="empty"),
            pytest.param(NOON, NOON - A_MINUTE, id="backwards"),
            pytest.param(NOON.replace(tzinfo=None), NOON.replace(tzinfo=None) + A_DAY, id="without offset"),
            pytest.param(NOON, NOON + timedelta(days=3660, microseconds=1), id="too long"),
            pytest.param(datetime.min.replace(tzinfo=UTC), NOON, id="from the beginning of time"),
            pytest.param(datetime.max.replace(tzinfo=UTC) - A_DAY, datetime.max.replace(tzinfo=UTC), id="to its end"),
        ],
    )
    def test_others_are_refused(self, start: datetime, end: datetime) -> None:
        with pytest.raises(InvalidParameter) as refused:
            explicit_range(start, end)
        assert refused.value.details == {"argument": "range"}


class TestFitting:
    @pytest.mark.parametrize(
        ("preset", "granularity"),
        [
            (RangePreset.LAST_HOUR, Granularity.ONE_MINUTE),
            (RangePreset.LAST_24_HOURS, Granularity.FIFTEEN_MINUTES),
            (RangePreset.LAST_7_DAYS, Granularity.ONE_HOUR),
            (RangePreset.LAST_30_DAYS, Granularity.ONE_DAY),
            (RangePreset.LAST_90_DAYS, Granularity.ONE_DAY),
        ],
    )
    def test_is_the_finest_with_no_more_than_200_points(self, preset: RangePreset, granularity: Granularity) -> None:
        assert fitting(None, preset_range(preset, NOON)) is granularity

    @given(spans)
    def test_default_has_at_most_201_points_over_days(self, span: TimeRange) -> None:
        assert len(span.points(STEPS[fitting(None, span)])) <= 201

    @given(spans, st.sampled_from(list(Granularity)))
    def test_what_is_asked_for_is_given_or_refused(self, span: TimeRange, asked: Granularity) -> None:
        if span.length / STEPS[asked] <= MAX_POINTS:
            assert fitting(asked, span) is asked
            assert len(span.points(STEPS[asked])) <= MAX_POINTS + 1
        else:
            with pytest.raises(InvalidParameter, match=asked):
                fitting(asked, span)

    def test_a_series_of_any_range_has_no_more_points_than_the_schema_says(self) -> None:
        longest = explicit_range(NOON, NOON + timedelta(days=3000))
        assert len(longest.points(STEPS[fitting(None, longest)])) <= MAX_POINTS + 1
