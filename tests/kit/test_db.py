"""The database's pools: what they do when Postgres goes away, and what they do not take for that."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from urllib.parse import parse_qs, urlsplit

import asyncpg
import pytest
from sqlalchemy import Text, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import Executable

from app.kit.access import SYSTEM, Actor
from app.kit.db import Database, InvalidText, Row, Statement, statement
from app.kit.errors import Unavailable
from app.kit.journal import Writer


@statement
def one() -> Executable:
    return text("select 1 as n, pg_backend_pid() as pid")


@statement
def slow() -> Executable:
    return text("select 1 as n from pg_sleep(0.5)")


@statement
def said() -> Executable:
    return select(bindparam("said", type_=Text).label("n"))


async def terminate(database_url: str) -> int:
    """End every other connection to a database; how many there were."""
    admin = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    try:
        ended = await admin.fetch(
            "select pg_terminate_backend(pid) from pg_stat_activity "
            "where datname = current_database() and pid <> pg_backend_pid()"
        )
        return len(ended)
    finally:
        await admin.close()


@asynccontextmanager
async def held_open(database_url: str) -> AsyncGenerator[str]:
    """A way to the same database on which clients do not see the end of the server's stream until we leave."""
    asked = parse_qs(urlsplit(database_url).query)
    path = f"{asked['host'][0]}/.s.PGSQL.{asked['port'][0]}"
    connected: list[asyncio.StreamWriter] = []

    async def pump(source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while heard := await source.read(65536):
                sink.write(heard)

    async def connect(from_client: asyncio.StreamReader, to_client: asyncio.StreamWriter) -> None:
        from_server, to_server = await asyncio.open_unix_connection(path)
        connected.extend((to_client, to_server))
        await asyncio.gather(pump(from_client, to_server), pump(from_server, to_client))

    server = await asyncio.start_server(connect, "127.0.0.1", 0)
    port, name = server.sockets[0].getsockname()[1], urlsplit(database_url).path
    try:
        yield f"postgresql+asyncpg://modelhub@127.0.0.1:{port}{name}"
    finally:
        server.close()
        for writer in connected:
            writer.close()
        await asyncio.sleep(0.1)


async def note(session: AsyncSession, _: Actor) -> int:
    """An act."""
    return (await session.execute(text("select 7"))).scalar_one()


class TestFetch:
    async def test_gives_rows_whose_columns_are_attributes(self, database: Database) -> None:
        (row,) = await database.fetch(one(), Row)
        assert (row.n, row["n"], isinstance(row, Row)) == (1, 1, True)
        with pytest.raises(AttributeError):
            _ = row.absent

    async def test_counts_statements(self, database: Database) -> None:
        await database.fetch(one(), Row)
        await database.fetch(one(), Row)
        assert database.statements == 2

    async def test_reads_on_after_every_connection_was_terminated(self, database: Database, database_url: str) -> None:
        await asyncio.gather(*(database.fetch(slow(), Row) for _ in range(4)))
        assert await terminate(database_url) >= 4
        found = await asyncio.gather(*(database.fetch(one(), Row) for _ in range(12)))
        assert [rows[0].n for rows in found] == [1] * 12

    async def test_reads_on_where_the_farewell_is_heard_but_the_stream_has_not_ended(self, database_url: str) -> None:
        async with asyncio.timeout(20), held_open(database_url) as url:
            database = Database(url, read_connections=1)
            (before,) = await database.fetch(one(), Row)
            await terminate(database_url)
            await asyncio.sleep(0.1)
            (after,) = await database.fetch(one(), Row)
            assert before.pid != after.pid
        await database.close()  # not before the proxy: asyncpg would wait for the end of the stream

    async def test_read_that_is_under_way_is_repeated(self, database: Database, database_url: str) -> None:
        running = asyncio.create_task(database.fetch(slow(), Row))
        await asyncio.sleep(0.2)
        await terminate(database_url)
        assert [row.n for row in await running] == [1]

    async def test_bad_argument_is_not_taken_for_a_lost_connection(self, database: Database) -> None:
        (before,) = await database.fetch(one(), Row)
        for bad in ("\ud800", 5):
            with pytest.raises((asyncpg.DataError, InvalidText)):
                await database.fetch(said(), Row, said=bad)
        (after,) = await database.fetch(one(), Row)
        assert before.pid == after.pid

    async def test_failing_statement_leaves_the_pool_whole(self, database: Database) -> None:
        broken = Statement("select * from nowhere", (), {})
        for _ in range(20):
            with pytest.raises(asyncpg.UndefinedTableError):
                await database.fetch(broken, Row)
        assert (await database.fetch(one(), Row))[0].n == 1

    async def test_cancelled_reads_leave_the_pool_whole(self, database: Database) -> None:
        for _ in range(8):
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(database.fetch(slow(), Row), 0.02)
        assert len(await asyncio.gather(*(database.fetch(one(), Row) for _ in range(8)))) == 8

    async def test_unreachable_server_is_unavailable(self) -> None:
        nowhere = Database("postgresql+asyncpg://x@127.0.0.1:1/x")
        with pytest.raises(Unavailable):
            await nowhere.fetch(one(), Row)
        await nowhere.close()


class TestTransaction:
    async def test_writes_on_after_every_connection_was_terminated(self, database: Database, database_url: str) -> None:
        await Writer(database).write(SYSTEM, note)
        await terminate(database_url)
        for _ in range(4):
            try:
                assert await Writer(database).write(SYSTEM, note) == 7
            except Unavailable:
                continue
        assert await Writer(database).write(SYSTEM, note) == 7

    async def test_connection_lost_while_nobody_used_it_fails_no_write(
        self, database: Database, database_url: str
    ) -> None:
        await asyncio.gather(*(Writer(database).write(SYSTEM, note) for _ in range(3)))
        while await terminate(database_url):
            await asyncio.sleep(0.01)  # its farewell travels
        assert await Writer(database).write(SYSTEM, note) == 7

    async def test_fails_once_where_the_farewell_is_heard_but_the_stream_has_not_ended(self, database_url: str) -> None:
        async with asyncio.timeout(20), held_open(database_url) as url:
            database = Database(url, read_connections=1, write_connections=1)
            assert await Writer(database).write(SYSTEM, note) == 7
            await terminate(database_url)
            await asyncio.sleep(0.1)
            with pytest.raises(Unavailable):
                await Writer(database).write(SYSTEM, note)
            assert await Writer(database).write(SYSTEM, note) == 7
        await database.close()  # not before the proxy: asyncpg would wait for the end of the stream

    async def test_connection_that_breaks_under_an_act_is_unavailable(
        self, database: Database, database_url: str
    ) -> None:
        async def act(session: AsyncSession, _: Actor) -> None:
            await session.execute(text("select 1"))
            await terminate(database_url)
            await session.execute(text("select 1"))

        with pytest.raises(Unavailable):
            await Writer(database).write(SYSTEM, act)
        assert await Writer(database).write(SYSTEM, note) == 7

    async def test_unreachable_server_is_unavailable(self) -> None:
        nowhere = Database("postgresql+asyncpg://x@127.0.0.1:1/x")
        with pytest.raises(Unavailable):
            await Writer(nowhere).write(SYSTEM, note)
        await nowhere.close()


class TestStatement:
    def test_each_shape_is_compiled_once(self) -> None:
        assert one() is one()

    def test_constants_of_the_expression_are_arguments_too(self) -> None:
        made = said()
        assert made.arguments({"said": "hello"}) == ["hello"]
