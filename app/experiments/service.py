"""Which experiments an actor may see, and how one is taken for a change."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.service import VISIBLE as MODEL_VISIBLE
from app.catalog.service import scope
from app.catalog.tables import Model
from app.experiments.errors import ExperimentNotFound
from app.experiments.tables import Experiment, Variant
from app.kit.access import Actor
from app.kit.errors import RevisionConflict

_HIDDEN = exists().where(Variant.experiment_id == Experiment.id, Model.id == Variant.model_id, ~MODEL_VISIBLE)
VISIBLE = ~_HIDDEN
"""Experiments all of whose models are visible; its argument is `catalog.scope(actor)`."""


async def get_experiment(
    session: AsyncSession, actor: Actor, experiment_id: UUID, expected: int | None = None
) -> Experiment:
    """The visible experiment, locked until the transaction ends.

    Raises `EXPERIMENT_NOT_FOUND`, and `CONFLICT` if it moved on."""
    chosen = select(Experiment).where(Experiment.id == experiment_id, VISIBLE).with_for_update()
    experiment = await session.scalar(chosen, scope(actor))
    if experiment is None:
        raise ExperimentNotFound
    if expected is not None and experiment.revision != expected:
        raise RevisionConflict(experiment.revision)
    return experiment


def touch(experiment: Experiment) -> None:
    """Count a change."""
    experiment.revision += 1
    experiment.updated_at = func.now()  # type: ignore[assignment] - an expression of the same type
