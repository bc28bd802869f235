"""Answers equal a recount of the raw inferences, to the last digit, whatever was rolled up so far."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from datetime import timedelta
from random import Random
from typing import Any

import pytest

from app.kit.access import SYSTEM, Actor
from app.kit.db import Database, Row
from app.kit.errors import Forbidden
from app.metrics import reads
from app.metrics.jobs import count_labels, roll_one, roll_up
from app.metrics.reads import ESTATE, Subject
from app.metrics.rules import Granularity, TimeRange, distinct, explicit_range, sketch_of
from tests.metrics.recount import RAW, Question, Questions, SnapshotReader, check, check_estate, raw_rows, reader_of
from tests.metrics.sending import (
    A_DAY,
    A_MINUTE,
    A_TICK,
    AN_HOUR,
    NOW,
    Traffic,
    add_catalog,
    add_model,
    altered,
    batches,
    call,
    ingest_of,
)

START = NOW - timedelta(days=3, hours=4, minutes=23)
LATER = NOW + timedelta(days=3)
"""When every bucket is closed."""


async def send(database: Database, calls: list[Any], size: int = 400) -> None:
    ingest = ingest_of(database)
    for batch in batches(calls, size):
        await ingest.take(batch)


async def compare(database: Database, questions: Questions, number: int) -> int:
    """Ask a number of random questions; returns how many inferences they were about."""
    rows, reader = await raw_rows(database), reader_of(database)
    await check_estate(reader, rows, questions.span())
    return sum([await check(reader, rows, questions.ask()) for _ in range(number)])


class TestAnswers:
    @pytest.mark.parametrize("seed", [1, 2, 3])
    async def test_equal_a_recount_at_every_stage_of_rolling(self, database: Database, seed: int) -> None:
        await add_catalog(database)
        random = Random(seed)
        traffic = Traffic(random, START, NOW)
        await send(database, traffic.take(900))
        questions = await Questions.about(database, random, START, NOW)
        assert await compare(database, questions, 8) > 0, "before anything is rolled up"
        steps = 0
        while await self._step(database, random):
            steps += 1
            await compare(database, questions, steps % 5 == 0)
        assert steps > 40
        await compare(database, questions, 8)
        await send(database, traffic.take(300), 37)
        await compare(database, questions, 8)
        for _ in range(12):
            assert await self._step(database, random)
            await compare(database, questions, 1)
        await send(database, traffic.take(50), 9)
        await compare(database, questions, 4)
        assert await roll_up(database, lambda: LATER) > 0
        await compare(database, questions, 8)

    async def _step(self, database: Database, random: Random) -> bool:
        """One thing that rolling does, in no particular order; False if there is nothing left to do."""
        first, second = random.sample((roll_one, count_labels), 2)
        return await first(database, LATER) or await second(database, LATER)

    async def test_equal_a_recount_when_only_the_hours_that_are_closed_are_rolled(self, database: Database) -> None:
        await add_catalog(database)
        random = Random(4)
        await send(database, Traffic(random, START, NOW).take(600))
        questions = await Questions.about(database, random, START, NOW)
        for now in (START + AN_HOUR * 5, START + A_DAY, START + A_DAY * 2, NOW):
            await roll_up(database, lambda now=now: now)
            await compare(database, questions, 6)

    async def test_equal_a_recount_at_any_instant_while_writers_and_rollers_are_at_work(
        self, database: Database, database_url: str
    ) -> None:
        await add_catalog(database)
        random = Random(5)
        traffic = Traffic(random, START, NOW, minutes=40)
        await send(database, traffic.take(400))
        questions = await Questions.about(database, random, START, NOW)
        own = Database(database_url, read_connections=1, write_connections=1)
        writers = [asyncio.create_task(send(database, traffic.take(500), 25)) for _ in range(3)]
        rollers = [asyncio.create_task(_roll_until(database, writers)) for _ in range(2)]
        looked = 0
        try:
            while not all(task.done() for task in writers) or looked < 20:
                await _compare_within_a_snapshot(own, questions)
                looked += 1
        finally:
            await own.close()
        await asyncio.gather(*writers, *rollers)
        await compare(database, questions, 5)

    async def test_are_the_same_for_a_server_in_any_time_zone(self, database: Database, database_url: str) -> None:
        async with database.driver() as connection:
            name = await connection.fetchval("select current_database()")
            await connection.execute(f"alter database {name} set timezone to 'America/New_York'")
        await database.close()
        there = Database(database_url, read_connections=2, write_connections=2)
        try:
            await add_catalog(there)
            random, start = Random(6), NOW - A_DAY * 5  # the clocks of New York go forward on 11 March 2096
            await send(there, Traffic(random, start, NOW).take(600))
            questions = await Questions.about(there, random, start, NOW)
            await compare(there, questions, 5)
            for _ in range(70):
                await self._step(there, random)
            await compare(there, questions, 10)
            await roll_up(there, lambda: LATER)
            await compare(there, questions, 10)
        finally:
            await there.close()


async def _roll_until(database: Database, writers: list[asyncio.Task[None]]) -> None:
    while not all(task.done() for task in writers):
        await roll_up(database, lambda: LATER)
        await asyncio.sleep(0.01)


async def _compare_within_a_snapshot(database: Database, questions: Questions) -> None:
    async with database.driver() as connection, connection.transaction(isolation="repeatable_read", readonly=True):
        rows = await connection.fetch(RAW, record_class=Row)
        await check(SnapshotReader(database, connection), rows, questions.ask())


AT = NOW.replace(minute=0, second=0, microsecond=0) - AN_HOUR * 3


def everything(actor: Actor = SYSTEM, granularity: Granularity = Granularity.ONE_HOUR) -> Question:
    return Question(Subject("estate"), (ESTATE,), explicit_range(START, NOW), granularity, actor)


class TestTotals:
    async def test_a_range_holds_its_first_instant_and_not_its_last(self, database: Database) -> None:
        await add_catalog(database)
        random = Random(7)
        edges = [AT, AT + A_TICK, AT + AN_HOUR - A_TICK, AT + AN_HOUR]
        await send(database, [call(random, at) for at in edges])
        for _ in range(2):
            found = await reads.totals(
                reader_of(database), SYSTEM, [ESTATE], Subject("estate"), TimeRange(AT, AT + AN_HOUR)
            )
            assert found[ESTATE].requests == 3
            await roll_up(database, lambda: LATER)

    async def test_subjects_without_calls_are_absent(self, database: Database) -> None:
        idle = await add_model(database, "alpha/idle")
        found = await reads.totals(reader_of(database), SYSTEM, [idle], Subject("model"), everything().span)
        assert found == {}

    async def test_calls_without_latency_have_no_extremes_and_no_histogram(self, database: Database) -> None:
        model = await add_model(database, "alpha/one")
        await send(database, [call(Random(8), AT)])
        for _ in range(2):
            found = await reads.totals(reader_of(database), SYSTEM, [model], Subject("model"), everything().span)
            row = found[model]
            assert (row.latency_count, row.latency_sum_us, row.latency_min_us, row.latency_max_us) == (0, 0, None, None)
            assert not row.latency_buckets
            await roll_up(database, lambda: LATER)

    async def test_needs_the_permission_as_all_reads_do(self, database: Database) -> None:
        nobody = Actor(id="x", name="x", permissions=frozenset())
        asks: list[Callable[..., Awaitable[Any]]] = [reads.totals, reads.errors, reads.use_cases, reads.user_ranks]
        for ask in asks:
            with pytest.raises(Forbidden):
                await ask(reader_of(database), nobody, [ESTATE], Subject("estate"), everything().span)
        with pytest.raises(Forbidden):
            await reads.series(
                reader_of(database), nobody, [ESTATE], Subject("estate"), everything().span, Granularity.ONE_DAY
            )
        with pytest.raises(Forbidden):
            await reads.last_used(reader_of(database), nobody, [ESTATE])


class TestLastUsed:
    async def test_is_the_newest_call_of_the_deployment_whoever_made_it(self, database: Database) -> None:
        await add_catalog(database)
        random, teams = Random(9), ["t1", "t2", "t3", "t4", None]
        for newest in teams:
            ats = {team: AT + A_TICK * (9 if team == newest else 1) for team in teams}
            await send(database, [call(random, at, service=f"of-{newest}", team=team) for team, at in ats.items()])
        async with database.driver() as connection:
            keys = [row["id"] for row in await connection.fetch("select id from deployment")]
        found = await reads.last_used(reader_of(database), SYSTEM, keys)
        assert len(keys) == len(teams)
        assert found == dict.fromkeys(keys, AT + A_TICK * 9)

    async def test_is_null_if_it_never_answered(self, database: Database) -> None:
        key = await add_model(database, "alpha/one")
        assert await reads.last_used(reader_of(database), SYSTEM, [key]) == {key: None}

    async def test_is_still_known_when_the_minutes_are_forgotten(self, database: Database) -> None:
        await add_catalog(database)
        random = Random(10)
        last = AT + A_MINUTE * 30 + A_TICK * 3
        await send(
            database, [call(random, at, service="chat", team=team) for at, team in [(last, "a"), (AT, "b"), (AT, None)]]
        )
        await roll_up(database, lambda: LATER)
        async with database.driver() as connection:
            await connection.execute("delete from rollup where grain < 1440")
            key = await connection.fetchval("select id from deployment")
        assert await reads.last_used(reader_of(database), SYSTEM, [key]) == {key: last}


class TestUserRanks:
    @pytest.mark.parametrize("number", [10, 2000])
    async def test_the_estimate_is_near_the_number_of_users(self, database: Database, number: int) -> None:
        await add_catalog(database)
        random = Random(11)
        calls = [call(random, AT + A_MINUTE * random.randrange(200), user=f"user-{n}") for n in range(number)]
        await send(database, calls + [altered(c, event_id=call(random).event_id) for c in calls], 1000)
        for _ in range(2):
            ranks = await reads.user_ranks(reader_of(database), SYSTEM, [ESTATE], Subject("estate"), everything().span)
            assert distinct(ranks[ESTATE]) == pytest.approx(number, rel=0.03, abs=1)
            await roll_up(database, lambda: LATER)

    @pytest.mark.parametrize("size", [1, 2, 4], ids=["one by one", "in pairs", "in one batch"])
    async def test_of_users_that_share_a_register_the_greatest_rank_counts(self, database: Database, size: int) -> None:
        """Within a batch, within a minute, an hour, a day, and over deployments: the order must not matter."""
        model = await add_model(database, "alpha/one")
        random = Random(13)
        names: dict[int, list[str]] = {}
        for n in range(1000):
            names.setdefault(sketch_of(f"user-{n}")[0], []).append(f"user-{n}")
        shared = [users for users in map(_by_rank, names.values()) if _rank(users[0]) < _rank(users[-1])][:40]
        places = [AT, AT + A_TICK, AT + A_MINUTE, AT - AN_HOUR * 2]
        for users in shared:
            sent = [call(random, at, user=user) for user in (users[0], users[-1]) for at in random.sample(places, 2)]
            random.shuffle(sent)
            await send(database, sent, size)
        expected = sorted(_rank(users[-1]) for users in shared)
        for _ in range(2):
            ranks = await reads.user_ranks(reader_of(database), SYSTEM, [model], Subject("model"), everything().span)
            assert sorted(ranks[model]) == expected
            await roll_up(database, lambda: LATER)


def _rank(user: str) -> int:
    return sketch_of(user)[1]


def _by_rank(users: list[str]) -> list[str]:
    return sorted(users, key=_rank)


class TestErrors:
    async def test_the_newest_message_wins_whatever_the_order_of_arrival(self, database: Database) -> None:
        await add_catalog(database)
        random = Random(12)
        ats = [AT + timedelta(seconds=n) for n in (5, 50, 20)] + [AT - AN_HOUR, AT - A_DAY]
        calls = [call(random, at, failed=True, error_code="timeout", error_message=f"at {at}") for at in ats]
        for one in calls:
            await send(database, [one])
        for _ in range(2):
            found = await reads.errors(reader_of(database), SYSTEM, [ESTATE], Subject("estate"), everything().span)
            (error,) = found[ESTATE]
            newest = AT + timedelta(seconds=50)
            assert (error.error_code, error.requests, error.last_at, error.message) == (
                "timeout",
                5,
                newest,
                f"at {newest}",
            )
            await roll_up(database, lambda: LATER)
