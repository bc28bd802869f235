"""Takes a backup: one snapshot of a database that may be in use, table by table, in bounded memory."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.backup import inventory
from app.backup.archive import ArchiveWriter, Report, new_archive, silently
from app.backup.connecting import connected, driver_of
from app.backup.inventory import quoted
from app.backup.manifest import FORMAT, Manifest, StoredTable, Table
from app.kit.errors import Conflict
from app.migrate import LOCK, SchemaMismatch, refuse_unknown


async def back_up(url: str, path: Path, report: Report = silently) -> Manifest:
    """Write everything the database holds at this moment to a new file.

    Nobody is blocked; only migrations and dropping old partitions wait. Raises `Conflict`, `SchemaMismatch`,
    `Unavailable`; then there is no file."""
    with new_archive(path) as archive:
        async with connected(url, "modelhub backup") as connection, _snapshot(connection) as found:
            stored: list[StoredTable] = []
            for done, table in enumerate(found, 1):
                stored.append(await _store(connection, archive, table))
                report(done, len(found))
            manifest = await _manifest(connection, stored)
        archive.finish(manifest)
    return manifest


@asynccontextmanager
async def _snapshot(connection: AsyncConnection) -> AsyncGenerator[list[Table]]:
    """A transaction that sees one moment; the tables are locked before it, so that none of them can vanish."""
    await _refuse_migration(connection)
    tables = await inventory.tables(connection)
    await connection.commit()
    await connection.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    async with connection.begin():
        await connection.execute(text(f"lock table {quoted(*(table.name for table in tables))} in access share mode"))
        await inventory.prepare(connection)
        yield await inventory.tables(connection)


async def _refuse_migration(connection: AsyncConnection) -> None:
    """Hold off migrations until the connection is closed."""
    if not await connection.scalar(text("select pg_try_advisory_lock_shared(:key)"), {"key": LOCK}):
        raise Conflict("The database is being migrated or restored. Try again when that is done.")
    revision = await inventory.revision(connection)
    if revision is None:
        raise SchemaMismatch("There is nothing to back up: this database was never migrated.")
    refuse_unknown(revision)


async def _store(connection: AsyncConnection, archive: ArchiveWriter, table: Table) -> StoredTable:
    driver = await driver_of(connection)
    query = f"select {quoted(*table.columns)} from {quoted(table.name)}"
    with archive.table(table) as entry:
        await driver.copy_from_query(query, output=entry.write)
    return entry.stored()


async def _manifest(connection: AsyncConnection, stored: Sequence[StoredTable]) -> Manifest:
    stream = await connection.execute(text("select epoch, head, now() as taken_at from event_stream where id = 1"))
    return Manifest(
        format=FORMAT,
        version=version("modelhub"),
        revision=str(await inventory.revision(connection)),
        tables=list(stored),
        sequences=await inventory.sequences(connection),
        **stream.mappings().one(),
    )
