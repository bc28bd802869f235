"""Who uses the database is known to it, through lost sessions and restarts, and leaves when it was restored."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager

import pytest

from app.embedded import EmbeddedServers
from app.kit import presence
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.kit.presence import LOCK, BeingRestored, alone, present
from app.migrate import connected, migrate
from tests.backup.contents import connect
from tests.kit.rows import execute
from tests.servers import private_servers


@pytest.fixture(autouse=True)
def looks_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(presence, "LOOK_EVERY", 0.02)


async def users(url: str) -> list[str]:
    """Who prevents somebody from having the database alone."""
    async with connected(url) as connection, connection.begin():
        return [user.name for user in await alone(connection)]


async def until(condition: Callable[[], Awaitable[object]], seconds: float = 20) -> None:
    """Wait for something to come true."""
    async with asyncio.timeout(seconds):
        while not await condition():
            await asyncio.sleep(0.01)


async def cut_off(url: str, name: str) -> None:
    """End the session of a process on the server, and wait until it is gone."""
    connection = await connect(url)
    ended = "select count(pg_terminate_backend(pid, 5000)) from pg_stat_activity where application_name = $1"
    assert await connection.fetchval(ended, name, timeout=20) == 1
    await connection.close()


@asynccontextmanager
async def restoring(url: str) -> AsyncGenerator[asyncio.Task[str]]:
    """Somebody who has the database alone, as soon as nobody else uses it."""
    connection = await connect(url)
    taking = asyncio.create_task(connection.execute("select pg_advisory_lock($1)", LOCK, timeout=20))
    watching = await connect(url)
    waits = "select count(*) from pg_locks where locktype = 'advisory' and mode = 'ExclusiveLock'"
    await until(lambda: watching.fetchval(waits))
    await watching.close()
    yield taking
    await taking
    await connection.close()


class TestPresent:
    async def test_all_who_are_there_are_named_as_long_as_they_are(self, database_url: str) -> None:
        assert await users(database_url) == []
        async with present(database_url, "modelhub serve"):
            async with present(database_url, "modelhub worker"):
                assert await users(database_url) == ["modelhub serve", "modelhub worker"]
            assert await users(database_url) == ["modelhub serve"]
        assert await users(database_url) == []

    async def test_other_databases_are_none_of_its_business(self, database_url: str, empty_url: str) -> None:
        async with present(database_url, "modelhub serve"):
            assert await users(empty_url) == []

    async def test_people_see_what_to_stop(self, database_url: str) -> None:
        async with present(database_url, "modelhub serve"), connected(database_url) as connection:
            (user,) = await alone(connection)
        assert str(user) == f"modelhub serve (this machine, session {user.pid})"

    async def test_is_refused_while_a_backup_is_restored(self, database_url: str) -> None:
        async with restoring(database_url) as taking:
            await taking
            with pytest.raises(BeingRestored, match=r"being restored into this database\. Start again when"):
                async with present(database_url, "modelhub serve"):
                    pass
        async with present(database_url, "modelhub serve"):
            assert await users(database_url) == ["modelhub serve"]

    async def test_ends_with_the_error_of_the_block(self, database_url: str) -> None:
        with pytest.raises(ZeroDivisionError):
            async with present(database_url, "modelhub serve"):
                raise ZeroDivisionError
        assert await users(database_url) == []


class TestLostSession:
    async def test_is_taken_again(self, database_url: str) -> None:
        async with present(database_url, "modelhub serve", pytest.fail):
            for _ in range(3):
                await cut_off(database_url, "modelhub serve")
                await until(lambda: users(database_url))
                assert await users(database_url) == ["modelhub serve"]
        assert await users(database_url) == []

    async def test_who_comes_back_during_a_restore_leaves(self, database_url: str) -> None:
        left = asyncio.Event()
        async with present(database_url, "modelhub serve", left.set), restoring(database_url) as taking:
            await cut_off(database_url, "modelhub serve")
            await asyncio.wait_for(taking, 20)
            await asyncio.wait_for(left.wait(), 20)
        assert await users(database_url) == []

    async def test_who_comes_back_after_a_restore_leaves(
        self, database: Database, database_url: str, caplog: pytest.LogCaptureFixture
    ) -> None:
        left = asyncio.Event()
        async with present(database_url, "modelhub serve", left.set):
            await execute(database, "update event_stream set epoch = gen_random_uuid()")
            await cut_off(database_url, "modelhub serve")
            await asyncio.wait_for(left.wait(), 20)
        told = [
            record.getMessage()
            for record in caplog.records
            if record.name == "modelhub.presence" and record.levelname == "ERROR"
        ]
        assert told == ["A backup was restored into this database. This process ends, as what it remembers is void."]

    async def test_whoever_is_not_told_how_to_leave_is_told_by_a_signal(
        self, database: Database, database_url: str
    ) -> None:
        told = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, told.set)
        try:
            async with present(database_url, "modelhub serve"):
                await execute(database, "update event_stream set epoch = gen_random_uuid()")
                await cut_off(database_url, "modelhub serve")
                await asyncio.wait_for(told.wait(), 20)
        finally:
            asyncio.get_running_loop().remove_signal_handler(signal.SIGTERM)


class TestRestartedPostgres:
    async def test_finds_those_who_were_there_before(self) -> None:
        with private_servers() as servers:
            url = servers.urls.database
            await migrate(url)
            async with present(url, "modelhub serve", pytest.fail):
                before = postmaster(servers)
                os.kill(before, signal.SIGQUIT)
                await until(lambda: is_back(servers, before))
                await until(lambda: users(url))
                assert await users(url) == ["modelhub serve"]


def postmaster(servers: EmbeddedServers) -> int:
    """The process of Postgres; 0 while it is away."""
    try:
        return int((servers.home / "postgres" / "postmaster.pid").read_text().split()[0])
    except (FileNotFoundError, IndexError):
        return 0


async def is_back(servers: EmbeddedServers, before: int) -> bool:
    """Whether another Postgres answers; it is started if none runs."""
    servers.check()
    if postmaster(servers) in {0, before}:
        return False
    try:
        await users(servers.urls.database)
    except Unavailable:
        return False
    return True
