"""Puts a backup in the place of everything a database holds, in one transaction."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.backup import inventory
from app.backup.archive import Archive, DamagedBackup, Report, silently
from app.backup.clearing import drop_everything
from app.backup.connecting import connected, driver_of
from app.backup.events import BackupRestored
from app.backup.inventory import quoted
from app.backup.manifest import Sequence, StoredTable
from app.identity.restoring import Ended, Known, end_credentials, known_by
from app.kit.access import SYSTEM, Actor
from app.kit.clock import utc_now
from app.kit.errors import Conflict
from app.kit.journal import AuditEvent, EventStream, Origin, record, write_within
from app.kit.presence import alone
from app.migrate import LOCK, METADATA, is_known, refuse_old, upgrade_within

MANY = 1_000_000
"""So far inferences are counted."""


NEVER_EMPTIED = {AuditEvent.__tablename__}
"""Postgres refuses it; migrations put nothing there."""


@dataclass(frozen=True, slots=True)
class Content:
    """What a restore would replace; `inferences` is at most `MANY` + 1."""

    models: int
    deployments: int
    inferences: int
    last_event_at: datetime | None

    def __str__(self) -> str:
        inferences = f"more than {MANY:,}" if self.inferences > MANY else f"{self.inferences:,}"
        last = f"{self.last_event_at:%Y-%m-%d %H:%M:%S} UTC" if self.last_event_at else "never"
        return f"{self.models:,} models, {self.deployments:,} deployments, {inferences} inferences; last event: {last}"


class NotOurs(Conflict):
    """The database holds tables that Model Hub did not make."""


class InUse(Conflict):
    """Processes of Model Hub use the database."""


async def content_of(url: str) -> Content | None:
    """What the database holds; None if nothing would be lost. Raises `NotOurs`, and `InUse` if it is in use."""
    async with connected(url, "modelhub restore") as connection, connection.begin():
        await connection.run_sync(refuse_old)
        await _refuse_company(connection)
        tables = [table.name for table in await inventory.tables(connection)]
        await _refuse_strangers(connection, tables)
        return await _content(connection) if await _has_rows(connection, tables) else None


async def restore(url: str, archive: Archive, report: Report = silently, *, keep_keys: bool = False) -> Ended:
    """Replace everything by the archive, bring it to this program's schema, begin a new epoch of events, and end the
    credentials that must not come back (`keep_keys`: but for API keys of which nothing is known).

    It happens whole or not at all. Raises `InUse`, `NotOurs`, `DamagedBackup`, `Unavailable`."""
    async with connected(url, "modelhub restore") as connection, connection.begin():
        await _refuse_company(connection)
        await _refuse_strangers(connection, [table.name for table in await inventory.tables(connection)])
        known = await known_by(connection)
        await drop_everything(connection)
        await put_back(connection, archive, report)
        await connection.run_sync(upgrade_within)
        await connection.execute(_OF_THIS_SERVER)
        ended = await _begin_epoch(connection, archive, known, keep_keys=keep_keys)
        await connection.execute(text("analyze"))
    return ended


_OF_THIS_SERVER = text("update model_search set tx = default where tx > pg_current_xact_id()")
"""Another server may have counted further: its transactions would seem new for ever, and be read again each time."""


async def _refuse_company(connection: AsyncConnection) -> None:
    users = await alone(connection)
    if users:
        raise InUse(f"Model Hub is using this database: {'; '.join(map(str, users))}. Stop it first.")
    if not await connection.scalar(text("select pg_try_advisory_xact_lock(:key)"), {"key": LOCK}):
        raise InUse("The database is being migrated, backed up or restored. Try again when that is done.")


async def _refuse_strangers(connection: AsyncConnection, tables: list[str]) -> None:
    """A newer schema may have tables that we do not know; then it is enough that the database is Model Hub's."""
    revision = await inventory.revision(connection)
    strangers = [name for name in tables if name not in METADATA.tables]
    if strangers and (revision is None or is_known(revision)):
        raise NotOurs(f"The database holds tables that are not Model Hub's: {', '.join(strangers)}. Choose another.")


