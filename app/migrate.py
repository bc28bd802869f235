"""Brings a database to the schema this program was written for, and tells whether it is there."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import asyncpg
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, MetaData, text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

import app.alerts.channels.tables
import app.alerts.tables
import app.catalog.search.tables
import app.catalog.tables
import app.demo.tables
import app.deployments.tables
import app.experiments.tables
import app.identity.signing.tables
import app.identity.tables
import app.kit.idempotency
import app.kit.journal
import app.metrics.results.tables
import app.metrics.tables  # noqa: F401 - importing the rooms registers their tables
from app.kit.db import Base
from app.kit.errors import HubError, Unavailable
from app.kit.tls import open_engine, reason

METADATA: MetaData = Base.metadata
OLDEST_POSTGRES = 15
_ROOT = Path(__file__).resolve().parent.parent
LOCK = 0x6D6F64656C687562
"""The advisory lock that migrating takes alone, and whoever must not be migrated under shares."""
logging.getLogger("alembic.runtime.migration").setLevel(logging.WARNING)  # else it speaks at every look at the revision


class SchemaMismatch(HubError):
    """The database holds a schema that this program does not know."""


def configuration() -> Config:
    """Alembic's settings, from pyproject.toml."""
    return Config(toml_file=_ROOT / "pyproject.toml")


@cache
def head() -> str:
    """The revision this program needs."""
    return ScriptDirectory.from_config(configuration()).get_current_head() or ""


def is_managed(name: str | None, kind: str) -> bool:
    """Whether migrations own the table; partitions are made and dropped by jobs."""
    return kind != "table" or name in METADATA.tables


async def migrate(url: str) -> str:
    """Upgrade to the newest revision, and return it. Of several processes one does the work, the others wait."""
    async with connected(url) as connection:
        return await connection.run_sync(_upgrade)


def _upgrade(connection: Connection) -> str:
    refuse_old(connection)
    connection.execute(text("select pg_advisory_lock(:key)"), {"key": LOCK})
    connection.commit()
    try:
        current = _current(connection)
        refuse_unknown(current)
        if current != head():
            upgrade_within(connection)
            connection.commit()
        return head()
    finally:
        connection.rollback()
        connection.execute(text("select pg_advisory_unlock(:key)"), {"key": LOCK})
        connection.commit()


def upgrade_within(connection: Connection, revision: str = "head") -> None:
    """Run what is missing up to a revision in the transaction of this connection, which the caller commits."""
    connection.execute(text("select"))  # begins it, so that Alembic leaves it to us: all revisions, or none
    configured = configuration()
    configured.attributes["connection"] = connection
    command.upgrade(configured, revision)


def refuse_old(connection: Connection) -> None:
    """Raise `SchemaMismatch` if this Postgres is too old."""
    version = connection.scalar(text("show server_version_num"))
    if int(version or 0) < OLDEST_POSTGRES * 10_000:
        raise SchemaMismatch(f"Model Hub needs Postgres {OLDEST_POSTGRES} or newer; this one is {version}.")


def _current(connection: Connection) -> str | None:
    current = MigrationContext.configure(connection).get_current_revision()
    connection.rollback()
    return current


def is_known(revision: str) -> bool:
    """Whether this program has the revision; a newer one made it otherwise."""
    return revision in {script.revision for script in ScriptDirectory.from_config(configuration()).walk_revisions()}


def refuse_unknown(current: str | None) -> None:
    """Raise `SchemaMismatch` if the database was written by a newer Model Hub."""
    if current is not None and not is_known(current):
        raise SchemaMismatch(
            f"The database is at revision {current}, which this Model Hub does not know: it is newer. "
            "Start the newer Model Hub, or give this one another MODELHUB_HOME or DATABASE_URL."
        )


async def refuse_mismatch(url: str) -> None:
    """Raise `SchemaMismatch` unless the database is exactly at our revision."""
    current = await current_revision(url)
    refuse_unknown(current)
    if current != head():
        raise SchemaMismatch(
            f"The database is at revision {current or 'none'}, this Model Hub needs {head()}. Run `modelhub migrate`."
        )


async def current_revision(url: str) -> str | None:
    """The revision the database is at; None if it was never migrated."""
    async with connected(url) as connection:
        return await connection.run_sync(_current)


@asynccontextmanager
async def connected(url: str) -> AsyncGenerator[AsyncConnection]:
    """A connection, or `Unavailable` with the reason and the address, without the password."""
    engine = open_engine(url)
    try:
        connection = await _connect(engine)
        try:
            yield connection
        finally:
            await connection.close()
    finally:
        await engine.dispose()


async def _connect(engine: AsyncEngine) -> AsyncConnection:
    try:
        return await engine.connect()
    except (OSError, SQLAlchemyError, asyncpg.PostgresError) as error:
        address = engine.url.render_as_string(hide_password=True)
        raise Unavailable(f"The database {address} cannot be reached: {reason(error)}") from error
