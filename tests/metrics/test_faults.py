"""Whoever is killed at whatever moment: once all is sent again, each call is counted once, and nothing is lost."""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Generator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from multiprocessing.process import BaseProcess
from random import Random
from typing import Any

import asyncpg
import pytest

from app.kit.db import Database
from app.kit.errors import HubError
from app.metrics.ingest.rules import Inference
from app.metrics.ingest.service import Taken
from app.metrics.jobs import count_labels, roll_one, roll_up
from tests.forks import CHILDREN
from tests.metrics.hands import LATER, START, everything, run
from tests.metrics.recount import Questions, check, check_estate, raw_rows, reader_of
from tests.metrics.sending import A_MINUTE, A_TICK, NOW, add_catalog, altered, call, ingest_of

KILLS = 20
SOAK_KILLS = int(os.environ.get("MODELHUB_SOAK_KILLS", "600"))
TAKEN = ("rollup", "rollup_error", "rollup_user")
"""What ingest adds to."""
LABELS = ("rollup_use_case", "rollup_attribution")
MARKS = ("rollup_dirty", "rollup_dirty_minute")
ROLLUPS = (*TAKEN, *LABELS)


@dataclass(slots=True)
class Hand:
    """A child process at work on a database."""

    process: BaseProcess
    ready: Any

    def await_work(self) -> None:
        """Wait until it is at work."""
        assert self.process.pid
        if not self.ready.closed:
            assert self.ready.poll(30)
            self.ready.close()

    def is_at_work(self) -> bool:
        """Whether it still has something to do."""
        return self.process.is_alive()

    def kill(self) -> None:
        """SIGKILL."""
        self.process.kill()
        self.process.join()
        self.process.close()
        self.ready.close()


@dataclass(slots=True)
class Hands:
    """The child processes of one database; the server that forks them has imported everything already."""

    url: str
    running: list[Hand] = field(default_factory=list[Hand])

    def start(self, role: str, seed: float) -> Hand:
        """A writer or a roller."""
        ready, theirs = CHILDREN.Pipe(duplex=False)
        process = CHILDREN.Process(target=run, args=(self.url, role, seed, theirs), daemon=True)
        process.start()
        theirs.close()
        self.running.append(Hand(process, ready))
        return self.running[-1]

    def replace(self, hand: Hand, role: str, seed: float) -> Hand:
        """Kill one and start another."""
        self.running.remove(hand)
        hand.kill()
        return self.start(role, seed)

    def end(self) -> None:
        """Kill whoever is left."""
        while self.running:
            self.running.pop().kill()


@pytest.fixture
def hands(database_url: str) -> Generator[Hands]:
    started = Hands(database_url)
    yield started
    started.end()


def torment(hands: Hands, random: Random, kills: int) -> None:
    """Keep three writers and two rollers at work and kill one after another."""
    roles = ["write", "write", "write", "roll", "roll"]
    children = [hands.start(role, n) for n, role in enumerate(roles)]
    killed = 0
    while killed < kills:
        index = random.randrange(len(children))
        victim = children[index]
        victim.await_work()
        time.sleep(random.uniform(0.01, 0.4))
        killed += victim.is_at_work()
        children[index] = hands.replace(victim, roles[index], random.random())


def finish(hands: Hands) -> None:
    """Let two writers come to their end, with a roller beside them."""
    writers = [hands.start("write", seed) for seed in (101, 102)]
    hands.start("roll", 0)
    for writer in writers:
        writer.process.join(60)
        assert writer.process.exitcode == 0


async def assert_taken_once(database: Database, sent: list[Inference]) -> None:
    """What is stored is what was sent, and every answer equals its recount, before and after rolling up."""
    rows = await raw_rows(database)
    stored = {(row.event_id, row.occurred_at, row.tokens_in, row.latency_us, row.user_key) for row in rows}
    assert len(rows) == len(sent)
    assert stored == {(i.event_id, i.occurred_at, i.tokens_in, i.latency_us, i.user) for i in sent}
    questions = await Questions.about(database, Random(5), START, NOW)
    for _ in range(2):
        for _ in range(12):
            await check(reader_of(database), rows, questions.ask())
        await check_estate(reader_of(database), rows, questions.span())
        await roll_up(database, lambda: LATER)
    async with database.driver() as connection:
        sums = await connection.fetch("select grain, sum(requests)::int as requests from rollup group by 1 order by 1")
        assert [tuple(row) for row in sums] == [(1, len(sent)), (60, len(sent)), (1440, len(sent))]
        for table in MARKS:
            assert await connection.fetchval(f"select count(*) from {table}") == 0
        assert await connection.fetchval("select count(*) from inference_key") == len(sent)


