"""What is sent is taken once, priced by its time, and adds up, whoever sends it how often and in which order."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain
from random import Random
from typing import Any

import pytest

from app.catalog import importing, source
from app.kit.access import SYSTEM, Actor, Permission
from app.kit.db import Database
from app.kit.errors import Forbidden
from app.kit.journal import Writer
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.rules import Inference
from app.metrics.ingest.service import Ingest, Taken, make_partitions, partition_name
from app.metrics.jobs import roll_up
from app.metrics.rollups import SHORT
from tests.metrics.ingest.test_rules import BAD
from tests.metrics.recount import Questions, check, raw_rows, reader_of
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
    altered,
    batches,
    call,
    ingest_of,
    rates,
)

AT = NOW - AN_HOUR * 5


async def fetch(database: Database, sql: str, *arguments: Any) -> list[Any]:
    async with database.driver() as connection:
        return await connection.fetch(sql, *arguments)


async def value(database: Database, sql: str, *arguments: Any) -> Any:
    return (await fetch(database, sql, *arguments))[0][0]


async def state(database: Database) -> list[Any]:
    """Everything that ingest adds to, but for marks."""
    tables = ("inference", "inference_key", "rollup", "rollup_error", "rollup_dirty_minute", "rollup_user")
    return [await fetch(database, f"select t.*::text from {table} t order by 1") for table in tables]


async def assert_counted(database: Database, start: datetime = AT - A_DAY, seed: int = 0) -> list[Any]:
    """Compare answers with a recount, before and after rolling up; returns the stored inferences."""
    rows = await raw_rows(database)
    questions = await Questions.about(database, Random(seed), start, NOW)
    for _ in range(2):
        for _ in range(6):
            await check(reader_of(database), rows, questions.ask())
        await roll_up(database, lambda: NOW + A_DAY * 3)
    return rows


@pytest.fixture
def random() -> Random:
    return Random(42)


CHANGES: list[dict[str, Any]] = [
    {"tokens_in": 101},
    {"model": "two"},
    {"latency_us": 5},
    {"error_code": "x", "failed": True},
    {"user": "somebody"},
    {"team": "red"},
    {"environment": "STAGING"},
    {"confidence": Decimal("0.5")},
    {"occurred_at": AT + A_TICK},
    {"occurred_at": AT - A_DAY},
]


class TestIdempotency:
    async def test_the_same_batch_again_changes_nothing(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        batch = Traffic(random, AT, NOW).take(200)
        assert await ingest_of(database).take(batch) == Taken(inserted=200)
        before = await state(database)
        for _ in range(2):
            assert await ingest_of(database).take(batch) == Taken(duplicates=200)
        assert await state(database) == before
        await assert_counted(database)

    async def test_duplicates_within_a_batch_are_kept_once(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        one, other = call(random, AT), call(random, AT)
        assert await ingest_of(database).take([one, other, one, one]) == Taken(inserted=2, duplicates=2)
        assert len(await assert_counted(database)) == 2

    @pytest.mark.parametrize("together", [True, False], ids=["in one batch", "in two batches"])
    async def test_one_id_with_something_else_is_a_conflict_and_kept_as_it_came_first(
        self, database: Database, random: Random, together: bool
    ) -> None:
        await add_catalog(database)
        ingest = ingest_of(database)
        for number, change in enumerate(CHANGES):
            first = call(random, AT, team="blue")
            second = altered(first, **change)
            if together:
                assert await ingest.take([first, second]) == Taken(inserted=1, conflicts=1), change
            else:
                assert await ingest.take([first]) == Taken(inserted=1), change
                assert await ingest.take([second, first, second]) == Taken(duplicates=1, conflicts=2), change
            row = (await fetch(database, "select * from inference where event_id = $1", first.event_id))[0]
            assert (row["occurred_at"], row["tokens_in"], row["environment"]) == (AT, 100, "PRODUCTION"), change
            assert (row["latency_us"], row["user_key"], row["confidence"]) == (None, None, None), change
            assert await value(database, "select count(*) from inference") == number + 1, change
        await assert_counted(database)

    async def test_what_is_new_in_a_batch_of_known_ones_is_taken(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        calls = Traffic(random, AT, NOW).take(90)
        await ingest_of(database).take(calls[:60])
        assert await ingest_of(database).take(calls[30:]) == Taken(inserted=30, duplicates=30)
        assert len(await assert_counted(database)) == 90

    async def test_a_batch_of_known_ones_makes_no_bucket_dirty(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        batch = [call(random, AT)]
        await ingest_of(database).take(batch)
        await roll_up(database, lambda: NOW + A_DAY * 3)
        await ingest_of(database).take(batch)
        assert await value(database, "select count(*) from rollup_dirty") == 0

    async def test_what_an_earlier_release_took_is_known(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        batch = [call(random, AT) for _ in range(3)]
        await ingest_of(database).take(batch)
        for each in batch:
            await fetch(
                database, "update inference_key set digest = $2 where event_id = $1", each.event_id, each.first_digest()
            )
        assert await ingest_of(database).take(batch) == Taken(duplicates=3)
        other = [altered(each, tokens_in=7, tokens_cached=0) for each in batch]
        assert await ingest_of(database).take(other) == Taken(conflicts=3)


class TestRejection:
    async def test_bad_calls_do_not_stop_the_others(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        good = [call(random, AT) for _ in BAD]
        bad = [altered(call(random, AT), **change) for change, _ in BAD]
        mixed = list(chain.from_iterable(zip(good, bad, strict=True)))
        taken = await ingest_of(database).take(mixed)
        assert (taken.inserted, taken.duplicates, taken.conflicts) == (len(good), 0, 0)
        assert [index for index, _ in taken.rejected] == list(range(1, 2 * len(bad), 2))
        assert all(reason in why for (_, why), (_, reason) in zip(taken.rejected, BAD, strict=True))
        assert {row.event_id for row in await assert_counted(database)} == {each.event_id for each in good}

    async def test_the_very_bounds_are_taken(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        bounds = [NOW + timedelta(minutes=10), NOW - RETENTION, NOW.replace(hour=0, minute=0, second=0, microsecond=0)]
        extremes = [call(random, at, tokens_in=10**8, tokens_cached=10**8, tokens_out=0, latency_us=0,
                         ttft_us=24 * 3600 * 1_000_000, rating=5, confidence=Decimal(1)) for at in bounds]  # fmt: skip
        assert await ingest_of(database).take(extremes) == Taken(inserted=3)
        assert len(await assert_counted(database, NOW - RETENTION)) == 3

    async def test_a_batch_of_bad_ones_leaves_nothing_behind(self, database: Database, random: Random) -> None:
        bad = call(random, NOW + A_DAY, provider="who", service="knows", team="it")
        taken = await ingest_of(database).take([bad, bad])
        assert [index for index, _ in taken.rejected] == [0, 1]
        assert await value(database, "select count(*) from model") == 0
        assert await value(database, "select count(*) from team") == 0

    async def test_no_calls_are_no_trouble(self, database: Database) -> None:
        assert await ingest_of(database).take([]) == Taken()

    async def test_needs_the_permission(self, database: Database, random: Random) -> None:
        reader = Actor(id="x", name="x", permissions=frozenset(Permission) - {Permission.TELEMETRY_WRITE})
        with pytest.raises(Forbidden):
            await Ingest(database, Directory(database, reader), RETENTION, lambda: NOW).take([call(random, AT)])


class TestCost:
    async def test_is_that_of_the_price_in_force_at_the_call(self, database: Database, random: Random) -> None:
        change = AT
        await add_model(
            database, "alpha/one",
            [("INPUT", "3", None, change), ("INPUT", "2", change, None), ("OUTPUT", "15", None, None)],
        )  # fmt: skip
        usage = {"tokens_in": 1000, "tokens_out": 100}
        before, after = call(random, change - A_TICK, **usage), call(random, change, **usage)
        await ingest_of(database).take([after, before])
        rows = {row.event_id: row.cost for row in await assert_counted(database)}
        assert rows == {before.event_id: Decimal("0.0045"), after.event_id: Decimal("0.0035")}

    async def test_is_exact_to_the_last_digit(self, database: Database, random: Random) -> None:
        await add_model(database, "alpha/one", rates(INPUT="0.333333", OUTPUT="0.1", CACHED_INPUT="0.000001"))
        usage = {"tokens_in": 7, "tokens_cached": 3, "tokens_out": 11, "tokens_reasoning": 4}
        calls = [call(random, AT + timedelta(seconds=n), **usage) for n in range(1000)]
        await ingest_of(database).take(calls)
        one = (4 * Decimal("0.333333") + 3 * Decimal("0.000001") + 11 * Decimal("0.1")) / 10**6
        assert {row.cost for row in await assert_counted(database)} == {one}
        assert await value(database, "select sum(cost) from rollup where grain = 1") == 1000 * one

    async def test_of_an_unknown_price_is_null_and_counted(self, database: Database, random: Random) -> None:
        await add_model(database, "alpha/one", rates(INPUT="1"))
        priced, unpriced = call(random, AT, tokens_out=0), call(random, AT, tokens_out=1)
        await ingest_of(database).take([priced, unpriced])
        rows = {row.event_id: row.cost for row in await assert_counted(database)}
        assert rows == {priced.event_id: Decimal("0.0001"), unpriced.event_id: None}
        sums = await fetch(database, "select requests, unpriced, cost, tokens_priced from rollup where grain = 1")
        assert [tuple(row) for row in sums] == [(2, 1, Decimal("0.0001"), 100)]


class TestNames:
    async def test_a_model_nobody_knows_is_discovered_unpriced(self, database: Database, random: Random) -> None:
        assert (await ingest_of(database).take([call(random, AT, provider="nowhere", model="x/y-1")])).inserted == 1
        (model,) = await fetch(
            database, "select m.*, p.slug as provider from model m join provider p on p.id = provider_id"
        )
        assert (model["slug"], model["name"], model["status"]) == ("nowhere/x/y-1", "x/y-1", "EXPERIMENTAL")
        assert (model["source"], model["provider"]) == ("DISCOVERED", "nowhere")
        (row,) = await assert_counted(database)
        assert (row.model_id, row.cost) == (model["id"], None)
        told = await fetch(database, "select kind, payload ->> 'slug' as slug from event where topic = 'model'")
        assert [tuple(event) for event in told] == [("model.discovered", "nowhere/x/y-1")]
        assert await value(database, "select resource_id from audit_event") == str(model["id"])

    async def test_names_are_found_in_any_case(self, database: Database, random: Random) -> None:
        known = await add_model(database, "alpha/one")
        await ingest_of(database).take([call(random, AT, provider="Alpha", model="ONE"), call(random, AT)])
        assert {row.model_id for row in await raw_rows(database)} == {known}

    async def test_unknown_names_of_one_slug_are_one_model(self, database: Database, random: Random) -> None:
        names = [("Zeta", "Ray"), ("zeta", "ray"), ("eta/a", "b"), ("eta", "a/b")]
        calls = [call(random, AT, provider=provider, model=model) for provider, model in names]
        assert (await ingest_of(database).take(calls)).inserted == 4
        models = {row.event_id: row.model_id for row in await raw_rows(database)}
        zeta, same_zeta, eta, same_eta = (models[each.event_id] for each in calls)
        assert (zeta, eta) == (same_zeta, same_eta)

    async def test_dated_and_hosted_names_are_those_of_the_catalog(self, database: Database, random: Random) -> None:
        chosen = [replace(p, models=p.models[:0] if p.slug != "openai" else p.models) for p in source.providers()]
        await Writer(database).write(SYSTEM, importing.import_catalog, chosen)
        names = [("openai", "gpt-5-mini"), ("openai", "gpt-5-mini-2025-08-07"), ("azure", "gpt-4o")]
        await ingest_of(database).take([call(random, AT, provider=p, model=m) for p, m in names])
        found = await fetch(database, "select slug from inference join model m on m.id = model_id order by slug")
        assert [row["slug"] for row in found] == ["openai/gpt-4o", "openai/gpt-5-mini", "openai/gpt-5-mini"]
        assert await value(database, "select count(*) from inference where cost is null") == 0

    async def test_teams_are_added_once(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        for _ in range(2):
            await ingest_of(database).take([call(random, AT, team=team) for team in ("red", "blue", "red", None)])
        found = await fetch(database, "select slug, name from team order by slug")
        assert [tuple(row) for row in found] == [("blue", "blue"), ("red", "red")]
        assert sorted(str(row.team) for row in await raw_rows(database)) == [
            "None",
            "None",
            *["blue"] * 2,
            *["red"] * 4,
        ]

    async def test_each_service_model_and_environment_is_a_recorded_deployment(
        self, database: Database, random: Random
    ) -> None:
        await add_catalog(database)
        seen = [("chat", "one", "PRODUCTION"), ("chat", "two", "PRODUCTION"), ("chat", "one", "STAGING"),
                ("search", "one", "PRODUCTION")]  # fmt: skip
        calls = [call(random, AT, service=s, model=m, environment=e, team="red") for s, m, e in seen * 2]
        await ingest_of(database).take([*calls, call(random, AT)])
        await ingest_of(database).take([call(random, AT, service=s, model=m, environment=e) for s, m, e in seen])
        found = await fetch(
            database,
            "select d.name, m.name as model, d.environment, d.runtime, d.phase, t.slug as team from deployment d "
            "join model m on m.id = model_id join team t on t.id = d.team_id",
        )
        assert {tuple(row) for row in found} == {(*each, "RECORDED", "RUNNING", "red") for each in seen}
        assert len(found) == 4
        events = await fetch(
            database, "select payload ->> 'resource_id' as id from event where kind = 'deployment.recorded'"
        )
        audits = await fetch(database, "select resource_id as id from audit_event where action = 'deployment.recorded'")
        keys = await fetch(database, "select id::text from deployment")
        assert sorted(events) == sorted(audits) == sorted(keys)
        assert sum(row.deployment_id is None for row in await assert_counted(database)) == 1

    @pytest.mark.parametrize(
        "name",
        ["team", "service", "model"],
    )
    async def test_every_call_of_a_batch_may_name_another(self, database: Database, random: Random, name: str) -> None:
        await add_catalog(database)
        calls = [call(random, AT, **{name: f"some-{name}-{n}"}) for n in range(5000)]
        assert (await ingest_of(database).take(calls)).inserted == 5000

    async def test_what_is_discovered_for_the_demo_is_marked(self, database: Database, random: Random) -> None:
        ingest = Ingest(database, Directory(database, SYSTEM, is_demo=True), RETENTION, lambda: NOW)
        await ingest.take([call(random, AT, provider="x", model="y", team="t")])
        assert await value(database, "select is_demo from model")
        assert await value(database, "select is_demo from team")


class TestPartitions:
    async def test_are_made_for_the_days_that_are_sent(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        midnight = NOW.replace(hour=0, minute=0, second=0, microsecond=0)
        ats = [midnight, midnight - A_TICK, midnight - A_DAY * 7, NOW]
        await ingest_of(database).take([call(random, at) for at in ats])
        found = await fetch(database, "select tableoid::regclass::text as name, occurred_at from inference order by 2")
        assert [tuple(row) for row in found] == [(partition_name(at.date()), at) for at in sorted(ats)]

    async def test_may_be_made_by_several_at_once(self, database: Database) -> None:
        days = {(NOW - A_DAY * n).date() for n in range(6)}

        async def make() -> None:
            async with database.driver() as connection:
                await make_partitions(connection, days)

        await asyncio.gather(*(make() for _ in range(6)))
        made = "select count(*) from pg_inherits where inhparent = 'inference'::regclass"
        assert await value(database, made) == 6


async def take_all(database: Database, own: Sequence[Sequence[Inference]]) -> Taken:
    ingest, sums = ingest_of(database), Taken()
    for batch in own:
        taken = await ingest.take(batch)
        sums.inserted += taken.inserted
        sums.duplicates += taken.duplicates
        sums.conflicts += taken.conflicts
    return sums


class TestConcurrency:
    @pytest.mark.parametrize("seed", [1, 2])
    async def test_eight_writers_of_overlapping_calls_in_any_order_equal_a_recount(
        self, database: Database, seed: int
    ) -> None:
        await add_catalog(database)
        random = Random(seed)
        calls = Traffic(random, AT, NOW, minutes=8).take(700)
        random.shuffle(calls)
        shares = [random.sample(calls, 350) for _ in range(7)] + [list(calls)]
        sums = await asyncio.gather(
            *(take_all(database, list(batches(share, random.choice([7, 40, 120])))) for share in shares)
        )
        assert sum(each.inserted for each in sums) == 700
        assert sum(each.duplicates for each in sums) == 7 * 350
        rows = await assert_counted(database)
        assert {row.event_id for row in rows} == {each.event_id for each in calls}
        assert await value(database, "select sum(requests) from rollup where grain = 1") == 700

    async def test_one_of_several_contents_for_an_id_is_kept_and_the_others_are_conflicts(
        self, database: Database, random: Random
    ) -> None:
        await add_catalog(database)
        calls = [call(random, AT + A_MINUTE * n) for n in range(40)]
        variants = [[altered(each, tokens_in=writer, tokens_cached=0) for each in calls] for writer in range(8)]
        sums = await asyncio.gather(*(take_all(database, list(batches(own, 11))) for own in variants))
        assert sum(each.inserted for each in sums) == 40
        assert sum(each.conflicts for each in sums) == 7 * 40
        assert len(await assert_counted(database)) == 40

    async def test_known_names_and_new_teams_services_and_days_may_come_from_all_sides(
        self, database: Database, random: Random
    ) -> None:
        await add_catalog(database)
        own = [
            [call(random, NOW - A_DAY * (n % 5), service=f"s{n % 9}", team=f"t{n % 4}") for n in range(60)]
            for _ in range(8)
        ]
        sums = await asyncio.gather(*(take_all(database, list(batches(calls, 10))) for calls in own))
        assert sum(each.inserted for each in sums) == 480
        assert await value(database, "select count(*) from deployment") == 9
        assert await value(database, "select count(*) from team") == 4
        assert await value(database, "select count(*) from event where kind = 'deployment.recorded'") == 9
        await assert_counted(database, NOW - A_DAY * 6)

    async def test_one_unknown_model_may_be_discovered_by_several_at_once(
        self, database: Database, random: Random
    ) -> None:
        own = [[call(random, AT, provider="new", model=f"model-{n}") for n in range(20)] for _ in range(6)]
        await asyncio.gather(*(take_all(database, list(batches(calls, 4))) for calls in own))
        assert await value(database, "select count(*) from model") == 20
        assert await value(database, "select count(*) from event where kind = 'model.discovered'") == 20


class TestBusyMinutes:
    async def test_histograms_and_sketches_are_appended_to_and_merged_without_loss(
        self, database: Database, random: Random
    ) -> None:
        await add_catalog(database)
        ingest, sent = ingest_of(database), 0
        while sent < 1800:
            size = random.choice([1, 2, 20, 60, 130])
            sent += (await ingest.take([_busy(random) for _ in range(size)])).inserted
        (lengths,) = await fetch(database, LENGTHS)
        assert all(SHORT < length < sent / 2 for length in lengths), lengths
        assert len(await assert_counted(database)) == sent


LENGTHS = """
select cardinality(latency_buckets), cardinality(ttft_buckets), cardinality(registers)
from rollup join rollup_user using (grain, bucket)
"""


def _busy(random: Random) -> Inference:
    latency = round(random.lognormvariate(14, 0.4))
    return call(random, AT, user=f"user-{random.randrange(200)}", latency_us=latency, ttft_us=latency // 3)


class TestBigBatches:
    async def test_of_random_traffic_equal_what_was_sent(self, database: Database, random: Random) -> None:
        await add_catalog(database)
        calls = Traffic(random, NOW - A_DAY * 4, NOW, minutes=30).take(5000)
        taken = await ingest_of(database).take(calls)
        assert taken == Taken(inserted=5000)
        rows = {row.event_id: row for row in await assert_counted(database, NOW - A_DAY * 4)}
        assert len(rows) == 5000
        for sent in calls:
            row = rows[sent.event_id]
            assert (row.occurred_at, row.user_key, row.team) == (sent.occurred_at, sent.user, sent.team)
            for name in ("environment", "operation", "use_case", "tokens_in", "tokens_out", "tokens_cached",
                         "tokens_reasoning", "latency_us", "ttft_us", "failed", "error_code", "error_message",
                         "rating", "accepted", "confidence"):  # fmt: skip
                assert row[name] == getattr(sent, name)
