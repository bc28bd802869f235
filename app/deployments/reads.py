"""What is read of deployments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from sqlalchemy import Text, Uuid, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.catalog.service import scope
from app.deployments.service import VISIBLE
from app.deployments.tables import Deployment
from app.identity.tables import Team
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import keys_parameter, pages, pages_by_parent
from app.kit.paging import KeysetShape, Order, Page, PageRequest, cursor_arguments, keyset, shape_of
from app.kit.reading import Reader


class DeploymentRow(Row):
    """A deployment."""

    node_type = "Deployment"


class CountRow(Row):
    """A number, perhaps of a parent."""


@dataclass(frozen=True, slots=True)
class DeploymentFilter:
    """Which deployments; an empty tuple is no condition."""

    models: tuple[UUID, ...] = ()
    environments: tuple[str, ...] = ()
    phases: tuple[str, ...] = ()
    teams: tuple[str, ...] = ()

    def shape(self) -> tuple[str, ...]:
        """Which conditions are there."""
        return tuple(field.name for field in fields(self) if getattr(self, field.name))

    def arguments(self) -> dict[str, Any]:
        """The values of the conditions that are there."""
        return {name: list(getattr(self, name)) for name in self.shape()}


def _texts(name: str) -> Any:
    return any_(bindparam(name, type_=ARRAY(Text)))


_CONDITIONS = {
    "models": Deployment.model_id == any_(bindparam("models", type_=ARRAY(Uuid))),
    "environments": Deployment.environment == _texts("environments"),
    "phases": Deployment.phase == _texts("phases"),
    "teams": Deployment.team_id.in_(select(Team.id).where(Team.slug == _texts("teams"))),
}

SORTS: dict[str, Any] = {
    "NAME": func.lower(Deployment.name),
    "CREATED_AT": Deployment.created_at,
    "UPDATED_AT": Deployment.updated_at,
}

NEWEST = Order("CREATED_AT", descending=True)


def _deployments(shape: tuple[str, ...] = ()) -> Selection:
    return select(Deployment.__table__).where(VISIBLE, *(_CONDITIONS[name] for name in shape))


@statement
def _page(filter_shape: tuple[str, ...], shape: KeysetShape) -> Selection:
    return keyset(_deployments(filter_shape), SORTS[shape.order.key], Deployment.id, shape)


@statement
def _count(filter_shape: tuple[str, ...]) -> Selection:
    return _deployments(filter_shape).with_only_columns(func.count().label("n"))


@statement
def _by_id() -> Selection:
    return _deployments().where(Deployment.id == any_(keys_parameter()))


@statement
def _pages_by_model(shape: KeysetShape) -> Selection:
    sort = SORTS[shape.order.key]
    return pages_by_parent(lambda model: _deployments().where(Deployment.model_id == model), sort, Deployment.id, shape)


@statement
def _count_by_model() -> Selection:
    counted = _deployments().where(Deployment.model_id == any_(keys_parameter())).group_by(Deployment.model_id)
    return counted.with_only_columns(Deployment.model_id.label("parent_key"), func.count().label("n"))


async def page_of_deployments(
    read: Reader, actor: Actor, chosen: DeploymentFilter, order: Order, request: PageRequest
) -> Page[DeploymentRow]:
    """One page of the visible deployments that match."""
    actor.require(Permission.DEPLOYMENTS_READ)
    position = read.position(request, order)
    arguments = {**scope(actor), **chosen.arguments()}
    rows = await read.fetch(
        _page(chosen.shape(), shape_of(request, order, position)),
        DeploymentRow,
        **arguments,
        **cursor_arguments(position, SORTS[order.key].type),
        limit=request.size + 1,
    )

    async def count() -> int:
        return (await read.fetch(_count(chosen.shape()), CountRow, **arguments))[0]["n"]

    return Page.of(rows, request, order, read.cursors, count)


async def deployments_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, DeploymentRow]:
    """Visible deployments by key."""
    actor.require(Permission.DEPLOYMENTS_READ)
    rows = await read.fetch(_by_id(), DeploymentRow, keys=keys, **scope(actor))
    return {row["id"]: row for row in rows}


async def pages_by_model(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[DeploymentRow]]:
    """A page of each model's deployments, newest first."""
    actor.require(Permission.DEPLOYMENTS_READ)
    position = read.position(request, NEWEST)
    rows = await read.fetch(
        _pages_by_model(shape_of(request, NEWEST, position)),
        DeploymentRow,
        keys=keys,
        **scope(actor),
        **cursor_arguments(position, SORTS[NEWEST.key].type),
        limit=request.size + 1,
    )
    return pages(read, rows, keys, NEWEST, request)


async def counts_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many visible deployments each model has."""
    actor.require(Permission.DEPLOYMENTS_READ)
    rows = await read.fetch(_count_by_model(), CountRow, keys=keys, **scope(actor))
    return dict.fromkeys(keys, 0) | {row["parent_key"]: row["n"] for row in rows}
