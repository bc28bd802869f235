"""The SQL of repricing: what is added to roll-ups is what the calls cost more, or less.

Written by hand, as it changes calls and their roll-ups in one statement."""

from __future__ import annotations

from app.metrics.tables import MINUTE

MODELS = f"""
select id from model m where ($3::text[] is null or slug = any($3::text[])) and exists (
    select from rollup where grain = {MINUTE} and model_id = m.id and bucket >= $1 and bucket < $2) order by id
"""  # noqa: S608 - composed from constants
"""Those of these slugs, or all, that were called within a range."""

HOURS = f"""
select distinct date_bin('1 hour', bucket, 'epoch'::timestamptz) as hour from rollup
where grain = {MINUTE} and model_id = $1 and bucket >= $2 and bucket < $3 order by 1
"""  # noqa: S608 - composed from constants

LOCK = f"""
select bucket from rollup where grain = {MINUTE} and model_id = $1 and bucket >= $2 and bucket < $3
order by bucket, deployment_id, environment, team_id for update
"""  # noqa: S608 - composed from constants
"""In the order in which ingest takes them: roll-ups, marks, variants."""

CALLS = """
select occurred_at, event_id, tokens_in, tokens_out, tokens_cached, tokens_reasoning, cost from inference
where occurred_at >= $1 and occurred_at < $2 and model_id = $3 and cost_source is distinct from 'REPORTED' for update
"""

_MORE = "sum(coalesce(now_cost, 0) - coalesce(cost, 0)) as more"
_UNPRICED = "sum((now_cost is null)::int - (cost is null)::int)::int8 as unpriced"
_TOKENS = "sum(((now_cost is not null)::int - (cost is not null)::int) * (tokens_in + tokens_out))::int8 as tokens"
_CELL = "bucket, deployment_id, environment, team_id"
_SAME = f"""r.grain = {MINUTE} and r.bucket = d.bucket and r.model_id = $4 and r.environment = d.environment
        and r.deployment_id is not distinct from d.deployment_id and r.team_id is not distinct from d.team_id"""

COMPENSATE = f"""
with changed as (
    select i.*, date_bin('1 minute', i.occurred_at, 'epoch'::timestamptz) as bucket, n.cost as now_cost
    from unnest($1::timestamptz[], $2::uuid[], $3::numeric[]) as n(at, event, cost)
    join inference i on i.occurred_at = n.at and i.event_id = n.event),
written as (
    update inference i set cost = c.now_cost, cost_source = case when c.now_cost is not null then 'PRICE_LIST' end
    from changed c where i.occurred_at = c.occurred_at and i.event_id = c.event_id),
minutes as (
    update rollup r set cost = r.cost + d.more, unpriced = r.unpriced + d.unpriced,
        tokens_priced = r.tokens_priced + d.tokens
    from (select {_CELL}, {_MORE}, {_UNPRICED}, {_TOKENS} from changed group by {_CELL}) d where {_SAME}),
variants as (
    update rollup_variant r set cost = r.cost + d.more, unpriced = r.unpriced + d.unpriced,
        tokens_priced = r.tokens_priced + d.tokens
    from (select variant_id, {_MORE}, {_UNPRICED}, {_TOKENS} from changed where variant_id is not null
          group by variant_id) d
    where r.variant_id = d.variant_id)
select count(*) as calls, coalesce(sum(cost), 0) as cost_before, coalesce(sum(now_cost), 0) as cost_after,
    count(*) filter (where cost is null) as unpriced_before, count(*) filter (where now_cost is null) as unpriced_after
from changed
"""  # noqa: S608 - composed from constants
