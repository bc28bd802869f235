"""Mutations of versions."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.catalog import reads
from app.catalog.schema import ModelVersion
from app.catalog.versions import service
from app.catalog.vocabulary import ModelStatus
from app.kit.context import Info
from app.kit.edges import edge
from app.kit.ids import key_of
from app.kit.inputs import given
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION, Payload, changed, perform
from app.kit.scalars import JSON

_VERSION = "The version."
_VERSION_REVISION = f"Of the version, not of its model. {EXPECTED_REVISION}"


def _key(text: str) -> service.UUID:
    return key_of(text, "ModelVersion", argument="modelVersionId")


@strawberry.type(description="What came of a mutation of a version.")
class ModelVersionPayload(Payload):
    model_version: ModelVersion | None = edge(
        reads.versions_by_id, key=changed, description="The version as it is now; null if nothing was written."
    )


@strawberry.input(description="Gives a model another version.")
class RegisterModelVersionInput:
    model_id: strawberry.ID = strawberry.field(description="The model.")
    label: str = strawberry.field(description="Its name, unique within the model; at most 100 characters.")
    description: str | None = strawberry.field(
        default=None, description="What is particular about it; at most 10,000 characters."
    )
    configuration: JSON | None = strawberry.field(
        default=None, description="How it is set up: a JSON object of your own, at most 10 deep with 100 members each."
    )
    expected_revision: int | None = strawberry.field(default=None, description=f"Of the model. {EXPECTED_REVISION}")
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Registration:
        """The version wanted."""
        return service.Registration(
            model_id=key_of(self.model_id, "Model", argument="modelId"),
            label=self.label,
            description=self.description,
            configuration=self.configuration,
            expected_revision=self.expected_revision,
        )


@strawberry.input(description="Changes a version that was never ACTIVE. What is left out stays; null clears.")
class UpdateModelVersionInput:
    model_version_id: strawberry.ID = strawberry.field(description=_VERSION)
    label: strawberry.Maybe[str | None] = strawberry.field(
        default=None, description="Its name, unique within the model; at most 100 characters, never null."
    )
    description: strawberry.Maybe[str | None] = strawberry.field(
        default=None, description="What is particular about it; at most 10,000 characters."
    )
    configuration: strawberry.Maybe[JSON | None] = strawberry.field(
        default=None,
        description="How it is set up: a JSON object, at most 10 deep, that takes the place of the present one.",
    )
    expected_revision: int | None = strawberry.field(default=None, description=_VERSION_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Update:
        """The change wanted."""
        return service.Update(
            version_id=_key(self.model_version_id),
            columns=given(self, "label", "description", "configuration"),
            expected_revision=self.expected_revision,
        )


@strawberry.input(description="Takes a version to another status.")
class TransitionModelVersionInput:
    model_version_id: strawberry.ID = strawberry.field(description=_VERSION)
    to: ModelStatus = strawberry.field(description="The status it is to have.")
    reason: str | None = strawberry.field(default=None, description="Why, for the record; at most 1,000 characters.")
    expected_revision: int | None = strawberry.field(default=None, description=_VERSION_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Transition:
        """The transition wanted."""
        return service.Transition(
            version_id=_key(self.model_version_id),
            to=self.to,
            reason=self.reason,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="What came of `registerModelVersion`.")
class RegisterModelVersionPayload(ModelVersionPayload):
    pass


@strawberry.type(description="What came of `updateModelVersion`.")
class UpdateModelVersionPayload(ModelVersionPayload):
    pass


@strawberry.type(description="What came of `transitionModelVersion`.")
class TransitionModelVersionPayload(ModelVersionPayload):
    pass


@strawberry.type
class VersionMutation:
    @strawberry.mutation(
        description="Give a model another version, EXPERIMENTAL at first. Needs `models:update`. `CONFLICT` if the "
        "model has a version of that label or is archived."
    )
    async def register_model_version(
        self, info: Info, input: Annotated[RegisterModelVersionInput, strawberry.argument(description="What to do.")]
    ) -> RegisterModelVersionPayload | None:
        return await perform(info, RegisterModelVersionPayload, service.register_version, input)

    @strawberry.mutation(
        description="Change a version as long as it was never ACTIVE: from then on it is immutable (`CONFLICT`). What "
        "it says already changes nothing. Needs `models:update`."
    )
    async def update_model_version(
        self, info: Info, input: Annotated[UpdateModelVersionInput, strawberry.argument(description="What to do.")]
    ) -> UpdateModelVersionPayload | None:
        return await perform(info, UpdateModelVersionPayload, service.update_version, input)
