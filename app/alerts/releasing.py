"""What was held is told once nothing holds it any more: the state as it is then, once."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts import holding
from app.alerts.channels.notifying import notify
from app.alerts.definition import COLUMNS, is_of_money
from app.alerts.holding import Subject
from app.alerts.tables import Alert, Entry, Rule
from app.alerts.vocabulary import AlertMetric, AlertState, Notice
from app.kit.access import Actor
from app.kit.severity import Severity

AT_ONCE = 500


async def release(session: AsyncSession, _: Actor, now: datetime) -> int:
    """Tell channels of what nothing holds any more; returns of how many transitions. Each is told by one worker."""
    wanted = select(Entry, Alert, Rule).join(Alert, Alert.id == Entry.alert_id).join(Rule, Rule.id == Alert.rule_id)
    held = wanted.where(Entry.notice == Notice.HELD).order_by(Entry.id).limit(AT_ONCE)
    found = (await session.execute(held.with_for_update(of=Entry, skip_locked=True))).all()
    subjects = {entry.id: subject_of(entry, alert, rule) for entry, alert, rule in found}
    holds = await holding.holds(session, subjects, now) if found else {}
    free = [(entry, alert, rule) for entry, alert, rule in found if entry.id not in holds]
    await _tell(session, free, now)
    return len(free)


async def _tell(session: AsyncSession, free: Sequence[Any], now: datetime) -> None:
    for entry, alert, rule in free:
        entry.notice = Notice.SENT
        is_over = entry.to_state == AlertState.RESOLVED
        told = {"told_state": entry.to_state} | ({} if is_over else {"told_at": now})
        await session.execute(update(Alert).where(Alert.id == alert.id).values(told))
        await notify(session, rule.id, rule.channel_ids, [(entry.id, alert.id)], now)


def subject_of(entry: Entry, alert: Alert, rule: Rule) -> Subject:
    """What decides whether channels are told of an entry."""
    labels: dict[str, UUID | str | None] = {column: getattr(alert, column) for column in COLUMNS.values()}
    return Subject(
        id=alert.id,
        rule_id=rule.id,
        metric=rule.metric,
        type=rule.type,
        severity=Severity(entry.severity),
        state=AlertState(entry.to_state),
        labels={column: None if value is None else str(value) for column, value in labels.items()},
        level=alert.level,
        team_ids=alert.team_ids,
        is_of_money=is_of_money(AlertMetric(rule.metric), rule.condition),
        cooldown=timedelta(seconds=rule.cooldown_seconds),
        told_at=alert.told_at,
    )
