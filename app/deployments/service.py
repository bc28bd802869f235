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
from app.deployments.events import DeploymentRecorded
from app.deployments.rules import READY, phase_of
from app.deployments.tables import Deployment
from app.deployments.vocabulary import ConditionStatus, Runtime
from app.kit.access import Actor, Permission
from app.kit.ids import new_id
from app.kit.journal import record

VISIBLE = exists().where(Model.id == Deployment.model_id, catalog.VISIBLE)
"""Deployments of visible models; its arguments are `catalog.scope(actor)`."""


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
    """The ids of deployments by (name, model, environment); those unknown so far are recorded, with an event each."""
    actor.require(Permission.TELEMETRY_WRITE)
    wanted = {(s.name, s.model_id, s.environment): s for s in sightings}
    if not wanted:
        return {}
    rows = [_row(sighting) for _, sighting in sorted(wanted.items())]
    added = await session.scalars(insert(Deployment).values(rows).on_conflict_do_nothing().returning(Deployment))
    for deployment in added:
        record(session, actor, _recorded(deployment))
    return await _ids(session, list(wanted))


async def _ids(session: AsyncSession, keys: list[tuple[str, UUID, str]]) -> dict[tuple[str, UUID, str], UUID]:
    columns = (Deployment.name, Deployment.model_id, Deployment.environment)
    found = await session.execute(select(*columns, Deployment.id).where(tuple_(*columns).in_(keys)))
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


def _recorded(deployment: Deployment) -> DeploymentRecorded:
    return DeploymentRecorded(
        resource_id=str(deployment.id),
        model_id=str(deployment.model_id),
        message=f"{deployment.name} appeared in {deployment.environment.lower()} through its usage",
    )
