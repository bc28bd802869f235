"""What a rule says: as people write it, and as it is evaluated. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from app.alerts.measuring import MEASURES, OF_MONEY, OF_THE_SYSTEM, WINDOW, metrics_in
from app.alerts.rules import Terms
from app.alerts.vocabulary import AlertLabel, AlertMetric, AlertType, Comparator, NoData
from app.kit.access import Actor, Clearance, Permission
from app.kit.conditions import BadCondition
from app.kit.errors import HubError, Invalid, NotFound
from app.kit.severity import Severity

MAX_NAME, MAX_DESCRIPTION = 200, 2000
MIN_INTERVAL, MAX_INTERVAL = 5, 86_400
MAX_WINDOW = 10_080
MAX_DURATION = 7 * 86_400
MAX_CHANNELS, MAX_LEVELS = 20, 5
LARGEST = Decimal(10) ** 15
EVERY_TEAM = UUID(int=0)
"""Stands for every team where a list of teams says what somebody must see."""

DASHBOARD = UUID("00000000-0000-7000-8000-0000000da5b0")
"""The channel of everybody who looks: it is told whatever happens, by live events. It is always there."""

COLUMNS = {
    AlertLabel.MODEL: "model_id",
    AlertLabel.PROVIDER: "provider_id",
    AlertLabel.DEPLOYMENT: "deployment_id",
    AlertLabel.ENVIRONMENT: "environment",
    AlertLabel.TEAM: "team_id",
}
"""The columns of roll-ups and of alerts that hold a label."""


@dataclass(frozen=True, slots=True)
class Scope:
    """Of which calls (or deployments) a rule is; an empty tuple does not restrict. Ids, but for environments."""

    models: tuple[UUID, ...] = ()
    providers: tuple[UUID, ...] = ()
    deployments: tuple[UUID, ...] = ()
    environments: tuple[str, ...] = ()
    teams: tuple[UUID, ...] = ()

    def shape(self) -> tuple[str, ...]:
        """Which restrictions there are."""
        return tuple(one.name for one in fields(self) if getattr(self, one.name))

    def told(self) -> dict[str, list[str]]:
        """As it is stored and told."""
        return {name: [str(value) for value in getattr(self, name)] for name in self.shape()}

    @classmethod
    def read(cls, stored: dict[str, list[str]]) -> Scope:
        """From what is stored."""
        named = {name: tuple(map(UUID, values)) for name, values in stored.items() if name != "environments"}
        return cls(**named, environments=tuple(stored.get("environments", ())))


@dataclass(frozen=True, slots=True)
class View:
    """As whom something is looked at: up to a level, and of these teams (None: every team's) and of none."""

    level: Clearance
    teams: frozenset[UUID] | None

    @classmethod
    def of(cls, actor: Actor) -> View:
        """What an actor may see."""
        return cls(actor.clearance, actor.teams)

    def needed(self) -> list[UUID]:
        """The teams that somebody must see who sees as much."""
        return [EVERY_TEAM] if self.teams is None else sorted(self.teams)

    def arguments(self) -> dict[str, Any]:
        """Those of `kit.scoping.scope`."""
        return {"levels": self.level.below(), "own_teams": None if self.teams is None else sorted(self.teams)}


NOBODYS = View(Clearance.PUBLIC, frozenset())
"""What belongs to nobody: the installation itself."""


@dataclass(frozen=True, slots=True)
class EscalationLevel:
    """Whom to tell, too, if an alert has fired for so long and nobody has acknowledged it."""

    after_seconds: int
    channel_ids: tuple[UUID, ...]

    def told(self) -> dict[str, Any]:
        """As it is stored and told."""
        return {"afterSeconds": self.after_seconds, "channelIds": [str(key) for key in self.channel_ids]}

    @classmethod
    def read(cls, stored: dict[str, Any]) -> EscalationLevel:
        """From what is stored."""
        return cls(stored["afterSeconds"], tuple(map(UUID, stored["channelIds"])))


@dataclass(frozen=True, slots=True, kw_only=True)
class Definition:
    """A rule, whoever owns it. Durations in seconds, the window in minutes."""

    name: str
    metric: AlertMetric
    comparator: Comparator
    threshold: Decimal
    severity: Severity
    type: AlertType
    description: str | None = None
    window_minutes: int = 5
    for_seconds: int = 0
    keep_firing_seconds: int = 0
    interval_seconds: int = 60
    scope: Scope = field(default_factory=Scope)
    group_by: tuple[AlertLabel, ...] = ()
    condition: str | None = None
    no_data: NoData = NoData.OK
    channel_ids: tuple[UUID, ...] = ()
    cooldown_seconds: int = 0
    escalation: tuple[EscalationLevel, ...] = ()
    is_enabled: bool = True

    @property
    def terms(self) -> Terms:
        """What the evaluator takes."""
        durations = timedelta(seconds=self.for_seconds), timedelta(seconds=self.keep_firing_seconds)
        return Terms(self.comparator, self.threshold, *durations, self.no_data)

    @property
    def is_of_money(self) -> bool:
        """Whether it tells what was spent."""
        return is_of_money(self.metric, self.condition)

    @property
    def needs_histograms(self) -> bool:
        """Whether it looks at percentiles."""
        looked_at = {self.metric, *metrics_in(self.condition or "")} & MEASURES.keys()
        return any(MEASURES[metric].needs_histograms for metric in looked_at)

    def told(self) -> dict[str, Any]:
        """As the audit trail tells it."""
        plain = {one.name: getattr(self, one.name) for one in fields(self)}
        return {
            **plain,
            "threshold": str(self.threshold),
            "scope": self.scope.told(),
            "group_by": list(self.group_by),
            "channel_ids": [str(key) for key in self.channel_ids],
            "escalation": [level.told() for level in self.escalation],
        }

    def watches_otherwise_than(self, other: Definition) -> bool:
        """Whether alerts of the other say nothing of this one."""
        own, others = ((one.metric, one.scope, one.group_by, one.is_enabled) for one in (self, other))
        return own != others


def is_of_money(metric: AlertMetric, condition: str | None) -> bool:
    """Whether a rule tells what was spent."""
    return bool({metric, *metrics_in(condition or "")} & OF_MONEY)


@dataclass(frozen=True, slots=True)
class Known:
    """What there is, and may be seen, of what a rule names."""

    ids: frozenset[UUID]


def require(actor: Actor, definition: Definition) -> None:
    """Raise `FORBIDDEN` unless the actor may look at what the rule watches."""
    if definition.is_of_money:
        actor.require(Permission.COSTS_READ)


def faults(rule: Definition, known: Known) -> Iterator[HubError]:
    """Everything that is wrong with a rule, each with its path."""
    yield from _of_texts(rule)
    yield from _of_numbers(rule)
    yield from _of_scope(rule, known)
    yield from _of_condition(rule)
    yield from _of_channels(rule, known)


def _of_texts(rule: Definition) -> Iterator[HubError]:
    if not rule.name.strip() or len(rule.name) > MAX_NAME:
        yield Invalid(f"A name has 1 to {MAX_NAME} characters and is not blank.", "name")
    if len(rule.description or "") > MAX_DESCRIPTION:
        yield Invalid(f"A description has {MAX_DESCRIPTION:,} characters at most.", "description")


_BOUNDS = {
    "window_minutes": (1, MAX_WINDOW, "windowMinutes"),
    "for_seconds": (0, MAX_DURATION, "forSeconds"),
    "keep_firing_seconds": (0, MAX_DURATION, "keepFiringSeconds"),
    "interval_seconds": (MIN_INTERVAL, MAX_INTERVAL, "intervalSeconds"),
    "cooldown_seconds": (0, MAX_DURATION, "cooldownSeconds"),
}


def _of_numbers(rule: Definition) -> Iterator[HubError]:
    for name, (low, high, path) in _BOUNDS.items():
        if not low <= getattr(rule, name) <= high:
            yield Invalid(f"This must lie between {low:,} and {high:,}.", path)
    if abs(rule.threshold) > LARGEST or rule.threshold.as_tuple().exponent < -12:  # type: ignore[operator]
        yield Invalid(f"A threshold has 12 decimal places and lies within ±{LARGEST:,} at most.", "threshold")
    if (seconds := rule.interval_seconds) and 60 % seconds and seconds % 60:
        yield Invalid("An interval divides a minute, or is a number of whole minutes.", "intervalSeconds")


def _of_scope(rule: Definition, known: Known) -> Iterator[HubError]:
    for name in rule.scope.shape():
        for place, value in enumerate(getattr(rule.scope, name)):
            if name != "environments" and value not in known.ids:
                yield not_found("scope", name, place)
    is_narrowed = rule.scope.shape() or rule.group_by
    if rule.metric in OF_THE_SYSTEM and is_narrowed:
        path = "scope" if rule.scope.shape() else "groupBy"
        yield Invalid("The installation is one: leave out `scope` and `groupBy`.", path)
    if len(set(rule.group_by)) < len(rule.group_by):
        yield Invalid("Each label may be named once.", "groupBy")


def not_found(*path: str | int) -> HubError:
    """Something that a rule names is not there, or may not be seen."""
    return NotFound("There is no such thing, or you may not see it.").at(*path)


def _of_condition(rule: Definition) -> Iterator[HubError]:
    if rule.condition is None:
        return
    if rule.metric not in MEASURES:
        yield Invalid("A condition goes with a metric of calls only.", "condition")
        return
    try:
        WINDOW.condition(rule.condition)
    except BadCondition as bad:
        yield bad.at("condition")


def _of_channels(rule: Definition, known: Known) -> Iterator[HubError]:
    yield from _channels(rule.channel_ids, known, "channelIds")
    if len(rule.escalation) > MAX_LEVELS:
        yield Invalid(f"There may be {MAX_LEVELS} levels of escalation at most.", "escalation")
    for place, level in enumerate(rule.escalation):
        if not 60 <= level.after_seconds <= MAX_DURATION:
            yield Invalid(f"This must lie between 60 and {MAX_DURATION:,}.", "escalation", place, "afterSeconds")
        yield from _channels(level.channel_ids, known, "escalation", place, "channelIds")


def _channels(ids: Sequence[UUID], known: Known, *path: str | int) -> Iterator[HubError]:
    if len(ids) > MAX_CHANNELS or len(set(ids)) < len(ids):
        yield Invalid(f"There may be {MAX_CHANNELS} channels at most, each once.", *path)
    yield from (not_found(*path, place) for place, key in enumerate(ids) if key not in {DASHBOARD, *known.ids})
