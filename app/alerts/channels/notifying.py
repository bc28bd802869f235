"""Which channels are told of transitions: one row for each of both, in the transaction of the transition."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.channels.rules import due_at
from app.alerts.measuring import OF_MONEY
from app.alerts.tables import Notification
from app.alerts.vocabulary import ChannelKind, Delivery
from app.kit.access import Clearance
from app.kit.ids import new_id

_LEVELS = "array[" + ", ".join(f"'{level.value}'" for level in Clearance) + "]"
_MONEY = "array[" + ", ".join(f"'{metric.value}'" for metric in sorted(OF_MONEY)) + "]"
MAY_HEAR = f"""
    c.is_enabled and c.deleted_at is null and (c.kind = 'DASHBOARD'
        or (array_position({_LEVELS}, a.level) <= array_position({_LEVELS}, c.level)
            and (c.team_ids is null or a.team_ids <@ c.team_ids)
            and (c.sees_costs or not (
                r.metric = any({_MONEY}) or position('metrics.cost' in coalesce(r.condition, '')) > 0))))
"""
"""A channel `c` may be told of an alert `a` of a rule `r`. Those who look at the dashboard see what they may."""

_TOLD = text(
    f"""
    select a.id as alert_id, c.id as channel_id, c.kind, c.digest
    from alert a join alert_rule r on r.id = a.rule_id join alert_channel c on {MAY_HEAR}
    where a.id = any(:alerts) and (c.id = any(:channels) or exists (
        select from alert_notification n
        where n.alert_id = a.id and n.channel_id = c.id and n.escalation_level > 0 and n.created_at >= a.fired_at))
    order by a.id, c.id
    """  # noqa: S608 - composed from constants
)


async def notify(
    session: AsyncSession, rule: UUID, channels: Sequence[UUID], sent: Sequence[tuple[UUID, UUID]], now: datetime
) -> None:
    """Have the channels of a rule told of entries, given with their alerts, each once; and those, too, that were told
    as nobody had acknowledged it. A channel is not told of what its readers may not see."""
    if not sent:
        return
    entries = {alert: entry for entry, alert in sent}
    found = await session.execute(_TOLD, {"alerts": list(entries), "channels": list(channels)})
    rows = [
        told(entries[row.alert_id], row.alert_id, row.channel_id, row.kind, row.digest, now, group_key=str(rule))
        for row in found
    ]
    if rows:
        await session.execute(insert(Notification).on_conflict_do_nothing(), rows)


def told(
    entry: UUID,
    alert: UUID,
    channel: UUID,
    kind: str,
    digest: str | None,
    now: datetime,
    *,
    group_key: str,
    level: int = 0,
) -> dict[str, object]:
    """That a channel is to be told. Those who look at the dashboard have been, by live events."""
    return {
        "id": new_id(),
        "entry_id": entry,
        "alert_id": alert,
        "channel_id": channel,
        "escalation_level": level,
        "group_key": group_key,
        "status": Delivery.SENT if kind == ChannelKind.DASHBOARD else Delivery.PENDING,
        "due_at": due_at(digest, now),
        "created_at": now,
    }