class TestKilledProcesses:
    @pytest.mark.parametrize("kills", [KILLS, pytest.param(SOAK_KILLS, marks=pytest.mark.soak)])
    async def test_writers_and_rollers_may_be_killed_at_any_moment(
        self, database: Database, hands: Hands, kills: int
    ) -> None:
        await add_catalog(database)
        await asyncio.to_thread(torment, hands, Random(3), kills)
        hands.end()
        await asyncio.to_thread(finish, hands)
        hands.end()
        calls = everything()
        taken = await ingest_of(database).take(calls)
        assert taken.inserted + taken.duplicates == len(calls)
        assert taken.duplicates > len(calls) / 2
        await assert_taken_once(database, calls)


@asynccontextmanager
async def locked(database_url: str, table: str) -> AsyncGenerator[asyncpg.Connection[Any]]:
    """Hold all rows of a table, so that whoever wants to change one has to wait in the middle of his work."""
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    transaction = connection.transaction()
    await transaction.start()
    try:
        rows = await connection.fetch(f"select 1 from {table} for update")
        assert rows, "nothing to wait for"
        yield connection
    finally:
        await transaction.rollback()
        await connection.close()


async def cut_off(connection: asyncpg.Connection[Any], work: Coroutine[Any, Any, Any]) -> None:
    """Start some work, wait until it waits for a lock, and terminate its session on the server."""
    task = asyncio.create_task(work)
    waiting = "select pid from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'"
    while (pid := await connection.fetchval(waiting)) is None:
        assert not task.done(), "it did not have to wait"
        await asyncio.sleep(0.01)
    assert await connection.fetchval("select pg_terminate_backend($1)", pid)
    with pytest.raises((HubError, asyncpg.PostgresError, asyncpg.InterfaceError)):
        await task


async def contents(database: Database) -> list[Any]:
    """All that ingest writes."""
    tables = ("inference", "inference_key", *MARKS, *ROLLUPS)
    async with database.driver() as connection:
        return [await connection.fetch(f"select t::text from {table} t order by 1") for table in tables]


def failing(random: Random, number: int) -> list[Inference]:
    """Calls that touch every kind of roll-up, all in one bucket of each."""
    return [
        call(random, NOW - A_MINUTE * 90 + A_TICK * n, user="u", use_case="sum", failed=True, error_code="timeout")
        for n in range(number)
    ]


class TestCutConnections:
    async def test_a_batch_that_is_cut_off_in_the_middle_leaves_nothing_and_can_be_sent_again(
        self, database: Database, database_url: str
    ) -> None:
        await add_catalog(database)
        random, ingest = Random(1), ingest_of(database)
        sent = failing(random, 3)
        await ingest.take(sent)
        for table in (*TAKEN, *MARKS):
            before, batch = await contents(database), failing(random, 5)
            async with locked(database_url, table) as connection:
                await cut_off(connection, ingest.take([*batch, altered(sent[0])]))
            await database.close()  # so that it begins with new connections
            assert await contents(database) == before, table
            assert await ingest.take([*batch, *sent]) == Taken(inserted=5, duplicates=len(sent)), table
            sent += batch
        await assert_taken_once(database, sent)

    async def test_a_batch_that_is_cut_off_before_its_keys_are_known_to_be_new_can_be_sent_again(
        self, database: Database, database_url: str
    ) -> None:
        await add_catalog(database)
        random, ingest = Random(2), ingest_of(database)
        await ingest.take(failing(random, 1))
        calls = failing(random, 4)
        other = await asyncpg.connect(database_url.replace("+asyncpg", ""))
        async with other.transaction():
            key = calls[2]
            await other.execute(
                "insert into inference_key values ($1, $2, $3)", key.event_id, key.occurred_at, key.digest()
            )
            await cut_off(other, ingest.take(calls))
            await other.execute("delete from inference_key where event_id = $1", key.event_id)
        await other.close()
        await database.close()
        assert await ingest.take(calls) == Taken(inserted=4)

    async def test_a_roller_that_is_cut_off_in_the_middle_changes_no_answer(
        self, database: Database, database_url: str
    ) -> None:
        await add_catalog(database)
        random, ingest = Random(3), ingest_of(database)
        sent = failing(random, 3)
        await ingest.take(sent)
        for table in ROLLUPS:
            await roll_up(database, lambda: LATER)
            batch = failing(random, 4)
            await ingest.take(batch)
            sent += batch
            before = await contents(database)
            async with locked(database_url, f"{table}_1h") as connection:
                await cut_off(connection, roll_one(database, LATER))
            await database.close()
            assert await contents(database) == before, table
            rows, questions = await raw_rows(database), await Questions.about(database, random, START, NOW)
            for _ in range(5):
                await check(reader_of(database), rows, questions.ask())
        await assert_taken_once(database, sent)

    async def test_labels_that_are_counted_when_the_session_ends_change_no_answer(
        self, database: Database, database_url: str
    ) -> None:
        await add_catalog(database)
        random, ingest = Random(8), ingest_of(database)
        sent = failing(random, 3)
        await ingest.take(sent)
        for table in (*LABELS, "rollup_dirty"):
            await count_labels(database, LATER)
            sent += (batch := failing(random, 4))
            await ingest.take(batch)
            before = await contents(database)
            async with locked(database_url, table) as connection:
                await cut_off(connection, count_labels(database, LATER))
            await database.close()
            assert await contents(database) == before, table
            rows, questions = await raw_rows(database), await Questions.about(database, random, START, NOW)
            for _ in range(5):
                await check(reader_of(database), rows, questions.ask())
        await assert_taken_once(database, sent)

    async def test_a_sender_goes_on_with_another_connection(self, database: Database, database_url: str) -> None:
        await add_catalog(database)
        ingest, calls = ingest_of(database), failing(Random(4), 2)
        await ingest.take(calls[:1])
        async with locked(database_url, "rollup") as connection:
            await cut_off(connection, ingest.take(calls))
        assert await ingest.take(calls) == Taken(inserted=1, duplicates=1)


