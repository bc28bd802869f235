"""Mutations of the statuses of models and versions, which deployments have a say in."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.catalog.registry.inputs import TransitionModelInput
from app.catalog.registry.schema import TransitionModelPayload
from app.catalog.versions.schema import TransitionModelVersionInput, TransitionModelVersionPayload
from app.deployments.retiring import service
from app.kit.context import Info
from app.kit.mutations import perform

_WHAT = strawberry.argument(description="What to do.")


@strawberry.type
class TransitionMutation:
    @strawberry.mutation(
        description="Take a model to another status: EXPERIMENTAL → ACTIVE or RETIRED, ACTIVE ↔ MAINTENANCE, both → "
        "DEPRECATED, DEPRECATED → ACTIVE or RETIRED. What is deployed from here cannot be RETIRED. Needs "
        "`models:update`. `CONFLICT` if the model is archived."
    )
    async def transition_model(
        self, info: Info, input: Annotated[TransitionModelInput, _WHAT]
    ) -> TransitionModelPayload | None:
        return await perform(info, TransitionModelPayload, service.transition_model, input)

    @strawberry.mutation(
        description="Take a version to another status, by the same table as `transitionModel`. A version to which an "
        "alias points, or that is deployed from here, cannot be RETIRED. Needs `models:update`."
    )
    async def transition_model_version(
        self, info: Info, input: Annotated[TransitionModelVersionInput, _WHAT]
    ) -> TransitionModelVersionPayload | None:
        return await perform(info, TransitionModelVersionPayload, service.transition_version, input)
