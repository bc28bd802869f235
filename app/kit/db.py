"""The database: writes through an ORM session, reads through compiled statements on the driver's own connection."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, ParamSpec, TypeAlias, TypeVar, cast

import asyncpg
import orjson
from sqlalchemy import MetaData, Select, event
from sqlalchemy.dialects.postgresql.asyncpg import dialect as asyncpg_dialect
from sqlalchemy.exc import DBAPIError, DisconnectionError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.sql.expression import Executable

from app.kit.at_hand import AtHand, Lent
from app.kit.errors import Conflict, ErrorCode, HubError, Unavailable
from app.kit.pools import Pool, Reachability, WaitedFor, tally_cursors
from app.kit.tls import open_engine

P = ParamSpec("P")
R = TypeVar("R", bound="Row")

Selection: TypeAlias = "Select[*tuple[Any, ...]]"
"""A select of any columns."""

_UNREACHABLE = (OSError, DBAPIError, asyncpg.PostgresConnectionError, asyncpg.InterfaceError)
"""What opening a connection fails with when Postgres is away."""


class Base(DeclarativeBase):
    """What every table derives from; constraint names are fixed so that migrations can speak of them."""

    metadata = MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "ck": "ck_%(table_name)s_%(constraint_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )


class Row(asyncpg.Record):
    """A row read from the database; columns are attributes. Each GraphQL face has its own subclass."""

    def __getattr__(self, name: str) -> Any:
        try:
            return self[name]
        except KeyError:
            raise AttributeError(name) from None


@dataclass(frozen=True, slots=True)
class Statement:
    """SQL text with the names of its arguments in order, and the values that were constants in the expression."""

    sql: str
    names: tuple[str, ...]
    constants: dict[str, Any]

    def arguments(self, values: dict[str, Any]) -> list[Any]:
        """The values in the order of `$1, $2, …`."""
        return [values[name] if name in values else self.constants[name] for name in self.names]


def compile_statement(expression: Executable) -> Statement:
    """Turn an expression into SQL for asyncpg. Costs about a millisecond: do it once per shape (`statement`)."""
    compiled = expression.compile(  # pyright: ignore[reportAttributeAccessIssue] - every Executable compiles
        dialect=asyncpg_dialect(), compile_kwargs={"render_postcompile": True}
    )
    return Statement(str(compiled), tuple(compiled.positiontup or ()), dict(compiled.params))


def statement(build: Callable[P, Executable]) -> Callable[P, Statement]:
    """Decorate a function from a *shape* (hashable) to an expression: each shape is compiled once."""

    @lru_cache(maxsize=1024)
    def compiled(*shape: Any) -> Statement:
        return compile_statement(cast("Callable[..., Executable]", build)(*shape))

    CACHE_FIGURES.append(compiled.cache_info)
    return cast("Callable[P, Statement]", compiled)


CACHE_FIGURES: list[Callable[[], Any]] = []
"""`cache_info` of each function decorated with `statement`."""


class Announcement(StrEnum):
    """What a transaction brought that somebody may wait for."""

    EVENTS = "events"
    USAGE = "usage"


ANNOUNCED = "announced"
"""Where a session keeps its announcement until the commit."""


def _to_nobody(_: Announcement) -> None:
    """Nobody waits in this process."""


class Database:
    """Two pools over one Postgres: reads are autocommit and raw, writes are ORM transactions."""

    def __init__(self, url: str, *, read_connections: int = 8, write_connections: int = 4) -> None:
        reads = open_engine(
            url,
            isolation_level="AUTOCOMMIT",
            pool_reset_on_return=None,
            pool_size=read_connections,
            max_overflow=0,
            hide_parameters=True,
        )
        self._writes = open_engine(
            url,
            pool_size=write_connections,
            max_overflow=write_connections,
            poolclass=WaitedFor,
            hide_parameters=True,
        )
        event.listen(reads.sync_engine, "connect", _decode_json)
        event.listen(self._writes.sync_engine, "checkout", _refuse_closed)
        self._reads, writes = (
            AtHand("read", reads, read_connections),
            Pool("write", self._writes, 2 * write_connections),
        )
        self.pools = (self._reads, writes)
        tally_cursors(writes)
        self.reachability = Reachability()
        self.statements = self.repeated = 0
        self.announce: Callable[[Announcement], None] = _to_nobody
        """Called after each commit that somebody may wait for."""

    async def fetch(self, statement: Statement, row: type[R], /, **values: Any) -> list[R]:
        """Run one read. If Postgres was restarted meanwhile it is repeated once on a new connection."""
        self.statements += 1
        arguments = statement.arguments(values)
        try:
            return await self._fetch(statement.sql, arguments, row)
        except _ConnectionLost:
            self.repeated += 1
            await self._reads.close()
        try:
            return await self._fetch(statement.sql, arguments, row)
        except _ConnectionLost as lost:
            self.reachability.lost(lost.__cause__ or lost)
            raise Unavailable("The database cannot be reached; try again in a few seconds.") from lost

    async def _fetch(self, sql: str, arguments: Sequence[Any], row: type[R]) -> list[R]:
        lent = await self._take()
        try:
            with self._reads.tally.timed():
                return await lent.driver.fetch(sql, *arguments, record_class=row)
        except Exception as error:
            if _is_unholdable(error):
                raise InvalidText from None
            lent.lost = _is_lost(lent.driver, error)
            if not lent.lost:
                raise
            raise _ConnectionLost from error
        finally:
            await self._reads.give_back(lent)

    async def _take(self) -> Lent:
        try:
            lent = await self._reads.take()
        except _UNREACHABLE as error:
            raise _ConnectionLost from error
        self.reachability.found()
        return lent

    @asynccontextmanager
    async def transaction(self) -> AsyncGenerator[AsyncSession]:
        """A session whose work is committed as one, or not at all."""
        with self.reachability.watched():
            try:
                async with AsyncSession(self._writes, expire_on_commit=False) as session:
                    async with session.begin():
                        yield session
                    if ANNOUNCED in session.info:
                        self.announce(session.info[ANNOUNCED])
            except DBAPIError as error:
                raise _refusal(error) or error from error.orig
            except OSError as error:
                raise Unavailable(NOT_WRITTEN) from error

    @asynccontextmanager
    async def driver(self, brings: Announcement | None = None) -> AsyncGenerator[asyncpg.Connection[Any]]:
        """A raw connection of the write pool for COPY; the caller opens the transaction, and says what it `brings`."""
        with self.reachability.watched():
            try:
                async with self._writes.connect() as connection:
                    raw = await connection.get_raw_connection()
                    driver = cast("asyncpg.Connection[Any]", raw.driver_connection)
                    try:
                        yield driver
                    finally:
                        if driver.is_closed():
                            await connection.invalidate()
            except (*_UNREACHABLE, asyncpg.AdminShutdownError, asyncpg.InsufficientResourcesError) as error:
                raise Unavailable(NOT_WRITTEN) from error
        if brings is not None:
            self.announce(brings)

    async def close(self) -> None:
        """Close both pools."""
        await self._reads.close()
        await self._writes.dispose()


def _refusal(error: DBAPIError) -> HubError | None:
    """What a caller can understand of a failed statement; None if it is a defect."""
    if _is_outage(error.orig):
        return Unavailable(NOT_WRITTEN)
    state = str(getattr(error.orig, "sqlstate", None))
    return Conflict("Somebody changed the same at the same moment; try again.") if state.startswith("40") else None


NOT_WRITTEN = "The database cannot be reached or is out of space or memory; nothing was written. Try again later."


def _is_outage(error: BaseException | None) -> bool:
    """Whether Postgres is away, going down (class 57P, 08) or out of resources (class 53)."""
    state = str(getattr(error, "sqlstate", None) or "08000")
    return state.startswith(("08", "53", "57P"))


def _is_lost(driver: Any, error: Exception) -> bool:
    """Whether a statement failed because its connection is gone, rather than because of itself."""
    gone = (
        *(OSError, asyncpg.PostgresConnectionError, asyncpg.AdminShutdownError, asyncpg.CannotConnectNowError),
        asyncpg.InternalClientError,  # the farewell was heard, but the stream has not ended yet
    )
    return driver.is_closed() or isinstance(error, gone)


def _is_unholdable(error: Exception) -> bool:
    """Whether an argument was text that Postgres cannot hold: U+0000, or what is no valid Unicode."""
    return isinstance(error, asyncpg.CharacterNotInRepertoireError) or isinstance(error.__cause__, UnicodeError)


class InvalidText(HubError):
    """Text that Postgres cannot hold."""

    code = ErrorCode.INVALID_PARAMETER

    def __init__(self) -> None:
        super().__init__("Text must be valid Unicode and must not hold the character U+0000.")


class _ConnectionLost(Exception):
    """The connection under a read is gone."""


def _refuse_closed(dbapi_connection: Any, *_: Any) -> None:
    """A connection that was lost while nobody used it is replaced, so that no write fails for that."""
    if dbapi_connection.driver_connection.is_closed():
        raise DisconnectionError


def _decode_json(dbapi_connection: Any, _record: Any) -> None:
    """Reads see parsed JSON: the driver's default, and SQLAlchemy's, is text."""
    dbapi_connection.run_async(
        lambda driver: driver.set_type_codec(
            "jsonb", schema="pg_catalog", format="text", encoder=_dumps, decoder=orjson.loads
        )
    )


def _dumps(value: Any) -> str:
    return orjson.dumps(value).decode()
