"""Mutations of models, and the history of their lives."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.catalog import errors
from app.catalog import reads as catalog_reads
from app.catalog.registry import inputs, reads, service
from app.catalog.schema import Model, ModelPayload, ModelVersion
from app.catalog.vocabulary import ModelStatus
from app.kit.connections import After, Before, Connection, First, Last, pages
from app.kit.context import Info
from app.kit.edges import edge, edge_with_arguments, extends
from app.kit.mutations import UserError, failure_of, perform, shows_error
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

    existing_model: Model | None = edge(
        catalog_reads.models_by_id,
        key=lambda face: failure_of(face).existing,
        description="The model that has it; null if you may not see it.",
    )


@strawberry.type(description="A model or version went from one status to another.")
class LifecycleTransition:
    from_status: ModelStatus = strawberry.field(description="The status before.")
    to_status: ModelStatus = strawberry.field(description="The status from then on.")
    actor: str = strawberry.field(description="The name of who did it.")
    reason: str | None = strawberry.field(description="Why; null if nothing was said.")
    occurred_at: datetime = strawberry.field(description="When it happened.")


@extends(Model)
class ModelLife:
    @edge_with_arguments(key="id", description="How its status changed, newest first; not those of its versions.")
    def transitions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[LifecycleTransition]:
        request = PageRequest(first, after, last, before)
        return pages(info, reads.transitions_by, reads.transition_counts_by, request, reads.of_model)


@extends(ModelVersion)
class ModelVersionLife:
    @edge_with_arguments(key="id", description="How its status changed, newest first.")
    def transitions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[LifecycleTransition]:
        request = PageRequest(first, after, last, before)
        return pages(info, reads.transitions_by, reads.transition_counts_by, request, reads.of_version)


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
