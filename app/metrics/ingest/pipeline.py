"""The SQL of ingest: one COPY, one statement for keys, rows and roll-ups, one for marks; a transaction for all.

Written by hand, as COPY and the upsert of arrays have no expression form."""

from __future__ import annotations

from app.metrics.rollups import ALL_COLUMNS, CELL, CONFLICT, DIMENSIONS, merge_on_conflict
from app.metrics.tables import GREATEST, LEAST, SUMS

INFERENCE_COLUMNS = (
    *("occurred_at", "event_id", "model_id", "provider_id", "deployment_id", "environment", "team_id", "user_key"),
    *("operation", "use_case", "tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning"),
    *("latency_us", "ttft_us", "failed", "error_code", "error_message", "rating", "accepted", "confidence", "cost"),
    *("cost_source", "session_key", "api_key", "reported_by", "experiment", "variant", "workflow_run"),
    *("pipeline_context", "variant_id"),
)
STAGED_COLUMNS = [
    *INFERENCE_COLUMNS,
    *["digest", "ordinal", "cell", "bucket", "latency_bucket", "ttft_bucket", "user_register", "user_rank"],
]
ORDINAL = STAGED_COLUMNS.index("ordinal")

CREATE_STAGE = """
create temp table if not exists stage (
    like inference, digest bytea, ordinal int, cell int, bucket timestamptz,
    latency_bucket int2, ttft_bucket int2, user_register int2, user_rank int2) on commit delete rows
"""
"""`cell` numbers the distinct (minute, model, deployment, environment, team) of a batch: joins compare one int."""

_HISTOGRAM = """{name}_histogram as (
    select cell, array_agg(b order by b) as buckets, array_agg(n order by b) as counts
    from (select cell, {name}_bucket as b, count(*) as n from kept where {name}_bucket is not null group by 1, 2) c
    group by cell)"""

_SUMMED = ", ".join(f"s.{column}" for column in (*SUMS, *LEAST, *GREATEST))

TAKE = f"""
with fresh as (
    insert into inference_key (event_id, occurred_at, digest)
    select distinct on (event_id) event_id, occurred_at, digest from stage order by event_id, ordinal
    on conflict do nothing returning event_id),
kept as materialized (
    select distinct on (event_id) stage.* from stage join fresh using (event_id) order by event_id, ordinal),
inserted as (
    insert into inference ({", ".join(INFERENCE_COLUMNS)}) select {", ".join(INFERENCE_COLUMNS)} from kept),
{_HISTOGRAM.format(name="latency")},
{_HISTOGRAM.format(name="ttft")},
sums as (
    select cell, bucket, {DIMENSIONS}, count(*) as requests, count(*) filter (where failed) as failed,
        sum(tokens_in) as tokens_in, sum(tokens_out) as tokens_out, sum(tokens_cached) as tokens_cached,
        sum(tokens_reasoning) as tokens_reasoning,
        coalesce(sum(tokens_in + tokens_out) filter (where cost is not null), 0) as tokens_priced,
        coalesce(sum(cost), 0) as cost,
        count(*) filter (where cost is null) as unpriced,
        count(latency_us) as latency_count, coalesce(sum(latency_us), 0) as latency_sum_us,
        count(ttft_us) as ttft_count, coalesce(sum(ttft_us), 0) as ttft_sum_us,
        count(rating) as rating_count, coalesce(sum(rating), 0) as rating_sum,
        count(confidence) as confidence_count, coalesce(sum(confidence), 0) as confidence_sum,
        count(*) filter (where accepted) as accepted, count(*) filter (where not accepted) as rejected,
        min(latency_us) as latency_min_us, min(ttft_us) as ttft_min_us, max(latency_us) as latency_max_us,
        max(ttft_us) as ttft_max_us, max(tokens_in) as tokens_in_max, max(tokens_out) as tokens_out_max,
        max(occurred_at) as last_at
    from kept group by cell, bucket, {DIMENSIONS}),
rolled as (
    insert into rollup ({CELL}, {ALL_COLUMNS})
    select 1, s.bucket, {", ".join(f"s.{c.strip()}" for c in DIMENSIONS.split(","))}, {_SUMMED},
        coalesce(l.buckets, '{{}}'), coalesce(l.counts, '{{}}'), coalesce(t.buckets, '{{}}'), coalesce(t.counts, '{{}}')
    from sums s left join latency_histogram l using (cell) left join ttft_histogram t using (cell)
    order by s.bucket, s.model_id, s.deployment_id, s.environment, s.team_id
    on conflict ({CONFLICT}) do update set {merge_on_conflict()}),
errors as (
    insert into rollup_error ({CELL}, error_code, requests, message, last_at)
    select 1, bucket, {DIMENSIONS}, error_code, count(*), (array_agg(error_message order by occurred_at desc))[1],
        max(occurred_at)
    from kept where error_code is not null group by bucket, {DIMENSIONS}, error_code
    order by bucket, model_id, deployment_id, environment, team_id, error_code
    on conflict ({CONFLICT}, error_code) do update set requests = rollup_error.requests + excluded.requests,
        message = case when excluded.last_at < rollup_error.last_at then rollup_error.message
                       else excluded.message end,
        last_at = greatest(rollup_error.last_at, excluded.last_at)),
use_cases as (
    insert into rollup_use_case ({CELL}, use_case, requests, cost)
    select 1, bucket, {DIMENSIONS}, use_case, count(*), coalesce(sum(cost), 0)
    from kept where use_case is not null group by bucket, {DIMENSIONS}, use_case
    order by bucket, model_id, deployment_id, environment, team_id, use_case
    on conflict ({CONFLICT}, use_case) do update set requests = rollup_use_case.requests + excluded.requests,
        cost = rollup_use_case.cost + excluded.cost),
users as (
    insert into rollup_user ({CELL}, registers, ranks)
    select 1, bucket, {DIMENSIONS}, array_agg(user_register order by user_register),
        array_agg(user_rank order by user_register)
    from (select bucket, {DIMENSIONS}, user_register, max(user_rank) as user_rank
          from kept where user_register is not null group by bucket, {DIMENSIONS}, user_register) u
    group by bucket, {DIMENSIONS}
    order by bucket, model_id, deployment_id, environment, team_id
    on conflict ({CONFLICT}) do update set (registers, ranks) = (
        select m.registers, m.ranks
        from merge_ranks(rollup_user.registers, rollup_user.ranks, excluded.registers, excluded.ranks) m))
select (select count(*) from kept) as inserted,
    (select array_agg(distinct date_bin('1 hour', bucket, 'epoch')) from kept) as hours,
    case when (select count(*) from kept) < (select count(*) from stage)
        then (select coalesce(array_agg(ordinal), '{{}}') from kept) end as ordinals
"""

CONFLICTS = """
select coalesce(array_agg(ordinal order by ordinal), '{}') from stage join inference_key k using (event_id)
where k.digest <> stage.digest or k.occurred_at <> stage.occurred_at
"""

PARTITION = """
create table {name} (like inference including defaults including constraints);
alter table inference attach partition {name} for values from ('{day} 00:00+00') to ('{next_day} 00:00+00')
"""
"""Made apart and then attached: that needs no exclusive lock on the table that ingest is writing to."""
