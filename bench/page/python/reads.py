"""What the product's way of reading makes of the bench's questions: compiled statements, rows, batches by key."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Integer, String, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, Statement, statement
from app.kit.grouping import grouped
from app.kit.reading import Reader
from bench.page.python import tables


class ModelRow(Row):
    """A model."""


class DeploymentRow(Row):
    """A deployment."""


class MetricsRow(Row):
    """What is measured of a model."""


class SampleRow(Row):
    """A sample."""


class ChangeRow(Row):
    """A change."""


class TeamRow(Row):
    """A team."""


class PersonRow(Row):
    """A person."""


@statement
def _first(table: type[tables.Base]) -> Selection:
    return select(table.__table__).order_by(table.__table__.c.id).limit(bindparam("first", type_=Integer))


@statement
def _model_by_slug() -> Selection:
    return select(tables.Model.__table__).where(tables.Model.slug == bindparam("slug", type_=String))


@statement
def _changes() -> Selection:
    changes = tables.Change.__table__
    actor: ColumnElement[int] = func.coalesce(changes.c.team_id, changes.c.person_id).label("actor_id")
    return select(changes, actor).order_by(changes.c.id).limit(bindparam("first", type_=Integer))


@statement
def _by_key(table: type[tables.Base], key: str, order: tuple[str, ...] = ()) -> Selection:
    columns = table.__table__.c
    chosen = select(table.__table__).where(columns[key] == any_(bindparam("keys", type_=ARRAY(Integer))))
    return chosen.order_by(*(columns[name] for name in order))


async def models(read: Reader, actor: Actor, first: int) -> list[ModelRow]:
    """The first models."""
    actor.require(Permission.MODELS_READ)
    return await read.fetch(_first(tables.Model), ModelRow, first=first)


async def model_by_slug(read: Reader, actor: Actor, slug: str) -> ModelRow | None:
    """The model of that slug."""
    actor.require(Permission.MODELS_READ)
    rows = await read.fetch(_model_by_slug(), ModelRow, slug=slug)
    return rows[0] if rows else None


async def samples(read: Reader, actor: Actor, first: int) -> list[SampleRow]:
    """The first samples."""
    actor.require(Permission.MODELS_READ)
    return await read.fetch(_first(tables.Sample), SampleRow, first=first)


async def changes(read: Reader, actor: Actor, first: int) -> list[ChangeRow]:
    """The first changes."""
    actor.require(Permission.MODELS_READ)
    return await read.fetch(_changes(), ChangeRow, first=first)


async def deployments_by_model(read: Reader, actor: Actor, keys: Sequence[int]) -> dict[Any, list[DeploymentRow]]:
    """The deployments of models."""
    actor.require(Permission.DEPLOYMENTS_READ)
    sql: Statement = _by_key(tables.Deployment, "model_id", ("model_id", "id"))
    return grouped(await read.fetch(sql, DeploymentRow, keys=keys), "model_id")


async def metrics_by_model(read: Reader, actor: Actor, keys: Sequence[int]) -> dict[int, MetricsRow]:
    """What is measured of models."""
    actor.require(Permission.ANALYTICS_READ)
    rows = await read.fetch(_by_key(tables.Metrics, "model_id"), MetricsRow, keys=keys)
    return {row["model_id"]: row for row in rows}


async def actors_by_id(read: Reader, actor: Actor, keys: Sequence[int]) -> dict[int, TeamRow | PersonRow]:
    """Teams and people, whose ids differ."""
    actor.require(Permission.MODELS_READ)
    teams, people = await asyncio.gather(
        read.fetch(_by_key(tables.Team, "id"), TeamRow, keys=keys),
        read.fetch(_by_key(tables.Person, "id"), PersonRow, keys=keys),
    )
    return {row["id"]: row for row in (*teams, *people)}
