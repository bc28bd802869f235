"""Acts on models: each checks, writes, and records what happened, in one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.errors import TransitionNotAllowed
from app.catalog.events import ModelTransitioned
from app.catalog.rules import may_become
from app.catalog.service import get_model, touch
from app.catalog.tables import LifecycleTransition
from app.catalog.vocabulary import ModelStatus
from app.kit.access import Actor, Permission
from app.kit.journal import record


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A model that is to go to another status."""

    model_id: UUID
    to: ModelStatus
    reason: str | None = None
    expected_revision: int | None = None


async def transition_model(session: AsyncSession, actor: Actor, wanted: Transition) -> UUID:
    """Take a model to another status. Raises `CONFLICT` with what is allowed."""
    actor.require(Permission.MODELS_UPDATE)
    model = await get_model(session, actor, wanted.model_id, wanted.expected_revision)
    before = model.status
    if not may_become(before, wanted.to):
        raise TransitionNotAllowed(before, wanted.to)
    model.status = wanted.to
    touch(model)
    session.add(
        LifecycleTransition(
            model_id=model.id, from_status=before, to_status=wanted.to, actor=actor.name, reason=wanted.reason
        )
    )
    event = ModelTransitioned(resource_id=str(model.id), slug=model.slug, from_status=before, to_status=wanted.to)
    record(session, actor, event, before={"status": before}, after={"status": wanted.to}, reason=wanted.reason)
    return model.id
