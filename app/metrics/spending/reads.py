"""What was spent by day, and today by whom compared with the days before: from roll-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.kit.access import Actor, Permission
from app.kit.db import Row, statement
from app.kit.reading import Reader
from app.kit.scoping import scope
from app.metrics.reads import Subject, costs_by_step, source_sql
from app.metrics.rollups import SPANS
from app.metrics.rules import TimeRange, ceil_to, cover, floor_to
from app.metrics.spending.rules import A_DAY, A_WEEK, HISTORY, Likely, is_unusual, project_month, usual_spend

_A_MINUTE, _AN_HOUR = timedelta(minutes=1), timedelta(hours=1)

SCOPES = {15: "TOTAL", 7: "PROVIDER", 11: "MODEL", 13: "ENVIRONMENT", 14: "TEAM"}
"""By Postgres' `grouping(provider_id, model_id, environment, team_id)`."""
MAX_UNUSUAL = 100


class Spend(Row):
    """What a part of the estate spent in the same hours of a day."""


@dataclass(frozen=True, slots=True)
class Unusual:
    """A part of the estate that has spent more today, until `until`, than is usual."""

    scope: str
    provider_id: UUID | None
    model_id: UUID | None
    environment: str | None
    team_id: UUID | None
    spent: Decimal
    usual: Decimal
    since: datetime
    until: datetime


async def projections(read: Reader, actor: Actor, keys: Sequence[UUID], subject: Subject) -> dict[UUID, Likely | None]:
    """What this calendar month (UTC) will have cost, by subject; None where it cannot be told."""
    actor.require(Permission.COSTS_READ)
    now = read.now()
    today = floor_to(now, A_DAY)
    span = TimeRange(today - HISTORY * A_DAY, max(ceil_to(now, _A_MINUTE), today + _A_MINUTE))
    found = await costs_by_step(read, actor, keys, subject, span, A_DAY)
    return {key: project_month([(row["at"], row["cost"]) for row in rows], now) for key, rows in found.items()}


@statement
def _spend(shape: tuple[str, ...]) -> Executable:
    return text(f"""
        with {SPANS}, source as ({source_sql("rollup", shape)})
        select grouping(provider_id, model_id, environment, team_id) as scope, provider_id, model_id, environment,
            team_id, date_bin('1 day', bucket, 'epoch'::timestamptz) as at, sum(cost) as cost
        from source where extract(hour from bucket at time zone 'UTC') < cast(:hours as int)
        group by date_bin('1 day', bucket, 'epoch'::timestamptz),
            grouping sets ((), (provider_id), (model_id), (environment), (team_id))
        having sum(cost) > 0""")  # noqa: S608 - composed from constants


async def unusual_spend(read: Reader, actor: Actor, subject: Subject) -> list[Unusual]:
    """The parts of an estate that spent more in the whole hours of today than is usual, most spent first."""
    actor.require(Permission.ANALYTICS_READ)
    actor.require(Permission.COSTS_READ)
    now = read.now()
    today, until = floor_to(now, A_DAY), floor_to(now, _AN_HOUR)
    hours = (until - today) // _AN_HOUR
    if not hours:
        return []
    span = TimeRange(today - A_WEEK * A_DAY, until)
    arguments = {**asdict(cover(span, _AN_HOUR)), **subject.arguments(), **scope(actor), "hours": hours}
    rows = await read.fetch(_spend(subject.shape()), Spend, **arguments)
    return sorted(_unusual(rows, today, until), key=lambda one: -one.spent)[:MAX_UNUSUAL]


_Part = tuple[str, UUID | None, UUID | None, str | None, UUID | None]


def _unusual(rows: Sequence[Any], today: datetime, until: datetime) -> Iterator[Unusual]:
    spends: dict[_Part, dict[datetime, Decimal]] = defaultdict(dict)
    for row in rows:
        part = row["provider_id"], row["model_id"], row["environment"], row["team_id"]
        spends[SCOPES[row["scope"]], *part][row["at"]] = row["cost"]
    for of, days in spends.items():
        spent, before = days.get(today, Decimal(0)), [days.get(today - A_DAY * n, Decimal(0)) for n in range(1, 8)]
        is_somebody = of[0] == "TOTAL" or any(part is not None for part in of[1:])
        if is_somebody and is_unusual(spent, before, (until - today) // _AN_HOUR):
            yield Unusual(*of, spent, usual_spend(before), today, until)