async def _has_rows(connection: AsyncConnection, tables: list[str]) -> bool:
    asked = [f"exists (select from {quoted(name)})" for name in tables if name != EventStream.__tablename__]
    return bool(asked) and await connection.scalar(text(f"select {' or '.join(asked)}")) is True


async def _content(connection: AsyncConnection) -> Content:
    found = await connection.execute(_CONTENT, {"many": MANY + 1})
    return Content(**found.mappings().one())


_CONTENT = text(
    """
    select (select count(*) from model) as models, (select count(*) from deployment) as deployments,
        (select count(*) from (select from inference limit :many) i) as inferences,
        (select max(recorded_at) from event) as last_event_at
    """
)


async def put_back(connection: AsyncConnection, archive: Archive, report: Report = silently) -> None:
    """Make the tables of the archive's revision in an empty schema, and fill them.

    What the migrations put there is in the archive too."""
    await connection.run_sync(upgrade_within, archive.manifest.revision)
    known = await inventory.tables(connection)
    stored = {table.name: table for table in archive.manifest.tables}
    _refuse_other_tables(archive, {table.name for table in known})
    await inventory.prepare(connection)
    await connection.execute(text(f"truncate {quoted(*(stored.keys() - NEVER_EMPTIED))}"))
    for done, table in enumerate(known, 1):
        await _fill(connection, archive, stored[table.name], {part.name for part in table.partitions})
        report(done, len(known))
    await _set_sequences(connection, archive.manifest.sequences)


def _refuse_other_tables(archive: Archive, known: set[str]) -> None:
    stored = {table.name for table in archive.manifest.tables}
    if stored != known:
        raise DamagedBackup(
            f"{archive.path} says that it is of revision {archive.manifest.revision}, but its tables are not: "
            f"{', '.join(sorted(stored ^ known))}."
        )


async def _fill(connection: AsyncConnection, archive: Archive, table: StoredTable, parts: set[str]) -> None:
    for part in table.partitions:
        if part.name not in parts:
            made = f"create table {quoted(part.name)} partition of {quoted(table.name)} {part.bound}"
            await connection.exec_driver_sql(made)
    driver = await driver_of(connection)
    await connection.execute(text(f"alter table {quoted(table.name)} disable trigger user"))
    done = await driver.copy_to_table(table.name, source=_source(archive, table), columns=table.columns)
    await connection.execute(text(f"alter table {quoted(table.name)} enable trigger user"))
    if done != f"COPY {table.rows}":
        raise DamagedBackup(f"{archive.path}: the table {table.name} was to have {table.rows} rows: {done}.")


async def _source(archive: Archive, table: StoredTable) -> AsyncGenerator[bytes]:
    for piece in archive.rows_of(table):
        yield piece


async def _set_sequences(connection: AsyncConnection, sequences: list[Sequence]) -> None:
    for sequence in sequences:
        if sequence.value is not None:
            await connection.execute(
                text("select setval(cast(:name as regclass), :value)"), {"name": sequence.name, "value": sequence.value}
            )


async def _begin_epoch(connection: AsyncConnection, archive: Archive, known: Known, *, keep_keys: bool) -> Ended:
    """From here on cursors and sessions that were given out before lead nowhere."""
    async with AsyncSession(connection, join_transaction_mode="rollback_only", expire_on_commit=False) as session:
        return await write_within(session, Origin(), utc_now, SYSTEM, _note, archive, known, keep_keys=keep_keys)


async def _note(session: AsyncSession, actor: Actor, archive: Archive, known: Known, *, keep_keys: bool) -> Ended:
    ended = await end_credentials(session, known, keep_keys=keep_keys)
    manifest = archive.manifest
    epoch = await session.scalar(_BEGIN)
    event = BackupRestored(
        resource_id=str(epoch),
        taken_at=manifest.taken_at.isoformat(),
        version=manifest.version,
        revision=manifest.revision,
    )
    before, after = {"epoch": str(manifest.epoch)}, {"epoch": str(epoch), **event.payload(), "ended": ended.told()}
    record(session, actor, event, before=before, after=after, reason=f"modelhub restore {archive.path.name}")
    return ended


_BEGIN = text("update event_stream set epoch = gen_random_uuid() where id = 1 returning epoch")
