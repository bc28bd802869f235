"""The catalog's faces: models, providers, versions, aliases."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from app.catalog import reads
from app.catalog.vocabulary import ModelSource, ModelStatus, ModelType
from app.kit.access import Clearance
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.edges import edge
from app.kit.enums import graphql_enum
from app.kit.ids import key_of
from app.kit.mutations import Payload, changed
from app.kit.nodes import Node, Rows, fetched_by, row_of
from app.kit.scalars import JSON, URL, BigInt

graphql_enum(
    ModelType,
    "What a model takes and gives. New values may be added.",
    TEXT="Text in, text out.",
    VISION="Images in, text out.",
    MULTIMODAL="Several kinds of media in or out.",
    EMBEDDING="Text in, vectors out.",
    CODE="Made for source code.",
    AUDIO="Speech or sound in or out.",
    RERANK="Orders documents by relevance.",
    IMAGE_GENERATION="Images out.",
    MODERATION="Classifies content as safe or not.",
)
graphql_enum(
    ModelStatus,
    "Where a model or version is in its life. New values may be added.",
    EXPERIMENTAL="On trial; may be deployed outside production.",
    ACTIVE="In use.",
    MAINTENANCE="In use, but not for anything new.",
    DEPRECATED="To be replaced; see `retiresOn` and `replacement`.",
    RETIRED="No longer to be used.",
)
graphql_enum(
    ModelSource,
    "How a model came into the catalog.",
    IMPORTED="From the public catalog of models and prices.",
    DISCOVERED="From telemetry that named it; unpriced until somebody says what it costs.",
    REGISTERED="By somebody, through the API.",
)
graphql_enum(
    Clearance,
    "Who may know of a model: those whose clearance is at least this.",
    PUBLIC="Everybody.",
    INTERNAL="Everybody who can sign in.",
    RESTRICTED="Developers and managers.",
    CONFIDENTIAL="Administrators.",
)


@strawberry.type(description="Who serves models: a company, a cloud, or a team of one's own.")
class Provider(Rows, Node):
    row = reads.ProviderRow

    slug: str = strawberry.field(description="Unique, lower case: the first part of a model's slug.")
    name: str = strawberry.field(description="The name people use.")
    website: URL | None = strawberry.field(description="Where its prices are published.")
    description: str | None = strawberry.field(description="A sentence about it.")


@strawberry.type(description="A named state of a model; immutable once active.")
class ModelVersion(Rows, Node):
    row = reads.VersionRow

    label: str = strawberry.field(description="The name of the version, unique within its model.")
    description: str | None = strawberry.field(description="What is particular about it.")
    status: ModelStatus = strawberry.field(description="Where it is in its life.")
    configuration: JSON = strawberry.field(description="How it is set up: a JSON object of whoever registered it.")
    activated_at: datetime | None = strawberry.field(description="When it became active; null if it never was.")
    revision: int = strawberry.field(description="Rises with every change; for optimistic locking.")
    created_at: datetime = strawberry.field(description="When it was registered.")
    updated_at: datetime = strawberry.field(description="When it last changed.")


@strawberry.type(description="A name for a version of a model, such as `production`, that can be moved to another.")
class ModelAlias:
    name: str = strawberry.field(description="Unique within its model.")
    is_protected: bool = strawberry.field(description="Whether only those with `changes:approve` may move it.")
    moved_at: datetime = strawberry.field(description="When it came to point where it points.")

    version: ModelVersion | None = edge(
        reads.versions_by_id, key="model_version_id", description="The version it points to. Null only on error."
    )


@strawberry.type(description="What may be expected of a model, from its provider or from tests; null where unknown.")
class BaselineMetrics:
    @strawberry.field(description="Average time to a whole answer in milliseconds.")
    def avg_latency_ms(self) -> float | None:
        return row_of(self)["baseline_latency_ms"]

    @strawberry.field(description="US dollars per 1,000 tokens at list price, blended as (3 × input + 1 × output) / 4.")
    def cost_per1k_tokens(self) -> Decimal | None:
        return row_of(self)["baseline_cost_per_1k_tokens"]

    @strawberry.field(description="Share of calls that succeed, 0 to 1.")
    def success_rate(self) -> float | None:
        return row_of(self)["baseline_success_rate"]

    @strawberry.field(description="Tokens of an average call, input and output.")
    def avg_tokens_per_request(self) -> float | None:
        return row_of(self)["baseline_tokens_per_request"]


@strawberry.type(
    description="A registered model. What nobody knows is null. Visible to those with `models:read` whose clearance "
    "reaches its `securityLevel`; to others it does not exist."
)
class Model(Rows, Node):
    row = reads.ModelRow

    slug: str = strawberry.field(description="Unique: `provider/model`, as telemetry names it.")
    name: str = strawberry.field(description="The name people use.")
    description: str | None = strawberry.field(description="What it is.")
    model_type: ModelType = strawberry.field(
        description="What it takes and gives; for imported models by rule from names and prices."
    )
    category: str | None = strawberry.field(description="The organisation's own grouping.")
    tags: list[str] = strawberry.field(description="Free labels; at most 100.")
    capabilities: list[str] = strawberry.field(
        description="What it can do, as far as known: `prompt_caching`, `batch`, `audio_input`, … At most 100."
    )
    supported_tasks: list[str] = strawberry.field(description="Tasks it was chosen for; at most 100.")
    input_formats: list[str] = strawberry.field(description="Formats it accepts; empty if unknown. At most 100.")
    output_formats: list[str] = strawberry.field(description="Formats it produces; empty if unknown. At most 100.")
    max_tokens: int | None = strawberry.field(description="Longest answer in tokens.")
    context_window: int | None = strawberry.field(description="Tokens of input and output together.")
    max_batch_size: int | None = strawberry.field(description="Most inputs in one call.")
    supported_parameters: JSON | None = strawberry.field(description="Parameters it takes, and their bounds.")
    license: str | None = strawberry.field(description="SPDX identifier, or the name of the terms.")
    documentation: URL | None = strawberry.field(description="Where it is documented.")
    status: ModelStatus = strawberry.field(description="Where it is in its life.")
    security_level: Clearance = strawberry.field(description="The clearance it takes to know of it.")
    compliance: list[str] = strawberry.field(description="Regimes it was approved for, such as `gdpr`; at most 100.")
    owner: str | None = strawberry.field(description="Who answers for it; null if nobody does.")
    retires_on: date | None = strawberry.field(description="The last day it may be used.")
    last_validated_at: datetime | None = strawberry.field(
        description="When it was last validated: see `validateModel`."
    )
    source: ModelSource = strawberry.field(description="How it came into the catalog.")
    popularity: BigInt | None = strawberry.field(
        description="Requests in the last 30 days by all teams, refreshed every minute; null if there were none."
    )
    latency_ms: float | None = strawberry.field(
        description="Average time to a whole answer in milliseconds: of all teams' calls of the last 30 days, else its "
        "baseline; null if neither is known."
    )
    archived_at: datetime | None = strawberry.field(description="When it left the lists; null if it is in them.")
    revision: int = strawberry.field(description="Rises with every change; for optimistic locking.")
    is_demo: bool = strawberry.field(description="Whether it belongs to the demo estate.")
    created_at: datetime = strawberry.field(description="When it entered the catalog.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @strawberry.field(description="Whether it left the lists; it stays as it is.")
    def is_archived(self) -> bool:
        return row_of(self)["archived_at"] is not None

    provider: Provider | None = edge(
        reads.providers_by_id, key="provider_id", description="Who serves it. Null only on error."
    )
    replacement: Model | None = edge(
        reads.models_by_id,
        key="replacement_id",
        description="The model to use instead; null if none is named or visible.",
    )

    @strawberry.field(description="What may be expected of it.")
    def baseline_metrics(self) -> BaselineMetrics:
        return row_of(self)

    version: ModelVersion | None = edge(
        reads.current_versions,
        key="id",
        description="The version its alias `production` points to, else the newest active one; null if none is known.",
    )
    versions: list[ModelVersion] = edge(
        reads.versions_by_model,
        key="id",
        many=True,
        description="Its versions by label; at most some hundreds.",
        directives=[ListSize(assumed_size=20)],
    )
    aliases: list[ModelAlias] = edge(
        reads.aliases_by_model, key="id", many=True, description="Its aliases by name; at most some dozens."
    )


@strawberry.type(description="What came of a mutation of a model.")
class ModelPayload(Payload):
    model: Model | None = edge(
        reads.models_by_id, key=changed, description="The model as it is now; null if nothing was written."
    )


fetched_by("Model", reads.models_by_id)
fetched_by("Provider", reads.providers_by_id)
fetched_by("ModelVersion", reads.versions_by_id)


@strawberry.input(one_of=True, description="Names one model.")
class ModelLookup:
    id: strawberry.Maybe[strawberry.ID] = strawberry.field(description="By its id.")
    slug: strawberry.Maybe[str] = strawberry.field(description="By its slug, `provider/model`, in any case.")


@strawberry.type
class CatalogQuery:
    @strawberry.field(description="One model; null if it does not exist or may not be seen. Needs `models:read`.")
    async def model(
        self, info: Info, by: Annotated[ModelLookup, strawberry.argument(description="Its id or slug.")]
    ) -> Model | None:
        if by.slug:
            return await info.context.read(reads.model_by_slug, by.slug.value)
        key = key_of(by.id.value, "Model", argument="by.id")  # type: ignore[union-attr]
        return await info.context.load(reads.models_by_id, key)

    @strawberry.field(
        description="Providers by slug, but for those all of whose models you may not see; at most some hundreds. "
        "Needs `models:read`.",
        directives=[ListSize(assumed_size=100)],
    )
    async def providers(self, info: Info) -> list[Provider]:
        return await info.context.read(reads.providers)
