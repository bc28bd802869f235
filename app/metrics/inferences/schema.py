"""Single calls, as long as they are kept."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from app.catalog import reads as catalog_reads
from app.catalog.schema import Model, Provider
from app.deployments import reads as deployment_reads
from app.deployments.schema import Deployment
from app.deployments.vocabulary import Environment
from app.identity import reads as identity_reads
from app.identity.schema import Team
from app.kit import costs
from app.kit.connections import After, Before, Connection, First, Last, connection
from app.kit.context import Info
from app.kit.edges import edge
from app.kit.enums import graphql_enum
from app.kit.filters import Filter, IdFilter, StringFilter, wanted, wanted_keys, wanted_texts
from app.kit.nodes import Node, Rows, fetched_by, row_of
from app.kit.ordering import OrderDirection
from app.kit.paging import Order, PageRequest
from app.kit.scalars import JSON, BigInt
from app.metrics.figures import for_readers_of_costs
from app.metrics.inferences import reads
from app.metrics.inferences.vocabulary import InferenceOrderField
from app.metrics.ingest.rules import CostSource
from app.metrics.receiving.feedback import candidates
from app.metrics.receiving.schema import CallStatus
from app.metrics.schema import DAY, Range

graphql_enum(
    CostSource,
    "Who says what a call cost. New values may be added.",
    PRICE_LIST="The prices of the catalog, as they were when the call was made.",
    REPORTED="Whoever reported the call.",
)

_OF_PEOPLE = "Null with an error without `costs:read`, and null for calls of teams that are none of yours."


def _milliseconds(microseconds: int | None) -> float | None:
    return None if microseconds is None else microseconds / 1000


@strawberry.type(
    description="One call of a model, without its content. Kept 30 days by default. Seen by those with "
    "`analytics:read` who may see the model and are in the team that called or whose deployment answered; if it "
    "belongs to no team, by all of them."
)
class Inference(Rows, Node):
    row = reads.InferenceRow

    occurred_at: datetime = strawberry.field(description="When it began.")
    environment: Environment = strawberry.field(description="Where it was made.")
    operation: str | None = strawberry.field(description="What the model was asked to do; null if nobody said.")
    use_case: str | None = strawberry.field(description="What it was for; null if nobody said.")
    tokens_in: BigInt = strawberry.field(description="Tokens of the prompt, cached ones among them.")
    tokens_out: BigInt = strawberry.field(description="Tokens of the answer, those of reasoning among them.")
    tokens_cached: BigInt = strawberry.field(description="Tokens of the prompt that came from a cache.")
    tokens_reasoning: BigInt = strawberry.field(description="Tokens of the answer spent on reasoning.")
    error_code: str | None = strawberry.field(description="Why it failed, in a word; null if it did not.")
    error_message: str | None = strawberry.field(description="Why it failed, in a line; null if nobody said.")
    rating: int | None = strawberry.field(description="What somebody thinks of it, 1 to 5; null if nobody said.")
    accepted: bool | None = strawberry.field(description="Whether somebody took the answer over; null if nobody said.")
    pipeline_context: JSON | None = strawberry.field(
        description="Where in a pipeline it was made, as its sender says: an object of at most 4,096 bytes."
    )

    @strawberry.field(description="A UUID by which `inference` and `rateInference` know it.")
    def event_id(self) -> str:
        return str(row_of(self)["id"])

    @strawberry.field(description="How it ended.")
    def status(self) -> CallStatus:
        return CallStatus.ERROR if row_of(self)["failed"] else CallStatus.OK

    @strawberry.field(description="Milliseconds to the whole answer; null if nobody said.")
    def latency_ms(self) -> float | None:
        return _milliseconds(row_of(self)["latency_us"])

    @strawberry.field(description="Milliseconds to the first token; null if nobody said.")
    def time_to_first_token_ms(self) -> float | None:
        return _milliseconds(row_of(self)["ttft_us"])

    @strawberry.field(description="How sure the model was, 0 to 1; null if nobody said.")
    def confidence(self) -> float | None:
        found = row_of(self)["confidence"]
        return None if found is None else float(found)

    @strawberry.field(
        description="What it cost in US dollars, exact to 12 places; null if its price is unknown, and with an error "
        "without `costs:read`."
    )
    def cost(self, info: Info) -> Decimal | None:
        return for_readers_of_costs(info, row_of(self)["cost"])

    @strawberry.field(description="Who says what it cost; null if its price is unknown.")
    def cost_source(self) -> CostSource | None:
        found = row_of(self)["cost_source"]
        return CostSource(found) if found else None

    @strawberry.field(description=f"Who called, as the sender calls him. {_OF_PEOPLE}")
    def user(self, info: Info) -> str | None:
        return for_readers_of_costs(info, row_of(self)["user_key"])

    @strawberry.field(description=f"The key it was made with, as the sender calls it. {_OF_PEOPLE}")
    def api_key(self, info: Info) -> str | None:
        return for_readers_of_costs(info, row_of(self)["api_key"])

    @strawberry.field(description=f"The conversation it belongs to. {_OF_PEOPLE}")
    def session(self, info: Info) -> str | None:
        return for_readers_of_costs(info, row_of(self)["session_key"])

    @strawberry.field(description="The experiment it was part of, as the sender calls it; null for none.")
    def experiment_id(self) -> str | None:
        return row_of(self)["experiment"]

    @strawberry.field(description="The variant that served it, as the sender calls it; null for none.")
    def variant_id(self) -> str | None:
        return row_of(self)["variant"]

    @strawberry.field(description="The run of a workflow it was part of, as the sender calls it; null for none.")
    def workflow_run_id(self) -> str | None:
        return row_of(self)["workflow_run"]

    model: Model | None = edge(
        catalog_reads.models_by_id, key="model_id", description="The model that was called. Null only on error."
    )
    provider: Provider | None = edge(
        catalog_reads.providers_by_id, key="provider_id", description="Who offers the model. Null only on error."
    )
    deployment: Deployment | None = edge(
        deployment_reads.deployments_by_id,
        key="deployment_id",
        description="The deployment that answered; null if nobody said, or if you may not see it.",
    )
    team: Team | None = edge(
        identity_reads.teams_by_id,
        key="team_id",
        description="The team that called; null if nobody said, or if it is none of yours.",
    )


fetched_by("Inference", reads.inferences_by_id)


@strawberry.input(description="Which calls; conditions that are left out do not restrict. All must hold.")
class InferenceFilter:
    model: IdFilter | None = strawberry.field(default=strawberry.UNSET, description="By the id of the model.")
    deployment: IdFilter | None = strawberry.field(default=strawberry.UNSET, description="By that of the deployment.")
    environment: Filter[Environment] | None = strawberry.field(
        default=strawberry.UNSET, description="By where they were made."
    )
    status: Filter[CallStatus] | None = strawberry.field(default=strawberry.UNSET, description="By how they ended.")
    team: StringFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By the slug of the team that called."
    )
    error_code: StringFilter | None = strawberry.field(default=strawberry.UNSET, description="By why they failed.")
    workflow_run_id: StringFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By the run of a workflow."
    )
    use_case: StringFilter | None = strawberry.field(default=strawberry.UNSET, description="By what they were for.")
    user: StringFilter | None = strawberry.field(
        default=strawberry.UNSET, description="By who called; needs `costs:read`."
    )

    def chosen(self) -> reads.InferenceFilter:
        """The filter as reads take it. Raises `INVALID_PARAMETER`."""
        return reads.InferenceFilter(tuple((name, values) for name, values in self._wanted() if values))

    def _wanted(self) -> Iterator[tuple[str, tuple[Any, ...]]]:
        yield "models", wanted_keys(self.model, "Model", "filter.model")
        yield "deployments", wanted_keys(self.deployment, "Deployment", "filter.deployment")
        yield "environments", wanted(self.environment, "filter.environment")
        yield "failed", tuple(status == CallStatus.ERROR for status in wanted(self.status, "filter.status"))
        for name, given, argument in (
            ("teams", self.team, "team"),
            ("error_codes", self.error_code, "errorCode"),
            ("workflow_runs", self.workflow_run_id, "workflowRunId"),
            ("use_cases", self.use_case, "useCase"),
            ("users", self.user, "user"),
        ):
            exact, patterns = wanted_texts(given, f"filter.{argument}")
            yield name, exact
            yield f"{name}_like", patterns


graphql_enum(
    InferenceOrderField,
    "What calls are sorted by.",
    OCCURRED_AT="When they were made.",
)


@strawberry.input(description="The sort of calls; the id breaks ties.")
class InferenceOrder:
    field: InferenceOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


NEWEST = InferenceOrder(field=InferenceOrderField.OCCURRED_AT, direction=OrderDirection.DESC)


@strawberry.type
class InferenceQuery:
    @strawberry.field(
        description="Single calls, newest first, as long as they are kept; by default those of 24 hours. `totalCount` "
        "is null above 10,000. For sums there is `metrics`, and `usage`. Needs `analytics:read`.",
        directives=[costs.Cost(weight="20")],
    )
    async def inferences(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        range: Range = DAY,
        filter: Annotated[InferenceFilter | None, strawberry.argument(description="Which calls.")] = None,
        order_by: Annotated[InferenceOrder, strawberry.argument(description="The sort.")] = NEWEST,
    ) -> Connection[Inference]:
        chosen = filter.chosen() if filter else reads.InferenceFilter()
        span, request = range.span(info.context.reader.now()), PageRequest(first, after, last, before)
        page = await info.context.read(reads.page_of_inferences, chosen, span, order_by.order(), request)
        return connection(page)

    @strawberry.field(
        description="One call; null if it is not known, not kept any more, or may not be seen. Needs `analytics:read`."
    )
    async def inference(
        self,
        info: Info,
        event_id: Annotated[
            str,
            strawberry.argument(
                description="How it was named when it was reported, 1 to 200 characters: your own `eventId`, LiteLLM's "
                "`litellm_call_id`, of a span `<trace id>:<span id>` in hexadecimal, or `Inference.eventId`."
            ),
        ],
    ) -> Inference | None:
        return await info.context.read(reads.inference_named, tuple(candidates(event_id)))
