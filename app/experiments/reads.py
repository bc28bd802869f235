"""What is read of experiments."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Text, any_, exists, func, select

from app.catalog.service import VISIBLE as MODEL_VISIBLE
from app.catalog.service import scope
from app.catalog.tables import Model
from app.experiments.tables import Experiment, Variant
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter, texts_parameter
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader


class ExperimentRow(Row):
    """An experiment."""

    node_type = "Experiment"


class VariantRow(Row):
    """A variant of an experiment."""


_HIDDEN = exists().where(Variant.experiment_id == Experiment.id, Model.id == Variant.model_id, ~MODEL_VISIBLE)
VISIBLE = ~_HIDDEN
"""Experiments all of whose models are visible; its argument is `catalog.scope(actor)`."""


def _experiments(shape: Shape) -> Selection:
    chosen = select(Experiment.__table__).where(VISIBLE)
    return chosen.where(Experiment.status == any_(texts_parameter("statuses"))) if shape else chosen


EXPERIMENTS = Listing(
    row=ExperimentRow,
    id=Experiment.id,
    select=_experiments,
    sorts={
        "NAME": func.lower(Experiment.name, type_=Text()),
        "CREATED_AT": Experiment.created_at,
        "UPDATED_AT": Experiment.updated_at,
    },
)
NEWEST = Order("CREATED_AT", descending=True)


def _of_model(model: ColumnElement[UUID]) -> ColumnElement[bool]:
    arm = select(Variant.id).where(Variant.experiment_id == Experiment.id, Variant.model_id == model)
    return arm.correlate_except(Variant).exists()


@statement
def _variants() -> Selection:
    chosen = select(Variant.__table__).where(Variant.experiment_id == any_(keys_parameter()))
    return chosen.order_by(Variant.experiment_id, Variant.position)


async def page_of_experiments(
    read: Reader, actor: Actor, statuses: tuple[str, ...], order: Order, request: PageRequest
) -> Page[ExperimentRow]:
    """One page of the visible experiments; an empty tuple of statuses is no condition."""
    actor.require(Permission.EXPERIMENTS_READ)
    chosen = {"statuses": list(statuses)} if statuses else {}
    return await EXPERIMENTS.page(read, order, request, tuple(chosen), {**scope(actor), **chosen})


async def experiments_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, ExperimentRow]:
    """Visible experiments by key."""
    actor.require(Permission.EXPERIMENTS_READ)
    return await EXPERIMENTS.by_id(read, keys, scope(actor))


async def pages_by_model(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[ExperimentRow]]:
    """A page of the experiments each model takes part in, newest first."""
    actor.require(Permission.EXPERIMENTS_READ)
    return await EXPERIMENTS.pages_by(_of_model, read, keys, NEWEST, request, scope(actor))


async def counts_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many visible experiments each model takes part in."""
    actor.require(Permission.EXPERIMENTS_READ)
    return await EXPERIMENTS.counts_by(_of_model, read, keys, scope(actor))


async def variants_by_experiment(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[VariantRow]]:
    """The variants of each experiment, in their order."""
    actor.require(Permission.EXPERIMENTS_READ)
    return grouped(await read.fetch(_variants(), VariantRow, keys=keys), "experiment_id")
