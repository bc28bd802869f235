"""Who is using the database: a shared lock for as long as a process runs, which a restore must have alone."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.pool import NullPool

from app.kit.errors import Conflict
from app.kit.tls import open_engine

log = logging.getLogger("modelhub.presence")

LOCK = 0x6D68_7573_6572
LOOK_EVERY = 1.0
ANSWER_WITHIN = 10.0
_LOST = (OSError, TimeoutError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)
_TAKE = text("select pg_try_advisory_lock_shared(:key)")
_EPOCH = text("select epoch from event_stream where id = 1")


class BeingRestored(Conflict):
    """A backup is being restored into the database; it cannot be used until that is done."""


def end_this_process() -> None:
    """Ask this process to end in good order; what supervises it starts it anew."""
    os.kill(os.getpid(), signal.SIGTERM)


@asynccontextmanager
async def present(url: str, name: str, leave: Callable[[], None] = end_this_process) -> AsyncGenerator[None]:
    """Keep the database from being restored during the block; `name` tells people which process it is.

    The lock lives on a session of its own, and is taken again when Postgres was restarted. If a restore came first,
    all that this process remembers of the database is void: `leave` is called. Raises `BeingRestored`."""
    engine = open_engine(url, _called(name), isolation_level="AUTOCOMMIT", poolclass=NullPool)
    try:
        session = await _enter(engine)
        keeper = asyncio.create_task(_keep(engine, session, leave))
        await asyncio.sleep(0)  # a task that is cancelled before it begins would not close its session
        try:
            yield
        finally:
            keeper.cancel()
            with suppress(asyncio.CancelledError):
                await keeper
    finally:
        await engine.dispose()


def _called(name: str) -> dict[str, Any]:
    return {"server_settings": {"application_name": name}}


@dataclass(slots=True)
class _Session:
    connection: AsyncConnection
    epoch: Any


async def _enter(engine: AsyncEngine) -> _Session:
    connection = await engine.connect()
    try:
        if not await connection.scalar(_TAKE, {"key": LOCK}):
            raise BeingRestored("A backup is being restored into this database. Start again when that is done.")
        return _Session(connection, await connection.scalar(_EPOCH))
    except BaseException:
        await connection.close()
        raise


async def _keep(engine: AsyncEngine, session: _Session, leave: Callable[[], None]) -> None:
    epoch = session.epoch
    try:
        while True:
            await _hold(session.connection)
            session = await _enter_again(engine)
            if session.epoch != epoch:
                raise BeingRestored("A backup was restored into this database.")
    except BeingRestored as restored:
        log.error("%s This process ends, as what it remembers is void.", restored)  # noqa: TRY400 - expected
        leave()
    finally:
        await session.connection.close()


async def _hold(connection: AsyncConnection) -> None:
    """Returns when the session is lost."""
    try:
        while True:
            await asyncio.sleep(LOOK_EVERY)
            async with asyncio.timeout(ANSWER_WITHIN):  # wait_for can swallow that we are cancelled
                await connection.execute(text("select 1"))
    except _LOST as error:
        reason = str(error).partition("\n")[0] or type(error).__name__
        log.warning("the session that tells of this process is lost (%s); opening another", reason)
        with suppress(*_LOST):
            await connection.invalidate()
            await connection.close()


async def _enter_again(engine: AsyncEngine) -> _Session:
    while True:
        try:
            return await _enter(engine)
        except _LOST:
            await asyncio.sleep(LOOK_EVERY)


@dataclass(frozen=True, slots=True)
class User:
    """A session that holds the lock."""

    name: str
    address: str | None
    pid: int

    def __str__(self) -> str:
        return f"{self.name or 'a process without a name'} ({self.address or 'this machine'}, session {self.pid})"


async def alone(connection: AsyncConnection) -> list[User]:
    """Take the lock alone until the transaction ends; gives who prevents it, nobody if it was taken."""
    if await connection.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK}):
        return []
    found = await connection.execute(_USERS, {"high": LOCK >> 32, "low": LOCK & 0xFFFF_FFFF})
    return [User(*row) for row in found] or [User("a process that has just ended", None, 0)]


_USERS = text(
    """
    select coalesce(a.application_name, ''), host(a.client_addr), l.pid
    from pg_locks l left join pg_stat_activity a on a.pid = l.pid
    where l.locktype = 'advisory' and l.objsubid = 1 and l.granted
      and l.database = (select oid from pg_database where datname = current_database())
      and l.classid = cast(:high as bigint)::oid and l.objid = cast(:low as bigint)::oid
    order by 1, 2, 3
    """
)
