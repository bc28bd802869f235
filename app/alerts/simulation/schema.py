"""The face of simulations."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from app.alerts.naming import labelled
from app.alerts.ruling.inputs import AlertRuleInput
from app.alerts.simulation import reads
from app.catalog import reads as catalog_reads
from app.catalog.schema import Model, Provider
from app.deployments import reads as deployment_reads
from app.deployments.schema import Deployment
from app.deployments.vocabulary import Environment
from app.identity import reads as identity_reads
from app.identity.schema import Team
from app.kit.context import Info
from app.kit.costs import Cost, ListSize
from app.kit.edges import edge
from app.metrics.rules import RangePreset
from app.metrics.schema import Range, TimeRangeInput

MAX_SHOWN = 1000
WEEK = TimeRangeInput(preset=RangePreset.LAST_7_DAYS)


def _label(name: str) -> Any:
    def key(firing: SimulatedFiring) -> UUID | None:
        found = firing.labels[name]
        return UUID(found) if found else None

    return key


@strawberry.type(description="That an alert would have fired.")
class SimulatedFiring:
    labels: strawberry.Private[dict[str, str | None]]
    pending_at: datetime | None = strawberry.field(
        description="Since when what the rule demands held; null if it fired at once."
    )
    raised_at: datetime = strawberry.field(description="When it would have fired.")
    resolved_at: datetime | None = strawberry.field(
        description="When it would have been resolved; null if it still fires at the end of the range."
    )
    value: Decimal | None = strawberry.field(
        description="What was measured when it fired, in the metric's unit; null if nothing was."
    )

    @strawberry.field(description="The environment, if it is a label.")
    def environment(self) -> Environment | None:
        found = self.labels["environment"]
        return Environment(found) if found else None

    model: Model | None = edge(
        catalog_reads.models_by_id, key=_label("model_id"), description="The model, if it is a label."
    )
    provider: Provider | None = edge(
        catalog_reads.providers_by_id, key=_label("provider_id"), description="The provider, if it is a label."
    )
    deployment: Deployment | None = edge(
        deployment_reads.deployments_by_id, key=_label("deployment_id"), description="The deployment, if it is a label."
    )
    team: Team | None = edge(
        identity_reads.teams_by_id, key=_label("team_id"), description="The team, if it is a label."
    )


@strawberry.type(
    description="What a rule would have done, found by the same evaluator that raises alerts. It looks at whole "
    "minutes of calls as they are known now; those reported late, or within the minute that ran then, were not yet."
)
class Simulation:
    since: datetime = strawberry.field(name="from", description="The first minute that was looked at.")
    until: datetime = strawberry.field(name="to", description="The end of the last.")
    raised: int = strawberry.field(description="How often an alert would have fired.")
    firings: list[SimulatedFiring] = strawberry.field(
        description="When and of what, oldest first; the first 1,000.", directives=[ListSize(assumed_size=20)]
    )


@strawberry.type
class SimulationQuery:
    @strawberry.field(
        description="Try a rule on the history of up to 31 days, as you see it, before you save it. Refused for "
        "metrics of which no history is kept: deployments and the installation. Needs `alerts:manage` and "
        "`analytics:read`.",
        directives=[Cost(weight="100")],
    )
    async def simulate_alert_rule(
        self,
        info: Info,
        rule: Annotated[AlertRuleInput, strawberry.argument(description="The rule.")],
        range: Range = WEEK,
        daily_budget_usd: Annotated[
            Decimal | None,
            strawberry.argument(description="The daily budget to suppose, in US dollars, for `DAILY_BUDGET_USED`."),
        ] = None,
    ) -> Simulation | None:
        span = range.span(info.context.reader.now())
        found = await info.context.read(reads.simulate, rule.definition(), span, daily_budget_usd)
        return Simulation(
            since=span.start,
            until=span.end,
            raised=len(found),
            firings=[_shown(rule, one) for one in found[:MAX_SHOWN]],
        )


def _shown(rule: AlertRuleInput, firing: reads.Firing) -> SimulatedFiring:
    return SimulatedFiring(
        labels=labelled(rule.definition(), firing.labels),
        pending_at=firing.pending_at,
        raised_at=firing.raised_at,
        resolved_at=firing.resolved_at,
        value=firing.value,
    )
