"""What is read of experiments."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Text, any_, bindparam, exists, func, select

from app.experiments.service import VISIBLE
from app.experiments.tables import Experiment, Variant
from app.identity.tables import Team
from app.kit.access import Actor, Permission
from app.kit.db import Database, Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter, texts_parameter
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader
from app.kit.scoping import scope


class ExperimentRow(Row):
    """An experiment."""

    node_type = "Experiment"


class VariantRow(Row):
    """A variant of an experiment."""


@dataclass(frozen=True, slots=True)
class Arm:
    """A variant of an experiment that was started, and when it ran; `ended_at` None: it runs."""

    id: UUID
    started_at: datetime
    ended_at: datetime | None

    def ran_at(self, at: datetime) -> bool:
        """Whether the experiment ran at that instant."""
        return self.started_at <= at and (self.ended_at is None or at < self.ended_at)


Comparison = tuple[str, str, Any]
"""A field, an operator as `kit.filters` names them, and the value as the statement takes it."""


@dataclass(frozen=True, slots=True)
class ExperimentFilter:
    """Which experiments: the archived or the others, and among them those for which every comparison holds."""

    is_archived: bool = False
    comparisons: tuple[Comparison, ...] = ()

    def shape(self) -> Shape:
        """What about the filter changes the SQL."""
        return (self.is_archived, *((field, operator) for field, operator, _ in self.comparisons))

    def arguments(self) -> dict[str, Any]:
        """The values of the comparisons."""
        return {_parameter(field, operator): value for field, operator, value in self.comparisons}


def _parameter(field: str, operator: str) -> str:
    return f"{field}_{operator.lower()}"


def _compared(column: Any, field: str, operator: str) -> ColumnElement[bool]:
    name = _parameter(field, operator)
    if operator in {"CONTAINS", "STARTS_WITH"}:
        return column.ilike(bindparam(name, type_=Text))
    if operator in {"GTE", "LT"}:
        bound = bindparam(name, type_=DateTime(timezone=True))
        return column >= bound if operator == "GTE" else column < bound
    return column == any_(keys_parameter(name) if field == "model" else texts_parameter(name))


_COLUMNS = {"status": Experiment.status, "owner": Experiment.owner, "created_at": Experiment.created_at}


def _condition(field: str, operator: str) -> ColumnElement[bool]:
    if field == "team":
        return exists().where(Team.id == Experiment.team_id, _compared(Team.slug, field, operator))
    if field == "model":
        return exists().where(Variant.experiment_id == Experiment.id, _compared(Variant.model_id, field, operator))
    return _compared(_COLUMNS[field], field, operator)


def _experiments(shape: Shape) -> Selection:
    chosen = select(Experiment.__table__).where(VISIBLE)
    if not shape:
        return chosen
    is_archived, *compared = shape
    archived = Experiment.archived_at.is_not(None) if is_archived else Experiment.archived_at.is_(None)
    return chosen.where(archived, *(_condition(field, operator) for field, operator in compared))


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
    return arm.correlate_except(Variant).exists() & Experiment.archived_at.is_(None)


@statement
def _variants() -> Selection:
    chosen = select(Variant.__table__).where(Variant.experiment_id == any_(keys_parameter()))
    return chosen.order_by(Variant.experiment_id, Variant.position)


async def page_of_experiments(
    read: Reader, actor: Actor, chosen: ExperimentFilter, order: Order, request: PageRequest
) -> Page[ExperimentRow]:
    """One page of the visible experiments that match."""
    actor.require(Permission.EXPERIMENTS_READ)
    return await EXPERIMENTS.page(read, order, request, chosen.shape(), {**scope(actor), **chosen.arguments()})


async def experiments_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, ExperimentRow]:
    """Visible experiments by key."""
    actor.require(Permission.EXPERIMENTS_READ)
    return await EXPERIMENTS.by_id(read, keys, scope(actor))


async def pages_by_model(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[ExperimentRow]]:
    """A page of the experiments each model takes part in, newest first, without the archived."""
    actor.require(Permission.EXPERIMENTS_READ)
    return await EXPERIMENTS.pages_by(_of_model, read, keys, NEWEST, request, scope(actor))


async def counts_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many visible experiments each model takes part in, the archived not counted."""
    actor.require(Permission.EXPERIMENTS_READ)
    return await EXPERIMENTS.counts_by(_of_model, read, keys, scope(actor))


async def variants_by_experiment(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[VariantRow]]:
    """The variants of each experiment, in their order."""
    actor.require(Permission.EXPERIMENTS_READ)
    return grouped(await read.fetch(_variants(), VariantRow, keys=keys), "experiment_id")


async def arms(database: Database, experiments: Sequence[UUID]) -> dict[tuple[UUID | None, str | None], Arm]:
    """The variants of those experiments that were started, by experiment and name, for whoever counts what they do."""
    async with database.driver() as connection:
        found = await connection.fetch(_ARMS, experiments)
    return {(row["experiment_id"], row["name"]): Arm(row["id"], row["started_at"], row["ended_at"]) for row in found}


_ARMS = """
select v.id, v.experiment_id, v.name, e.started_at, e.ended_at
from experiment_variant v join experiment e on e.id = v.experiment_id
where e.id = any($1::uuid[]) and e.started_at is not null
"""
