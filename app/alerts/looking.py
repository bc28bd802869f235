"""What the rules that are due see: each distinct question is asked once, whoever asks it."""

from __future__ import annotations

import logging
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.alerts import claiming, samples
from app.alerts.claiming import Due
from app.alerts.definition import Definition, View, require
from app.alerts.measuring import OF_THE_SYSTEM, WINDOW, Circumstances, Figures, is_admitted, unusual, value_of
from app.alerts.rules import Labels, Sample
from app.alerts.samples import A_WEEK, AN_HOUR, Question, labels_of
from app.alerts.vocabulary import AlertMetric
from app.identity.rules import lowest
from app.identity.standing import actors_by_id
from app.kit.access import Actor
from app.kit.db import Row, statement
from app.kit.errors import Forbidden, Unavailable
from app.kit.reading import Reader
from app.metrics.rules import TimeRange, floor_to

log = logging.getLogger("modelhub.alerts")

Samples = Mapping[Labels, Sample]
Probe = Callable[[], Awaitable[bool]]


@dataclass(frozen=True, slots=True)
class Unevaluable:
    """Why a rule cannot be evaluated."""

    reason: str


Seen = Samples | Unevaluable


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What rules see besides usage: the daily budget in US dollars, and whether Redis answers (None: there is none)."""

    daily_budget: Decimal | None = None
    redis: Probe | None = None


@dataclass(slots=True)
class Look:
    """One look at everything that rules ask for; what was found is kept for those who ask the same."""

    read: Reader
    around: Surroundings
    _found: dict[Any, Any] = field(default_factory=dict[Any, Any])

    async def all(self, due: Sequence[Due]) -> dict[UUID, Seen]:
        """What each rule sees, or why it cannot. Raises `SERVICE_UNAVAILABLE` if the database is away."""
        owners = await actors_by_id(self.read, [one.owner for one in due if one.owner])
        return {one.id: await self._safely(one, owners) for one in due}

    async def _safely(self, due: Due, owners: Mapping[UUID, Actor]) -> Seen:
        try:
            return await self._seen(due, _view(due, owners))
        except Forbidden:
            return Unevaluable("Its owner may no longer see what it looks at.")
        except Unavailable:
            raise
        except Exception:
            log.exception("rule %s cannot be evaluated", due.id)
            return Unevaluable("It could not be evaluated; the log of the worker says why.")

    async def _seen(self, due: Due, view: View) -> Samples:
        metric = due.definition.metric
        if metric in OF_THE_SYSTEM:
            return {(): Sample(await self._once(metric, lambda: self._of_system(metric, due)))}
        question = Question.of(due.definition, view)
        if metric is AlertMetric.FAILED_DEPLOYMENTS:
            rows = await self._once((metric, question), lambda: samples.failed_deployments(self.read, question))
            return {labels: Sample(Decimal(row["failed_deployments"])) for labels, row in rows.items()}
        if metric is AlertMetric.UNUSUAL_SPEND:
            return await self._spending(due, question)
        window = question.window(due.at)
        rows = await self._once((question, window), lambda: samples.over_window(self.read, question, due.at))
        return sampled(due.definition, rows, Circumstances(due.at, self.around.daily_budget))

    async def _once(self, key: Any, ask: Callable[[], Awaitable[Any]]) -> Any:
        if key not in self._found:
            self._found[key] = await ask()
        return self._found[key]

    async def _spending(self, due: Due, question: Question) -> Samples:
        until = floor_to(due.at, AN_HOUR)
        span = TimeRange(floor_to(due.at, timedelta(days=1)) - timedelta(days=A_WEEK), until)
        rows = await self._once((question, span), lambda: samples.by_step(self.read, question, span, AN_HOUR))
        hours = defaultdict[Labels, dict[datetime, Decimal]](dict)
        for row in rows:
            hours[labels_of(row, question.group_by)][row["at"]] = row["cost"]
        return {labels: Sample(unusual(costs, due.at)) for labels, costs in hours.items()}

    async def _of_system(self, metric: AlertMetric, due: Due) -> Decimal | None:
        match metric:
            case AlertMetric.DATABASE_LATENCY_MS:
                begun = time.perf_counter()
                await self.read.fetch(_nothing(), _Answer)
                return Decimal(repr(round((time.perf_counter() - begun) * 1000, 3)))
            case AlertMetric.REDIS_AVAILABLE:
                return Decimal(await self.around.redis()) if self.around.redis else None
            case AlertMetric.WORKER_LAG_SECONDS:
                (row,) = await self.read.fetch(_oldest_mark(), _Answer)
                return _seconds(self.read.now() - row["due_at"]) if row["due_at"] else Decimal(0)
            case _:
                return _seconds(await claiming.lag(self.read, [due.id]))


def _seconds(time: timedelta) -> Decimal:
    return Decimal(max(0, round(time.total_seconds())))


def _view(due: Due, owners: Mapping[UUID, Actor]) -> View:
    """As whom a rule looks: as its owner when he saved it, as far as he still may. Raises `FORBIDDEN`."""
    if due.owner is None:
        return due.view
    owner = owners.get(due.owner)
    if owner is None:
        raise Forbidden("Its owner is no more.")
    require(owner, due.definition)
    both = [teams for teams in (due.view.teams, owner.teams) if teams is not None]
    return View(lowest(due.view.level, owner.clearance), frozenset.intersection(*both) if both else None)


def sampled(rule: Definition, rows: Mapping[Labels, Figures], seen: Circumstances) -> Samples:
    """Figures as the samples of a rule; one that is not divided has a sample even where nothing was called."""
    wanted: Mapping[Labels, Figures | None] = rows if rule.group_by else {(): rows.get(())}
    return {labels: sample_of(rule, figures, seen) for labels, figures in wanted.items()}


def sample_of(rule: Definition, figures: Figures | None, seen: Circumstances) -> Sample:
    """What a rule makes of figures."""
    value = value_of(rule.metric, figures, seen)
    is_right = rule.condition is None or is_admitted(WINDOW.condition(rule.condition), figures, seen)
    return Sample(value, is_right)


class _Answer(Row):
    """What the database says of itself."""


@statement
def _nothing() -> Executable:
    return text("select 1 as one")


@statement
def _oldest_mark() -> Executable:
    return text("select min(due_at) as due_at from rollup_dirty")
