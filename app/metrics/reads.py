"""What is read of metrics: always from roll-ups, never from single inferences."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.kit.access import Actor, Permission
from app.kit.db import Row, statement
from app.kit.reading import Reader
from app.kit.scoping import LEVELS, scope
from app.metrics.labels import LABEL_SPANS, labelled
from app.metrics.rollups import HISTOGRAMS, SPANS, VISIBLE, Source, aggregates
from app.metrics.rules import STEPS, Granularity, TimeRange, cover


class Totals(Row):
    """Sums, extremes and merged histograms of a range."""


class Point(Row):
    """One step of a series."""


class ErrorCount(Row):
    """How often an error occurred."""


class Usage(Row):
    """What `Model.usage` adds to the totals."""


ESTATE = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Subject:
    """What is measured: `by` is `model`, `deployment`, `provider`, `team` (that called), or `estate` (one subject with
    the key `ESTATE`).

    Other fields narrow it; an empty tuple is no condition."""

    by: str
    environments: tuple[str, ...] = ()
    models: tuple[UUID, ...] = ()
    providers: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def shape(self) -> tuple[str, ...]:
        """What about it changes the SQL."""
        return (self.by, *(f.name for f in fields(self)[1:] if getattr(self, f.name)))

    def arguments(self) -> dict[str, Any]:
        """The values of the conditions that are there."""
        return {name: list(getattr(self, name)) for name in self.shape()[1:]}


_KEY = {
    "model": "model_id",
    "deployment": "deployment_id",
    "provider": "provider_id",
    "team": "team_id",
    "estate": f"'{ESTATE}'::uuid",
}

_CLEARED = f"r.model_id in (select id from model where security_level = any({LEVELS}))"
_CONDITIONS = {
    "model": "r.model_id = any(cast(:keys as uuid[]))",
    "deployment": "r.deployment_id = any(cast(:keys as uuid[]))",
    "provider": f"r.provider_id = any(cast(:keys as uuid[])) and {_CLEARED}",
    "team": f"r.team_id = any(cast(:keys as uuid[])) and {_CLEARED}",
    "estate": _CLEARED,
    "environments": "r.environment = any(cast(:environments as text[]))",
    "models": "r.model_id = any(cast(:models as uuid[]))",
    "providers": "r.provider_id in (select id from provider where slug = any(cast(:providers as text[])))",
    "teams": "r.team_id in (select id from team where slug = any(cast(:teams as text[])))",
}


def source_sql(table: str, shape: tuple[str, ...], columns: str = "r.*") -> str:
    """A select of `columns` (of `r`) over the visible rows of a roll-up that a subject of this shape means."""
    return Source(table, visible_sql(shape)).sql(columns)


def visible_sql(shape: tuple[str, ...]) -> str:
    """Whether a row `r` is one that a subject of this shape means and the actor may see."""
    return " and ".join([VISIBLE, *(_CONDITIONS[name] for name in shape)])


def _histogram(name: str, group: str) -> str:
    """Both arrays are unnested side by side in the select list: there that takes half as long as behind `from`."""
    buckets, counts = HISTOGRAMS[name]
    return f"""{name}_histogram as (
        select {group}, array_agg(b order by b) as {buckets}, array_agg(n order by b) as {counts}
        from (select {group}, b, sum(n)::int8 as n
              from (select {group}, unnest({buckets}) as b, unnest({counts}) as n from source) u
              group by {group}, b) merged
        group by {group})"""


@statement
def _totals(shape: tuple[str, ...]) -> Executable:
    return text(f"""
        with {SPANS}, source as ({source_sql("rollup", shape, f"{_key(shape)} as key, r.*")}),
        {_histogram("latency", "key")}, {_histogram("ttft", "key")},
        totals as (select key, {aggregates("source")} from source group by key)
        select t.*, l.latency_buckets, l.latency_counts, f.ttft_buckets, f.ttft_counts
        from totals t left join latency_histogram l on l.key = t.key
                      left join ttft_histogram f on f.key = t.key""")


@statement
def _sums(shape: tuple[str, ...]) -> Executable:
    """Without histograms: to merge those takes longer than all else."""
    return text(f"""
        with {SPANS}, source as ({source_sql("rollup", shape, f"{_key(shape)} as key, r.*")})
        select key, {aggregates("source")} from source group by key""")


@statement
def _sums_by_model(shape: tuple[str, ...]) -> Executable:
    return text(f"""
        with {SPANS}, source as ({source_sql("rollup", shape)})
        select model_id as key, {aggregates("source")} from source group by model_id""")


@statement
def _series(shape: tuple[str, ...]) -> Executable:
    point = f"{_key(shape)} as key, date_bin(cast(:step as interval), r.bucket, 'epoch'::timestamptz) as at"
    return text(f"""
        with {SPANS}, source as ({source_sql("rollup", shape, f"{point}, r.*")}),
        {_histogram("latency", "key, at")},
        totals as (
            select key, at, sum(requests)::int8 as requests, sum(failed)::int8 as failed,
                sum(tokens_in + tokens_out)::int8 as tokens, sum(cost) as cost, sum(unpriced)::int8 as unpriced,
                sum(latency_count)::int8 as latency_count, sum(latency_sum_us)::int8 as latency_sum_us,
                min(latency_min_us) as latency_min_us, max(latency_max_us) as latency_max_us
            from source group by key, at)
        select t.*, l.latency_buckets, l.latency_counts
        from totals t left join latency_histogram l on l.key = t.key and l.at = t.at""")


@statement
def _costs(shape: tuple[str, ...]) -> Executable:
    point = f"{_key(shape)} as key, date_bin(cast(:step as interval), r.bucket, 'epoch'::timestamptz) as at"
    return text(f"""
        with {SPANS}, source as ({source_sql("rollup", shape, f"{point}, r.cost")})
        select key, at, sum(cost) as cost from source group by key, at having sum(cost) > 0""")


@statement
def _errors(shape: tuple[str, ...]) -> Executable:
    return text(f"""
        with {SPANS}, source as ({source_sql("rollup_error", shape, f"{_key(shape)} as key, r.*")})
        select key, error_code, sum(requests)::int8 as requests, max(last_at) as last_at,
            (array_agg(message order by last_at desc))[1] as message
        from source group by key, error_code order by sum(requests) desc, error_code""")


@statement
def _use_cases(shape: tuple[str, ...]) -> Executable:
    columns = f"{_key(shape)} as key, r.use_case, r.requests"
    named = labelled("rollup_use_case", "USE_CASE", visible_sql(shape), columns)
    return text(f"""
        with {LABEL_SPANS}, source as ({named})
        select key, array_agg(use_case order by requests desc, use_case) as use_cases
        from (select key, use_case, sum(requests) as requests from source group by key, use_case) counted
        group by key""")


@statement
def _users(shape: tuple[str, ...]) -> Executable:
    return text(f"""
        with {SPANS}, source as ({source_sql("rollup_user", shape, f"{_key(shape)} as key, r.*")})
        select key, array_agg(rank) as ranks
        from (select key, register, max(rank) as rank
              from (select key, unnest(registers) as register, unnest(ranks) as rank from source) u
              group by key, register) merged
        group by key""")


@statement
def _last_used() -> Executable:
    return text(f"""
        select k.key, coalesce(m.last_at, d.last_at) as last_at
        from unnest(cast(:keys as uuid[])) as k(key)
        left join lateral (select last_at from rollup r where grain = 1 and deployment_id = k.key and {VISIBLE}
                           order by bucket desc, last_at desc limit 1) m on true
        left join lateral (select last_at from rollup r where grain = 1440 and deployment_id = k.key and {VISIBLE}
                           order by bucket desc, last_at desc limit 1) d on true""")


def _key(shape: tuple[str, ...]) -> str:
    key = _KEY[shape[0]]
    return key if key.startswith("'") else f"r.{key}"


def arguments_of(
    actor: Actor, subject: Subject, keys: Sequence[UUID], span: TimeRange, step: timedelta
) -> dict[str, Any]:
    """The arguments of a statement with `SPANS` and a `source_sql`; `step` is the coarsest grain that will do."""
    scoped = {**scope(actor), "keys": list(keys)}
    return {**asdict(cover(span, step)), **subject.arguments(), **scoped}


_A_DAY = timedelta(days=1)


async def totals(
    read: Reader, actor: Actor, keys: Sequence[UUID], subject: Subject, span: TimeRange
) -> dict[UUID, Totals]:
    """Sums over the range, by subject; a subject without requests is absent."""
    actor.require(Permission.ANALYTICS_READ)
    arguments = arguments_of(actor, subject, keys, span, _A_DAY)
    return {row["key"]: row for row in await read.fetch(_totals(subject.shape()), Totals, **arguments)}


async def sums(
    read: Reader, actor: Actor, keys: Sequence[UUID], subject: Subject, span: TimeRange
) -> dict[UUID, Totals]:
    """Totals without percentiles, by subject; a subject without requests is absent."""
    actor.require(Permission.ANALYTICS_READ)
    arguments = arguments_of(actor, subject, keys, span, _A_DAY)
    return {row["key"]: row for row in await read.fetch(_sums(subject.shape()), Totals, **arguments)}


async def totals_by_model(read: Reader, actor: Actor, subject: Subject, span: TimeRange) -> list[Totals]:
    """Sums over the range for every model of an estate that was used."""
    actor.require(Permission.ANALYTICS_READ)
    arguments = arguments_of(actor, subject, (), span, _A_DAY)
    return await read.fetch(_sums_by_model(subject.shape()), Totals, **arguments)


async def series(
    read: Reader,
    actor: Actor,
    keys: Sequence[UUID],
    subject: Subject,
    span: TimeRange,
    granularity: Granularity,
) -> dict[UUID, list[Point]]:
    """The steps in which something was measured, by subject, in no order."""
    actor.require(Permission.ANALYTICS_READ)
    step = STEPS[granularity]
    arguments = arguments_of(actor, subject, keys, span, step)
    return _by_key(await read.fetch(_series(subject.shape()), Point, **arguments, step=step))


async def costs_by_step(
    read: Reader, actor: Actor, keys: Sequence[UUID], subject: Subject, span: TimeRange, step: timedelta
) -> dict[UUID, list[Point]]:
    """What each step cost in which something was spent, by subject, in no order."""
    actor.require(Permission.ANALYTICS_READ)
    arguments = arguments_of(actor, subject, keys, span, step)
    return _by_key(await read.fetch(_costs(subject.shape()), Point, **arguments, step=step))


async def errors(
    read: Reader, actor: Actor, keys: Sequence[UUID], subject: Subject, span: TimeRange
) -> dict[UUID, list[ErrorCount]]:
    """Errors by code, most frequent first, by subject."""
    actor.require(Permission.ANALYTICS_READ)
    arguments = arguments_of(actor, subject, keys, span, _A_DAY)
    return _by_key(await read.fetch(_errors(subject.shape()), ErrorCount, **arguments))


async def use_cases(
    read: Reader, actor: Actor, keys: Sequence[UUID], subject: Subject, span: TimeRange
) -> dict[UUID, list[str]]:
    """Names of use cases, most frequent first, by subject."""
    actor.require(Permission.ANALYTICS_READ)
    arguments = arguments_of(actor, subject, keys, span, _A_DAY)
    return {row["key"]: row["use_cases"] for row in await read.fetch(_use_cases(subject.shape()), Usage, **arguments)}


async def user_ranks(
    read: Reader, actor: Actor, keys: Sequence[UUID], subject: Subject, span: TimeRange
) -> dict[UUID, list[int]]:
    """The merged sketch of users (`rules.distinct`), by subject."""
    actor.require(Permission.ANALYTICS_READ)
    arguments = arguments_of(actor, subject, keys, span, _A_DAY)
    return {row["key"]: row["ranks"] for row in await read.fetch(_users(subject.shape()), Usage, **arguments)}


async def last_used(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Any]:
    """When each deployment last answered a call."""
    actor.require(Permission.ANALYTICS_READ)
    return {
        row["key"]: row["last_at"] for row in await read.fetch(_last_used(), Usage, keys=list(keys), **scope(actor))
    }


def _by_key(rows: Sequence[Any]) -> dict[UUID, list[Any]]:
    groups: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row["key"]].append(row)
    return groups
