"""The SQL of labels: the API keys, users and use cases that calls name, counted once a minute is over.

A minute has about as many of them as calls, so ingest counts none: it marks the minutes that its calls lie in. The
worker counts a marked minute anew, from the calls; until then whoever asks reads the calls of that minute."""

from __future__ import annotations

from collections.abc import Mapping

from app.metrics.rollups import CELL, DIMENSIONS, Source, spans
from app.metrics.tables import ATTRIBUTED, HOUR, MINUTE

LABELS: Mapping[str, str] = {"API_KEY": "api_key", "USER": "user_key", "USE_CASE": "use_case"}
"""What calls are attributed to, and the column of `inference` that names it."""

_AN_HOUR = "interval '1 hour'"
_EPOCH = "'epoch'::timestamptz"

MARK_MINUTES = """
insert into rollup_dirty_minute (bucket, due_at)
select bucket, greatest(bucket + interval '1 minute', now()) + interval '2 seconds'
from unnest($1::timestamptz[]) as m(bucket) order by bucket
on conflict (bucket) do update set seq = rollup_dirty_minute.seq + 1
"""
"""To be done before hours are marked: everybody locks minutes first. As with hours, a mark is locked until commit."""

TAKE_MINUTES = f"""
with first as (
    select bucket from rollup_dirty_minute where due_at <= $1 order by bucket limit 1 for update skip locked),
due as (
    select d.bucket from rollup_dirty_minute d, first f
    where d.due_at <= $1 and d.bucket >= f.bucket and d.bucket < date_bin({_AN_HOUR}, f.bucket, {_EPOCH}) + {_AN_HOUR}
    for update of d skip locked)
delete from rollup_dirty_minute m using due where m.bucket = due.bucket returning m.bucket
"""  # noqa: S608 - composed from constants
"""Those of one hour."""

TAKE_ALL_MINUTES = "delete from rollup_dirty_minute where bucket >= $1 and bucket < $2 returning bucket"
"""Those of a range, due or not."""

_FIGURES = {
    "requests": "1",
    "failed": "i.failed::int4",
    "tokens_in": "i.tokens_in",
    "tokens_out": "i.tokens_out",
    "unpriced": "(i.cost is null)::int4",
    "cost": "coalesce(i.cost, 0)",
}
"""What one call adds to a sum."""

_CALLS = f"""
select m.bucket, {", ".join(f"i.{name}" for name in DIMENSIONS.split(", "))}, i.use_case,
    {{label}} as label, {", ".join(f"{_FIGURES[name]} as {name}" for name in ATTRIBUTED)}
from {{minutes}} as m(bucket) cross join lateral (
    select * from inference where occurred_at >= m.bucket and occurred_at < m.bucket + interval '1 minute' offset 0) i
"""  # noqa: S608 - composed from constants
"""The calls of some minutes. `offset 0` keeps the planner from reading all calls first."""

FORGET_MINUTES = (
    f"delete from rollup_attribution where grain = {MINUTE} and bucket = any($1::timestamptz[])",  # noqa: S608
    f"delete from rollup_use_case where grain = {MINUTE} and bucket = any($1::timestamptz[])",  # noqa: S608
)

COUNT_MINUTES = f"""
with calls as ({_CALLS.format(label="array[api_key, user_key, use_case]", minutes="unnest($1::timestamptz[])")}),
counted as (
    insert into rollup_attribution ({CELL}, kind, label, {", ".join(ATTRIBUTED)})
    select {MINUTE}, bucket, {DIMENSIONS}, k.kind, k.name, {", ".join(f"sum(c.{name})" for name in ATTRIBUTED)}
    from calls c, unnest(array[{", ".join(f"'{kind}'" for kind in LABELS)}], c.label) as k(kind, name)
    where k.name is not null group by bucket, {DIMENSIONS}, k.kind, k.name)
insert into rollup_use_case ({CELL}, use_case, requests, cost)
select {MINUTE}, bucket, {DIMENSIONS}, use_case, count(*), sum(cost)
from calls where use_case is not null group by bucket, {DIMENSIONS}, use_case
"""  # noqa: S608 - composed from constants

_MARKED = f"""
    select grain, bucket from rollup_dirty
    union select {HOUR}, date_bin({_AN_HOUR}, bucket, {_EPOCH}) from rollup_dirty_minute"""  # noqa: S608 - of constants

LABEL_SPANS = f"""
uncounted(bucket) as (
    select bucket from rollup_dirty_minute where bucket >= :minute_start and bucket < :minute_end),
{spans(_MARKED)}"""  # noqa: S608 - composed from constants
"""`SPANS` where labels are asked for: an hour with a minute that is not counted is read by its minutes, and that minute
by its calls (`uncounted`)."""

_COUNTED = f"not (r.grain = {MINUTE} and r.bucket in (select bucket from uncounted))"  # noqa: S608 - of constants


def labelled(table: str, kind: str, conditions: str, columns: str) -> str:
    """A select of `columns` (of `r`) over the cover of a range: of a roll-up by labels, and of the calls with a label
    of this kind that are not counted yet."""
    column = LABELS[kind]
    calls = _CALLS.format(label=f"'{kind}' as kind, i.{column}", minutes="uncounted")
    counted = Source(table, f"{_COUNTED} and {conditions}")
    return f"""{counted.sql(columns)}
        union all select {columns} from ({calls} where i.{column} is not null) r where {conditions}"""  # noqa: S608
