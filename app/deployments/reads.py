"""What is read of deployments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, func, select

from app.deployments.service import VISIBLE
from app.deployments.tables import Deployment
from app.identity.tables import Team
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection
from app.kit.grouping import keys_parameter, texts_parameter
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader
from app.kit.scoping import scope


class DeploymentRow(Row):
    """A deployment."""

    node_type = "Deployment"


@dataclass(frozen=True, slots=True)
class DeploymentFilter:
    """Which deployments; an empty tuple is no condition."""

    models: tuple[UUID, ...] = ()
    environments: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()
    team_patterns: tuple[str, ...] = ()

    def shape(self) -> tuple[str, ...]:
        """Which conditions are there."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name))

    def arguments(self) -> dict[str, Any]:
        """The values of the conditions that are there."""
        return {name: list(getattr(self, name)) for name in self.shape()}


_CONDITIONS = {
    "models": Deployment.model_id == any_(keys_parameter("models")),
    "environments": Deployment.environment == any_(texts_parameter("environments")),
    "phases": Deployment.phase == any_(texts_parameter("phases")),
    "teams": Deployment.team_id.in_(select(Team.id).where(Team.slug == any_(texts_parameter("teams")))),
    "team_patterns": Deployment.team_id.in_(
        select(Team.id).where(Team.slug.ilike(any_(texts_parameter("team_patterns"))))
    ),
}


def _deployments(shape: Shape) -> Selection:
    return select(Deployment.__table__).where(VISIBLE, *(_CONDITIONS[name] for name in shape))


def _living(shape: Shape) -> Selection:
    return _deployments(shape).where(Deployment.deleted_at.is_(None))


KNOWN = Listing(row=DeploymentRow, id=Deployment.id, select=_deployments, sorts={})
"""Deleted ones too, as usage speaks of them."""
DEPLOYMENTS = Listing(
    row=DeploymentRow,
    id=Deployment.id,
    select=_living,
    sorts={
        "NAME": func.lower(Deployment.name, type_=Text()),
        "CREATED_AT": Deployment.created_at,
        "UPDATED_AT": Deployment.updated_at,
    },
)
NEWEST = Order("CREATED_AT", descending=True)


def _of_model(model: ColumnElement[UUID]) -> ColumnElement[bool]:
    return Deployment.model_id == model


async def page_of_deployments(
    read: Reader, actor: Actor, chosen: DeploymentFilter, order: Order, request: PageRequest
) -> Page[DeploymentRow]:
    """One page of the visible deployments that match."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return await DEPLOYMENTS.page(read, order, request, chosen.shape(), {**scope(actor), **chosen.arguments()})


async def deployments_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, DeploymentRow]:
    """Visible deployments by key, deleted ones too."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return await KNOWN.by_id(read, keys, scope(actor))


async def pages_by_model(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[DeploymentRow]]:
    """A page of each model's deployments, newest first."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return await DEPLOYMENTS.pages_by(_of_model, read, keys, NEWEST, request, scope(actor))


async def counts_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many visible deployments each model has."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return await DEPLOYMENTS.counts_by(_of_model, read, keys, scope(actor))
