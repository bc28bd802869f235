"""Mutations of models, and the history of their lives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.catalog import errors
from app.catalog import reads as catalog_reads
from app.catalog.registry import inputs, reads, service
from app.catalog.schema import Model, ModelPayload, ModelVersion
from app.catalog.vocabulary import ModelStatus
from app.kit.connections import After, Before, Connection, First, Last, connection
from app.kit.context import Info
from app.kit.edges import extends
from app.kit.mutations import UserError, failure_of, perform, shows_error
from app.kit.nodes import row_of
from app.kit.paging import PageRequest


@shows_error
@strawberry.type(description="The status cannot follow the present one.")
class TransitionNotAllowed(UserError):
    error = errors.TransitionNotAllowed

    @strawberry.field(description="The statuses that can follow the present one; at most all there are.")
    def allowed(self) -> list[ModelStatus]:
        return list(failure_of(self).allowed)


@shows_error
@strawberry.type(description="A model has this slug already.")
class ModelAlreadyExists(UserError):
    error = errors.ModelAlreadyExists

    @strawberry.field(description="The model that has it; null if you may not see it.")
    async def existing_model(self, info: Info) -> Model | None:
        return await info.context.load(catalog_reads.models_by_id, failure_of(self).existing)


@strawberry.type(description="A model or version went from one status to another.")
class LifecycleTransition:
    from_status: ModelStatus = strawberry.field(description="The status before.")
    to_status: ModelStatus = strawberry.field(description="The status from then on.")
    actor: str = strawberry.field(description="The name of who did it.")
    reason: str | None = strawberry.field(description="Why; null if nothing was said.")
    occurred_at: datetime = strawberry.field(description="When it happened.")


async def _transitions(info: Info, key: Any, parent: Any, request: PageRequest) -> Connection[LifecycleTransition]:
    page = await info.context.load(reads.transitions_by, key, parent, request)
    return connection(page.counted_by(lambda: info.context.load(reads.transition_counts_by, key, parent)))


@extends(Model)
class ModelLife:
    @strawberry.field(description="How its status changed, newest first; not those of its versions.")
    async def transitions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[LifecycleTransition]:
        return await _transitions(info, row_of(self)["id"], reads.of_model, PageRequest(first, after, last, before))


@extends(ModelVersion)
class ModelVersionLife:
    @strawberry.field(description="How its status changed, newest first.")
    async def transitions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[LifecycleTransition]:
        return await _transitions(info, row_of(self)["id"], reads.of_version, PageRequest(first, after, last, before))


@strawberry.type(description="What came of `registerModel`.")
class RegisterModelPayload(ModelPayload):
    pass


@strawberry.type(description="What came of `updateModel`.")
class UpdateModelPayload(ModelPayload):
    pass


@strawberry.type(description="What came of `transitionModel`.")
class TransitionModelPayload(ModelPayload):
    pass


@strawberry.type(description="What came of `archiveModel`.")
class ArchiveModelPayload(ModelPayload):
    pass


@strawberry.type(description="What came of `tagModel`.")
class TagModelPayload(ModelPayload):
    pass


@strawberry.type(description="What came of `untagModel`.")
class UntagModelPayload(ModelPayload):
    pass


_WHAT = strawberry.argument(description="What to do.")


@strawberry.type
class ModelMutation:
    @strawberry.mutation(
        description="Enter a model in the catalog, EXPERIMENTAL at first. Needs `models:create`. "
        "`MODEL_ALREADY_EXISTS` if its slug is taken, also by a model that you may not see."
    )
    async def register_model(
        self, info: Info, input: Annotated[inputs.RegisterModelInput, _WHAT]
    ) -> RegisterModelPayload | None:
        return await perform(info, RegisterModelPayload, service.register_model, input)

    @strawberry.mutation(
        description="Change what the catalog says about a model. What it says already changes nothing. Needs "
        "`models:update`. `CONFLICT` if the model is archived."
    )
    async def update_model(
        self, info: Info, input: Annotated[inputs.UpdateModelInput, _WHAT]
    ) -> UpdateModelPayload | None:
        return await perform(info, UpdateModelPayload, service.update_model, input)

    @strawberry.mutation(
        description="Take a model to another status: EXPERIMENTAL → ACTIVE or RETIRED, ACTIVE ↔ MAINTENANCE, both → "
        "DEPRECATED, DEPRECATED → ACTIVE or RETIRED. Needs `models:update`. `CONFLICT` if the model is archived."
    )
    async def transition_model(
        self, info: Info, input: Annotated[inputs.TransitionModelInput, _WHAT]
    ) -> TransitionModelPayload | None:
        return await perform(info, TransitionModelPayload, service.transition_model, input)

    @strawberry.mutation(
        description="Take a RETIRED model out of lists for good; by its id or slug it is still found, and it stays as "
        "it is. Again changes nothing. Needs `models:delete`."
    )
    async def archive_model(
        self, info: Info, input: Annotated[inputs.ArchiveModelInput, _WHAT]
    ) -> ArchiveModelPayload | None:
        return await perform(info, ArchiveModelPayload, service.archive_model, input)

    @strawberry.mutation(
        description="Give a model labels; those it has change nothing. Needs `models:update`. `CONFLICT` if the model "
        "is archived."
    )
    async def tag_model(self, info: Info, input: Annotated[inputs.TagModelInput, _WHAT]) -> TagModelPayload | None:
        return await perform(info, TagModelPayload, service.tag_model, input)

    @strawberry.mutation(
        description="Take labels from a model; those it has not change nothing. Needs `models:update`. `CONFLICT` if "
        "the model is archived."
    )
    async def untag_model(
        self, info: Info, input: Annotated[inputs.UntagModelInput, _WHAT]
    ) -> UntagModelPayload | None:
        return await perform(info, UntagModelPayload, service.untag_model, input)
