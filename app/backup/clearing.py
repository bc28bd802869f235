"""Takes away everything that a schema holds, whatever release made it."""

from __future__ import annotations

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

PATIENCE = "10s"
"""For somebody who holds a table locked."""

_DROP = text(
    """
    do $$ declare item record; begin
        for item in
            select case c.relkind when 'v' then 'view' when 'm' then 'materialized view' when 'S' then 'sequence'
                   else 'table' end as kind, c.oid::regclass::text as name, c.relkind = 'S' as is_last
            from pg_class c
            where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'S')
                and not c.relispartition and not exists (
                    select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid
                        and (d.deptype = 'e' or c.relkind = 'S' and d.deptype in ('a', 'i')))
            union all
            select case p.prokind when 'a' then 'aggregate' when 'p' then 'procedure' else 'function' end,
                p.oid::regprocedure::text, true
            from pg_proc p
            where p.pronamespace = current_schema()::regnamespace and not exists (
                select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
            union all
            select 'type', t.oid::regtype::text, true
            from pg_type t
            where t.typnamespace = current_schema()::regnamespace and t.typtype in ('e', 'd') and not exists (
                select from pg_depend d where d.classid = 'pg_type'::regclass and d.objid = t.oid and d.deptype = 'e')
            order by is_last, name
        loop
            execute format('drop %s if exists %s cascade', item.kind, item.name);
        end loop;
    end $$
    """
)
"""Not what extensions brought (deptype e), nor sequences that belong to a column (a, i): they go with it."""


async def drop_everything(connection: AsyncConnection) -> None:
    """Drop tables, views, sequences, functions and types; waits `PATIENCE` for those who hold them locked."""
    await connection.execute(text(f"set local lock_timeout = '{PATIENCE}'"))
    await connection.execute(_DROP)
