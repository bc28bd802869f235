"""The faces of experiments."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry
from strawberry.utils.str_converters import to_camel_case

from app.catalog import reads as catalog_reads
from app.catalog.schema import Model, ModelVersion
from app.experiments import reads
from app.experiments.vocabulary import ExperimentOrderField, ExperimentStatus, TrafficType
from app.identity import reads as identity_reads
from app.identity.schema import Team
from app.kit.connections import After, Before, Connection, First, Last, connection, pages
from app.kit.context import Info
from app.kit.edges import edge, edge_with_arguments, extends
from app.kit.enums import graphql_enum
from app.kit.errors import InvalidParameter
from app.kit.filters import (
    DateTimeFilter,
    Filter,
    FilterOperator,
    IdFilter,
    StringFilter,
    comparisons,
    pattern,
    wanted_keys,
)
from app.kit.ids import key_of
from app.kit.mutations import Payload, changed
from app.kit.nodes import Node, Rows, fetched_by, row_of
from app.kit.ordering import OrderDirection
from app.kit.paging import Order, PageRequest
from app.kit.scalars import JSON

graphql_enum(
    ExperimentStatus,
    "Where an experiment is in its life. New values may be added.",
    DRAFT="Being prepared.",
    RUNNING="Taking traffic.",
    COMPLETED="Ended as planned.",
    STOPPED="Ended early.",
)
graphql_enum(
    TrafficType,
    "How units are let into an experiment.",
    PERCENTAGE="By chance, a share of all.",
    RULES="By conditions.",
)


@strawberry.type(description="A condition that sends units to a variant.")
class TrafficRule:
    condition: str = strawberry.field(description="A condition in CEL, such as `user.tier == 'premium'`.")
    variant_name: str = strawberry.field(description="The variant they are sent to.")


@strawberry.type(description="Who is let into an experiment.")
class Traffic:
    @strawberry.field(description="By share or by rules.")
    def type(self) -> TrafficType:
        return row_of(self)["traffic_type"]

    @strawberry.field(description="Share of all traffic that takes part, in percent, 0 to 100.")
    def total_percentage(self) -> Decimal:
        return row_of(self)["traffic_percentage"]

    @strawberry.field(description="Rules in their order; empty for `PERCENTAGE`. At most 100.")
    def rules(self) -> list[TrafficRule]:
        found = row_of(self)["traffic_rules"]
        return [TrafficRule(condition=rule["condition"], variant_name=rule["variantName"]) for rule in found]


@strawberry.type(description="When an experiment is meant to run, and when it ran.")
class ExperimentDuration:
    starts_at: datetime | None = strawberry.field(description="Planned start.")
    ends_at: datetime | None = strawberry.field(description="Planned end.")
    started_at: datetime | None = strawberry.field(description="When it was started; null before.")
    ended_at: datetime | None = strawberry.field(description="When it ended; null before.")


@strawberry.type(description="What an experiment measures.")
class ExperimentMetrics:
    @strawberry.field(description="The metric that decides, such as `user_rating`.")
    def primary(self) -> str:
        return row_of(self)["primary_metric"]

    @strawberry.field(description="Metrics also reported; at most 100.")
    def secondary(self) -> list[str]:
        return row_of(self)["secondary_metrics"]

    @strawberry.field(description="Metrics that must not get worse; at most 100.")
    def guardrails(self) -> list[str]:
        return row_of(self)["guardrail_metrics"]

    @strawberry.field(description="Confidence level, 0 to 1, such as 0.95: one minus the accepted false-positive rate.")
    def confidence_level(self) -> Decimal:
        return row_of(self)["confidence_level"]


@strawberry.type(description="Which users are considered at all.")
class Audience:
    @strawberry.field(description="Share of users, in percent, 0 to 100.")
    def percentage(self) -> Decimal:
        return row_of(self)["audience_percentage"]

    @strawberry.field(
        description='The values admitted of each attribute of users, such as `{"tier": ["premium"]}`; null for all.'
    )
    def filters(self) -> JSON | None:
        return row_of(self)["audience_filters"]


@strawberry.type(description="One arm of an experiment.")
class Variant:
    name: str = strawberry.field(description="Unique within the experiment.")
    weight: Decimal = strawberry.field(description="Share of the experiment's traffic in percent; all sum to 100.")
    is_control: bool = strawberry.field(description="Whether the others are compared with it.")
    configuration: JSON = strawberry.field(description="Parameters that differ from the deployment's own.")

    model: Model | None = edge(
        catalog_reads.models_by_id, key="model_id", description="The model that answers. Null only on error."
    )
    version: ModelVersion | None = edge(
        catalog_reads.versions_by_id,
        key="model_version_id",
        description="The version of the model; null if it is not fixed.",
    )


@strawberry.type(
    description="A comparison of variants on live traffic. Visible to those with `experiments:read` who may see all of "
    "its models and are in its team; without a team, to all of them."
)
class Experiment(Rows, Node):
    row = reads.ExperimentRow

    name: str = strawberry.field(description="The name people use.")
    description: str | None = strawberry.field(description="What is to be found out.")
    status: ExperimentStatus = strawberry.field(description="Where it is in its life.")
    owner: str | None = strawberry.field(description="Who answers for it.")
    revision: int = strawberry.field(description="Rises with every change; for optimistic locking.")
    archived_at: datetime | None = strawberry.field(
        description="When it was taken out of the lists; null if it is not."
    )
    is_demo: bool = strawberry.field(description="Whether it belongs to the demo estate.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    team: Team | None = edge(
        identity_reads.teams_by_id, key="team_id", description="The team it belongs to; null if none."
    )
    variants: list[Variant] = edge(
        reads.variants_by_experiment, key="id", many=True, description="Its variants in their order; at most ten."
    )

    @strawberry.field(description="Who is let in.")
    def traffic(self) -> Traffic:
        return row_of(self)

    @strawberry.field(description="When it is meant to run, and when it ran.")
    def duration(self) -> ExperimentDuration:
        return row_of(self)

    @strawberry.field(description="What it measures.")
    def metrics(self) -> ExperimentMetrics:
        return row_of(self)

    @strawberry.field(description="Which users are considered at all.")
    def audience(self) -> Audience:
        return row_of(self)


fetched_by("Experiment", reads.experiments_by_id)


@strawberry.type(description="What came of a mutation of an experiment.")
class ExperimentPayload(Payload):
    experiment: Experiment | None = edge(
        reads.experiments_by_id, key=changed, description="The experiment as it is now; null if nothing was written."
    )


@strawberry.input(description="Which experiments; conditions that are left out do not restrict. All must hold.")
class ExperimentFilter:
    status: Filter[ExperimentStatus] | None = strawberry.field(
        default=strawberry.UNSET, description="By where they are in their life."
    )
    owner: StringFilter | None = strawberry.field(default=strawberry.UNSET, description="By who answers for them.")
    team: StringFilter | None = strawberry.field(default=strawberry.UNSET, description="By the slug of the team.")
    model: IdFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By the id of a model that takes part."
    )
    created_at: DateTimeFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By when they were created."
    )
    is_archived: bool | None = strawberry.field(
        default=False, description="Whether the archived are wanted, or those that are not archived; by default these."
    )

    def chosen(self) -> reads.ExperimentFilter:
        """The filter as reads take it."""
        if self.is_archived is None:
            raise InvalidParameter("`filter.isArchived` must not be null.", argument="filter.isArchived")
        named = {"status": self.status, "owner": self.owner, "team": self.team, "created_at": self.created_at}
        found = [
            (name, operator, _argument(operator, values))
            for name, given in named.items()
            for operator, values in comparisons(given, f"filter.{to_camel_case(name)}")
        ]
        return reads.ExperimentFilter(self.is_archived, (*found, *_of_models(self.model)))


def _argument(operator: FilterOperator, values: tuple[Any, ...]) -> Any:
    if operator in {FilterOperator.CONTAINS, FilterOperator.STARTS_WITH}:
        return pattern(operator, values[0])
    return values[0] if operator in {FilterOperator.GTE, FilterOperator.LT} else list(values)


def _of_models(comparator: IdFilter | None) -> list[reads.Comparison]:
    keys = list(wanted_keys(comparator, "Model", "filter.model"))
    return [("model", FilterOperator.IN, keys)] if keys else []


graphql_enum(
    ExperimentOrderField,
    "What experiments are sorted by.",
    NAME="The name, ignoring case.",
    CREATED_AT="When the experiment was created.",
    UPDATED_AT="When it last changed.",
)


@strawberry.input(description="The sort of experiments; the id breaks ties.")
class ExperimentOrder:
    field: ExperimentOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


NEWEST = ExperimentOrder(field=ExperimentOrderField.CREATED_AT, direction=OrderDirection.DESC)


@extends(Model)
class ModelExperiments:
    @edge_with_arguments(
        key="id",
        description="Experiments the model takes part in, newest first, without the archived. Needs "
        "`experiments:read`.",
    )
    def experiments(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Experiment]:
        return pages(info, reads.pages_by_model, reads.counts_by_model, PageRequest(first, after, last, before))


@strawberry.type
class ExperimentQuery:
    @strawberry.field(
        description="The experiments you may see, as far as they match; the archived only if asked for. Needs "
        "`experiments:read`."
    )
    async def experiments(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[ExperimentFilter | None, strawberry.argument(description="Which experiments.")] = None,
        order_by: Annotated[ExperimentOrder, strawberry.argument(description="The sort.")] = NEWEST,
    ) -> Connection[Experiment]:
        chosen = filter.chosen() if filter else reads.ExperimentFilter()
        request = PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_experiments, chosen, order_by.order(), request))

    @strawberry.field(
        description="One experiment; null if it does not exist or may not be seen. Needs `experiments:read`."
    )
    async def experiment(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
    ) -> Experiment | None:
        return await info.context.load(reads.experiments_by_id, key_of(id, "Experiment", argument="id"))
