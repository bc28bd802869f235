"""Trying a rule on recorded history, as its author would see it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from app.alerts.definition import Definition, View, faults, require
from app.alerts.measuring import WITHOUT_HISTORY
from app.alerts.reads import known_of
from app.alerts.rules import Labels
from app.alerts.samples import A_MINUTE, AN_HOUR, Question, by_step, spending_span
from app.alerts.simulation.replaying import Transition, replay
from app.alerts.vocabulary import AlertMetric, AlertState
from app.kit.access import Actor, Permission
from app.kit.errors import InvalidParameter
from app.kit.reading import Reader
from app.metrics.rules import TimeRange

LONGEST = timedelta(days=31)
MOST_STEPS = 500_000
"""So many minutes, added up over all sets of labels, are looked at at most."""


@dataclass(frozen=True, slots=True)
class Firing:
    """That an alert would have fired: since when it was pending and fired, until when (None: to the end)."""

    labels: Labels
    pending_at: datetime | None
    raised_at: datetime
    resolved_at: datetime | None
    value: Decimal | None


async def simulate(
    read: Reader, actor: Actor, wanted: Definition, span: TimeRange, budget: Decimal | None
) -> list[Firing]:
    """When the rule would have fired within a range, oldest first. Raises `INVALID_PARAMETER`."""
    actor.require(Permission.ALERTS_MANAGE)
    actor.require(Permission.ANALYTICS_READ)
    require(actor, wanted)
    wrong = next(faults(wanted, await known_of(read, actor, wanted)), None)
    if wrong is not None:
        raise InvalidParameter(wrong.message, argument=".".join(("rule", *wrong.path)))
    return firings(await transitions(read, View.of(actor), wanted, span, budget))


async def transitions(
    read: Reader, view: View, wanted: Definition, span: TimeRange, budget: Decimal | None
) -> list[Transition]:
    """What would have happened within a range, by time."""
    if wanted.metric in WITHOUT_HISTORY:
        raise InvalidParameter("Of this metric no history is kept.", argument="rule.metric")
    if span.length > LONGEST:
        raise InvalidParameter("`range` may span 31 days at most.", argument="range")
    question = Question.of(wanted, view)
    if wanted.metric is AlertMetric.UNUSUAL_SPEND:
        rows = await by_step(read, question, spending_span(span.start, span.end), AN_HOUR)
    else:
        rows = await by_step(read, question, TimeRange(question.window(span.start).start, span.end), A_MINUTE)
    if len(rows) > MOST_STEPS:
        raise InvalidParameter("This is too much to look at; narrow `range` or the scope.", argument="range")
    return await asyncio.to_thread(replay, wanted, rows, span, budget)


def firings(found: list[Transition]) -> list[Firing]:
    """Transitions as alerts that fire, and are resolved."""
    pending: dict[Labels, datetime] = {}
    open_: dict[Labels, int] = {}
    fired: list[Firing] = []
    for one in found:
        if one.after is AlertState.PENDING:
            pending[one.labels] = one.at
        elif one.after is AlertState.FIRING:
            open_[one.labels] = len(fired)
            fired.append(Firing(one.labels, pending.pop(one.labels, None), one.at, None, one.value))
        elif one.after is AlertState.RESOLVED and one.labels in open_:
            place = open_.pop(one.labels)
            was = fired[place]
            fired[place] = Firing(was.labels, was.pending_at, was.raised_at, one.at, was.value)
    return fired
