"""What is read of the catalog: compiled statements, one per question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import String, Text, any_, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import TypeEngine

from app.catalog.pricing import PriceList, PriceRow, prices_in_force
from app.catalog.service import VISIBLE, scope
from app.catalog.tables import Model, ModelAlias, ModelVersion, Price, Provider
from app.kit.access import Actor, Permission
from app.kit.db import Database, Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.paging import KeysetShape, Order, Page, PageRequest, cursor_arguments, keyset, shape_of
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


class StoredPrice(Row):
    """A price as stored."""


class CountRow(Row):
    """One number."""


@dataclass(frozen=True, slots=True)
class ModelFilter:
    """Which models; an empty tuple is no condition."""

    providers: tuple[str, ...] = ()
    model_types: tuple[str, ...] = ()
    capabilities: tuple[str, ...] = ()
    statuses: tuple[str, ...] = ()

    def arguments(self) -> dict[str, Any]:
        """The values of the conditions that are there."""
        return {name: list(values) for name in self.shape() if (values := getattr(self, name))}

    def shape(self) -> tuple[str, ...]:
        """Which conditions are there."""
        return tuple(name for name in ModelFilter.__dataclass_fields__ if getattr(self, name))


_TEXTS = ARRAY(Text)

_CONDITIONS = {
    "providers": Provider.slug == any_(bindparam("providers", type_=_TEXTS)),
    "model_types": Model.model_type == any_(bindparam("model_types", type_=_TEXTS)),
    "capabilities": Model.capabilities.contains(bindparam("capabilities", type_=_TEXTS)),
    "statuses": Model.status == any_(bindparam("statuses", type_=_TEXTS)),
}

_SORTS: dict[str, Any] = {
    "NAME": func.lower(Model.name),
    "CREATED_AT": Model.created_at,
    "POPULARITY": Model.popularity,
}


def _models(shape: tuple[str, ...]) -> Selection:
    selected = select(Model.__table__).where(VISIBLE, *(_CONDITIONS[name] for name in shape))
    return selected.join(Provider, Provider.id == Model.provider_id) if "providers" in shape else selected


@statement
def _page(filter_shape: tuple[str, ...], shape: KeysetShape) -> Selection:
    return keyset(_models(filter_shape), _SORTS[shape.order.key], Model.id, shape)


@statement
def _count(filter_shape: tuple[str, ...]) -> Selection:
    return _models(filter_shape).with_only_columns(func.count().label("n"))


@statement
def _by_id() -> Selection:
    return _models(()).where(Model.id == any_(keys_parameter()))


@statement
def _by_slug() -> Selection:
    return _models(()).where(func.lower(Model.slug) == bindparam("slug", type_=String))


@statement
def _providers(by: str) -> Selection:
    chosen = select(Provider.__table__)
    return chosen.where(Provider.id == any_(keys_parameter())) if by else chosen.order_by(Provider.slug)


@statement
def _children(table: type[ModelVersion | ModelAlias]) -> Selection:
    label = table.label if table is ModelVersion else table.name  # type: ignore[union-attr]
    chosen = select(table.__table__).where(table.model_id == any_(keys_parameter()))
    return chosen.order_by(table.model_id, label)


@statement
def _versions_by_id() -> Selection:
    return select(ModelVersion.__table__).where(ModelVersion.id == any_(keys_parameter()))


@statement
def _prices() -> Selection:
    identity = (Price.model_id, Price.token_class, Price.conditions, Price.effective_from)
    return (
        select(Price.__table__)
        .where(Price.model_id == any_(keys_parameter()))
        .distinct(*identity)
        .order_by(*identity, Price.recorded_at.desc(), Price.id.desc())
    )


def sort_type(key: str) -> TypeEngine[Any]:
    """The SQL type of a sort key."""
    return _SORTS[key].type


async def page_of_models(
    read: Reader, actor: Actor, chosen: ModelFilter, order: Order, request: PageRequest
) -> Page[ModelRow]:
    """One page of the visible models that match."""
    actor.require(Permission.MODELS_READ)
    position = read.position(request, order)
    rows = await read.fetch(
        _page(chosen.shape(), shape_of(request, order, position)),
        ModelRow,
        **scope(actor),
        **chosen.arguments(),
        **cursor_arguments(position, sort_type(order.key)),
        limit=request.size + 1,
    )

    async def count() -> int:
        counted = await read.fetch(_count(chosen.shape()), CountRow, **scope(actor), **chosen.arguments())
        return counted[0]["n"]

    return Page.of(rows, request, order, read.cursors, count)


async def models_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, ModelRow]:
    """Visible models by key."""
    actor.require(Permission.MODELS_READ)
    rows = await read.fetch(_by_id(), ModelRow, keys=keys, **scope(actor))
    return {row["id"]: row for row in rows}


async def model_by_slug(read: Reader, actor: Actor, slug: str) -> ModelRow | None:
    """The visible model of that slug, whatever its case."""
    actor.require(Permission.MODELS_READ)
    rows = await read.fetch(_by_slug(), ModelRow, slug=slug.lower(), **scope(actor))
    return rows[0] if rows else None


async def providers(read: Reader, actor: Actor) -> list[ProviderRow]:
    """All providers, by slug."""
    actor.require(Permission.MODELS_READ)
    return await read.fetch(_providers(""), ProviderRow)


async def providers_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, ProviderRow]:
    """Providers by key."""
    actor.require(Permission.MODELS_READ)
    return {row["id"]: row for row in await read.fetch(_providers("id"), ProviderRow, keys=keys)}


async def versions_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, VersionRow]:
    """Versions by key."""
    actor.require(Permission.MODELS_READ)
    return {row["id"]: row for row in await read.fetch(_versions_by_id(), VersionRow, keys=keys)}


async def versions_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[VersionRow]]:
    """The versions of each model, by label."""
    actor.require(Permission.MODELS_READ)
    return grouped(await read.fetch(_children(ModelVersion), VersionRow, keys=keys), "model_id")


async def aliases_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[AliasRow]]:
    """The aliases of each model, by name."""
    actor.require(Permission.MODELS_READ)
    return grouped(await read.fetch(_children(ModelAlias), AliasRow, keys=keys), "model_id")


async def prices_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[PriceRow]]:
    """The prices of each model that are in force now."""
    actor.require(Permission.MODELS_READ)
    stored = grouped(await read.fetch(_prices(), StoredPrice, keys=keys), "model_id")
    return {key: in_force(prices, read.now()) for key, prices in stored.items()}


def in_force(stored: Sequence[StoredPrice], now: datetime) -> list[PriceRow]:
    """Those of a model's stored prices that hold now, by token class."""
    return prices_in_force(map(_price_row, stored), now)


async def price_lists(database: Database, model_ids: set[UUID]) -> dict[UUID, PriceList]:
    """What ingest prices by: a list for each model, an empty one where no price is known."""
    stored = grouped(await database.fetch(_prices(), StoredPrice, keys=list(model_ids)), "model_id")
    return {key: PriceList(map(_price_row, stored.get(key, []))) for key in model_ids}


def _price_row(stored: StoredPrice) -> PriceRow:
    return PriceRow(
        stored["token_class"],
        stored["usd_per_million"].normalize(),
        stored["effective_from"],
        stored["effective_to"],
        stored["conditions"],
    )
