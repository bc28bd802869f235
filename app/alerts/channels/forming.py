"""Notifications become messages: those of a channel that belong together are one."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import text, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.channels.content import content_of
from app.alerts.channels.rules import GROUP_WAIT
from app.alerts.channels.tables import Message
from app.alerts.channels.vocabulary import MessageKind
from app.alerts.tables import Notification
from app.kit.access import Actor
from app.kit.ids import new_id

CHANNELS, MOST = 50, 1000
"""So many channels, and notifications of each, at once."""

_WAITING = "n.status = 'PENDING' and n.message_id is null"
_CHANNELS = text(
    f"""
    select c.id, c.name, c.digest from alert_channel c
    where c.is_enabled and c.deleted_at is null and exists (
        select from alert_notification n where n.channel_id = c.id and {_WAITING} and n.due_at <= :now)
    order by c.id limit {CHANNELS} for no key update of c skip locked
    """  # noqa: S608 - composed from constants
)
_NOTICES = text(
    f"""
    select n.id, n.group_key, n.escalation_level, n.due_at, n.alert_id, e.at, e.to_state, e.severity, e.value,
        e.message, a.model_id, a.provider_id, a.deployment_id, a.environment, a.team_id, r.id as rule_id,
        r.name as rule_name, r.type, r.metric, r.threshold
    from alert_notification n join alert_entry e on e.id = n.entry_id join alert a on a.id = n.alert_id
    join alert_rule r on r.id = a.rule_id
    where n.channel_id = :channel and {_WAITING} and n.due_at <= :until order by e.at, n.id limit {MOST}
    """  # noqa: S608 - composed from constants
)

_Notices = list[dict[str, Any]]


async def form(session: AsyncSession, _: Actor, now: datetime) -> int:
    """Put what is due into messages; returns how many. Each channel is looked after by one worker at a time."""
    channels = (await session.execute(_CHANNELS, {"now": now})).all()
    return sum([await _form(session, channel, now) for channel in channels])


async def _form(session: AsyncSession, channel: Any, now: datetime) -> int:
    until = now if channel.digest else now + GROUP_WAIT
    found = (await session.execute(_NOTICES, {"channel": channel.id, "until": until})).mappings()
    groups = _grouped([dict(row) for row in found], now, is_digest=channel.digest is not None)
    for notices in groups:
        kind = MessageKind.DIGEST if channel.digest else MessageKind.ALERTS
        await put(session, channel, kind, notices, now)
    return len(groups)


def _grouped(notices: _Notices, now: datetime, *, is_digest: bool) -> list[_Notices]:
    """Those that belong together, of which at least one is due."""
    groups: dict[Any, _Notices] = {}
    for notice in notices:
        key = None if is_digest else (notice["group_key"], notice["escalation_level"])
        groups.setdefault(key, []).append(notice)
    return [group for group in groups.values() if _is_due(group, now)]


def _is_due(group: Iterable[dict[str, Any]], now: datetime) -> bool:
    return any(notice["due_at"] <= now for notice in group)


async def put(
    session: AsyncSession, channel: Any, kind: MessageKind, notices: Sequence[dict[str, Any]], now: datetime
) -> None:
    """Store a message to a channel, to be sent at once."""
    key = new_id()
    content = content_of(key, kind, channel, notices, now)
    session.add(Message(id=key, channel_id=channel.id, kind=kind, content=content, due_at=now, created_at=now))
    await session.flush()
    mine = update(Notification).where(Notification.id.in_([notice["id"] for notice in notices]))
    await session.execute(mine.values(message_id=key))
