"""The overview's face. Higher domains add their own fields to `Dashboard`."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from app.catalog import reads as catalog_reads
from app.catalog.events import (
    AliasMoved,
    ModelArchived,
    ModelPriced,
    ModelRegistered,
    ModelTransitioned,
    VersionRegistered,
    VersionTransitioned,
)
from app.catalog.schema import Model
from app.deployments import reads as deployment_reads
from app.deployments.events import (
    DeploymentCreated,
    DeploymentDeleted,
    DeploymentPaused,
    DeploymentRecorded,
    DeploymentResumed,
    DeploymentRolledBack,
    DeploymentScaled,
    DeploymentStatusMoved,
    DeploymentUpdated,
)
from app.deployments.schema import Deployment
from app.deployments.vocabulary import Environment
from app.kit import costs
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.edges import edge
from app.kit.enums import graphql_enum
from app.kit.errors import InvalidParameter
from app.kit.ids import key_of
from app.kit.nodes import row_of
from app.kit.scalars import BigInt, Cursor
from app.metrics import reads as metric_reads
from app.metrics.dashboard import reads
from app.metrics.dashboard.reads import Overview
from app.metrics.events import ErrorsBurst, ModelFirstUsed
from app.metrics.figures import Cost, cost_of, for_readers_of_costs
from app.metrics.reads import Subject
from app.metrics.schema import DAY, TimeRangeInput

MAX_VALUES = 100


class ActivityType(StrEnum):
    """What kind of thing happened."""

    DEPLOYMENT = "DEPLOYMENT"
    REQUEST = "REQUEST"
    ERROR = "ERROR"
    SCALING = "SCALING"
    PRICING = "PRICING"
    REGISTRY = "REGISTRY"


graphql_enum(
    ActivityType,
    "What kind of thing happened. New values may be added.",
    DEPLOYMENT="A deployment appeared or changed.",
    REQUEST="A model was used for the first time.",
    ERROR="A deployment failed conspicuously.",
    SCALING="The number of replicas changed.",
    PRICING="Somebody set prices of a model.",
    REGISTRY="A model or version was entered, went to another status or was archived, or an alias was moved.",
)

KINDS = {
    DeploymentRecorded.kind: ActivityType.DEPLOYMENT,
    DeploymentCreated.kind: ActivityType.DEPLOYMENT,
    DeploymentUpdated.kind: ActivityType.DEPLOYMENT,
    DeploymentRolledBack.kind: ActivityType.DEPLOYMENT,
    DeploymentPaused.kind: ActivityType.DEPLOYMENT,
    DeploymentResumed.kind: ActivityType.DEPLOYMENT,
    DeploymentDeleted.kind: ActivityType.DEPLOYMENT,
    DeploymentStatusMoved.kind: ActivityType.DEPLOYMENT,
    DeploymentScaled.kind: ActivityType.SCALING,
    ModelFirstUsed.kind: ActivityType.REQUEST,
    ErrorsBurst.kind: ActivityType.ERROR,
    ModelPriced.kind: ActivityType.PRICING,
    ModelRegistered.kind: ActivityType.REGISTRY,
    ModelTransitioned.kind: ActivityType.REGISTRY,
    ModelArchived.kind: ActivityType.REGISTRY,
    VersionRegistered.kind: ActivityType.REGISTRY,
    VersionTransitioned.kind: ActivityType.REGISTRY,
    AliasMoved.kind: ActivityType.REGISTRY,
}


@strawberry.input(description="What the overview covers; a list that is left out does not restrict.")
class DashboardFilter:
    range: TimeRangeInput = strawberry.field(
        default_factory=lambda: DAY, description="The time covered; by default the last 24 hours."
    )
    models: list[strawberry.ID] | None = strawberry.field(default=None, description="Ids of models; at most 100.")
    providers: list[str] | None = strawberry.field(default=None, description="Slugs of providers; at most 100.")
    environments: list[Environment] | None = strawberry.field(default=None, description="Environments; at most 100.")
    teams: list[str] | None = strawberry.field(default=None, description="Slugs of teams; at most 100.")

    def subject(self) -> Subject:
        """The part of the estate that is meant. Raises `INVALID_PARAMETER`."""
        for name in ("models", "providers", "environments", "teams"):
            if len(getattr(self, name) or ()) > MAX_VALUES:
                raise InvalidParameter(f"`filter.{name}` takes {MAX_VALUES} values at most.", argument=f"filter.{name}")
        return Subject(
            "estate",
            environments=tuple(environment.value for environment in self.environments or ()),
            models=tuple(key_of(text, "Model", argument="filter.models") for text in self.models or ()),
            providers=tuple(self.providers or ()),
            teams=tuple(self.teams or ()),
        )


@strawberry.type(description="The estate in numbers, over the range.")
class DashboardSummary:
    total_models: int = strawberry.field(description="Models in the catalog.")
    active_deployments: int = strawberry.field(description="Deployments that serve now.")
    total_requests: BigInt = strawberry.field(description="Calls.")
    requests_per_hour: float = strawberry.field(description="Calls, on average over the range.")
    success_rate: float | None = strawberry.field(description="Successful of all calls, 0 to 1; null without calls.")
    unpriced_requests: BigInt = strawberry.field(description="Calls whose price is unknown; they are in no sum.")
    avg_latency_ms: float | None = strawberry.field(description="Average time to the whole answer, in milliseconds.")
    avg_rating: float | None = strawberry.field(description="Average rating by users, 1 to 5; null without any.")
    deprecated_models_deployed: int = strawberry.field(description="Deprecated or retired models that still serve.")
    models_without_owner: int = strawberry.field(description="Models nobody answers for, retired ones not counted.")
    cost: strawberry.Private[Cost]
    days: strawberry.Private[Decimal]

    @strawberry.field(
        description="US dollars of priced calls; null if there were calls but none could be priced, and with an error "
        "without `costs:read`."
    )
    def total_cost(self, info: Info) -> Decimal | None:
        return for_readers_of_costs(info, self.cost.total)

    @strawberry.field(
        description="US dollars, on average over the range; null if none could be priced, and with an error without "
        "`costs:read`."
    )
    def cost_per_day(self, info: Info) -> Decimal | None:
        total = for_readers_of_costs(info, self.cost.total)
        return None if total is None else (total / self.days).quantize(Decimal("1e-12"))

    @strawberry.field(
        description="US dollars per priced call; null without any, and with an error without `costs:read`."
    )
    def cost_per_request(self, info: Info) -> Decimal | None:
        return for_readers_of_costs(info, self.cost.avg_per_request)


@strawberry.type(description="A model among the most used.")
class TopModel:
    requests: BigInt = strawberry.field(description="Calls within the range.")

    model: Model | None = edge(catalog_reads.models_by_id, key="key", description="The model. Null only on error.")

    @strawberry.field(
        description="US dollars of priced calls; null if none could be priced, and with an error without `costs:read`."
    )
    def cost(self, info: Info) -> Decimal | None:
        return for_readers_of_costs(info, cost_of(row_of(self)).total)

    @strawberry.field(description="Average rating by users, 1 to 5; null without any.")
    def rating(self) -> float | None:
        row = row_of(self)
        return row["rating_sum"] / row["rating_count"] if row["rating_count"] else None


@strawberry.type(description="Something that happened.")
class Activity:
    occurred_at: datetime = strawberry.field(description="When.")
    message: str = strawberry.field(description="What, in a sentence for people.")

    @strawberry.field(description="What kind of thing.")
    def type(self) -> ActivityType:
        return KINDS[row_of(self)["kind"]]

    model: Model | None = edge(
        catalog_reads.models_by_id, key="model_id", description="The model concerned. Null only on error."
    )
    deployment: Deployment | None = edge(
        deployment_reads.deployments_by_id,
        key="deployment_id",
        description="The deployment concerned; null if none is.",
    )


@strawberry.type(description="The overview of the estate, as far as you may see it. Needs `analytics:read`.")
class Dashboard:
    overview: strawberry.Private[Overview]
    event_cursor: Cursor | None = strawberry.field(
        description="The end of the log of events, read before everything else here: what comes after it is not shown "
        "yet. Null while there are no events."
    )

    @strawberry.field(description="The estate in numbers.")
    async def summary(self, info: Info) -> DashboardSummary:
        return await _summary(info, self.overview)

    @strawberry.field(description="The models with most calls, most used first; at most ten.")
    async def top_models(self, info: Info) -> list[TopModel]:
        return await info.context.read(reads.top_models, self.overview)

    @strawberry.field(
        description="What happened within the range, newest first; at most 20.", directives=[ListSize(assumed_size=20)]
    )
    async def recent_activity(self, info: Info) -> list[Activity]:
        return await info.context.read(reads.activity, self.overview, tuple(KINDS))


async def _summary(info: Info, overview: Overview) -> DashboardSummary:
    counts = await info.context.read(reads.counts, overview)
    totals = await info.context.load(metric_reads.sums, metric_reads.ESTATE, overview.subject, overview.span)
    cost, days = cost_of(totals), overview.span.length / timedelta(days=1)
    sums: dict[str, Any] = dict(totals.items()) if totals else {}
    requests = sums.get("requests", 0)
    return DashboardSummary(
        total_models=counts["total"],
        active_deployments=counts["active"],
        total_requests=requests,
        requests_per_hour=requests / (days * 24),
        success_rate=1 - sums["failed"] / requests if requests else None,
        unpriced_requests=cost.unpriced_requests,
        avg_latency_ms=_ratio(sums, "latency_sum_us", "latency_count", 1000),
        avg_rating=_ratio(sums, "rating_sum", "rating_count"),
        deprecated_models_deployed=counts["deprecated"],
        models_without_owner=counts["unowned"],
        cost=cost,
        days=Decimal(days),
    )


def _ratio(sums: dict[str, Any], part: str, whole: str, divisor: int = 1) -> float | None:
    return sums[part] / sums[whole] / divisor if sums.get(whole) else None


@strawberry.type
class DashboardQuery:
    @strawberry.field(
        description="The overview of the estate, as far as you may see it. Needs `analytics:read`.",
        directives=[costs.Cost(weight="20")],
    )
    async def dashboard(
        self,
        info: Info,
        filter: Annotated[
            DashboardFilter | None,
            strawberry.argument(description="What it covers; by default all, for 24 hours."),
        ] = None,
    ) -> Dashboard | None:
        chosen = filter or DashboardFilter()
        overview = Overview(chosen.subject(), chosen.range.span(info.context.reader.now()))
        return Dashboard(overview=overview, event_cursor=await info.context.read(reads.event_cursor))
