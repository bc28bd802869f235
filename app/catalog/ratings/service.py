"""The act of rating a model. The model's average and count follow in the same transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import Numeric, cast, func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import events
from app.catalog.rules import fault_of_reason
from app.catalog.service import about, get_open_model, refuse
from app.catalog.tables import Model, ModelRating
from app.kit.access import Actor, Permission
from app.kit.errors import HubError, Invalid
from app.kit.journal import record


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """What somebody thinks of a model: 1 to 5."""

    model_id: UUID
    rating: int
    comment: str | None = None


async def rate_model(session: AsyncSession, actor: Actor, wanted: Opinion) -> UUID:
    """Rate a model, in place of one's earlier rating. The same again is no change: nothing is written.

    The lock of the model makes ratings follow one another, so that its average and count are exact."""
    actor.require(Permission.MODELS_READ)
    model = await get_open_model(session, actor, wanted.model_id)
    refuse(_faults(wanted))
    said = {"rating": wanted.rating, "comment": wanted.comment and wanted.comment.strip()}
    before = await _said_before(session, actor, model)
    if before != said:
        await _write(session, actor, model, said)
        message = f"{model.name} was rated {wanted.rating} of 5"
        event = events.ModelRated(**about(model, model.id), rating=wanted.rating, message=message)
        record(session, actor, event, before=before, after=said)
    return model.id


def _faults(wanted: Opinion) -> Iterable[HubError]:
    if not 1 <= wanted.rating <= 5:
        yield Invalid("A rating is 1, 2, 3, 4 or 5.", "rating")
    if (message := fault_of_reason(wanted.comment)) is not None:
        yield Invalid(message, "comment")


async def _said_before(session: AsyncSession, actor: Actor, model: Model) -> dict[str, Any] | None:
    own = (ModelRating.model_id == model.id) & (ModelRating.actor_id == actor.id)
    found = (await session.execute(select(ModelRating.rating, ModelRating.comment).where(own))).first()
    return {"rating": found.rating, "comment": found.comment} if found else None


async def _write(session: AsyncSession, actor: Actor, model: Model, said: dict[str, Any]) -> None:
    new = insert(ModelRating).values(model_id=model.id, actor_id=actor.id, **said)
    replaced = {**said, "rated_at": func.clock_timestamp()}
    await session.execute(new.on_conflict_do_update(index_elements=["model_id", "actor_id"], set_=replaced))
    figures = select(cast(func.avg(ModelRating.rating), Numeric(3, 2)), func.count())
    found = await session.execute(figures.where(ModelRating.model_id == model.id))
    model.rating_average, model.rating_count = found.one()
