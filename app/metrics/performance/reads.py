"""What a period is compared with: the one before, and deployments that nobody called."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.kit.access import Actor, Permission
from app.kit.db import Row, statement
from app.kit.grouping import grouped
from app.kit.reading import Reader
from app.kit.scoping import LEVELS, OWN_TEAMS
from app.metrics.performance.rules import LONG_ENOUGH
from app.metrics.reads import ESTATE, Subject, Totals, arguments_of, totals
from app.metrics.rollups import CLEAN, SPANS
from app.metrics.rules import TimeRange

MAX_UNUSED = 10


class Unused(Row):
    """A deployment that nobody called."""


class Comparison(NamedTuple):
    """What is found beside the figures of a period themselves."""

    before: Totals | None
    unused: Sequence[Unused]


_KEY = {
    "model": "d.model_id",
    "deployment": "d.id",
    "provider": "m.provider_id",
    "team": "d.team_id",
    "estate": f"'{ESTATE}'::uuid",
}
_NARROWED = {
    "environments": "d.environment = any(cast(:environments as text[]))",
    "models": "d.model_id = any(cast(:models as uuid[]))",
    "providers": "m.provider_id in (select id from provider where slug = any(cast(:providers as text[])))",
    "teams": "d.team_id in (select id from team where slug = any(cast(:teams as text[])))",
}


@statement
def _unused(shape: tuple[str, ...]) -> Executable:
    """Of one's own teams' only: of others one does not see every call, and could not tell."""
    by, key = shape[0], _KEY[shape[0]]
    wanted = [] if by == "estate" else [f"{key} = any(cast(:keys as uuid[]))"]
    conditions = " and ".join([*wanted, *(_NARROWED[name] for name in shape[1:])]) or "true"
    return text(f"""
        with {SPANS}, called as (
            select distinct r.deployment_id from spans s join rollup r
                on r.grain = s.grain and r.bucket >= s.low and r.bucket < s.high
            where s.low < s.high and {CLEAN} and r.deployment_id is not null)
        select key, id, name, environment from (
            select {key} as key, d.id, d.name, d.environment,
                row_number() over (partition by {key} order by d.name, d.environment, d.id) as place
            from deployment d join model m on m.id = d.model_id
            where d.phase in ('RUNNING', 'SCALING') and d.created_at < :minute_start
                and m.security_level = any({LEVELS}) and ({OWN_TEAMS} is null or d.team_id = any({OWN_TEAMS}))
                and d.id not in (select deployment_id from called) and {conditions}) found
        where place <= {MAX_UNUSED} order by place""")  # noqa: S608 - composed from constants


async def unused(
    read: Reader, actor: Actor, keys: Sequence[UUID], subject: Subject, span: TimeRange
) -> dict[UUID, list[Unused]]:
    """Deployments that served all through the range and were not called, at most ten of a subject, by name.

    None of a range shorter than a day; of all teams' for who sees every team, else of the actor's own."""
    if span.length < LONG_ENOUGH or not actor.may(Permission.DEPLOYMENTS_READ):
        return {}
    arguments = arguments_of(actor, subject, keys, span, timedelta(days=1))
    return grouped(await read.fetch(_unused(subject.shape()), Unused, **arguments), "key")


async def compared(
    read: Reader, actor: Actor, keys: Sequence[UUID], subject: Subject, span: TimeRange
) -> dict[UUID, Comparison]:
    """What to hold against the figures of each subject over the range."""
    before, idle = await asyncio.gather(
        totals(read, actor, keys, subject, span.before()), unused(read, actor, keys, subject, span)
    )
    return {key: Comparison(before.get(key), idle.get(key, ())) for key in keys}
