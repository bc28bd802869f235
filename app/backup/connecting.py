"""A connection with a name, whose failures are explained."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any, cast

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from app import migrate
from app.kit.errors import Conflict, Unavailable


@asynccontextmanager
async def connected(url: str, name: str) -> AsyncGenerator[AsyncConnection]:
    """A connection that Postgres knows by this name. Raises `Unavailable` or `Conflict` with Postgres's own words."""
    async with migrate.connected(url) as connection:
        try:
            await connection.execute(text("select set_config('application_name', :name, false)"), {"name": name})
            await connection.commit()
            yield connection
        except DBAPIError as error:
            raise _explained(error.orig) from error
        except (asyncpg.PostgresError, asyncpg.InterfaceError) as error:
            raise _explained(error) from error


async def driver_of(connection: AsyncConnection) -> asyncpg.Connection[Any]:
    """The driver's own connection, for COPY."""
    raw = await connection.get_raw_connection()
    return cast("asyncpg.Connection[Any]", raw.driver_connection)


def _explained(error: BaseException | None) -> Exception:
    cause = error.__cause__ if error is not None and error.__cause__ is not None else error
    if isinstance(cause, asyncpg.LockNotAvailableError):
        return Conflict("Somebody is using the tables, and holds them locked: end what uses the database, and repeat.")
    if isinstance(cause, asyncpg.OutOfMemoryError) and "max_locks" in str(cause.as_dict()):
        return Unavailable("Postgres cannot lock so many tables at once: raise its max_locks_per_transaction.")
    return Unavailable(f"Postgres failed, and nothing was changed: {cause}")
