"""Which experiments an actor may see, and how one is taken for a change."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import exists, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.service import VISIBLE as MODEL_VISIBLE
from app.catalog.tables import Model
from app.experiments.errors import ExperimentNotFound
from app.experiments.tables import Experiment, Variant
from app.kit.access import Actor, Clearance
from app.kit.errors import RevisionConflict
from app.kit.scoping import of_teams, scope, tags

_HIDDEN = exists().where(Variant.experiment_id == Experiment.id, Model.id == Variant.model_id, ~MODEL_VISIBLE)
VISIBLE = ~_HIDDEN & of_teams(Experiment.team_id)
"""Experiments of the actor's teams or of none, all of whose models are visible; its arguments are `scope(actor)`."""


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


async def heard_by(session: AsyncSession, experiment: Experiment) -> tuple[str, ...]:
    """The scope of its events: its team, and the highest level of its models."""
    own = select(Variant.model_id).where(Variant.experiment_id == experiment.id)
    levels = set(await session.scalars(select(Model.security_level).where(Model.id.in_(own))))
    return tags(max(levels, key=list(Clearance).index, default=None), experiment.team_id)  # type: ignore[arg-type]


async def about(session: AsyncSession, experiment: Experiment) -> dict[str, Any]:
    """What every event of an experiment says."""
    heard = await heard_by(session, experiment)
    named = {"resource_id": str(experiment.id), "name": experiment.name}
    return {**named, "revision": experiment.revision or 1, "scope_tags": heard}


def touch(experiment: Experiment) -> None:
    """Count a change."""
    experiment.revision += 1
    experiment.updated_at = func.now()  # type: ignore[assignment] - an expression of the same type
