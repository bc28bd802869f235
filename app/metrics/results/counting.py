"""Adds calls to what variants did, in the transaction that stores them.

Written by hand, as the upsert of arrays has no expression form."""

from __future__ import annotations

from collections.abc import Sequence
from operator import itemgetter
from typing import Any
from uuid import UUID

import asyncpg

from app.metrics.ingest.staging import COLUMNS, Staged
from app.metrics.results.rules import experiment_key, unit_of
from app.metrics.rollups import ALL_COLUMNS, merge_on_conflict
from app.metrics.rules import bucket_of
from app.metrics.tables import GREATEST, LEAST, SUMS

_VARIANT = COLUMNS.index("variant_id")
_told = itemgetter(*map(COLUMNS.index, ("latency_us", "ttft_us", "experiment", "user_key", "session_key")))


async def count_results(connection: asyncpg.Connection[Any], rows: Sequence[Staged]) -> None:
    """Count those of the stored rows that were answered by a variant."""
    counted = [_row(row) for row in rows if row.values[_VARIANT] is not None]
    if counted:
        await connection.execute(_COUNT, *map(list, zip(*counted, strict=True)))


def _row(row: Staged) -> tuple[Any, ...]:
    latency, first, experiment, user, session = _told(row.values)
    return row.occurred_at, row.event_id, _bucket(latency), _bucket(first), _unit(experiment, user or session)


def _bucket(us: int | None) -> int | None:
    return None if us is None else bucket_of(us)


def _unit(experiment: str, name: str | None) -> UUID | None:
    key = experiment_key(experiment)
    return unit_of(key, name) if name and key else None


def _histogram(name: str) -> str:
    return f"""{name}_histogram as (
        select variant_id, array_agg(b order by b) as {name}_buckets, array_agg(n order by b) as {name}_counts
        from (select variant_id, {name}_bucket as b, count(*) as n from counted
              where {name}_bucket is not null group by 1, 2) c group by variant_id)"""  # noqa: S608 - of constants


_TIMED = "latency_us > 0 and tokens_out > 0 and not failed"

_COUNT = f"""
with counted as (
    select i.*, told.* from unnest($1::timestamptz[], $2::uuid[], $3::int2[], $4::int2[], $5::uuid[])
        as told(at, event, latency_bucket, ttft_bucket, unit)
    join inference i on i.occurred_at = told.at and i.event_id = told.event),
met as (
    insert into experiment_unit (variant_id, unit)
    select distinct variant_id, unit from counted where unit is not null order by variant_id, unit
    on conflict do nothing returning variant_id),
{_histogram("latency")},
{_histogram("ttft")},
sums as (
    select variant_id, count(*) as requests, count(*) filter (where failed) as failed,
        coalesce(sum(cost), 0) as cost, count(*) filter (where cost is null) as unpriced,
        sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out, sum(tokens_cached) as tokens_cached,
        sum(tokens_reasoning) as tokens_reasoning,
        coalesce(sum(tokens_in + tokens_out) filter (where cost is not null), 0) as tokens_priced,
        count(latency_us) as latency_count, coalesce(sum(latency_us), 0) as latency_sum_us,
        count(ttft_us) as ttft_count, coalesce(sum(ttft_us), 0) as ttft_sum_us,
        count(rating) as rating_count, coalesce(sum(rating), 0) as rating_sum,
        count(confidence) as confidence_count, coalesce(sum(confidence), 0) as confidence_sum,
        count(*) filter (where accepted) as accepted, count(*) filter (where not accepted) as rejected,
        coalesce(sum(tokens_out) filter (where {_TIMED}), 0) as timed_tokens,
        coalesce(sum(latency_us) filter (where {_TIMED}), 0) as timed_us,
        min(latency_us) as latency_min_us, min(ttft_us) as ttft_min_us, max(latency_us) as latency_max_us,
        max(ttft_us) as ttft_max_us, max(tokens_in) as tokens_in_max, max(tokens_out) as tokens_out_max,
        max(occurred_at) as last_at
    from counted group by variant_id)
insert into rollup_variant (variant_id, units, {ALL_COLUMNS})
select variant_id, (select count(*) from met where met.variant_id = s.variant_id),
    {", ".join(f"s.{column}" for column in (*SUMS, *LEAST, *GREATEST))},
    coalesce(latency_buckets, '{{}}'), coalesce(latency_counts, '{{}}'),
    coalesce(ttft_buckets, '{{}}'), coalesce(ttft_counts, '{{}}')
from sums s left join latency_histogram using (variant_id) left join ttft_histogram using (variant_id)
order by variant_id
on conflict (variant_id) do update set units = rollup_variant.units + excluded.units,
    {merge_on_conflict("rollup_variant", whole=True)}
"""  # noqa: S608 - composed from constants
