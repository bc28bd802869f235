"""Mutations of models."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.catalog.errors import TransitionNotAllowed as NotAllowed
from app.catalog.registry import service
from app.catalog.schema import ModelPayload
from app.catalog.vocabulary import ModelStatus
from app.kit.context import Info
from app.kit.ids import key_of
from app.kit.mutations import (
    CLIENT_MUTATION_ID,
    EXPECTED_REVISION,
    UserError,
    failure_of,
    perform,
    shows_error,
)


@shows_error
@strawberry.type(description="The status cannot follow the present one.")
class TransitionNotAllowed(UserError):
    error = NotAllowed

    @strawberry.field(description="The statuses that can follow the present one; at most all there are.")
    def allowed(self) -> list[ModelStatus]:
        return list(failure_of(self).allowed)


@strawberry.input(description="Takes a model to another status.")
class TransitionModelInput:
    model_id: strawberry.ID = strawberry.field(description="The model.")
    to: ModelStatus = strawberry.field(description="The status it is to have.")
    reason: str | None = strawberry.field(default=None, description="Why, for the record; at most 1,000 characters.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Transition:
        """The transition wanted."""
        return service.Transition(
            model_id=key_of(self.model_id, "Model", argument="modelId"),
            to=self.to,
            reason=self.reason,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="What came of `transitionModel`.")
class TransitionModelPayload(ModelPayload):
    pass


@strawberry.type
class ModelMutation:
    @strawberry.mutation(
        description="Take a model to another status: EXPERIMENTAL → ACTIVE or RETIRED, ACTIVE ↔ MAINTENANCE, both → "
        "DEPRECATED, DEPRECATED → ACTIVE or RETIRED. Needs `models:update`."
    )
    async def transition_model(
        self, info: Info, input: Annotated[TransitionModelInput, strawberry.argument(description="What to do.")]
    ) -> TransitionModelPayload | None:
        return await perform(info, TransitionModelPayload, service.transition_model, input)
