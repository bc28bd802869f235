"""The inputs of mutations of models, and what each asks of the registry."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry

from app.catalog.registry import commands
from app.catalog.vocabulary import ModelStatus, ModelType
from app.kit.access import Clearance
from app.kit.ids import key_of
from app.kit.inputs import given
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION
from app.kit.scalars import JSON, URL

MODEL = "The model."
REASON = "Why, for the record; at most 1,000 characters."
_WORDS = "A set of at most 100 of at most 100 characters each; null or empty: none."
_TEXTS = ("name", "model_type", "description", "category", "license", "documentation", "owner", "security_level")
_SETS = ("tags", "capabilities", "supported_tasks", "input_formats", "output_formats", "compliance")
_FIGURES = ("max_tokens", "context_window", "max_batch_size", "supported_parameters", "retires_on", "last_validated_at")
_BASELINES = {
    "avg_latency_ms": "baseline_latency_ms",
    "cost_per1k_tokens": "baseline_cost_per_1k_tokens",
    "success_rate": "baseline_success_rate",
    "avg_tokens_per_request": "baseline_tokens_per_request",
}


def _model_key(text: str) -> UUID:
    return key_of(text, "Model", argument="modelId")


def _columns_of_replacement(fields: Mapping[str, Any]) -> dict[str, Any]:
    if "replacement_id" not in fields:
        return {}
    text = fields["replacement_id"]
    return {"replacement_id": None if text is None else key_of(text, "Model", argument="replacementId")}


@strawberry.input(description="What may be expected of a model. What is left out stays as it is; null: unknown.")
class BaselineMetricsInput:
    avg_latency_ms: strawberry.Maybe[float | None] = strawberry.field(
        description="Average time to a whole answer in milliseconds, 0 to a day."
    )
    cost_per1k_tokens: strawberry.Maybe[Decimal | None] = strawberry.field(
        description="US dollars per 1,000 tokens, less than 10^12, at most twelve decimal places; `CONFLICT` if the "
        "model has prices, from which it follows."
    )
    success_rate: strawberry.Maybe[float | None] = strawberry.field(description="Share of calls that succeed, 0 to 1.")
    avg_tokens_per_request: strawberry.Maybe[float | None] = strawberry.field(
        description="Tokens of an average call, input and output, 0 to 10^9."
    )


@strawberry.input
class ModelColumnsInput:
    """What people say about a model, whether they enter or change it."""

    description: strawberry.Maybe[str | None] = strawberry.field(description="What it is; at most 10,000 characters.")
    category: strawberry.Maybe[str | None] = strawberry.field(
        description="The organisation's own grouping; at most 100 characters."
    )
    tags: strawberry.Maybe[list[str] | None] = strawberry.field(description=f"Free labels. {_WORDS}")
    capabilities: strawberry.Maybe[list[str] | None] = strawberry.field(description=f"What it can do. {_WORDS}")
    supported_tasks: strawberry.Maybe[list[str] | None] = strawberry.field(
        description=f"Tasks it was chosen for. {_WORDS}"
    )
    input_formats: strawberry.Maybe[list[str] | None] = strawberry.field(description=f"Formats it accepts. {_WORDS}")
    output_formats: strawberry.Maybe[list[str] | None] = strawberry.field(description=f"Formats it produces. {_WORDS}")
    max_tokens: strawberry.Maybe[int | None] = strawberry.field(description="Longest answer in tokens, 1 or more.")
    context_window: strawberry.Maybe[int | None] = strawberry.field(
        description="Tokens of input and output together, 1 or more."
    )
    max_batch_size: strawberry.Maybe[int | None] = strawberry.field(description="Most inputs in one call, 1 or more.")
    supported_parameters: strawberry.Maybe[JSON | None] = strawberry.field(
        description="Parameters it takes, and their bounds: a JSON object of at most 100 members, 10 deep."
    )
    baseline_metrics: strawberry.Maybe[BaselineMetricsInput | None] = strawberry.field(
        description="What may be expected of it; null: nothing is known."
    )
    license: strawberry.Maybe[str | None] = strawberry.field(
        description="SPDX identifier, or the name of the terms; at most 200 characters."
    )
    documentation: strawberry.Maybe[URL | None] = strawberry.field(
        description="Where it is documented: `http` or `https`, at most 2,000 characters."
    )
    security_level: strawberry.Maybe[Clearance | None] = strawberry.field(
        description="The clearance it takes to know of it; at most your own. Cannot be cleared."
    )
    compliance: strawberry.Maybe[list[str] | None] = strawberry.field(
        description=f"Regimes it was approved for. {_WORDS}"
    )
    owner: strawberry.Maybe[str | None] = strawberry.field(description="Who answers for it; at most 200 characters.")
    retires_on: strawberry.Maybe[date | None] = strawberry.field(description="The last day it may be used.")
    replacement_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="The model to use instead: one you may see that is not RETIRED; replacements form no circle."
    )
    last_validated_at: strawberry.Maybe[datetime | None] = strawberry.field(
        description="When it was last checked against its baseline; not in the future."
    )

    def columns(self) -> dict[str, Any]:
        """What is said, by columns of the model."""
        said = given(self, *_TEXTS, *_SETS, *_FIGURES)
        return {**said, **_columns_of_replacement(given(self, "replacement_id")), **self._baselines()}

    def _baselines(self) -> dict[str, Any]:
        said = given(self, "baseline_metrics")
        if "baseline_metrics" not in said:
            return {}
        wanted = said["baseline_metrics"]
        figures = dict.fromkeys(_BASELINES) if wanted is None else given(wanted, *_BASELINES)
        return {_BASELINES[name]: value for name, value in figures.items()}


@strawberry.input(description="Names the provider of a new model.")
class ProviderInput:
    slug: str = strawberry.field(
        description="The first part of the model's slug: lower case, at most 200 characters with the rest."
    )
    name: str | None = strawberry.field(
        default=None, description="The name people use, at most 200 characters; needed if nobody knows it yet."
    )


@strawberry.input(description="Enters a model in the catalog. What nobody knows is left out.")
class RegisterModelInput(ModelColumnsInput):
    slug: str = strawberry.field(
        description="`provider/model` as telemetry names it, unique ignoring case, at most 200 characters: the "
        "provider in lower-case letters, digits and `._-`, the model in letters, digits and `._:@+~-`, perhaps in "
        "parts separated by `/`."
    )
    name: str = strawberry.field(description="The name people use; at most 200 characters.")
    model_type: ModelType = strawberry.field(description="What it takes and gives.")
    provider: ProviderInput | None = strawberry.field(
        default=None, description="Who serves it; left out: a provider that is known, by the first part of `slug`."
    )
    version: str | None = strawberry.field(
        default=None, description="The label of its first version, at most 100 characters; left out: it has none."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> commands.Registration:
        """The model wanted."""
        return commands.Registration(
            slug=self.slug.strip(),
            columns={"name": self.name, "model_type": self.model_type, **self.columns()},
            provider_slug=self.provider.slug if self.provider else None,
            provider_name=self.provider.name if self.provider else None,
            version=self.version,
        )


@strawberry.input(
    description="Changes what the catalog says about a model. What is left out stays; null clears. What people say of "
    "`name`, `description`, `modelType`, `capabilities` and `contextWindow` is theirs: imports leave it alone."
)
class UpdateModelInput(ModelColumnsInput):
    model_id: strawberry.ID = strawberry.field(description=MODEL)
    name: strawberry.Maybe[str | None] = strawberry.field(
        description="The name people use; at most 200 characters. Cannot be cleared."
    )
    model_type: strawberry.Maybe[ModelType | None] = strawberry.field(
        description="What it takes and gives. Cannot be cleared."
    )
    reason: str | None = strawberry.field(default=None, description=REASON)
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> commands.Update:
        """The change wanted."""
        return commands.Update(
            model_id=_model_key(self.model_id),
            columns=self.columns(),
            reason=self.reason,
            expected_revision=self.expected_revision,
        )


@strawberry.input(description="Takes a model to another status.")
class TransitionModelInput:
    model_id: strawberry.ID = strawberry.field(description=MODEL)
    to: ModelStatus = strawberry.field(description="The status it is to have.")
    retires_on: strawberry.Maybe[date | None] = strawberry.field(
        description="With DEPRECATED only: the last day it may be used. Left out: as it is; null clears."
    )
    replacement_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="With DEPRECATED only: the model to use instead, one you may see that is not RETIRED. Left out: as "
        "it is; null clears."
    )
    reason: str | None = strawberry.field(default=None, description=REASON)
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> commands.Transition:
        """The transition wanted."""
        replaced = _columns_of_replacement(given(self, "replacement_id"))
        return commands.Transition(
            model_id=_model_key(self.model_id),
            to=self.to,
            columns={**given(self, "retires_on"), **replaced},
            reason=self.reason,
            expected_revision=self.expected_revision,
        )


@strawberry.input(description="Takes a retired model out of lists.")
class ArchiveModelInput:
    model_id: strawberry.ID = strawberry.field(description=MODEL)
    reason: str | None = strawberry.field(default=None, description=REASON)
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> commands.Archival:
        """The archival wanted."""
        key = _model_key(self.model_id)
        return commands.Archival(model_id=key, reason=self.reason, expected_revision=self.expected_revision)


@strawberry.input
class LabellingInput:
    """Labels of a model, to be given or taken."""

    model_id: strawberry.ID = strawberry.field(description=MODEL)
    tags: list[str] = strawberry.field(
        description="Labels of 1 to 100 characters; a model has 100 at most. Blanks around them do not count."
    )
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> commands.Labelling:
        """The labels meant."""
        key = _model_key(self.model_id)
        return commands.Labelling(model_id=key, tags=self.tags, expected_revision=self.expected_revision)


@strawberry.input(description="Gives a model labels.")
class TagModelInput(LabellingInput):
    pass


@strawberry.input(description="Takes labels from a model.")
class UntagModelInput(LabellingInput):
    pass
