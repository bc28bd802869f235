"""What is deployed stays in service: a model or version is not retired while Model Hub runs it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.registry import service as registry
from app.catalog.registry.commands import Transition
from app.catalog.versions import service as versions
from app.catalog.vocabulary import ModelStatus
from app.deployments.errors import StillDeployed
from app.deployments.service import VISIBLE
from app.deployments.tables import Deployment
from app.deployments.vocabulary import Runtime
from app.kit.access import Actor
from app.kit.scoping import scope

SHOWN = 5
"""How many deployments are named that stand in the way."""

_LIVES = and_(Deployment.deleted_at.is_(None), Deployment.runtime != Runtime.RECORDED)


async def transition_model(session: AsyncSession, actor: Actor, wanted: Transition) -> UUID:
    """Take a model to another status. Raises `CONFLICT` with what is allowed, or if it is to retire from service."""
    key = await registry.transition_model(session, actor, wanted)
    if wanted.to is ModelStatus.RETIRED:
        await _require_none(session, actor, Deployment.model_id == key)
    return key


async def transition_version(session: AsyncSession, actor: Actor, wanted: versions.Transition) -> UUID:
    """Take a version to another status. Raises `CONFLICT` as for models, or if an alias points to it."""
    key = await versions.transition_version(session, actor, wanted)
    if wanted.to is ModelStatus.RETIRED:
        await _require_none(session, actor, Deployment.model_version_id == key)
    return key


async def _require_none(session: AsyncSession, actor: Actor, of: ColumnElement[bool]) -> None:
    """The lock of the model, which the transition has taken, keeps others from deploying it meanwhile."""
    if await session.scalar(select(Deployment.id).where(_LIVES, of).limit(1)) is None:
        return
    shown = select(Deployment.name).where(_LIVES, of, VISIBLE).order_by(Deployment.name).limit(SHOWN)
    names: Any = await session.scalars(shown, scope(actor))
    raise StillDeployed(list(names))
