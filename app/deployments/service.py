"""Acts on deployments, and the condition that scopes who sees them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import exists, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import service as catalog
from app.catalog.tables import Model
from app.deployments.errors import DeploymentNotFound
from app.deployments.events import DeploymentRecorded
from app.deployments.rules import READY, phase_of
from app.deployments.tables import Deployment
from app.deployments.vocabulary import ConditionStatus, Runtime
from app.kit.access import Actor, Permission
from app.kit.errors import RevisionConflict
from app.kit.ids import new_id
from app.kit.journal import record
from app.kit.scoping import of_teams, scope, tags

VISIBLE = exists().where(Model.id == Deployment.model_id, catalog.VISIBLE) & of_teams(Deployment.team_id)
"""Deployments of visible models that belong to the actor's teams or to none; its arguments are `scope(actor)`."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A deployment as usage names it."""

    name: str
    model_id: UUID
    environment: str
    team_id: UUID | None = None


async def record_deployments(
    session: AsyncSession, actor: Actor, sightings: Iterable[Sighting]
) -> dict[tuple[str, UUID, str], UUID]:
    """The ids of deployments by (name, model, environment); those unknown so far are recorded, with an event each.

    Usage of a name that is free again belongs to the deployment that had it last."""
    actor.require(Permission.TELEMETRY_WRITE)
    wanted = {(s.name, s.model_id, s.environment): s for s in sightings}
    known = await _ids(session, list(wanted))
    if known.keys() == wanted.keys():
        return known
    rows = [_row(sighting) for key, sighting in sorted(wanted.items()) if key not in known]
    new = insert(Deployment).values(rows).on_conflict_do_nothing().returning(Deployment)
    added = list(await session.scalars(new))
    levels = await _levels(session, {deployment.model_id for deployment in added})
    for deployment in added:
        record(session, actor, _recorded(deployment, levels[deployment.model_id]))
    return await _ids(session, list(wanted))


async def get_deployment(
    session: AsyncSession, actor: Actor, deployment_id: UUID, expected: int | None = None
) -> Deployment:
    """The visible deployment, locked until the transaction ends.

    Raises `DEPLOYMENT_NOT_FOUND`, and `CONFLICT` if something else is wanted of it by now."""
    chosen = select(Deployment).where(Deployment.id == deployment_id, VISIBLE).with_for_update(key_share=True)
    deployment = await session.scalar(chosen, scope(actor))
    if deployment is None:
        raise DeploymentNotFound
    if expected is not None and deployment.generation != expected:
        raise RevisionConflict(deployment.generation)
    return deployment


async def about(session: AsyncSession, deployment: Deployment) -> dict[str, Any]:
    """What every event of a deployment says, but for its message."""
    level = await session.scalar(select(Model.security_level).where(Model.id == deployment.model_id))
    named = {"resource_id": str(deployment.id), "model_id": str(deployment.model_id)}
    return {**named, "environment": deployment.environment, "scope_tags": tags(level, deployment.team_id)}


async def _levels(session: AsyncSession, models: set[UUID]) -> dict[UUID, str]:
    found = await session.execute(select(Model.id, Model.security_level).where(Model.id.in_(models)))
    return {key: level for key, level in found}  # noqa: C416 - rows are no pairs to the checker


async def _ids(session: AsyncSession, keys: list[tuple[str, UUID, str]]) -> dict[tuple[str, UUID, str], UUID]:
    columns = (Deployment.name, Deployment.model_id, Deployment.environment)
    named = select(*columns, Deployment.id).where(tuple_(*columns).in_(keys))
    found = await session.execute(named.order_by(Deployment.deleted_at.asc().nulls_last()))
    return {(name, model, environment): key for name, model, environment, key in found}


def _row(sighting: Sighting) -> dict[str, Any]:
    conditions = [usage_reported(datetime.now(UTC))]
    return {
        "id": new_id(),
        "name": sighting.name,
        "model_id": sighting.model_id,
        "environment": sighting.environment,
        "team_id": sighting.team_id,
        "runtime": Runtime.RECORDED,
        "conditions": conditions,
        "phase": phase_of(conditions),
    }


def usage_reported(now: datetime) -> dict[str, Any]:
    """The condition of a deployment that is known from usage only."""
    return {
        "type": READY,
        "status": ConditionStatus.TRUE.value,
        "reason": "UsageReported",
        "message": "Known from the usage it reports; Model Hub does not control it.",
        "lastTransitionAt": now.isoformat(),
    }


def _recorded(deployment: Deployment, level: str) -> DeploymentRecorded:
    return DeploymentRecorded(
        resource_id=str(deployment.id),
        model_id=str(deployment.model_id),
        environment=deployment.environment,
        message=f"{deployment.name} appeared in {deployment.environment.lower()} through its usage",
        scope_tags=tags(level, deployment.team_id),
    )
