"""What the worker does for metrics: when, once, and by how many workers at a time."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from random import Random
from typing import Any

import asyncpg
import pytest

from app.kit.access import SYSTEM
from app.kit.clock import utc_now
from app.kit.db import Database
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.rules import Inference
from app.metrics.ingest.service import Ingest, Taken, partition_name
from app.metrics.jobs import (
    BURST_FAILURES,
    count_labels,
    forget,
    keep_partitions,
    notice,
    refresh_usage,
    roll_one,
    roll_up,
)
from app.metrics.results.tables import ExperimentUnit
from app.metrics.rules import EPOCH, explicit_range
from tests.kit.rows import experiment, model, provider, put, variant
from tests.metrics.recount import Questions, check, check_estate, raw_rows, reader_of
from tests.metrics.sending import (
    A_DAY,
    A_MINUTE,
    A_TICK,
    AN_HOUR,
    NOW,
    RETENTION,
    Traffic,
    add_catalog,
    add_model,
    call,
    ingest_of,
)

HOUR = NOW.replace(minute=0, second=0, microsecond=0) - AN_HOUR * 3
TODAY = HOUR.replace(hour=0)
LATER = NOW + A_DAY * 3
A_SECOND = timedelta(seconds=1)


async def fetch(database: Database, sql: str, *arguments: Any) -> list[Any]:
    async with database.driver() as connection:
        return await connection.fetch(sql, *arguments)


async def value(database: Database, sql: str, *arguments: Any) -> Any:
    return (await fetch(database, sql, *arguments))[0][0]


async def marks(database: Database) -> list[tuple[int, datetime]]:
    return [tuple(row) for row in await fetch(database, "select grain, bucket from rollup_dirty order by 1, 2")]


async def rolled(database: Database, grain: int) -> list[datetime]:
    found = await fetch(database, "select distinct bucket from rollup where grain = $1 order by 1", grain)
    return [row["bucket"] for row in found]


@pytest.fixture
def random() -> Random:
    return Random(21)


class TestRollUp:
    async def test_an_hour_is_computed_two_seconds_after_it_closed_and_not_before(
        self, database: Database, random: Random
    ) -> None:
        await add_catalog(database)
        await ingest_of(database).take([call(random, HOUR + A_MINUTE * 5), call(random, HOUR + AN_HOUR)])
        assert await marks(database) == [(60, HOUR), (60, HOUR + AN_HOUR)]
        closed = HOUR + AN_HOUR + A_SECOND * 2
        assert await roll_up(database, lambda: closed - A_TICK) == 0
        assert await roll_up(database, lambda: closed) == 1
        assert await rolled(database, 60) == [HOUR]
        assert await marks(database) == [(60, HOUR + AN_HOUR), (1440, TODAY)]

    async def test_a_day_is_computed_two_seconds_after_it_closed_and_not_before(
        self, database: Database, random: Random
    ) -> None:
        await add_catalog(database)
        await ingest_of(database).take([call(random, HOUR)])
        closed = TODAY + A_DAY + A_SECOND * 2
        assert await roll_up(database, lambda: closed - A_TICK) == 1
        assert await rolled(database, 1440) == []
        assert await roll_up(database, lambda: closed) == 1
        assert await rolled(database, 1440) == [TODAY]
        assert await marks(database) == []

    async def test_a_late_call_makes_its_hour_and_its_day_due_again(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        await ingest_of(database).take([call(random, HOUR)])
        assert await roll_up(database, lambda: LATER) == 2
        await ingest_of(database).take([call(random, HOUR + A_TICK)])
        assert await roll_up(database, lambda: LATER) == 2
        sums = await fetch(database, "select grain, requests from rollup order by grain")
        assert [tuple(row) for row in sums] == [(1, 2), (60, 2), (1440, 2)]

    async def test_what_comes_late_is_gathered_for_two_seconds(self, database: Database, random: Random) -> None:
        """In the present of Postgres: many late calls for one hour are one computation."""
        await add_catalog(database)
        now = utc_now()
        await ingest_of(database, now).take([call(random, now - AN_HOUR * 3)])
        assert await roll_one(database, now + A_SECOND) is False
        assert await roll_one(database, utc_now() + A_SECOND * 2) is True

    async def test_a_day_waits_for_its_hours(self, database: Database, database_url: str, random: Random) -> None:
        await add_catalog(database)
        await ingest_of(database).take([call(random, HOUR), call(random, HOUR + AN_HOUR)])
        while await count_labels(database, LATER):
            pass
        assert await roll_one(database, LATER)
        other = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        async with other.transaction():
            held = await other.fetch("select bucket from rollup_dirty where grain = 60 for update")
            assert len(held) == 1
            assert await roll_one(database, LATER) is False, "the hour is in other hands, the day would be incomplete"
        await other.close()
        assert await roll_up(database, lambda: LATER) == 2

    async def test_of_yesterday_need_not_wait_for_today(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        await ingest_of(database).take([call(random, TODAY - A_TICK), call(random, HOUR)])
        assert await roll_up(database, lambda: TODAY + A_SECOND * 3) == 2
        assert await rolled(database, 1440) == [TODAY - A_DAY]

    async def test_several_at_once_compute_each_bucket_once(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        await ingest_of(database).take(Traffic(random, NOW - A_DAY * 2, NOW, minutes=80).take(700))
        hours = len(await marks(database))
        days = await value(database, "select count(distinct date_bin('1 day', bucket, 'epoch')) from rollup_dirty")
        done = await asyncio.gather(*(roll_up(database, lambda: LATER) for _ in range(6)))
        left = await roll_up(database, lambda: LATER)  # a day that all but the last of its hours' rollers saw locked
        assert hours + days <= sum(done) + left <= hours + 2 * days
        assert await marks(database) == []
        rows, questions = await raw_rows(database), await Questions.about(database, random, NOW - A_DAY * 2, NOW)
        for _ in range(8):
            await check(reader_of(database), rows, questions.ask())

    async def test_computing_a_bucket_again_changes_nothing(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        await ingest_of(database).take(Traffic(random, NOW - A_DAY * 2, NOW, minutes=80).take(500))
        await roll_up(database, lambda: LATER)
        tables = ("rollup", "rollup_error", "rollup_use_case", "rollup_attribution", "rollup_user")
        before = [await fetch(database, f"select t::text from {table} t order by 1") for table in tables]
        await fetch(database, "insert into rollup_dirty (grain, bucket, seq, due_at) "
                              "select distinct grain, bucket, 0, bucket from rollup where grain > 1")  # fmt: skip
        assert await roll_up(database, lambda: LATER) > 10
        assert [await fetch(database, f"select t::text from {table} t order by 1") for table in tables] == before

    async def test_labels_are_counted_two_seconds_after_their_minute_and_again_with_each_late_call(
        self, database: Database, random: Random
    ) -> None:
        await add_catalog(database)
        named = "select requests from rollup_attribution where grain = 1 and label = 'ann'"
        for number in (1, 2):
            await ingest_of(database).take([call(random, HOUR, user="ann")])
            closed = HOUR + A_MINUTE + A_SECOND * 2
            assert await count_labels(database, closed - A_TICK) is False
            assert await count_labels(database, closed) is True
            assert await value(database, named) == number
            assert await count_labels(database, LATER) is False

    async def test_labels_of_one_hour_are_counted_at_once_by_one(
        self, database: Database, database_url: str, random: Random
    ) -> None:
        await add_catalog(database)
        ats = [HOUR, HOUR + A_MINUTE, HOUR + AN_HOUR]
        await ingest_of(database).take([call(random, at, user="ann") for at in ats])
        counted = "select count(*) from rollup_attribution where grain = 1 and label = 'ann'"
        other = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        async with other.transaction():
            await other.fetch("select from rollup_dirty_minute where bucket = $1 for update", HOUR)
            assert await count_labels(database, LATER) is True
            assert await value(database, counted) == 1, "what is in other hands is left to them"
            assert await count_labels(database, LATER) is True
            assert await count_labels(database, LATER) is False
        await other.close()
        assert await count_labels(database, LATER) is True
        assert await value(database, counted) == 3

    async def test_without_marks_there_is_nothing_to_do(self, database: Database) -> None:
        assert await roll_up(database, lambda: LATER) == 0


async def told(database: Database, kind: str) -> list[dict[str, Any]]:
    found = await fetch(
        database,
        "select payload ->> 'message' as message, payload ->> 'resource_id' as resource, occurred_at, scope_tags "
        "from event where kind = $1 order by position",
        kind,
    )
    return [dict(row) for row in found]


def served(random: Random, at: datetime, good: int, bad: int, service: str = "chat") -> list[Inference]:
    """Calls of which some failed, all within ten minutes."""
    fates = [False] * good + [True] * bad
    random.shuffle(fates)
    return [
        call(random, at + timedelta(seconds=600 * n / len(fates)), service=service, failed=failed,
             error_code="timeout" if failed else None)
        for n, failed in enumerate(fates)
    ]  # fmt: skip


class TestNoticeOfFirstUse:
    async def test_is_told_once_for_each_model(self, database: Database, random: Random) -> None:
        models = await add_catalog(database)
        await ingest_of(database).take([call(random, HOUR + A_MINUTE * n) for n in (3, 1, 2)])
        for _ in range(2):
            await notice(database, HOUR, NOW)
        expected = {"message": "one was used for the first time", "resource": str(models["alpha/one"]),
                    "occurred_at": HOUR + A_MINUTE, "scope_tags": ["level:INTERNAL"]}  # fmt: skip
        assert await told(database, "model.first_used") == [expected]
        await ingest_of(database).take([call(random, HOUR), call(random, HOUR, model="two")])
        await notice(database, HOUR, NOW)
        messages = [event["message"] for event in await told(database, "model.first_used")]
        assert messages == ["one was used for the first time", "two was used for the first time"]

    async def test_is_told_once_by_several_at_once(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        names = [("alpha", "one"), ("alpha", "two"), ("beta", "one")]
        await ingest_of(database).take([call(random, HOUR, provider=p, model=m) for p, m in names])
        await asyncio.gather(*(notice(database, HOUR, NOW) for _ in range(6)))
        assert len(await told(database, "model.first_used")) == 3

    async def test_is_not_told_of_calls_outside_the_window(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        await ingest_of(database).take([call(random, HOUR - A_TICK), call(random, HOUR + AN_HOUR, model="two")])
        await notice(database, HOUR + A_MINUTE * 20, HOUR + AN_HOUR)
        assert await told(database, "model.first_used") == []

    async def test_of_the_demo_is_marked(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        demo = Ingest(database, Directory(database, SYSTEM, is_demo=True), RETENTION, lambda: NOW)
        await demo.take([call(random, HOUR, service="chat")])
        await fetch(database, "update deployment set is_demo = true")
        await notice(database, HOUR, NOW)
        heard = [event["scope_tags"] for event in await told(database, "model.first_used")]
        assert heard == [["demo", "level:INTERNAL"]]


class TestNoticeOfErrorBursts:
    async def test_is_told_from_twenty_failures_on_that_are_a_fifth_of_all(
        self, database: Database, random: Random
    ) -> None:
        await add_catalog(database)
        fates = [(80, 20, True), (81, 20, False), (0, 19, False), (0, 20, True), (400, 100, True), (401, 100, False)]
        for good, bad, _ in fates:
            name = f"{bad} of {good + bad}"
            await ingest_of(database).take(served(random, HOUR + A_MINUTE * 45, good, bad, name))
        await notice(database, NOW - A_MINUTE * 10, NOW)
        assert await told(database, "errors.burst") == [], "too long ago"
        await notice(database, HOUR + A_MINUTE * 50, NOW)
        events = await told(database, "errors.burst")
        names = [f"{bad} of {good + bad}" for good, bad, is_told in fates if is_told]
        expected = [f"{name}: {name} calls failed within an hour" for name in names]
        assert sorted(event["message"] for event in events) == sorted(expected)
        deployments = {row["id"]: row["name"] for row in await fetch(database, "select id::text, name from deployment")}
        assert sorted(deployments[event["resource"]] for event in events) == sorted(names)
        assert all(HOUR + A_MINUTE * 45 <= event["occurred_at"] < HOUR + A_MINUTE * 55 for event in events)

    async def test_is_told_once_for_an_hour_and_again_in_the_next(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        for _ in range(2):
            await ingest_of(database).take(served(random, HOUR, 5, 30))
            await notice(database, HOUR, NOW)
        assert len(await told(database, "errors.burst")) == 1
        await ingest_of(database).take(served(random, HOUR + AN_HOUR, 5, 30))
        await notice(database, HOUR, NOW)
        assert len(await told(database, "errors.burst")) == 2

    async def test_is_told_once_by_several_at_once(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        services = ["a", "b", "c", "d"]
        for name in services:
            await ingest_of(database).take(served(random, HOUR, 0, BURST_FAILURES, name))
        await asyncio.gather(*(notice(database, HOUR, NOW) for _ in range(6)))
        assert sorted(event["message"][0] for event in await told(database, "errors.burst")) == services

    async def test_of_calls_without_deployment_is_not_told(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        await ingest_of(database).take([call(random, HOUR, failed=True, error_code="x") for _ in range(50)])
        await notice(database, HOUR, NOW)
        assert await told(database, "errors.burst") == []


class TestRefreshUsage:
    async def test_counts_the_calls_of_thirty_days(self, database: Database, random: Random) -> None:
        models = await add_catalog(database)
        days = (0, 3, 29)
        await ingest_of(database).take(
            [call(random, NOW - A_DAY * n, model="two") for n in days] + [call(random, HOUR)]
        )
        await roll_up(database, lambda: NOW)
        await refresh_usage(database, lambda: NOW)
        found = {row["id"]: row["popularity"] for row in await fetch(database, "select id, popularity from model")}
        assert found == {models["alpha/one"]: 1, models["alpha/two"]: 3, models["beta/one"]: None}

    async def test_averages_the_latencies_that_were_reported(self, database: Database, random: Random) -> None:
        models = await add_catalog(database)
        calls = [call(random, HOUR, latency_us=each) for each in (100_000, 250_001, None)]
        await ingest_of(database).take([*calls, call(random, HOUR, model="two")])
        await refresh_usage(database, lambda: NOW)
        rows = await fetch(database, "select id, observed_latency_ms as ms from model")
        found = {row["id"]: row["ms"] for row in rows}
        assert found == {models["alpha/one"]: 175.0005, models["alpha/two"]: None, models["beta/one"]: None}

    async def test_forgets_what_is_no_longer_used(self, database: Database, random: Random) -> None:
        models = await add_catalog(database)
        await ingest_of(database).take([call(random, HOUR)])
        await refresh_usage(database, lambda: NOW)
        await ingest_of(database, NOW + A_DAY * 40).take([call(random, NOW + A_DAY * 40, model="two")])
        await refresh_usage(database, lambda: NOW + A_DAY * 40)
        found = {row["id"]: row["popularity"] for row in await fetch(database, "select id, popularity from model")}
        assert found == {models["alpha/one"]: None, models["alpha/two"]: 1, models["beta/one"]: None}


async def partitions(database: Database) -> list[str]:
    found = await fetch(
        database,
        "select inhrelid::regclass::text as name from pg_inherits where inhparent = 'inference'::regclass order by 1",
    )
    return [row["name"] for row in found]


class TestKeepPartitions:
    async def test_are_there_from_yesterday_to_the_day_after_tomorrow(self, database: Database) -> None:
        for _ in range(2):
            await keep_partitions(database, NOW, RETENTION)
            assert await partitions(database) == [partition_name((NOW + A_DAY * n).date()) for n in range(-1, 3)]

    @pytest.mark.parametrize("zone", ["UTC", "America/New_York"])
    async def test_past_retention_are_dropped_with_their_keys_and_no_others(
        self, database: Database, random: Random, zone: str
    ) -> None:
        name = await value(database, "select current_database()")
        await fetch(database, f"alter database {name} set timezone to '{zone}'")
        await database.close()
        await add_catalog(database)
        oldest = TODAY - RETENTION
        ats = [oldest - A_DAY, oldest - A_TICK, oldest, oldest + AN_HOUR, oldest + A_DAY, HOUR]
        calls = [call(random, at) for at in ats]
        await ingest_of(database, TODAY - A_DAY).take(calls[:5])
        await ingest_of(database).take(calls)
        await keep_partitions(database, NOW, RETENTION)
        left = await fetch(database, "select occurred_at from inference order by 1")
        assert [row["occurred_at"] for row in left] == ats[2:]
        keys = await fetch(database, "select occurred_at from inference_key order by 1")
        assert [row["occurred_at"] for row in keys] == ats[2:]
        assert partition_name(oldest.date()) in await partitions(database)
        assert partition_name((oldest - A_DAY).date()) not in await partitions(database)
        assert await value(database, "select sum(requests) from rollup where grain = 1") == 6, (
            "roll-ups are kept longer"
        )
        again = await ingest_of(database).take(calls)
        assert (again.inserted, again.duplicates, again.conflicts, len(again.rejected)) == (0, 2, 0, 4)

    async def test_labels_are_counted_before_their_calls_are_dropped(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        old = NOW - RETENTION - A_DAY
        await ingest_of(database, old).take([call(random, old, user="ann")])
        await keep_partitions(database, NOW, RETENTION)
        assert partition_name(old.date()) not in await partitions(database)
        await roll_up(database, lambda: LATER)
        found = await fetch(database, "select grain, requests from rollup_attribution where label = 'ann' order by 1")
        assert [tuple(row) for row in found] == [(1, 1), (60, 1), (1440, 1)]

    async def test_a_partition_that_is_in_use_is_dropped_another_time(
        self, database: Database, database_url: str, random: Random
    ) -> None:
        await add_catalog(database)
        old = NOW - RETENTION - A_DAY
        await ingest_of(database, old).take([call(random, old)])
        reader = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        async with reader.transaction():
            await reader.fetch("select count(*) from inference")
            with pytest.raises(asyncpg.LockNotAvailableError):
                await keep_partitions(database, NOW, RETENTION)
            assert (await ingest_of(database).take([call(random, HOUR)])) == Taken(inserted=1), "others go on"
        await reader.close()
        await keep_partitions(database, NOW, RETENTION)
        assert partition_name(old.date()) not in await partitions(database)

    async def test_by_several_at_once(self, database: Database) -> None:
        await asyncio.gather(*(keep_partitions(database, NOW, RETENTION) for _ in range(4)))
        assert len(await partitions(database)) == 4


class TestForget:
    async def test_minutes_and_hours_past_retention_go_and_days_stay(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        start = NOW - A_DAY * 6
        await ingest_of(database).take(Traffic(random, start, NOW, minutes=60).take(600))
        await roll_up(database, lambda: LATER)
        rows = await raw_rows(database)
        midnight = TODAY - A_DAY * 3
        await forget(database, midnight + A_DAY * 2, A_DAY, A_DAY * 2, A_DAY * 3)
        for table in ("rollup", "rollup_error", "rollup_use_case", "rollup_attribution", "rollup_user"):
            oldest = await fetch(database, f"select grain, min(bucket) as oldest from {table} group by 1 order by 1")
            minute, hour, day = (row["oldest"] for row in oldest)
            assert midnight <= minute < midnight + A_DAY
            assert midnight - A_DAY <= hour < midnight
            assert day == start.replace(hour=0, minute=0, second=0, microsecond=0)
        whole_days = explicit_range(TODAY - A_DAY * 5, TODAY)
        await check_estate(reader_of(database), rows, whole_days)
        questions = await Questions.about(database, random, midnight + AN_HOUR, NOW)
        asked = 0
        while asked < 5:
            question = questions.ask()
            if question.span.start >= midnight:
                await check(reader_of(database), rows, question)
                asked += 1

    async def test_nothing_young_goes(self, database: Database, random: Random) -> None:
        await add_model(database, "alpha/one")
        await ingest_of(database).take([call(random, HOUR)])
        await roll_up(database, lambda: LATER)
        await forget(database, NOW, A_DAY, A_DAY, A_DAY)
        assert await value(database, "select count(*) from rollup") == 3

    async def test_what_is_kept_are_whole_hours_of_minutes_and_whole_days_of_hours(self, database: Database) -> None:
        await add_model(database, "alpha/one")
        calls = Traffic(Random(4), NOW - A_DAY * 6, NOW, minutes=200).take(400)
        await ingest_of(database).take(calls)
        await roll_up(database, lambda: LATER)
        rows = await raw_rows(database)
        await forget(database, NOW, A_DAY * 2, A_DAY * 2, A_DAY * 4)
        for grain, kept, step in ((1, A_DAY * 2, AN_HOUR), (60, A_DAY * 4, A_DAY)):
            since = NOW - kept - (NOW - kept - EPOCH) % step
            beginnings = {row.occurred_at - (row.occurred_at - EPOCH) % (A_MINUTE * grain) for row in rows}
            oldest = await value(database, "select min(bucket) from rollup where grain = $1", grain)
            assert oldest == min(at for at in beginnings if at >= since)

    async def test_units_go_once_no_call_of_their_experiment_can_come(self, database: Database) -> None:
        of = provider()
        one = model(of, "one")
        ends = (None, NOW - A_DAY * 2, NOW - A_DAY * 3 - A_TICK)
        trials = [experiment(f"trial {at}", started_at=NOW - A_DAY * 9, ended_at=end) for at, end in enumerate(ends)]
        kept = [variant(trial, one, "a") for trial in trials]
        await put(database, of, one, *trials, *kept, *(ExperimentUnit(variant_id=v.id, unit=v.id) for v in kept))
        await forget(database, NOW, A_DAY * 2, A_DAY, A_DAY)
        left = await fetch(database, "select variant_id from experiment_unit order by 1")
        assert [row["variant_id"] for row in left] == sorted(arm.id for arm in kept[:2])

    async def test_what_was_rejected_goes_with_the_calls_of_its_time(self, database: Database) -> None:
        old, young = NOW - A_DAY * 2 - A_TICK, NOW - A_DAY * 2
        for event, at in (("old", old), ("young", young)):
            await fetch(
                database,
                "insert into inference_rejected (way, sender, event, reason, times, first_at, last_at) "
                "values ('native', 'robot', $1, 'no', 1, $2, $3)",
                *(event, old, at),
            )
        await forget(database, NOW, A_DAY * 2, A_DAY, A_DAY)
        assert await value(database, "select string_agg(event, ' ') from inference_rejected") == "young"
