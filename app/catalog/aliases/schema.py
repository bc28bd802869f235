"""The history of aliases, and the mutation that moves them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import strawberry

from app.catalog import reads as catalog_reads
from app.catalog.aliases import reads, service
from app.catalog.schema import Model, ModelAlias, ModelPayload, ModelVersion
from app.kit.connections import After, Before, Connection, First, Last, pages
from app.kit.context import Info
from app.kit.edges import edge, edge_with_arguments, extends, way
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION, perform
from app.kit.paging import PageRequest


@strawberry.type(description="An alias came to point to a version.")
class AliasMove:
    moved_at: datetime = strawberry.field(description="Since when it pointed there.")
    moved_by: str | None = strawberry.field(description="The name of who moved it; null if nobody knows any more.")

    version: ModelVersion | None = edge(
        catalog_reads.versions_by_id,
        key="model_version_id",
        description="The version it pointed to from then on. Null only on error.",
    )


@extends(ModelAlias)
class AliasHistory:
    @edge_with_arguments(key="id", description="Where it pointed, newest first; the first one is where it points now.")
    def moves(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[AliasMove]:
        return pages(info, reads.moves_by_alias, reads.move_counts_by_alias, PageRequest(first, after, last, before))


@extends(Model)
class ModelAliasAt:
    @edge_with_arguments(
        key="id",
        description="The version to which an alias pointed at an instant, such as `production` last Tuesday; null if "
        "there was no such alias yet.",
    )
    def alias_at(
        self,
        info: Info,  # noqa: ARG002
        name: Annotated[str, strawberry.argument(description="The name of the alias.")],
        at: Annotated[datetime, strawberry.argument(description="The instant; one to come is as now.")],
    ) -> ModelVersion | None:
        return way(reads.versions_pointed_to, name, at)


@strawberry.input(description="Lets an alias of a model point to one of its versions.")
class MoveModelAliasInput:
    model_id: strawberry.ID = strawberry.field(description="The model.")
    alias: str = strawberry.field(
        description="The alias, such as `production`; it is made if there is none. 1 to 100 lower-case letters, digits "
        "and `.-_`."
    )
    model_version_id: strawberry.ID = strawberry.field(description="A version of the model that is not RETIRED.")
    is_protected: bool | None = strawberry.field(
        default=None,
        description="Whether only those with `changes:approve` may move it or take this protection away; left out: as "
        "it is, and a new one is not protected.",
    )
    reason: str | None = strawberry.field(default=None, description="Why, for the record; at most 1,000 characters.")
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Move:
        """The move wanted."""
        return service.Move(
            model_id=key_of(self.model_id, "Model", argument="modelId"),
            alias=self.alias,
            version_id=key_of(self.model_version_id, "ModelVersion", argument="modelVersionId"),
            is_protected=self.is_protected,
            reason=self.reason,
            expected_revision=self.expected_revision,
        )


@strawberry.type(description="What came of `moveModelAlias`.")
class MoveModelAliasPayload(ModelPayload):
    pass


@strawberry.type
class AliasMutation:
    @strawberry.mutation(
        description="Let an alias point to another version of its model, or make one. Where it points already changes "
        "nothing. Needs `models:deploy`; a protected alias is moved, or loses its protection, only by those with "
        "`changes:approve`. `CONFLICT` if the model is archived."
    )
    async def move_model_alias(
        self, info: Info, input: Annotated[MoveModelAliasInput, strawberry.argument(description="What to do.")]
    ) -> MoveModelAliasPayload | None:
        return await perform(info, MoveModelAliasPayload, service.move_alias, input)
