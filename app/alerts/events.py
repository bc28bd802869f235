"""What happens to alerts, rules and silences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.kit.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertEvent(Event):
    """An alert stands otherwise; `resource_id` is its key."""

    topic: ClassVar[str] = "alert"
    resource_type: ClassVar[str] = "Alert"
    rule_id: str
    severity: str
    state: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertPending(AlertEvent):
    """What a rule demands holds, but not yet for long enough."""

    kind: ClassVar[str] = "alert.pending"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertCleared(AlertEvent):
    """It did not hold for long enough."""

    kind: ClassVar[str] = "alert.cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRaised(AlertEvent):
    """An alert fires."""

    kind: ClassVar[str] = "alert.raised"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertResolved(AlertEvent):
    """An alert fires no more."""

    kind: ClassVar[str] = "alert.resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertFailed(AlertEvent):
    """A rule cannot be evaluated."""

    kind: ClassVar[str] = "alert.failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertAcknowledged(AlertEvent):
    """Somebody has taken an alert on."""

    kind: ClassVar[str] = "alert.acknowledged"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRuleEvent(Event):
    """Something that happened to a rule; `resource_id` is its key."""

    topic: ClassVar[str] = "alert_rule"
    resource_type: ClassVar[str] = "AlertRule"
    name: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRuleCreated(AlertRuleEvent):
    """Somebody made a rule."""

    kind: ClassVar[str] = "alert_rule.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRuleUpdated(AlertRuleEvent):
    """Somebody changed a rule."""

    kind: ClassVar[str] = "alert_rule.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertRuleDeleted(AlertRuleEvent):
    """A rule is evaluated no more."""

    kind: ClassVar[str] = "alert_rule.deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceEvent(Event):
    """Something that happened to a silence; `resource_id` is its key."""

    topic: ClassVar[str] = "silence"
    resource_type: ClassVar[str] = "Silence"
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceCreated(SilenceEvent):
    """Somebody silenced alerts."""

    kind: ClassVar[str] = "silence.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class SilenceExpired(SilenceEvent):
    """Somebody ended a silence before its time."""

    kind: ClassVar[str] = "silence.expired"