@dataclass(slots=True)
class Scissors:
    """Terminates a session on the server right before one of the statements that go over the driver."""

    other: asyncpg.Connection[Any]
    left: int = 0

    async def before_statement(self, connection: asyncpg.Connection[Any]) -> None:
        """Let a number of statements pass, then cut."""
        if connection is self.other:
            return
        self.left -= 1
        if self.left == 0:
            await self.other.execute("select pg_terminate_backend($1, 5000)", connection.get_server_pid())


@pytest.fixture
async def scissors(database_url: str, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[Scissors]:
    other = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    held = Scissors(other)
    for name in ("execute", "fetch", "fetchrow", "fetchval", "copy_records_to_table"):
        monkeypatch.setattr(asyncpg.Connection, name, _cuttable(held, getattr(asyncpg.Connection, name)))
    yield held
    await other.close()


def _cuttable(scissors: Scissors, method: Callable[..., Any]) -> Callable[..., Any]:
    async def called(connection: asyncpg.Connection[Any], *arguments: Any, **named: Any) -> Any:
        await scissors.before_statement(connection)
        return await method(connection, *arguments, **named)

    return called


async def survived(work: Coroutine[Any, Any, Any]) -> bool:
    """Whether some work came to its end, though a session was terminated."""
    try:
        await work
    except (HubError, asyncpg.PostgresError, asyncpg.InterfaceError):
        return False
    return True


class TestEveryStatement:
    @pytest.mark.parametrize(("size", "known"), [(3, 0), (3, 1), (150, 0), (150, 20)])
    async def test_a_batch_is_whole_or_not_at_all_wherever_it_is_cut(
        self, database: Database, scissors: Scissors, size: int, known: int
    ) -> None:
        await add_catalog(database)
        random, ingest = Random(size + known), ingest_of(database)
        sent = failing(random, known + 1)
        await ingest.take(sent)
        place, batch = 0, failing(random, size)
        while scissors.left <= 0:
            place += 1
            before, scissors.left = await contents(database), place
            if not await survived(ingest.take([*batch, *sent[:known]])):
                assert await contents(database) == before, place
                assert scissors.left <= 0
                taken = await ingest.take([*batch, *sent[:known]])
                assert taken == Taken(inserted=size, duplicates=known), place
            sent += batch
            batch = failing(random, size)
        assert place > 5
        scissors.left = 0
        await assert_taken_once(database, sent)

    async def test_a_roller_changes_no_answer_wherever_it_is_cut(self, database: Database, scissors: Scissors) -> None:
        await add_catalog(database)
        random, ingest = Random(9), ingest_of(database)
        sent, place, cuts = list[Inference](), 0, 0
        while scissors.left <= 0:
            place += 1
            sent += (batch := failing(random, 4))
            await ingest.take(batch)
            before, scissors.left = await contents(database), place
            if not await survived(roll_up(database, lambda: LATER)):
                cuts += 1
                rows, questions = await raw_rows(database), await Questions.about(database, random, START, NOW)
                for _ in range(3):
                    await check(reader_of(database), rows, questions.ask())
                assert before[:2] == (await contents(database))[:2]
        assert cuts > 20
        scissors.left = 0
        await assert_taken_once(database, sent)
