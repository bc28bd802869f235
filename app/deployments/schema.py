"""The faces of deployments."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.catalog import reads as catalog_reads
from app.catalog.rules import is_deployable
from app.catalog.schema import Model, ModelVersion
from app.deployments import reads
from app.deployments.vocabulary import ConditionStatus, DeploymentOrderField, Environment, Phase, Runtime
from app.identity import reads as identity_reads
from app.identity.schema import Team
from app.kit.connections import After, Before, Connection, First, Last, connection, pages
from app.kit.context import Info
from app.kit.edges import edge, edge_with_arguments, extends
from app.kit.enums import graphql_enum
from app.kit.filters import Filter, IdFilter, StringFilter, wanted, wanted_keys, wanted_texts
from app.kit.ids import key_of
from app.kit.mutations import Payload, changed
from app.kit.nodes import Node, Rows, fetched_by, row_of
from app.kit.ordering import OrderDirection
from app.kit.paging import Order, PageRequest

graphql_enum(
    Environment,
    "Where something runs. New values may be added.",
    DEVELOPMENT="For building.",
    STAGING="For trying out before production.",
    PRODUCTION="For real.",
)
graphql_enum(
    Phase,
    "The state of a deployment in one word, derived from its conditions. New values may be added.",
    CREATING="Coming up for the first time.",
    RUNNING="Serving.",
    SCALING="Serving, while the number of replicas changes.",
    FAILED="Not serving; the conditions say why.",
    STOPPED="Not wanted to serve.",
)
graphql_enum(
    Runtime,
    "What runs a deployment. New values may be added.",
    RECORDED="Something else; Model Hub knows it from the usage it reports and never touches it.",
    PROCESS="Processes on the worker's machine.",
    EXTERNAL="An endpoint that somebody else runs, with health checks.",
    KUBERNETES="A Kubernetes cluster.",
)
graphql_enum(
    ConditionStatus,
    "Whether a condition holds.",
    TRUE="It holds.",
    FALSE="It does not hold.",
    UNKNOWN="Nobody knows.",
)


@strawberry.type(description="One observed aspect of a deployment, as in Kubernetes.")
class Condition:
    type: str = strawberry.field(description="What is observed: `Ready`, `Progressing`, `Degraded`, `Stopped`, …")
    status: ConditionStatus = strawberry.field(description="Whether it holds.")
    reason: str | None = strawberry.field(description="A word for machines: why.")
    message: str | None = strawberry.field(description="A sentence for people: why.")
    last_transition_at: datetime | None = strawberry.field(description="When the status last changed; null if unknown.")


_CALLS = "Holds for the calls that Model Hub makes itself."
_SCALING = "Model Hub refuses to scale beyond."
_RECORDED = "Only recorded: nothing that there is enforces it, and it is refused for PROCESS and EXTERNAL."


@strawberry.type(description="Resources of one replica, as Kubernetes quantities.")
class Resources:
    cpu: str | None = strawberry.field(description=f"Processor: `2` cores or `500m`. {_RECORDED}")
    memory: str | None = strawberry.field(description=f"Memory: `4Gi` or `512Mi`. {_RECORDED}")
    gpu: str | None = strawberry.field(description=f"Accelerators: a number or the name of a kind. {_RECORDED}")


@strawberry.type(description="How the number of replicas follows the load.")
class Scaling:
    min_replicas: int | None = strawberry.field(description=f"At least so many. {_SCALING}")
    max_replicas: int | None = strawberry.field(description=f"At most so many. {_SCALING}")
    target_cpu_utilization: float | None = strawberry.field(
        description=f"Aimed-at processor use in percent. {_RECORDED}"
    )
    target_memory_utilization: float | None = strawberry.field(
        description=f"Aimed-at memory use in percent. {_RECORDED}"
    )


@strawberry.type(description="What one replica gets and how many there are.")
class RuntimeConfiguration:
    replicas: int | None = strawberry.field(description="Wanted replicas. The runtime keeps so many.")
    resources: Resources | None = strawberry.field(description="Of each replica.")
    scaling: Scaling | None = strawberry.field(description="How replicas follow the load; null: they do not.")


@strawberry.type(description="Defaults for calls of the model; null where the model's own default holds.")
class ModelParameters:
    temperature: float | None = strawberry.field(description=f"Randomness, 0 to 2. {_CALLS}")
    max_tokens: int | None = strawberry.field(description=f"Longest answer in tokens. {_CALLS}")
    top_p: float | None = strawberry.field(description=f"Nucleus sampling, 0 to 1. {_CALLS}")
    top_k: int | None = strawberry.field(description=f"Sampling among the k likeliest tokens. {_CALLS}")
    frequency_penalty: float | None = strawberry.field(
        description=f"Against repetition by frequency, −2 to 2. {_CALLS}"
    )
    presence_penalty: float | None = strawberry.field(description=f"Against repetition at all, −2 to 2. {_CALLS}")
    stop_sequences: list[str] = strawberry.field(description=f"Where an answer ends; at most 100. {_CALLS}")


@strawberry.type(description="How the deployment is reached.")
class Networking:
    port: int | None = strawberry.field(description="TCP port, 1 to 65,535. The worker listens there for PROCESS.")
    host: str | None = strawberry.field(description=f"Host name, if it has one of its own. {_RECORDED}")
    path: str | None = strawberry.field(description=f"Path below the host. {_RECORDED}")
    timeout_seconds: float | None = strawberry.field(description=f"Longest wait for an answer, in seconds. {_CALLS}")
    retries: int | None = strawberry.field(description=f"How often a failed call is repeated. {_CALLS}")


@strawberry.type(description="What the deployment tells of itself.")
class Monitoring:
    enable_metrics: bool | None = strawberry.field(description=f"Whether it publishes metrics. {_RECORDED}")
    metrics_interval_seconds: int | None = strawberry.field(description=f"How often, in seconds. {_RECORDED}")
    enable_tracing: bool | None = strawberry.field(description=f"Whether it sends traces. {_RECORDED}")
    log_level: str | None = strawberry.field(description=f"`debug`, `info`, `warn` or `error`. {_RECORDED}")


@strawberry.type(description="How many calls are let through.")
class RateLimit:
    requests_per_minute: int | None = strawberry.field(description=f"In a minute. {_RECORDED}")
    burst_limit: int | None = strawberry.field(description=f"At once. {_RECORDED}")


@strawberry.type(description="Who may call the deployment.")
class Security:
    authentication: bool | None = strawberry.field(description=f"Whether callers must identify themselves. {_RECORDED}")
    authorization: list[str] = strawberry.field(description=f"Roles or groups that may call; at most 100. {_RECORDED}")
    rate_limiting: RateLimit | None = strawberry.field(description="How many calls are let through.")


@strawberry.type(description="What a PROCESS deployment starts.")
class ProcessConfiguration:
    template: str | None = strawberry.field(
        description="The name of the template, as the operator set it up. The worker starts it."
    )


@strawberry.type(description="What an EXTERNAL deployment calls.")
class ExternalConfiguration:
    base_url: str | None = strawberry.field(description="Where the API begins. It is probed and called there.")
    credential: str | None = strawberry.field(
        description="The name under which the operator keeps the secret for it, which Model Hub's calls and probes "
        "bear; null if it needs none."
    )


@strawberry.type(description="The whole configuration that is wanted (API: `DeploymentConfig`).")
class DeploymentConfig:
    runtime: RuntimeConfiguration | None = strawberry.field(description="Replicas and resources.")
    parameters: ModelParameters | None = strawberry.field(description="Defaults for calls.")
    networking: Networking | None = strawberry.field(description="How it is reached.")
    monitoring: Monitoring | None = strawberry.field(description="What it tells of itself.")
    security: Security | None = strawberry.field(description="Who may call it.")
    process: ProcessConfiguration | None = strawberry.field(description="What is started; null unless it is PROCESS.")
    external: ExternalConfiguration | None = strawberry.field(description="What is called; null unless it is EXTERNAL.")


@dataclass(frozen=True, slots=True)
class Document:
    """A JSON object whose camelCase members are attributes in snake_case; what is absent is null or an empty list."""

    content: Mapping[str, Any]
    lists: frozenset[str] = frozenset({"stop_sequences", "authorization"})

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        head, *rest = name.split("_")
        value = self.content.get(head + "".join(map(str.title, rest)))
        if isinstance(value, dict):
            return Document(value)  # pyright: ignore[reportUnknownArgumentType]
        return [] if value is None and name in self.lists else value


@strawberry.type(
    description="A model made available under a name in an environment. Visible to those with `deployments:read` who "
    "may see its model and are in its team; without a team, to all of them."
)
class Deployment(Rows, Node):
    row = reads.DeploymentRow

    name: str = strawberry.field(description="Unique for its model and environment.")
    environment: Environment = strawberry.field(description="Where it runs.")
    runtime: Runtime = strawberry.field(description="What runs it.")
    phase: Phase = strawberry.field(description="Its state in one word.")
    replicas: int | None = strawberry.field(description="Observed replicas; null if unknown.")
    endpoint: str | None = strawberry.field(description="Where it is called; null if unknown.")
    generation: int = strawberry.field(description="Rises with every change of what is wanted.")
    observed_generation: int = strawberry.field(description="The generation the conditions speak of.")
    last_health_check_at: datetime | None = strawberry.field(description="When it was last checked; null if never.")
    is_demo: bool = strawberry.field(description="Whether it belongs to the demo estate.")
    created_at: datetime = strawberry.field(description="When it was first known.")
    updated_at: datetime = strawberry.field(description="When it last changed.")
    deleted_at: datetime | None = strawberry.field(
        description="When it was deleted: it is in no list any more, and its name is free; null if it was not."
    )

    model: Model | None = edge(
        catalog_reads.models_by_id, key="model_id", description="The model it serves. Null only on error."
    )
    version: ModelVersion | None = edge(
        catalog_reads.versions_by_id, key="model_version_id", description="The version it serves; null if unknown."
    )
    team: Team | None = edge(
        identity_reads.teams_by_id, key="team_id", description="The team it belongs to; null if it belongs to none."
    )

    @strawberry.field(description="What was observed; at most some dozens.")
    def conditions(self) -> list[Condition]:
        return [_condition(document) for document in row_of(self)["conditions"]]

    @strawberry.field(description="What is wanted; null where only usage is known.")
    def configuration(self) -> DeploymentConfig | None:
        return configuration_of(row_of(self)["spec"])

    @strawberry.field(description="How many replicas are wanted unless it is paused; null where only usage is known.")
    def wanted_replicas(self) -> int | None:
        return ((row_of(self)["spec"] or {}).get("runtime") or {}).get("replicas")

    @strawberry.field(description="Whether nothing of it is to run until somebody resumes it.")
    def is_paused(self) -> bool:
        return bool((row_of(self)["spec"] or {}).get("paused"))


def configuration_of(spec: Mapping[str, Any] | None) -> Any:
    """A spec as a `DeploymentConfig`."""
    return Document(spec) if spec else None


def _condition(document: Mapping[str, Any]) -> Condition:
    since = document.get("lastTransitionAt")
    return Condition(
        type=document["type"],
        status=ConditionStatus(document["status"]),
        reason=document.get("reason"),
        message=document.get("message"),
        last_transition_at=datetime.fromisoformat(since) if since else None,
    )


fetched_by("Deployment", reads.deployments_by_id)


@strawberry.type(description="What came of a mutation of a deployment.")
class DeploymentPayload(Payload):
    deployment: Deployment | None = edge(
        reads.deployments_by_id, key=changed, description="The deployment as it is now; null if nothing was written."
    )


@strawberry.input(description="Which deployments; conditions that are left out do not restrict. All must hold.")
class DeploymentFilter:
    model: IdFilter | None = strawberry.field(default=strawberry.UNSET, description="By the id of the model.")
    environment: Filter[Environment] | None = strawberry.field(
        default=strawberry.UNSET, description="By where they run."
    )
    phase: Filter[Phase] | None = strawberry.field(default=strawberry.UNSET, description="By their state.")
    team: StringFilter | None = strawberry.field(default=strawberry.UNSET, description="By the slug of the team.")

    def chosen(self) -> reads.DeploymentFilter:
        """The filter as reads take it."""
        teams, team_patterns = wanted_texts(self.team, "filter.team")
        return reads.DeploymentFilter(
            models=wanted_keys(self.model, "Model", "filter.model"),
            environments=wanted(self.environment, "filter.environment"),
            phases=wanted(self.phase, "filter.phase"),
            teams=teams,
            team_patterns=team_patterns,
        )


graphql_enum(
    DeploymentOrderField,
    "What deployments are sorted by.",
    NAME="The name, ignoring case.",
    CREATED_AT="When the deployment was first known.",
    UPDATED_AT="When it last changed.",
)


@strawberry.input(description="The sort of deployments; the id breaks ties.")
class DeploymentOrder:
    field: DeploymentOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


NEWEST = DeploymentOrder(field=DeploymentOrderField.CREATED_AT, direction=OrderDirection.DESC)


@extends(Model)
class ModelDeployments:
    @strawberry.field(
        description="Where something new of it may be deployed, by its status: an ACTIVE one anywhere, an EXPERIMENTAL "
        "one outside production, others nowhere."
    )
    def deployable_to(self) -> list[Environment]:
        status = row_of(self)["status"]
        return [e for e in Environment if is_deployable(status, to_production=e is Environment.PRODUCTION)]

    @edge_with_arguments(key="id", description="Where the model is deployed, newest first. Needs `deployments:read`.")
    def deployments(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Deployment]:
        return pages(info, reads.pages_by_model, reads.counts_by_model, PageRequest(first, after, last, before))


@strawberry.type
class DeploymentQuery:
    @strawberry.field(
        description="The deployments you may see, as far as they match, but for deleted ones. Needs `deployments:read`."
    )
    async def deployments(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[DeploymentFilter | None, strawberry.argument(description="Which deployments.")] = None,
        order_by: Annotated[DeploymentOrder, strawberry.argument(description="The sort.")] = NEWEST,
    ) -> Connection[Deployment]:
        chosen = filter.chosen() if filter else reads.DeploymentFilter()
        request = PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_deployments, chosen, order_by.order(), request))

    @strawberry.field(
        description="One deployment; null if it does not exist or may not be seen. Needs `deployments:read`."
    )
    async def deployment(
        self,
        info: Info,
        id: Annotated[strawberry.ID, strawberry.argument(description="Its id.")],
    ) -> Deployment | None:
        return await info.context.load(reads.deployments_by_id, key_of(id, "Deployment", argument="id"))
