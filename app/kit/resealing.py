"""Changing the key of everything that is sealed: in small steps, each whole or not at all, until nothing is left."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, MetaData, Table, func, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.db import Base, Database
from app.kit.sealing import HEADER, Keyring, Place, Sealed, Unreadable, name_of

BATCH = 100
"""Rows of one step; they are locked while it lasts."""


@dataclass(frozen=True, slots=True)
class SealedColumn:
    """A column that holds sealed secrets."""

    table: Table
    column: Column[Any]

    @property
    def key(self) -> Column[Any]:
        """The primary key of its table."""
        return next(iter(self.table.primary_key))


def sealed_columns(metadata: MetaData = Base.metadata) -> Iterator[SealedColumn]:
    """All of them, table by table."""
    for table in metadata.sorted_tables:
        yield from (SealedColumn(table, column) for column in table.columns if isinstance(column.type, Sealed))


async def reseal(database: Database, keyring: Keyring, report: Callable[[int], None] = lambda _: None) -> int:
    """Seal everything with the current key, and give how much was sealed with another. Safe to stop and to repeat."""
    done = 0
    for place in sealed_columns():
        while changed := await _step(database, keyring, place):
            done += changed
            report(done)
    return done


async def _step(database: Database, keyring: Keyring, place: SealedColumn) -> int:
    async with database.transaction() as session:
        rows = (await session.execute(_stale(place, keyring))).all()
        for row in rows:
            where = Place(place.table.name, place.column.name, row.key)
            renewed = keyring.seal(keyring.open(row.sealed, where), where)
            await session.execute(update(place.table).where(place.key == row.key).values({place.column.name: renewed}))
        return len(rows)


def _stale(place: SealedColumn, keyring: Keyring) -> Any:
    other = func.substr(place.column, 1, HEADER) != keyring.header
    rows = select(place.key.label("key"), place.column.label("sealed"))
    return rows.where(other).order_by(place.key).limit(BATCH).with_for_update()


async def keys_in_use(session: AsyncSession) -> dict[str, int]:
    """How many secrets each key has sealed, by its name."""
    found: dict[str, int] = {}
    for place in sealed_columns():
        header = func.substr(place.column, 1, HEADER)
        counts = select(header.label("header"), func.count().label("n")).where(place.column.is_not(None))
        for row in await session.execute(counts.group_by(header)):
            found[name_of(row.header)] = found.get(name_of(row.header), 0) + row.n
    return found


async def refuse_unreadable(database: Database, keyring: Keyring) -> None:
    """Raise `Unreadable` if something is sealed with a key that is not given."""
    async with database.transaction() as session:
        used = await keys_in_use(session)
    missing = sorted(used.keys() - keyring.names)
    if missing:
        raise Unreadable(
            f"{sum(used[name] for name in missing)} stored secrets were sealed with a key that is not given "
            f"({', '.join(missing)}). Give it again, after the current one, in MODELHUB_ENCRYPTION_KEYS (or the former "
            "MODELHUB_SECRET), run `modelhub secrets rotate`, and take it away then."
        )
