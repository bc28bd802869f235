"""The SQL of ingest: keys first, then the rows by COPY, then one statement for what they add to roll-ups.

Written by hand, as COPY and the upsert of arrays have no expression form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from app.metrics.rollups import ALL_COLUMNS, CELL, CONFLICT, DIMENSIONS, joined, merge_on_conflict
from app.metrics.tables import GREATEST, LEAST, SUMS

KEY_COLUMNS = ("event_id", "occurred_at", "digest")

CLAIM = """
insert into inference_key (event_id, occurred_at, digest)
select * from unnest($1::uuid[], $2::timestamptz[], $3::bytea[])
on conflict do nothing returning event_id
"""
"""Which of these keys are new."""

KNOWN = "select event_id, occurred_at, digest from inference_key where event_id = any($1::uuid[])"

_FIGURES = (*SUMS, *LEAST, *GREATEST)
_TYPES: Mapping[str, str] = {
    **dict.fromkeys(("bucket", "last_at"), "timestamptz"),
    **dict.fromkeys(("model_id", "provider_id", "deployment_id", "team_id"), "uuid"),
    **dict.fromkeys(("environment", "error_code", "message"), "text"),
    **dict.fromkeys(("cost", "confidence_sum"), "numeric"),
    **dict.fromkeys(("latency_buckets", "ttft_buckets", "registers", "ranks"), "int2"),
}
_PLACES = ("latency_from", "latency_to", "ttft_from", "ttft_to", "user_from", "user_to")

CELL_COLUMNS = ("bucket", *DIMENSIONS.split(", "), *_FIGURES, *_PLACES)
ERROR_COLUMNS = ("cell", "error_code", "requests", "message", "last_at")
FLAT_COLUMNS = ("latency_buckets", "latency_counts", "ttft_buckets", "ttft_counts", "registers", "ranks")
"""Histograms and sketches of all cells, one after the other; a cell says from where to where its own reach."""

NUMBERS = frozenset({*_FIGURES, *_PLACES, *FLAT_COLUMNS, "cell", "requests"} - {"last_at"})
"""Columns whose values are handed over as text: that takes the driver a tenth of what an array does."""

_ERRORS_FROM = len(CELL_COLUMNS)
_FLAT_FROM = _ERRORS_FROM + len(ERROR_COLUMNS)


def _array(name: str, number: int) -> str:
    type_ = _TYPES.get(name, "int8")
    return f"${number}::text::{type_}[]" if name in NUMBERS else f"${number}::{type_}[]"


def _arrays(columns: Iterable[str], before: int) -> str:
    return ", ".join(_array(name, number) for number, name in enumerate(columns, before + 1))


def _slice(name: str, of: str) -> str:
    return f"f.{name}[c.{of}_from:c.{of}_to]"


_HISTOGRAMS = ", ".join(_slice(name, name.partition("_")[0]) for name in FLAT_COLUMNS[:4])
_ORDER = "c.bucket, c.model_id, c.deployment_id, c.environment, c.team_id"
_OF_CELL = ", ".join(f"c.{name}" for name in CELL_COLUMNS[:6])

ROLL = f"""
with flat({", ".join(FLAT_COLUMNS)}) as materialized (select {_arrays(FLAT_COLUMNS, _FLAT_FROM)}),
cells as materialized (
    select * from unnest({_arrays(CELL_COLUMNS, 0)}) with ordinality as c({", ".join(CELL_COLUMNS)}, cell)),
rolled as (
    insert into rollup ({CELL}, {ALL_COLUMNS})
    select 1, {_OF_CELL}, {", ".join(f"c.{name}" for name in _FIGURES)}, {_HISTOGRAMS}
    from flat f, cells c order by {_ORDER}
    on conflict ({CONFLICT}) do update set {merge_on_conflict()}),
errors as (
    insert into rollup_error ({CELL}, error_code, requests, message, last_at)
    select 1, {_OF_CELL}, e.error_code, e.requests, e.message, e.last_at
    from unnest({_arrays(ERROR_COLUMNS, _ERRORS_FROM)}) as e({", ".join(ERROR_COLUMNS)}) join cells c using (cell)
    order by {_ORDER}, e.error_code
    on conflict ({CONFLICT}, error_code) do update set requests = rollup_error.requests + excluded.requests,
        message = case when excluded.last_at < rollup_error.last_at then rollup_error.message
                       else excluded.message end,
        last_at = greatest(rollup_error.last_at, excluded.last_at)),
users as (
    insert into rollup_user ({CELL}, registers, ranks)
    select 1, {_OF_CELL}, {_slice("registers", "user")}, {_slice("ranks", "user")}
    from flat f, cells c where user_to >= user_from order by {_ORDER}
    on conflict ({CONFLICT}) do update set {joined("rollup_user", "registers", "ranks", "max(v)")})
select count(*) from cells
"""
"""Arguments: the columns of cells and errors as arrays, then the flat ones (`counting`); `NUMBERS` are text."""

PARTITION = """
create table {name} (like inference including defaults including constraints);
alter table inference attach partition {name} for values from ('{day} 00:00+00') to ('{next_day} 00:00+00')
"""
"""Made apart and then attached: that needs no exclusive lock on the table that ingest is writing to."""
