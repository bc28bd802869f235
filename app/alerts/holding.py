"""Why channels are not told of an alert: it is silenced, a graver one says the same, or they were told just now."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.claiming import Due
from app.alerts.definition import COLUMNS, EVERY_TEAM
from app.alerts.naming import labelled
from app.alerts.rules import Labels, Matcher, inhibits, is_silenced
from app.alerts.tables import Alert, Rule, Silence
from app.alerts.vocabulary import AlertState, HeldBy
from app.kit.access import Clearance
from app.kit.severity import Severity

if TYPE_CHECKING:
    from app.alerts.storing import Change


@dataclass(frozen=True, slots=True)
class Hold:
    """Why channels are not told yet."""

    by: HeldBy
    silence_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """What decides whether an alert is held. `labels` by column; `told_at`: when channels were last told it fires."""

    id: UUID | None
    rule_id: UUID
    metric: str
    type: str
    severity: Severity
    state: AlertState
    labels: Mapping[str, str | None]
    level: str
    team_ids: Sequence[UUID]
    is_of_money: bool
    cooldown: timedelta
    told_at: datetime | None

    @property
    def matched(self) -> dict[str, str | None]:
        """What silences look at, by `SilenceLabel`."""
        named = {label.value: self.labels.get(column) for label, column in COLUMNS.items()}
        plain = {"RULE": str(self.rule_id), "SEVERITY": self.severity.value, "TYPE": self.type, "METRIC": self.metric}
        return {**named, **plain}


async def holds_of(session: AsyncSession, due: Due, changes: Sequence[Change], now: datetime) -> dict[Labels, Hold]:
    """Those of the changes of a rule of which channels are not to be told yet, and why."""
    subjects = {change.labels: _subject(due, change) for change in changes}
    return await holds(session, subjects, now)


async def holds(session: AsyncSession, subjects: Mapping[Any, Subject], now: datetime) -> dict[Any, Hold]:
    """Those of which channels are not to be told yet, and why, by the same keys."""
    silences = (await session.scalars(select(Silence).where(Silence.starts_at <= now, Silence.ends_at > now))).all()
    graver = await _graver(session, subjects.values())
    found = {key: _hold(subject, silences, graver, now) for key, subject in subjects.items()}
    return {key: hold for key, hold in found.items() if hold}


async def _graver(session: AsyncSession, subjects: Iterable[Subject]) -> Sequence[Any]:
    """What fires of the same metrics and is graver than the least grave of these."""
    metrics, severities = {one.metric for one in subjects}, {one.severity for one in subjects}
    least = min(map(list(Severity).index, severities), default=len(Severity))
    graver = list(Severity)[least + 1 :]
    if not graver:
        return []
    firing = select(Alert, Rule.metric).join(Rule, Rule.id == Alert.rule_id).where(Rule.metric.in_(metrics))
    found = await session.execute(firing.where(Alert.state == AlertState.FIRING, Alert.severity.in_(graver)))
    return found.all()


def _hold(subject: Subject, silences: Sequence[Silence], firing: Sequence[Any], now: datetime) -> Hold | None:
    silence = next((one for one in silences if _silences(one, subject)), None)
    if silence is not None:
        return Hold(HeldBy.SILENCE, silence.id)
    if subject.state not in {AlertState.FIRING, AlertState.ERROR}:
        return None
    if any(_inhibits(alert, metric, subject) for alert, metric in firing):
        return Hold(HeldBy.INHIBITION)
    is_cooling = subject.told_at is not None and timedelta() <= now - subject.told_at < subject.cooldown
    return Hold(HeldBy.COOLDOWN) if is_cooling else None


def _silences(silence: Silence, subject: Subject) -> bool:
    """Nobody silences what he may not see."""
    sees = subject.level in Clearance(silence.level).below() and (silence.sees_costs or not subject.is_of_money)
    teams = silence.team_ids is None or set(subject.team_ids) <= set(silence.team_ids)
    return sees and teams and is_silenced(list(map(matcher_of, silence.matchers)), subject.matched)


def matcher_of(stored: Mapping[str, Any]) -> Matcher:
    """A matcher as it is stored."""
    return Matcher(stored["label"], frozenset(stored["values"]), stored["isNegated"])


def _inhibits(alert: Alert, metric: str, subject: Subject) -> bool:
    """Only what everybody is told who would be told of the other."""
    if metric != subject.metric or alert.id == subject.id:
        return False
    told = set(alert.team_ids) <= set(subject.team_ids) or EVERY_TEAM in subject.team_ids
    is_told = told and alert.level in Clearance(subject.level).below()
    labels = {column: None if (value := getattr(alert, column)) is None else str(value) for column in COLUMNS.values()}
    return is_told and inhibits((Severity(alert.severity), labels), (subject.severity, subject.labels))


def _subject(due: Due, change: Change) -> Subject:
    rule, before = due.definition, change.before
    return Subject(
        id=before["id"] if before else None,
        rule_id=due.id,
        metric=rule.metric,
        type=rule.type,
        severity=rule.severity,
        state=change.after.state,
        labels=labelled(rule, change.labels),
        level=change.audience.level,
        team_ids=change.audience.team_ids,
        is_of_money=rule.is_of_money,
        cooldown=timedelta(seconds=rule.cooldown_seconds),
        told_at=before["told_at"] if before else None,
    )
