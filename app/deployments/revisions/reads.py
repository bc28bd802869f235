"""What was wanted of deployments, revision by revision."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, select

from app.deployments.service import VISIBLE
from app.deployments.tables import Deployment, DeploymentRevision
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader
from app.kit.scoping import scope


class RevisionRow(Row):
    """A revision, and whether it is what is wanted now."""


def _revisions(_: Shape) -> Selection:
    is_current = (DeploymentRevision.number == Deployment.generation).label("is_current")
    of = Deployment.id == DeploymentRevision.deployment_id
    return select(DeploymentRevision.__table__, is_current).join(Deployment, of).where(VISIBLE)


_REVISIONS = Listing(
    row=RevisionRow,
    id=DeploymentRevision.id,
    select=_revisions,
    sorts={"NUMBER": DeploymentRevision.number},
)
_NEWEST = Order("NUMBER", descending=True)


def _of_deployment(deployment: ColumnElement[UUID]) -> ColumnElement[bool]:
    return DeploymentRevision.deployment_id == deployment


async def revisions_by(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[RevisionRow]]:
    """A page of the revisions of each visible deployment, newest first."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return await _REVISIONS.pages_by(_of_deployment, read, keys, _NEWEST, request, scope(actor))


async def revision_counts_by(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many revisions each visible deployment has."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return await _REVISIONS.counts_by(_of_deployment, read, keys, scope(actor))
