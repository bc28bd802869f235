"""What is read of experiments."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import any_, bindparam, exists, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.types import Text

from app.catalog.service import VISIBLE as MODEL_VISIBLE
from app.catalog.service import scope
from app.catalog.tables import Model
from app.experiments.tables import Experiment, Variant
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter, pages, pages_by_parent
from app.kit.paging import KeysetShape, Order, Page, PageRequest, cursor_arguments, keyset, shape_of
from app.kit.reading import Reader


class ExperimentRow(Row):
    """An experiment."""

    node_type = "Experiment"


class VariantRow(Row):
    """A variant of an experiment."""


class CountRow(Row):
    """A number, perhaps of a parent."""


_HIDDEN = exists().where(Variant.experiment_id == Experiment.id, Model.id == Variant.model_id, ~MODEL_VISIBLE)
VISIBLE = ~_HIDDEN
"""Experiments all of whose models are visible; its argument is `catalog.scope(actor)`."""

SORTS: dict[str, Any] = {
    "NAME": func.lower(Experiment.name),
    "CREATED_AT": Experiment.created_at,
    "UPDATED_AT": Experiment.updated_at,
}
NEWEST = Order("CREATED_AT", descending=True)


def _experiments(has_statuses: bool = False) -> Selection:
    chosen = select(Experiment.__table__).where(VISIBLE)
    statuses = any_(bindparam("statuses", type_=ARRAY(Text)))
    return chosen.where(Experiment.status == statuses) if has_statuses else chosen


def _of_model(model: Any) -> Any:
    return exists().where(Variant.experiment_id == Experiment.id, Variant.model_id == model)


@statement
def _page(has_statuses: bool, shape: KeysetShape) -> Selection:
    return keyset(_experiments(has_statuses), SORTS[shape.order.key], Experiment.id, shape)


@statement
def _count(has_statuses: bool) -> Selection:
    return _experiments(has_statuses).with_only_columns(func.count().label("n"))


@statement
def _by_id() -> Selection:
    return _experiments().where(Experiment.id == any_(keys_parameter()))


@statement
def _pages_by_model(shape: KeysetShape) -> Selection:
    sort = SORTS[shape.order.key]
    return pages_by_parent(lambda model: _experiments().where(_of_model(model)), sort, Experiment.id, shape)


@statement
def _count_by_model() -> Selection:
    joined = select(Variant.model_id.label("parent_key"), func.count(Experiment.id.distinct()).label("n"))
    joined = joined.join(Experiment, Experiment.id == Variant.experiment_id)
    return joined.where(Variant.model_id == any_(keys_parameter()), VISIBLE).group_by(Variant.model_id)


@statement
def _variants() -> Selection:
    chosen = select(Variant.__table__).where(Variant.experiment_id == any_(keys_parameter()))
    return chosen.order_by(Variant.experiment_id, Variant.position)


async def page_of_experiments(
    read: Reader, actor: Actor, statuses: tuple[str, ...], order: Order, request: PageRequest
) -> Page[ExperimentRow]:
    """One page of the visible experiments; an empty tuple of statuses is no condition."""
    actor.require(Permission.EXPERIMENTS_READ)
    position = read.position(request, order)
    arguments = {**scope(actor), **({"statuses": list(statuses)} if statuses else {})}
    rows = await read.fetch(
        _page(bool(statuses), shape_of(request, order, position)),
        ExperimentRow,
        **arguments,
        **cursor_arguments(position, SORTS[order.key].type),
        limit=request.size + 1,
    )

    async def count() -> int:
        return (await read.fetch(_count(bool(statuses)), CountRow, **arguments))[0]["n"]

    return Page.of(rows, request, order, read.cursors, count)


async def experiments_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, ExperimentRow]:
    """Visible experiments by key."""
    actor.require(Permission.EXPERIMENTS_READ)
    rows = await read.fetch(_by_id(), ExperimentRow, keys=keys, **scope(actor))
    return {row["id"]: row for row in rows}


async def pages_by_model(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[ExperimentRow]]:
    """A page of the experiments each model takes part in, newest first."""
    actor.require(Permission.EXPERIMENTS_READ)
    position = read.position(request, NEWEST)
    rows = await read.fetch(
        _pages_by_model(shape_of(request, NEWEST, position)),
        ExperimentRow,
        keys=keys,
        **scope(actor),
        **cursor_arguments(position, SORTS[NEWEST.key].type),
        limit=request.size + 1,
    )
    return pages(read, rows, keys, NEWEST, request)


async def counts_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many visible experiments each model takes part in."""
    actor.require(Permission.EXPERIMENTS_READ)
    rows = await read.fetch(_count_by_model(), CountRow, keys=keys, **scope(actor))
    return dict.fromkeys(keys, 0) | {row["parent_key"]: row["n"] for row in rows}


async def variants_by_experiment(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[VariantRow]]:
    """The variants of each experiment, in their order."""
    actor.require(Permission.EXPERIMENTS_READ)
    return grouped(await read.fetch(_variants(), VariantRow, keys=keys), "experiment_id")
