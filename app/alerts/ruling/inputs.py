"""Rules as they are written."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.alerts.definition import DASHBOARD, Definition, EscalationLevel, Scope
from app.alerts.ruling import service
from app.alerts.vocabulary import AlertLabel, AlertMetric, AlertType, Comparator, NoData
from app.deployments.vocabulary import Environment
from app.kit.errors import Missing, Rejected
from app.kit.ids import key_of
from app.kit.inputs import given
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION
from app.kit.severity import Severity

NAME = "The name people use; 1 to 200 characters."
DESCRIPTION = "What it means and what to do; at most 2,000 characters."
METRIC = "What it watches. What tells costs needs `costs:read`."
COMPARATOR = "How the value is compared with the threshold."
THRESHOLD = "What the value is compared with, in the metric's unit; at most 12 decimal places."
WINDOW = (
    "The minutes before each evaluation that are looked at, 1 to 10,080; the minute that runs is among them. Without "
    "meaning for metrics of the day, of deployments and of the installation."
)
FOR = "How many seconds it must hold before the alert fires, 0 to 604,800; until then it is `PENDING`."
KEEP = "How many seconds it must not hold any more before the alert is resolved, 0 to 604,800."
INTERVAL = "Seconds between evaluations: a divisor of 60 from 5 on, or whole minutes to 86,400."
SCOPE = "Of what; by default of everything that its owner may see."
GROUP = "By what it is divided: each set of labels has an alert of its own; at most 5 labels. By default one alert."
CONDITION = (
    "A condition in CEL over `metrics.…` that must hold, too, such as `metrics.requests >= 20`; at most 500 characters."
)
SEVERITY = "How grave its alerts are."
TYPE = "What its alerts are about."
NO_DATA = "What it means that there is no value."
CHANNELS = "Who is told; at most 20 channels. By default the dashboard."
COOLDOWN = "For how many seconds channels are not told again that it fires, 0 to 604,800."
ESCALATION = "Whom to tell, too, if nobody acknowledges it; at most 5 levels."
ENABLED = "Whether it is evaluated."


def _keys(texts: Sequence[str] | None, kind: str, argument: str) -> tuple[UUID, ...]:
    return tuple(key_of(text, kind, argument=f"{argument}.{place}") for place, text in enumerate(texts or ()))


@strawberry.input(description="Of what a rule is; a list that is left out does not restrict. All must hold.")
class AlertScopeInput:
    models: list[strawberry.ID] | None = strawberry.field(default=None, description="Ids of models; at most 100.")
    providers: list[strawberry.ID] | None = strawberry.field(default=None, description="Ids of providers; at most 100.")
    deployments: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Ids of deployments; at most 100."
    )
    environments: list[Environment] | None = strawberry.field(default=None, description="Environments; at most 100.")
    teams: list[strawberry.ID] | None = strawberry.field(
        default=None, description="Ids of the teams that call; at most 100."
    )

    def scope(self) -> Scope:
        """As the domain has it. Raises `INVALID_PARAMETER`."""
        return Scope(
            models=_keys(self.models, "Model", "scope.models"),
            providers=_keys(self.providers, "Provider", "scope.providers"),
            deployments=_keys(self.deployments, "Deployment", "scope.deployments"),
            environments=tuple(one.value for one in self.environments or ()),
            teams=_keys(self.teams, "Team", "scope.teams"),
        )


@strawberry.input(description="Whom to tell, too, if an alert has fired for so long and nobody has acknowledged it.")
class EscalationLevelInput:
    after_seconds: int = strawberry.field(description="Seconds since it fires, 60 to 604,800.")
    channel_ids: list[strawberry.ID] = strawberry.field(description="Ids of channels; at most 20.")


def _channels(texts: Sequence[str] | None) -> tuple[UUID, ...]:
    return (DASHBOARD,) if texts is None else _keys(texts, "AlertChannel", "channelIds")


def _escalation(levels: Sequence[EscalationLevelInput] | None) -> tuple[EscalationLevel, ...]:
    return tuple(
        EscalationLevel(level.after_seconds, _keys(level.channel_ids, "AlertChannel", f"escalation.{place}.channelIds"))
        for place, level in enumerate(levels or ())
    )


def _scope(wanted: AlertScopeInput | None) -> Scope:
    return wanted.scope() if wanted else Scope()


def _stripped(text: str | None) -> str | None:
    return text.strip() if text is not None else None


def _or_none(text: str | None) -> str | None:
    return text or None


def _labels(labels: Sequence[AlertLabel] | None) -> tuple[AlertLabel, ...]:
    return tuple(labels or ())


@strawberry.input(description="A rule: when to raise alerts, and whom to tell.")
class AlertRuleInput:
    name: str = strawberry.field(description=NAME)
    metric: AlertMetric = strawberry.field(description=METRIC)
    comparator: Comparator = strawberry.field(description=COMPARATOR)
    threshold: Decimal = strawberry.field(description=THRESHOLD)
    severity: Severity = strawberry.field(description=SEVERITY)
    type: AlertType = strawberry.field(description=TYPE)
    description: str | None = strawberry.field(default=None, description=DESCRIPTION)
    window_minutes: int = strawberry.field(default=5, description=WINDOW)
    for_seconds: int = strawberry.field(default=0, description=FOR)
    keep_firing_seconds: int = strawberry.field(default=0, description=KEEP)
    interval_seconds: int = strawberry.field(default=60, description=INTERVAL)
    scope: AlertScopeInput | None = strawberry.field(default=None, description=SCOPE)
    group_by: list[AlertLabel] | None = strawberry.field(default=None, description=GROUP)
    condition: str | None = strawberry.field(default=None, description=CONDITION)
    no_data: NoData = strawberry.field(default=NoData.OK, description=NO_DATA)
    channel_ids: list[strawberry.ID] | None = strawberry.field(default=None, description=CHANNELS)
    cooldown_seconds: int = strawberry.field(default=0, description=COOLDOWN)
    escalation: list[EscalationLevelInput] | None = strawberry.field(default=None, description=ESCALATION)
    is_enabled: bool = strawberry.field(default=True, description=ENABLED)

    def definition(self) -> Definition:
        """The rule as the domain has it. Raises `INVALID_PARAMETER`."""
        return Definition(**{name: kind(getattr(self, name)) for name, kind in FIELDS.items()})


def _same(value: Any) -> Any:
    return value


FIELDS: dict[str, Any] = {
    **dict.fromkeys(("metric", "comparator", "threshold", "severity", "type", "no_data", "is_enabled"), _same),
    **dict.fromkeys(("window_minutes", "for_seconds", "keep_firing_seconds", "interval_seconds"), _same),
    "cooldown_seconds": _same,
    "name": _stripped,
    "description": _or_none,
    "condition": _or_none,
    "scope": _scope,
    "group_by": _labels,
    "channel_ids": _channels,
    "escalation": _escalation,
}
CLEARABLE = {"description", "scope", "group_by", "condition", "channel_ids", "escalation"}


@strawberry.input(description="Makes a rule.")
class CreateAlertRuleInput(AlertRuleInput):
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> Definition:
        """The rule wanted."""
        return self.definition()


@strawberry.input(
    description="Changes a rule: what is left out stays as it is; lists and the scope are replaced whole."
)
class UpdateAlertRuleInput:
    alert_rule_id: strawberry.ID = strawberry.field(description="The rule.")
    name: strawberry.Maybe[str | None] = strawberry.field(description=f"{NAME} Cannot be cleared.")
    metric: strawberry.Maybe[AlertMetric | None] = strawberry.field(description=f"{METRIC} Cannot be cleared.")
    comparator: strawberry.Maybe[Comparator | None] = strawberry.field(description=f"{COMPARATOR} Cannot be cleared.")
    threshold: strawberry.Maybe[Decimal | None] = strawberry.field(description=f"{THRESHOLD} Cannot be cleared.")
    severity: strawberry.Maybe[Severity | None] = strawberry.field(description=f"{SEVERITY} Cannot be cleared.")
    type: strawberry.Maybe[AlertType | None] = strawberry.field(description=f"{TYPE} Cannot be cleared.")
    description: strawberry.Maybe[str | None] = strawberry.field(description=DESCRIPTION)
    window_minutes: strawberry.Maybe[int | None] = strawberry.field(description=f"{WINDOW} Cannot be cleared.")
    for_seconds: strawberry.Maybe[int | None] = strawberry.field(description=f"{FOR} Cannot be cleared.")
    keep_firing_seconds: strawberry.Maybe[int | None] = strawberry.field(description=f"{KEEP} Cannot be cleared.")
    interval_seconds: strawberry.Maybe[int | None] = strawberry.field(description=f"{INTERVAL} Cannot be cleared.")
    scope: strawberry.Maybe[AlertScopeInput | None] = strawberry.field(description=SCOPE)
    group_by: strawberry.Maybe[list[AlertLabel] | None] = strawberry.field(description=GROUP)
    condition: strawberry.Maybe[str | None] = strawberry.field(description=CONDITION)
    no_data: strawberry.Maybe[NoData | None] = strawberry.field(description=f"{NO_DATA} Cannot be cleared.")
    channel_ids: strawberry.Maybe[list[strawberry.ID] | None] = strawberry.field(description=CHANNELS)
    cooldown_seconds: strawberry.Maybe[int | None] = strawberry.field(description=f"{COOLDOWN} Cannot be cleared.")
    escalation: strawberry.Maybe[list[EscalationLevelInput] | None] = strawberry.field(description=ESCALATION)
    is_enabled: strawberry.Maybe[bool | None] = strawberry.field(description=f"{ENABLED} Cannot be cleared.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Update:
        """The changes wanted. Raises `MISSING_REQUIRED_FIELD` for all that cannot be cleared."""
        changes = given(self, *FIELDS)
        cleared = [name for name, value in changes.items() if value is None and name not in CLEARABLE]
        if cleared:
            raise Rejected(*(Missing("This cannot be cleared.", to_camel_case(name)) for name in cleared))
        return service.Update(
            rule_id=key_of(self.alert_rule_id, "AlertRule", argument="alertRuleId"),
            changes={name: FIELDS[name](value) for name, value in changes.items()},
            expected_revision=self.expected_revision,
        )
