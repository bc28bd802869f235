"""Which rules are to be evaluated now: each is claimed by one worker, for one instant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import Interval, cast, func, or_, select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import Executable

from app.alerts.definition import Definition, View
from app.alerts.rules import LONGEST_JITTER, PATIENCE, Clockwork, jitter_of
from app.alerts.service import definition_of, view_of
from app.alerts.tables import Rule
from app.kit.access import Actor
from app.kit.db import Row, statement
from app.kit.reading import Reader
from app.kit.severity import Severity

AT_ONCE = 250
"""So many rules one worker takes at once."""


@dataclass(frozen=True, slots=True)
class Due:
    """A rule to be evaluated at an instant; `counted_at` is that instant without the time that the rule has lost."""

    id: UUID
    revision: int
    definition: Definition
    view: View
    owner: UUID | None
    at: datetime
    counted_at: datetime


class _Lag(Row):
    """How late the rules are."""


@statement
def _lag() -> Executable:
    return text(
        "select min(next_at) as next_at from alert_rule where is_enabled and deleted_at is null and id <> all(:but)"
    )


async def lag(read: Reader, but: Sequence[UUID] = ()) -> timedelta:
    """How late the rule is that waits longest; those in `but` are being evaluated."""
    (row,) = await read.fetch(_lag(), _Lag, but=list(but))
    return max(read.now() - row["next_at"], timedelta()) if row["next_at"] else timedelta()


_IMPLAUSIBLE = PATIENCE * func.make_interval(0, 0, 0, 0, 0, 0, Rule.interval_seconds) + cast(LONGEST_JITTER, Interval)


async def claim(session: AsyncSession, _: Actor, now: datetime) -> list[Due]:
    """Take rules that are due, gravest first; nobody else evaluates them for the same instant."""
    due = or_(Rule.next_at <= now, Rule.next_at > now + _IMPLAUSIBLE)
    wanted = select(Rule).where(Rule.is_enabled, Rule.deleted_at.is_(None), due)
    found = await session.scalars(wanted.order_by(Rule.next_at).limit(AT_ONCE).with_for_update(skip_locked=True))
    order = list(Severity)
    return sorted((_claimed(rule, now) for rule in found.all()), key=lambda due: -order.index(due.definition.severity))


def clockwork_of(rule: Rule) -> Clockwork:
    """When a rule is evaluated."""
    interval = timedelta(seconds=rule.interval_seconds)
    return Clockwork(interval, jitter_of(rule.id.bytes, interval), timedelta(seconds=rule.lost_seconds))


def _claimed(rule: Rule, now: datetime) -> Due:
    clock = clockwork_of(rule)
    at = clock.instant(now)
    lost = clock.lost_after(rule.evaluated_at, at)
    rule.lost_seconds, rule.evaluated_at, rule.next_at = lost.total_seconds(), at, clock.after(at)
    return Due(rule.id, rule.revision, definition_of(rule), view_of(rule), _principal(rule.owner_id), at, at - lost)


def _principal(owner: str) -> UUID | None:
    """The key of the principal; None for the system and for development tokens."""
    try:
        return UUID(owner)
    except ValueError:
        return None


_GUARD = text(
    """
    select 1 from alert_rule where id = :id and evaluated_at = :at and revision = :revision and is_enabled
        and deleted_at is null for share
    """
)


async def is_still_ours(session: AsyncSession, due: Due) -> bool:
    """Whether nobody has claimed the rule for a later instant or changed it; it stays so until the transaction ends."""
    arguments: dict[str, Any] = {"id": due.id, "at": due.at, "revision": due.revision}
    return await session.scalar(_GUARD, arguments) is not None
