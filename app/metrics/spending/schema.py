"""The faces of spending that is out of the ordinary."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from operator import attrgetter

import strawberry

from app.catalog import reads as catalog_reads
from app.catalog.schema import Model, Provider
from app.deployments.vocabulary import Environment
from app.identity import reads as identity_reads
from app.identity.schema import Team
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.edges import edge, extends
from app.kit.enums import graphql_enum
from app.kit.nodes import row_of
from app.metrics.dashboard.schema import Dashboard
from app.metrics.spending import reads


class SpendScope(StrEnum):
    """Of which part of the estate spending is."""

    TOTAL = "TOTAL"
    PROVIDER = "PROVIDER"
    MODEL = "MODEL"
    ENVIRONMENT = "ENVIRONMENT"
    TEAM = "TEAM"


graphql_enum(
    SpendScope,
    "Of which part of the estate spending is. New values may be added.",
    TOTAL="All of it.",
    PROVIDER="The models of one provider.",
    MODEL="One model.",
    ENVIRONMENT="One environment.",
    TEAM="The calls of one team.",
)


@strawberry.type(
    description="A part of the estate that has spent, in the whole hours of today (UTC), more than twice what is usual "
    "and clearly more than it varies: the same hours of the seven days before are what is compared with. From 04:00 "
    "on, and from one US dollar on."
)
class UnusualSpend:
    provider: Provider | None = edge(
        catalog_reads.providers_by_id, key=attrgetter("provider_id"), description="The provider, of that scope."
    )
    model: Model | None = edge(
        catalog_reads.models_by_id, key=attrgetter("model_id"), description="The model, of that scope."
    )
    environment: Environment | None = strawberry.field(description="The environment, of that scope.")
    team: Team | None = edge(
        identity_reads.teams_by_id, key=attrgetter("team_id"), description="The team that called, of that scope."
    )
    spent: Decimal = strawberry.field(description="US dollars of priced calls, from `from` until `to`.")
    usual: Decimal = strawberry.field(description="US dollars: the median of the same hours of the seven days before.")
    since: datetime = strawberry.field(name="from", description="The beginning of today, in UTC.")
    until: datetime = strawberry.field(name="to", description="The beginning of this hour.")

    @strawberry.field(description="Of which part of the estate it is.")
    def scope(self) -> SpendScope:
        return SpendScope(row_of(self).scope)

    @strawberry.field(description="How many times the usual was spent; above 2.")
    def factor(self) -> float:
        return float(row_of(self).spent / row_of(self).usual)


@extends(Dashboard)
class DashboardSpending:
    @strawberry.field(
        description="Spending today that is out of the ordinary, most spent first: of all, and of each provider, "
        "model, environment and team within the filter; whatever its range is. At most 100. Needs `costs:read`; null "
        "with an error without.",
        directives=[ListSize(assumed_size=20)],
    )
    async def unusual_spend(self, info: Info) -> list[UnusualSpend] | None:
        return await info.context.read(reads.unusual_spend, row_of(self).overview.subject)
