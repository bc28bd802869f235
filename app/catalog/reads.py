"""What is read of the catalog: compiled statements, one per question."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, String, any_, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.catalog.service import VISIBLE, scope
from app.catalog.tables import Model, ModelAlias, ModelVersion, Provider
from app.catalog.vocabulary import ModelStatus
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.listing import Listing, Shape
from app.kit.reading import Reader


class ModelRow(Row):
    """A registered model."""

    node_type = "Model"


class ProviderRow(Row):
    """A provider."""

    node_type = "Provider"


class VersionRow(Row):
    """A version of a model."""

    node_type = "ModelVersion"


class AliasRow(Row):
    """A movable name of a version."""


def _models(_: Shape = ()) -> Selection:
    return select(Model.__table__).where(VISIBLE)


MODELS = Listing(row=ModelRow, id=Model.id, select=_models, sorts={})


@statement
def _by_slug() -> Selection:
    return _models().where(func.lower(Model.slug) == bindparam("slug", type_=String))


def _has_any() -> ColumnElement[bool]:
    return exists().where(Model.provider_id == Provider.id)


def _has_visible() -> ColumnElement[bool]:
    return exists().where(Model.provider_id == Provider.id, VISIBLE)


@statement
def _providers(by: str) -> Selection:
    chosen = select(Provider.__table__).where(_has_visible() | ~_has_any())
    return chosen.where(Provider.id == any_(keys_parameter())) if by else chosen.order_by(Provider.slug)


@statement
def _children(table: type[ModelVersion | ModelAlias]) -> Selection:
    label = table.label if table is ModelVersion else table.name  # type: ignore[union-attr]
    chosen = select(table.__table__).where(table.model_id == any_(keys_parameter()))
    return chosen.order_by(table.model_id, label)


@statement
def _current_versions() -> Selection:
    production = (ModelAlias.model_version_id == ModelVersion.id) & (ModelAlias.name == "production")
    usable = ModelVersion.status == ModelStatus.ACTIVE
    return (
        select(ModelVersion.__table__)
        .join(ModelAlias, production, isouter=True)
        .where(ModelVersion.model_id == any_(keys_parameter()), ModelAlias.id.is_not(None) | usable)
        .ext(distinct_on(ModelVersion.model_id))
        .order_by(ModelVersion.model_id, ModelAlias.id.is_(None), ModelVersion.activated_at.desc().nulls_last())
    )


@statement
def _versions_by_id() -> Selection:
    visible = select(ModelVersion.__table__).join(Model, Model.id == ModelVersion.model_id).where(VISIBLE)
    return visible.where(ModelVersion.id == any_(keys_parameter()))


async def models_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, ModelRow]:
    """Visible models by key."""
    actor.require(Permission.MODELS_READ)
    return await MODELS.by_id(read, keys, scope(actor))


async def model_by_slug(read: Reader, actor: Actor, slug: str) -> ModelRow | None:
    """The visible model of that slug, whatever its case."""
    actor.require(Permission.MODELS_READ)
    rows = await read.fetch(_by_slug(), ModelRow, slug=slug.lower(), **scope(actor))
    return rows[0] if rows else None


async def providers(read: Reader, actor: Actor) -> list[ProviderRow]:
    """Providers by slug, but for those all of whose models are hidden."""
    actor.require(Permission.MODELS_READ)
    return await read.fetch(_providers(""), ProviderRow, **scope(actor))


async def providers_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, ProviderRow]:
    """Providers by key, but for those all of whose models are hidden."""
    actor.require(Permission.MODELS_READ)
    found = await read.fetch(_providers("id"), ProviderRow, keys=keys, **scope(actor))
    return {row["id"]: row for row in found}


async def versions_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, VersionRow]:
    """Versions of visible models, by key."""
    actor.require(Permission.MODELS_READ)
    rows = await read.fetch(_versions_by_id(), VersionRow, keys=keys, **scope(actor))
    return {row["id"]: row for row in rows}


async def current_versions(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, VersionRow]:
    """The version each model's alias `production` points to, else its newest active one."""
    actor.require(Permission.MODELS_READ)
    return {row["model_id"]: row for row in await read.fetch(_current_versions(), VersionRow, keys=keys)}


async def versions_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[VersionRow]]:
    """The versions of each model, by label."""
    actor.require(Permission.MODELS_READ)
    return grouped(await read.fetch(_children(ModelVersion), VersionRow, keys=keys), "model_id")


async def aliases_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[AliasRow]]:
    """The aliases of each model, by name."""
    actor.require(Permission.MODELS_READ)
    return grouped(await read.fetch(_children(ModelAlias), AliasRow, keys=keys), "model_id")
