"""Acts on alerts and silences."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.definition import EVERY_TEAM, View, is_of_money, not_found
from app.alerts.events import AlertAcknowledged, SilenceCreated, SilenceExpired
from app.alerts.service import KNOWN_IDS, RULE_VISIBLE, get_alert, get_silence, scope, tags_of
from app.alerts.silencing.matchers import KINDS
from app.alerts.tables import Alert, Entry, Rule, Silence
from app.alerts.vocabulary import AlertMetric, AlertState, EntryKind, Notice, SilenceLabel
from app.kit.access import Actor, Permission
from app.kit.clock import utc_now
from app.kit.errors import Conflict, HubError, Invalid, Rejected
from app.kit.ids import new_id
from app.kit.journal import record

MAX_REASON, MAX_MATCHERS, MAX_VALUES, MAX_VALUE = 1000, 10, 100, 200
LONGEST = timedelta(days=366)
GRACE = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acknowledgement:
    """An alert that somebody takes on."""

    alert_id: UUID
    comment: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silencing:
    """Alerts of which channels are not to be told; `matchers` as they are stored, `starts_at` None: now."""

    matchers: tuple[dict[str, Any], ...]
    starts_at: datetime | None
    ends_at: datetime
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Expiry:
    """A silence that is to end now."""

    silence_id: UUID
    reason: str | None = None
    expected_revision: int | None = None


async def acknowledge_alert(session: AsyncSession, actor: Actor, wanted: Acknowledgement) -> UUID:
    """Take an alert on; whoever did so first stays the one. Raises `CONFLICT` unless it fires or is in error."""
    actor.require(Permission.ALERTS_MANAGE)
    _check_text(wanted.comment, "comment")
    alert = await get_alert(session, actor, wanted.alert_id, wanted.expected_revision)
    if alert.state not in {AlertState.FIRING, AlertState.ERROR}:
        raise Conflict(f"Only what fires can be acknowledged, and this is {alert.state}.").at("alertId")
    if alert.acknowledged_at is None:
        await _acknowledge(session, actor, alert, wanted.comment)
    return alert.id


async def _acknowledge(session: AsyncSession, actor: Actor, alert: Alert, comment: str | None) -> None:
    at, rule = utc_now(), await session.get_one(Rule, alert.rule_id)
    alert.acknowledged_at, alert.acknowledged_by, alert.acknowledgement = at, actor.name, comment
    alert.revision += 1
    said = {"severity": alert.severity, "message": alert.message}
    same = {"from_state": alert.state, "to_state": alert.state, "notice": Notice.NONE}
    entry = {"id": new_id(), "alert_id": alert.id, "kind": EntryKind.ACKNOWLEDGEMENT, "at": at}
    session.add(Entry(**entry, **same, **said, actor=actor.name, comment=comment))
    of_money = is_of_money(AlertMetric(rule.metric), rule.condition)
    heard = tags_of(alert.level, list(alert.team_ids), of_money=of_money)
    event = AlertAcknowledged(
        resource_id=str(alert.id), rule_id=str(rule.id), state=alert.state, occurred_at=at, scope_tags=heard, **said
    )
    record(session, actor, event, before={"acknowledgedAt": None}, after={"acknowledgedAt": at.isoformat()})


async def create_silence(session: AsyncSession, actor: Actor, wanted: Silencing) -> UUID:
    """Silence alerts, as far as the actor may see them. Raises everything that is wrong with it at once."""
    actor.require(Permission.ALERTS_MANAGE)
    now = utc_now()
    faults = (*_faults(wanted, now), *await _missing(session, actor, wanted))
    if faults:
        raise Rejected(*faults)
    view = View.of(actor)
    silence = Silence(
        id=new_id(),
        matchers=list(wanted.matchers),
        starts_at=wanted.starts_at or now,
        ends_at=wanted.ends_at,
        reason=wanted.reason.strip(),
        author_id=actor.id,
        author_name=actor.name,
        level=view.level.value,
        team_ids=None if view.teams is None else sorted(view.teams),
        sees_costs=actor.may(Permission.COSTS_READ),
        revision=1,
    )
    session.add(silence)
    told = {"matchers": silence.matchers, "reason": silence.reason, "endsAt": silence.ends_at.isoformat()}
    record(session, actor, SilenceCreated(**_about(silence)), after=told)
    return silence.id


async def expire_silence(session: AsyncSession, actor: Actor, wanted: Expiry) -> UUID:
    """End a silence now; one that is over stays as it is."""
    actor.require(Permission.ALERTS_MANAGE)
    _check_text(wanted.reason, "reason")
    silence, now = await get_silence(session, actor, wanted.silence_id, wanted.expected_revision), utc_now()
    if silence.ends_at > now:
        before = {"endsAt": silence.ends_at.isoformat()}
        silence.starts_at, silence.ends_at = min(silence.starts_at, now), now
        silence.revision += 1
        silence.updated_at = func.now()  # type: ignore[assignment] - an expression of the same type
        event = SilenceExpired(**_about(silence), occurred_at=now)
        record(session, actor, event, before=before, after={"endsAt": now.isoformat()}, reason=wanted.reason)
    return silence.id


async def _missing(session: AsyncSession, actor: Actor, wanted: Silencing) -> list[HubError]:
    """What matchers name by an id and is not there, or may not be seen."""
    named = {
        UUID(value): ("matchers", place, "values", at)
        for place, matcher in enumerate(wanted.matchers)
        if SilenceLabel(matcher["label"]) in KINDS
        for at, value in enumerate(matcher["values"])
    }
    rules = await session.scalars(select(Rule.id).where(Rule.id.in_(named), RULE_VISIBLE), scope(actor))
    others = await session.scalars(text(KNOWN_IDS), {**scope(actor), "ids": list(named)})
    known = {*rules.all(), *others.all()}
    return [not_found(*path) for key, path in named.items() if key not in known]


def _about(silence: Silence) -> dict[str, Any]:
    teams = [EVERY_TEAM] if silence.team_ids is None else list(silence.team_ids)
    heard = tags_of(silence.level, teams, of_money=silence.sees_costs)
    return {"resource_id": str(silence.id), "revision": silence.revision, "scope_tags": heard}


def _check_text(text: str | None, path: str) -> None:
    if len(text or "") > MAX_REASON:
        raise Invalid(f"This has {MAX_REASON:,} characters at most.", path)


def _faults(wanted: Silencing, now: datetime) -> Iterator[HubError]:
    if not wanted.reason.strip() or len(wanted.reason) > MAX_REASON:
        yield Invalid(f"A reason has 1 to {MAX_REASON:,} characters and is not blank.", "reason")
    starts_at = wanted.starts_at or now
    if starts_at < now - GRACE:
        yield Invalid("This is over already; leave it out for now.", "startsAt")
    if not starts_at < wanted.ends_at <= starts_at + LONGEST or wanted.ends_at <= now:
        yield Invalid("A silence ends after it begins, after now, and within 366 days.", "endsAt")
    if not 1 <= len(wanted.matchers) <= MAX_MATCHERS:
        yield Invalid(f"There must be 1 to {MAX_MATCHERS} matchers.", "matchers")
    for place, matcher in enumerate(wanted.matchers):
        if not 1 <= len(matcher["values"]) <= MAX_VALUES or any(len(value) > MAX_VALUE for value in matcher["values"]):
            yield Invalid(
                f"There must be 1 to {MAX_VALUES} values, of {MAX_VALUE} characters at most.",
                "matchers",
                place,
                "values",
            )
