"""The faces of revisions."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.catalog import reads as catalog_reads
from app.catalog.schema import ModelVersion
from app.deployments.revisions import reads
from app.deployments.schema import Deployment, DeploymentConfig, configuration_of
from app.deployments.vocabulary import Cause
from app.kit.connections import After, Before, Connection, First, Last, pages
from app.kit.context import Info
from app.kit.edges import edge, edge_with_arguments, extends
from app.kit.enums import graphql_enum
from app.kit.nodes import Rows, row_of
from app.kit.paging import PageRequest

graphql_enum(
    Cause,
    "Why there is a revision. New values may be added.",
    CREATED="The deployment was created.",
    UPDATED="Its configuration or version was changed.",
    SCALED="The number of replicas was changed.",
    PAUSED="It was paused.",
    RESUMED="It was resumed.",
    ROLLED_BACK="It went back to an older revision.",
)


@strawberry.type(description="What was wanted of a deployment from one change to the next; it never changes.")
class DeploymentRevision(Rows):
    row = reads.RevisionRow

    number: int = strawberry.field(description="From 1 on; what `rollbackDeployment` takes.")
    cause: Cause = strawberry.field(description="Why there is one.")
    restored: int | None = strawberry.field(
        description="The number of the revision that a roll-back went to; else null."
    )
    is_current: bool = strawberry.field(description="Whether this is what is wanted now.")
    actor: str = strawberry.field(description="The name of who wanted it.")
    reason: str | None = strawberry.field(description="Why; null if nothing was said.")
    created_at: datetime = strawberry.field(description="Since when it was wanted.")

    version: ModelVersion | None = edge(
        catalog_reads.versions_by_id, key="model_version_id", description="The version; null if none was fixed."
    )

    @strawberry.field(description="The configuration that was wanted.")
    def configuration(self) -> DeploymentConfig | None:
        return configuration_of(row_of(self)["spec"])

    @strawberry.field(description="Whether nothing of it was to run.")
    def is_paused(self) -> bool:
        return bool(row_of(self)["spec"].get("paused"))


@extends(Deployment)
class DeploymentRevisions:
    @edge_with_arguments(key="id", description="What was wanted of it, newest first; none where only usage is known.")
    def revisions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[DeploymentRevision]:
        return pages(info, reads.revisions_by, reads.revision_counts_by, PageRequest(first, after, last, before))
