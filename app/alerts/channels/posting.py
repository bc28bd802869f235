"""Messages are taken, one by one, by whoever attempts to deliver them, and put back or away afterwards."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.channels.rules import Reply
from app.alerts.channels.tables import Attempt
from app.alerts.channels.vocabulary import DeliveryOutcome
from app.kit.access import Actor
from app.kit.ids import new_id

LEASE = timedelta(seconds=60)
"""For so long nobody else attempts to deliver a message; an attempt takes much less, unless its worker dies."""

_OPEN = "c.deleted_at is null and (c.is_enabled or m.kind = 'TEST')"
_DUE = text(
    f"""
    select m.channel_id from alert_message m join alert_channel c on c.id = m.channel_id
    where m.status = 'PENDING' and m.due_at <= :now and m.channel_id <> all(:busy) and {_OPEN}
    group by m.channel_id order by min(m.due_at) limit :most
    """  # noqa: S608 - composed from constants
)
_TAKE = text(
    f"""
    with taken as (
        select m.id from alert_message m join alert_channel c on c.id = m.channel_id
        where m.channel_id = :channel and m.status = 'PENDING' and m.due_at <= :now and {_OPEN}
        order by m.due_at, m.id limit 1 for update of m skip locked)
    update alert_message m set attempts = m.attempts + 1, due_at = :until from taken, alert_channel c
    where m.id = taken.id and c.id = m.channel_id
    returning m.id, m.channel_id, m.content, m.attempts, m.created_at, c.kind, c.url, c.secret, c.recipients
    """  # noqa: S608 - composed from constants
)


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that is being delivered, for the `attempts`-th time; what is sealed of its channel as it is stored."""

    id: UUID
    channel_id: UUID
    content: dict[str, Any]
    attempts: int
    created_at: datetime
    kind: str
    url: bytes | None
    secret: bytes | None
    recipients: list[str]


async def due(session: AsyncSession, _: Actor, now: datetime, busy: Collection[UUID], most: int) -> list[UUID]:
    """The channels for which there are messages to deliver, without those that are `busy`."""
    found = await session.scalars(_DUE, {"now": now, "busy": list(busy), "most": most})
    return list(found.all())


async def take(session: AsyncSession, _: Actor, channel: UUID, now: datetime) -> Taken | None:
    """The message of a channel that waits longest; nobody else gets it for a minute."""
    found = await session.execute(_TAKE, {"channel": channel, "now": now, "until": now + LEASE})
    row = found.one_or_none()
    return Taken(*row) if row else None


_DONE = text(
    """
    update alert_message set status = :status, due_at = coalesce(:next, due_at)
    where id = :id and status = 'PENDING' and (attempts = :number or :status = 'SENT') returning id
    """
)
_TOLD = text("update alert_notification set status = :status where message_id = :id and status = 'PENDING'")
_STATUSES = {DeliveryOutcome.DELIVERED: "SENT", DeliveryOutcome.FAILED: "PENDING", DeliveryOutcome.GIVEN_UP: "DEAD"}


async def finish(
    session: AsyncSession, _: Actor, taken: Taken, reply: Reply, begun: datetime, ended: datetime, then: datetime | None
) -> DeliveryOutcome:
    """Put an attempt on record; `then` is when to try again if it failed, None if that is no use any more."""
    outcome = _outcome(reply, then)
    status, again = _STATUSES[outcome], then if outcome is DeliveryOutcome.FAILED else None
    values = {"id": taken.id, "status": status, "next": again, "number": taken.attempts}
    if await session.scalar(_DONE, values) is not None and status != "PENDING":
        await session.execute(_TOLD, {"id": taken.id, "status": status})
    session.add(_attempt(taken, reply, outcome, begun, ended, again))
    return outcome


def _outcome(reply: Reply, then: datetime | None) -> DeliveryOutcome:
    if reply.is_delivered:
        return DeliveryOutcome.DELIVERED
    return DeliveryOutcome.FAILED if then else DeliveryOutcome.GIVEN_UP


def _attempt(
    taken: Taken, reply: Reply, outcome: DeliveryOutcome, begun: datetime, ended: datetime, again: datetime | None
) -> Attempt:
    return Attempt(
        id=new_id(),
        message_id=taken.id,
        channel_id=taken.channel_id,
        number=taken.attempts,
        at=begun,
        took_ms=max(0, (ended - begun) // timedelta(milliseconds=1)),
        outcome=outcome,
        http_status=reply.http_status,
        reply=reply.text,
        next_at=again,
    )
