"""Whom to tell, too, as an alert fires and nobody has acknowledged it for so long."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts import holding
from app.alerts.channels.notifying import MAY_HEAR, told
from app.alerts.releasing import subject_of
from app.alerts.tables import Alert, Entry, Notification, Rule
from app.kit.access import Actor

AT_ONCE = 500

_DUE = text(
    f"""
    select e.id as entry_id, a.id as alert_id, r.id as rule_id, c.id as channel_id, c.kind, c.digest, l.number as level
    from alert a join alert_rule r on r.id = a.rule_id
    cross join lateral jsonb_array_elements(r.escalation) with ordinality l(step, number)
    join alert_channel c on l.step -> 'channelIds' ? c.id::text and {MAY_HEAR}
    join lateral (select t.id from alert_entry t where t.alert_id = a.id and t.kind = 'TRANSITION'
        order by t.at desc, t.id desc limit 1) e on true
    where a.state in ('FIRING', 'ERROR') and a.told_state = a.state and a.acknowledged_at is null
        and r.is_enabled and r.deleted_at is null
        and a.fired_at + make_interval(secs => (l.step ->> 'afterSeconds')::int) <= :now
        and not exists (select from alert_notification n
            where n.entry_id = e.id and n.channel_id = c.id and n.escalation_level = l.number)
    order by a.fired_at, a.id, l.number limit :most
    """  # noqa: S608 - composed from constants
)


async def escalate(session: AsyncSession, _: Actor, now: datetime) -> int:
    """Have further channels told of what nobody has acknowledged in time; returns of how many alerts and channels.
    Nothing while a silence matches or a graver alert speaks for it. Any number of workers tell each once."""
    found = (await session.execute(_DUE, {"now": now, "most": AT_ONCE})).all()
    held = await _held(session, found, now) if found else {}
    rows = [
        told(*(row.entry_id, row.alert_id, row.channel_id, row.kind, row.digest), now, group_key=str(row.rule_id),
             level=row.level)
        for row in found
        if row.entry_id not in held
    ]  # fmt: skip
    if rows:
        await session.execute(insert(Notification).on_conflict_do_nothing(), rows)
    return len(rows)


async def _held(session: AsyncSession, found: Sequence[Any], now: datetime) -> dict[Any, Any]:
    wanted = select(Entry, Alert, Rule).join(Alert, Alert.id == Entry.alert_id).join(Rule, Rule.id == Alert.rule_id)
    rows = await session.execute(wanted.where(Entry.id.in_({row.entry_id for row in found})))
    subjects = {entry.id: replace(subject_of(entry, alert, rule), told_at=None) for entry, alert, rule in rows}
    return await holding.holds(session, subjects, now)
