"""The faces of alerts."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from app.alerts import reads, words  # noqa: F401 - `words` publishes the enums
from app.alerts.channels.faces import AlertChannel
from app.alerts.filters import (
    NEWEST,
    NEWEST_RULES,
    NEWEST_SILENCES,
    AlertFilter,
    AlertOrder,
    AlertRuleFilter,
    AlertRuleOrder,
    SilenceFilter,
    SilenceOrder,
)
from app.alerts.silencing.matchers import value_text
from app.alerts.vocabulary import (
    AlertLabel,
    AlertMetric,
    AlertState,
    AlertType,
    Comparator,
    EntryKind,
    HeldBy,
    NoData,
    Notice,
    SilenceLabel,
)
from app.catalog import reads as catalog_reads
from app.catalog.schema import Model, Provider
from app.deployments import reads as deployment_reads
from app.deployments.schema import Deployment
from app.deployments.vocabulary import Environment
from app.identity import reads as identity_reads
from app.identity.schema import Team
from app.kit.connections import After, Before, Connection, First, Last, connection
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.edges import edge, extends
from app.kit.faces import Severity
from app.kit.ids import key_of
from app.kit.mutations import Payload, changed
from app.kit.nodes import Node, Rows, fetched_by, row_of
from app.kit.paging import PageRequest
from app.metrics.dashboard.schema import Dashboard


async def _all(info: Info, batch: Any, keys: Sequence[UUID]) -> list[Any]:
    """What there is, and may be seen, of these."""
    found = await asyncio.gather(*(info.context.load(batch, key) for key in keys))
    return [one for one in found if one is not None]


@strawberry.type(description="Of what a rule is; an empty list does not restrict. What you may not see is left out.")
class AlertScope:
    @strawberry.field(description="The environments in which calls are made.")
    def environments(self) -> list[Environment]:
        return [Environment(value) for value in row_of(self).get("environments", ())]

    @strawberry.field(description="Models; at most 100.", directives=[ListSize(assumed_size=5)])
    async def models(self, info: Info) -> list[Model]:
        return await _all(info, catalog_reads.models_by_id, _of(self, "models"))

    @strawberry.field(description="Providers; at most 100.", directives=[ListSize(assumed_size=5)])
    async def providers(self, info: Info) -> list[Provider]:
        return await _all(info, catalog_reads.providers_by_id, _of(self, "providers"))

    @strawberry.field(description="Deployments; at most 100.", directives=[ListSize(assumed_size=5)])
    async def deployments(self, info: Info) -> list[Deployment]:
        return await _all(info, deployment_reads.deployments_by_id, _of(self, "deployments"))

    @strawberry.field(description="Teams that call; at most 100.", directives=[ListSize(assumed_size=5)])
    async def teams(self, info: Info) -> list[Team]:
        return await _all(info, identity_reads.teams_by_id, _of(self, "teams"))


def _of(face: Any, name: str) -> list[UUID]:
    return [UUID(text) for text in row_of(face).get(name, ())]


@strawberry.type(description="Whom to tell, too, if an alert has fired for so long and nobody has acknowledged it.")
class EscalationLevel:
    @strawberry.field(description="Seconds since it fires.")
    def after_seconds(self) -> int:
        return row_of(self)["afterSeconds"]

    @strawberry.field(description="Who is told; at most 20.", directives=[ListSize(assumed_size=5)])
    async def channels(self, info: Info) -> list[AlertChannel]:
        return await _all(info, reads.channels_by_id, [UUID(text) for text in row_of(self)["channelIds"]])


@strawberry.type(
    description="When to raise alerts, and whom to tell. It sees what its owner saw when he made it, as far as he "
    "still may. Visible to those with `analytics:read` who see as much; one that tells costs only with `costs:read`."
)
class AlertRule(Rows, Node):
    row = reads.RuleRow

    name: str = strawberry.field(description="The name people use.")
    description: str | None = strawberry.field(description="What it means and what to do.")
    metric: AlertMetric = strawberry.field(description="What it watches.")
    comparator: Comparator = strawberry.field(description="How the value is compared with the threshold.")
    threshold: Decimal = strawberry.field(description="What it is compared with, in the metric's unit.")
    window_minutes: int = strawberry.field(description="The minutes before each evaluation that are looked at.")
    for_seconds: int = strawberry.field(description="How long it must hold before the alert fires.")
    keep_firing_seconds: int = strawberry.field(description="How long it must not hold before the alert is resolved.")
    interval_seconds: int = strawberry.field(description="Seconds between evaluations.")
    group_by: list[AlertLabel] = strawberry.field(description="By what it is divided; at most five.")
    condition: str | None = strawberry.field(description="A condition in CEL that must hold, too.")
    severity: Severity = strawberry.field(description="How grave its alerts are.")
    type: AlertType = strawberry.field(description="What its alerts are about.")
    no_data: NoData = strawberry.field(description="What it means that there is no value.")
    cooldown_seconds: int = strawberry.field(description="For how long channels are not told again that it fires.")
    is_enabled: bool = strawberry.field(description="Whether it is evaluated.")
    evaluated_at: datetime | None = strawberry.field(description="The instant that was evaluated last; null before.")
    revision: int = strawberry.field(description="Rises with every change; for optimistic locking.")
    deleted_at: datetime | None = strawberry.field(description="When it was deleted; null if it was not.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @strawberry.field(description="Who made it, by his name then.")
    def owner(self) -> str:
        return row_of(self)["owner_name"]

    @strawberry.field(description="Whether it came with the product.")
    def is_default(self) -> bool:
        return row_of(self)["key"] is not None

    @strawberry.field(description="Of what it is.")
    def scope(self) -> AlertScope:
        return row_of(self)["scope"]

    @strawberry.field(description="Who is told; at most 20.", directives=[ListSize(assumed_size=5)])
    async def channels(self, info: Info) -> list[AlertChannel]:
        return await _all(info, reads.channels_by_id, row_of(self)["channel_ids"])

    @strawberry.field(
        description="Whom to tell, too, if nobody acknowledges an alert; at most five levels.",
        directives=[ListSize(assumed_size=5)],
    )
    def escalation(self) -> list[EscalationLevel]:
        return row_of(self)["escalation"]


@strawberry.type(description="An entry of an alert's history.")
class AlertEntry:
    occurred_at: datetime = strawberry.field(description="The instant that was evaluated, or when somebody acted.")
    kind: EntryKind = strawberry.field(description="What it tells.")
    from_state: AlertState = strawberry.field(description="The state before.")
    to_state: AlertState = strawberry.field(description="The state after.")
    severity: Severity = strawberry.field(description="How grave it was.")
    value: Decimal | None = strawberry.field(description="What was measured, in the metric's unit; null if nothing.")
    message: str = strawberry.field(description="The same in a sentence for people.")
    notice: Notice = strawberry.field(description="What became of telling channels.")
    held_by: HeldBy | None = strawberry.field(description="Why channels were not told at once; null if they were.")
    actor: str | None = strawberry.field(description="Who acted; null for transitions.")
    comment: str | None = strawberry.field(description="What he said; null if nothing.")


@strawberry.type(
    description="How a rule stands for one set of labels. Visible to those with `analytics:read` who see all that it "
    "tells of; one that tells costs only with `costs:read`."
)
class Alert(Rows, Node):
    row = reads.AlertRow

    state: AlertState = strawberry.field(description="Where it is.")
    severity: Severity = strawberry.field(description="How grave it is.")
    type: AlertType = strawberry.field(description="What it is about.")
    message: str = strawberry.field(description="What is wrong, in a sentence for people.")
    value: Decimal | None = strawberry.field(
        description="What was measured when it came to its state, in the metric's unit; null if nothing was."
    )
    environment: Environment | None = strawberry.field(description="The environment, if it is a label.")
    occurred_at: datetime = strawberry.field(description="Since when.")
    changed_at: datetime = strawberry.field(description="When it came to its state.")
    fired_at: datetime | None = strawberry.field(description="When it last fired; null if it never did.")
    resolved_at: datetime | None = strawberry.field(description="When that was over; null if it is not.")
    acknowledged_at: datetime | None = strawberry.field(description="When somebody took it on; null if nobody did.")
    acknowledged_by: str | None = strawberry.field(description="Who took it on, by his name then.")
    acknowledgement: str | None = strawberry.field(description="What he said.")
    revision: int = strawberry.field(description="Rises with every change; for optimistic locking.")
    created_at: datetime = strawberry.field(description="When there first was something to tell of it.")

    rule: AlertRule | None = edge(
        reads.rules_by_id, key="rule_id", description="Its rule; null if you do not see all that the rule sees."
    )
    model: Model | None = edge(catalog_reads.models_by_id, key="model_id", description="The model, if it is a label.")
    provider: Provider | None = edge(
        catalog_reads.providers_by_id, key="provider_id", description="The provider, if it is a label."
    )
    deployment: Deployment | None = edge(
        deployment_reads.deployments_by_id, key="deployment_id", description="The deployment, if it is a label."
    )
    team: Team | None = edge(identity_reads.teams_by_id, key="team_id", description="The team, if it is a label.")
    timeline: list[AlertEntry] = edge(
        reads.entries_by_alert,
        key="id",
        many=True,
        description="What happened to it, newest first; at most 100 entries.",
        directives=[ListSize(assumed_size=20)],
    )


@strawberry.type(description="What a label must be, or must not be.")
class SilenceMatcher:
    label: SilenceLabel = strawberry.field(description="What is looked at.")
    values: list[str] = strawberry.field(description="The values, of which it must be one; at most 100.")
    is_negated: bool = strawberry.field(description="Whether it must be none of them instead.")


@strawberry.type(
    description="Keeps channels from being told of alerts that all its matchers match, as far as its author may see "
    "them. Their states go on. Visible to those with `analytics:read` who see as much as its author."
)
class Silence(Rows, Node):
    row = reads.SilenceRow

    starts_at: datetime = strawberry.field(description="From when on.")
    ends_at: datetime = strawberry.field(description="Until when; then channels are told once what is still so.")
    reason: str = strawberry.field(description="Why.")
    is_active: bool = strawberry.field(description="Whether it silences now.")
    revision: int = strawberry.field(description="Rises with every change; for optimistic locking.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @strawberry.field(description="Who made it, by his name then.")
    def author(self) -> str:
        return row_of(self)["author_name"]

    @strawberry.field(description="What it silences: all must match; at most 10.")
    def matchers(self) -> list[SilenceMatcher]:
        return [
            SilenceMatcher(
                label=SilenceLabel(one["label"]),
                values=[value_text(SilenceLabel(one["label"]), value) for value in one["values"]],
                is_negated=one["isNegated"],
            )
            for one in row_of(self)["matchers"]
        ]


fetched_by("Alert", reads.alerts_by_id)
fetched_by("AlertRule", reads.rules_by_id)
fetched_by("Silence", reads.silences_by_id)


@strawberry.type(description="What came of a mutation of a rule.")
class AlertRulePayload(Payload):
    alert_rule: AlertRule | None = edge(
        reads.rules_by_id, key=changed, description="The rule as it is now; null if nothing was written."
    )


@strawberry.type(description="What came of a mutation of an alert.")
class AlertPayload(Payload):
    alert: Alert | None = edge(
        reads.alerts_by_id, key=changed, description="The alert as it is now; null if nothing was written."
    )


@strawberry.type(description="What came of a mutation of a silence.")
class SilencePayload(Payload):
    silence: Silence | None = edge(
        reads.silences_by_id, key=changed, description="The silence as it is now; null if nothing was written."
    )


@extends(Dashboard)
class DashboardAlerts:
    @strawberry.field(
        description="What needs somebody now, whatever the range is, gravest first; at most 20. With a filter what is "
        "about something that it names: by labels, or as the rule is confined to it.",
        directives=[ListSize(assumed_size=20)],
    )
    async def alerts(self, info: Info) -> list[Alert]:
        return await info.context.read(reads.firing, row_of(self).overview.subject)


@strawberry.type
class AlertQuery:
    @strawberry.field(description="The alerts you may see, as far as they match. Needs `analytics:read`.")
    async def alerts(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[AlertFilter | None, strawberry.argument(description="Which alerts.")] = None,
        order_by: Annotated[AlertOrder, strawberry.argument(description="The sort.")] = NEWEST,
    ) -> Connection[Alert]:
        chosen = filter.chosen() if filter else reads.Chosen()
        request = PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_alerts, chosen, order_by.order(), request))

    @strawberry.field(description="One alert; null if it does not exist or may not be seen. Needs `analytics:read`.")
    async def alert(
        self, info: Info, id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")]
    ) -> Alert | None:
        return await info.context.load(reads.alerts_by_id, key_of(id, "Alert", argument="id"))

    @strawberry.field(
        description="The rules you may see, as far as they match, without those that were deleted. Needs "
        "`analytics:read`."
    )
    async def alert_rules(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[AlertRuleFilter | None, strawberry.argument(description="Which rules.")] = None,
        order_by: Annotated[AlertRuleOrder, strawberry.argument(description="The sort.")] = NEWEST_RULES,
    ) -> Connection[AlertRule]:
        chosen = filter.chosen() if filter else reads.Chosen()
        request = PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_rules, chosen, order_by.order(), request))

    @strawberry.field(description="The silences you may see, as far as they match. Needs `analytics:read`.")
    async def silences(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[SilenceFilter | None, strawberry.argument(description="Which silences.")] = None,
        order_by: Annotated[SilenceOrder, strawberry.argument(description="The sort.")] = NEWEST_SILENCES,
    ) -> Connection[Silence]:
        chosen = filter.chosen() if filter else reads.Chosen()
        request = PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_silences, chosen, order_by.order(), request))
