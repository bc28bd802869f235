"""How transitions are stored: the alert, its history, the notifications and the event, in one transaction, once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import insert, text, update
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import Executable

from app.alerts import holding
from app.alerts.channels.notifying import notify
from app.alerts.claiming import Due, is_still_ours
from app.alerts.events import AlertCleared, AlertEvent, AlertFailed, AlertPending, AlertRaised, AlertResolved
from app.alerts.holding import Hold
from app.alerts.naming import Audience, labelled
from app.alerts.rules import Labels, Standing, notice_of
from app.alerts.service import tags_of
from app.alerts.tables import Alert, Entry
from app.alerts.vocabulary import AlertState, EntryKind, Notice
from app.kit.access import Actor
from app.kit.db import Row, statement
from app.kit.ids import new_id
from app.kit.journal import tell
from app.kit.reading import Reader

EVENTS: dict[AlertState, type[AlertEvent]] = {
    AlertState.PENDING: AlertPending,
    AlertState.INACTIVE: AlertCleared,
    AlertState.FIRING: AlertRaised,
    AlertState.RESOLVED: AlertResolved,
    AlertState.ERROR: AlertFailed,
}


class Stored(Row):
    """An alert as it was when it was looked at."""

    @property
    def standing(self) -> Standing:
        """How it stood."""
        return Standing(AlertState(self["state"]), self["held_from"], self["clear_from"])


Known = Mapping[Labels, Stored]


@statement
def _stored() -> Executable:
    return text("select * from alert where rule_id = any(cast(:rules as uuid[]))")


async def stored_alerts(read: Reader, rules: Sequence[UUID]) -> dict[UUID, dict[Labels, Stored]]:
    """The alerts of rules, by rule and labels."""
    found: dict[UUID, dict[Labels, Stored]] = {key: {} for key in rules}
    for row in await read.fetch(_stored(), Stored, rules=list(rules)):
        found[row["rule_id"]][tuple(orjson.loads(row["labels_key"]))] = row
    return found


@dataclass(frozen=True, slots=True)
class Change:
    """One alert that stands otherwise, what was measured, and who may be told of it in which words. `before` is its
    row by column, None if there was none."""

    labels: Labels
    before: Any
    after: Standing
    value: Decimal | None
    message: str
    audience: Audience

    @property
    def was(self) -> AlertState:
        """The state before."""
        return AlertState(self.before["state"]) if self.before else AlertState.INACTIVE

    @property
    def is_transition(self) -> bool:
        """Whether its state is another."""
        return self.after.state is not self.was


async def store(session: AsyncSession, _: Actor, due: Due, changes: Sequence[Change], now: datetime) -> int:
    """Store what an evaluation led to; returns how many transitions it made: none if the rule was claimed for a later
    instant or changed meanwhile. An alert that somebody else has changed since it was looked at stays as it is."""
    return await write(session, due, changes, now) if await is_still_ours(session, due) else 0


async def write(session: AsyncSession, due: Due, changes: Sequence[Change], now: datetime) -> int:
    """Store changes of a rule that nobody else evaluates meanwhile; returns how many transitions were made."""
    transitions = [change for change in changes if change.is_transition]
    holds = await holding.holds_of(session, due, transitions, now) if transitions else {}
    rows = [_row(due, change, holds.get(change.labels), now) for change in changes]
    won = await _upsert(session, rows)
    made = [(row, change) for row, change in zip(rows, changes, strict=True) if row["labels_key"] in won]
    told = [(won[row["labels_key"]], row, change) for row, change in made if change.is_transition]
    await _write_history(session, due, told, holds, now)
    return len(told)


def _row(due: Due, change: Change, hold: Hold | None, now: datetime) -> dict[str, Any]:
    state = change.after.state
    before: dict[str, Any] = dict(change.before.items()) if change.before else dict.fromkeys(_KEPT)
    kept = {name: before[name] for name in _KEPT}
    timed = {"held_from": change.after.held_from, "clear_from": change.after.clear_from}
    key = orjson.dumps(change.labels).decode()
    fresh = {"id": new_id(), "rule_id": due.id, "labels_key": key, "revision": (before.get("revision") or 0) + 1}
    row = {**kept, **fresh, **labelled(due.definition, change.labels), **timed, "state": state}
    if change.is_transition:
        row |= _dated(state, before, due.at) | _said(due, change)
        if notice_of(state, before["told_state"], is_held=hold is not None) is Notice.SENT:
            row |= {"told_state": state, "told_at": now if state is not AlertState.RESOLVED else before["told_at"]}
    return row


_KEPT = (
    *("severity", "level", "team_ids", "value", "message", "active_at", "fired_at", "resolved_at", "changed_at"),
    *("acknowledged_at", "acknowledged_by", "acknowledgement", "told_state", "told_at"),
)


def _said(due: Due, change: Change) -> dict[str, Any]:
    who = {"level": change.audience.level, "team_ids": change.audience.team_ids}
    return {**who, "severity": due.definition.severity, "value": change.value, "message": change.message}


def _dated(state: AlertState, before: Mapping[str, Any], at: datetime) -> dict[str, Any]:
    dates: dict[str, Any] = {"changed_at": at}
    if state in {AlertState.FIRING, AlertState.ERROR}:
        is_new = before.get("state") != AlertState.PENDING
        anew = {"acknowledged_at": None, "acknowledged_by": None, "acknowledgement": None, "resolved_at": None}
        return {**dates, **anew, "fired_at": at, "active_at": at if is_new else before["active_at"]}
    if state is AlertState.PENDING:
        return {**dates, "active_at": at}
    return {**dates, "resolved_at": at} if state is AlertState.RESOLVED else dates


_COLUMNS = [column.name for column in Alert.__table__.columns if column.name != "created_at"]
_SET = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS if name not in {"id", "rule_id", "labels_key"})
_UPSERT = text(
    f"""
    insert into alert ({", ".join(_COLUMNS)})
    select {", ".join(f"x.{name}" for name in _COLUMNS)}
    from jsonb_populate_recordset(null::alert, cast(:rows as jsonb)) x order by x.labels_key
    on conflict (rule_id, labels_key) do update set {_SET}
    where alert.revision = excluded.revision - 1
    returning labels_key, id
    """  # noqa: S608 - the names of columns
)


async def _upsert(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> dict[str, UUID]:
    """Write alerts that nobody has changed meanwhile; gives the keys of those, by labels."""
    given = orjson.dumps(rows, default=str).decode()
    return {row.labels_key: row.id for row in await session.execute(_UPSERT, {"rows": given})}


async def _write_history(
    session: AsyncSession,
    due: Due,
    told: Sequence[tuple[UUID, dict[str, Any], Change]],
    holds: Mapping[Labels, Hold],
    now: datetime,
) -> None:
    if not told:
        return
    await drop_held(session, [key for key, _, _ in told])
    entries = [_entry(key, due, change, holds.get(change.labels)) for key, _, change in told]
    await session.execute(insert(Entry), entries)
    sent = [(entry["id"], entry["alert_id"]) for entry in entries if entry["notice"] == Notice.SENT]
    await notify(session, due.id, due.definition.channel_ids, sent, now)
    for key, row, change in told:
        tell(session, event_of(key, due, row, change))


async def drop_held(session: AsyncSession, alerts: Sequence[UUID]) -> None:
    """What was held of these alerts is of no interest any more."""
    held = update(Entry).where(Entry.alert_id.in_(alerts), Entry.notice == Notice.HELD)
    await session.execute(held.values(notice=Notice.DROPPED))


def _entry(key: UUID, due: Due, change: Change, hold: Hold | None) -> dict[str, Any]:
    state, before = change.after.state, change.before
    notice = notice_of(state, before["told_state"] if before else None, is_held=hold is not None)
    held = hold if notice is Notice.HELD else None
    return {
        "id": new_id(),
        "alert_id": key,
        "kind": EntryKind.TRANSITION,
        "at": due.at,
        "notice": notice,
        "from_state": change.was,
        "to_state": state,
        "severity": due.definition.severity,
        "value": change.value,
        "message": change.message,
        "held_by": held.by if held else None,
        "silence_id": held.silence_id if held else None,
    }


def event_of(key: UUID, due: Due, row: Mapping[str, Any], change: Change) -> AlertEvent:
    """What is told of a transition."""
    heard = tags_of(row["level"], row["team_ids"], of_money=due.definition.is_of_money)
    return EVENTS[change.after.state](
        resource_id=str(key),
        rule_id=str(due.id),
        severity=due.definition.severity.value,
        state=change.after.state.value,
        message=change.message,
        occurred_at=due.at,
        scope_tags=heard,
    )
