"""What is read for the overview."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.kit.access import Actor, Permission
from app.kit.db import Row, statement
from app.kit.journal import GOVERNANCE_STREAM, cursor_text
from app.kit.reading import Reader
from app.kit.scoping import LEVELS, OWN_TEAMS, of_teams_sql, scope
from app.metrics.reads import Subject, totals_by_model
from app.metrics.rules import TimeRange

MAX_TOP_MODELS = 10
MAX_ACTIVITY = 20


class Counts(Row):
    """How many models and deployments there are."""


class Activity(Row):
    """Something that happened lately."""


class Head(Row):
    """Where the log of events ends."""


_MODEL = {
    "models": "m.id = any(cast(:models as uuid[]))",
    "providers": "m.provider_id in (select id from provider where slug = any(cast(:providers as text[])))",
}
_DEPLOYMENT = {
    "environments": "d.environment = any(cast(:environments as text[]))",
    "teams": "d.team_id in (select id from team where slug = any(cast(:teams as text[])))",
}
_VISIBLE = f"m.security_level = any({LEVELS})"


_HEARD = f"""({OWN_TEAMS} is null or not exists (
    select from unnest(e.scope_tags) as tag where tag like 'team:%' and tag <> all (
        select 'team:' || own from unnest({OWN_TEAMS}) as own)))"""
"""Events of no other team; what they tell of may be gone by now."""


def _where(conditions: dict[str, str], shape: tuple[str, ...]) -> str:
    return " and ".join([_VISIBLE, *(sql for name, sql in conditions.items() if name in shape)])


@statement
def _counts(shape: tuple[str, ...]) -> Executable:
    models, deployed = _where(_MODEL, shape), _where(_MODEL | _DEPLOYMENT, shape)
    own = of_teams_sql("d.team_id")
    return text(f"""
        select m.total, m.unowned, d.active, d.deprecated
        from (select count(*) as total, count(*) filter (where owner is null and status <> 'RETIRED') as unowned
              from model m where {models}) m,
             (select count(*) filter (where d.phase in ('RUNNING', 'SCALING')) as active,
                     count(distinct m.id) filter (
                        where m.status in ('DEPRECATED', 'RETIRED') and d.phase in ('RUNNING', 'SCALING')) as deprecated
              from deployment d join model m on m.id = d.model_id
              where d.deleted_at is null and {deployed} and {own}) d""")


@statement
def _activity(shape: tuple[str, ...]) -> Executable:
    narrowed = "" if not set(shape) & _DEPLOYMENT.keys() else "and d.id is not null"
    conditions = _where(_MODEL | _DEPLOYMENT, shape)
    return text(f"""
        select e.occurred_at, e.kind, e.payload ->> 'message' as message, m.id as model_id, d.id as deployment_id
        from event e
        join model m on m.id = (e.payload ->> 'model_id')::uuid
        left join deployment d on d.id::text = e.payload ->> 'resource_id'
        where e.kind = any(cast(:kinds as text[])) and e.occurred_at >= :start and e.occurred_at < :end
            and {conditions} and {of_teams_sql("d.team_id")} and {_HEARD} {narrowed}
        order by e.occurred_at desc, e.position desc limit {MAX_ACTIVITY}""")


@statement
def _head() -> Executable:
    return text("select epoch, head from event_stream where id = :stream")


@dataclass(frozen=True, slots=True)
class Overview:
    """What a dashboard shows: a subject (the estate, perhaps narrowed) over a range."""

    subject: Subject
    span: TimeRange


def _arguments(actor: Actor, subject: Subject) -> dict[str, Any]:
    return {**scope(actor), **subject.arguments()}


async def counts(read: Reader, actor: Actor, overview: Overview) -> Counts:
    """How many visible models and deployments there are, and how many need attention."""
    actor.require(Permission.ANALYTICS_READ)
    subject = overview.subject
    return (await read.fetch(_counts(subject.shape()), Counts, **_arguments(actor, subject)))[0]


async def top_models(read: Reader, actor: Actor, overview: Overview) -> list[Any]:
    """The models with most requests, most used first."""
    found = await totals_by_model(read, actor, overview.subject, overview.span)
    return sorted(found, key=lambda row: (-row["requests"], row["key"]))[:MAX_TOP_MODELS]


async def activity(read: Reader, actor: Actor, overview: Overview, kinds: tuple[str, ...]) -> list[Activity]:
    """What happened within the range, newest first."""
    actor.require(Permission.ANALYTICS_READ)
    arguments = {**_arguments(actor, overview.subject), **asdict(overview.span), "kinds": list(kinds)}
    return await read.fetch(_activity(overview.subject.shape()), Activity, **arguments)


async def event_cursor(read: Reader, actor: Actor) -> str | None:
    """The end of the log of events; None while there are none."""
    actor.require(Permission.ANALYTICS_READ)
    head = (await read.fetch(_head(), Head, stream=GOVERNANCE_STREAM))[0]
    return cursor_text(head["epoch"], GOVERNANCE_STREAM, head["head"]) if head["head"] else None
