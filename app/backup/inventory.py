"""What a database holds: its tables in the order in which they can be filled, their columns, partitions, sequences."""

from __future__ import annotations

from graphlib import TopologicalSorter
from typing import Any

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection

from app.backup.manifest import Partition, Sequence, Table

_OWN = """
    c.relnamespace = current_schema()::regnamespace and c.relpersistence = 'p' and c.relname <> 'alembic_version'
    and not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                    and d.deptype = 'e')
"""
"""Not what extensions brought."""

_TABLES = text(
    f"""
    select c.relname as name, array(
        select a.attname::text from pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = '' order by a.attnum
    ) as columns
    from pg_class c where c.relkind in ('r', 'p') and not c.relispartition and {_OWN} order by 1
    """
)
"""Generated columns are left out: Postgres computes them anew."""

_PARTITIONS = text(
    f"""
    select p.relname as parent, c.relname as name, pg_get_expr(c.relpartbound, c.oid) as bound
    from pg_inherits i join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where c.relispartition and c.relkind in ('r', 'p') and {_OWN} order by 1, 2
    """
)
_REFERENCES = text(
    f"""
    select distinct c.relname as name, f.relname as needed
    from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class f on f.oid = k.confrelid
    where k.contype = 'f' and k.conparentid = 0 and c.oid <> f.oid and {_OWN}
    """
)
_SEQUENCES = text(
    """
    select sequencename as name, last_value as value from pg_sequences
    where schemaname = current_schema() order by 1
    """
)


async def tables(connection: AsyncConnection) -> list[Table]:
    """All tables, each after those that it refers to."""
    parts: dict[str, list[Partition]] = {}
    for row in await _rows(connection, _PARTITIONS):
        parts.setdefault(row["parent"], []).append(Partition(name=row["name"], bound=row["bound"]))
    found = await _rows(connection, _TABLES)
    known = {row["name"]: Table(**row, partitions=parts.get(row["name"], [])) for row in found}
    return [known[name] for name in await _in_order(connection, known)]


async def _in_order(connection: AsyncConnection, known: dict[str, Table]) -> list[str]:
    needed: dict[str, set[str]] = {name: set() for name in known}
    for row in await _rows(connection, _REFERENCES):
        needed[row["name"]].add(row["needed"])
    return list(TopologicalSorter(needed).static_order())


async def sequences(connection: AsyncConnection) -> list[Sequence]:
    """Where the sequences stand."""
    return [Sequence(**row) for row in await _rows(connection, _SEQUENCES)]


async def revision(connection: AsyncConnection) -> str | None:
    """The revision of the schema; None without one."""
    if await connection.scalar(text("select to_regclass('alembic_version')")) is None:
        return None
    return await connection.scalar(text("select version_num from alembic_version"))


async def prepare(connection: AsyncConnection) -> None:
    """Have values written, and read, the same way on every server, until the transaction ends."""
    for name, value in SETTINGS.items():
        await connection.execute(text("select set_config(:name, :value, true)"), {"name": name, "value": value})


SETTINGS = {
    "datestyle": "ISO, YMD",
    "intervalstyle": "iso_8601",
    "timezone": "UTC",
    "extra_float_digits": "1",
    "bytea_output": "hex",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
}


def quoted(*names: str) -> str:
    """Names as SQL takes them; the manifest allows only letters, digits and underscores."""
    return ", ".join(f'"{name}"' for name in names)


async def _rows(connection: AsyncConnection, statement: TextClause) -> list[dict[str, Any]]:
    return [dict(row) for row in (await connection.execute(statement)).mappings()]
