"""What is read of ratings; the average and the number are columns of the model."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, func, select

from app.catalog.tables import ModelRating
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import keys_parameter
from app.kit.reading import Reader


class RatingRow(Row):
    """What somebody thinks of a model."""


class _Share(Row):
    """How many gave a rating."""


@statement
def _own() -> Selection:
    mine = ModelRating.actor_id == bindparam("actor", type_=Text)
    return select(ModelRating.__table__).where(ModelRating.model_id == any_(keys_parameter()), mine)


@statement
def _shares() -> Selection:
    columns = ModelRating.model_id, ModelRating.rating
    chosen = select(*columns, func.count().label("n")).where(ModelRating.model_id == any_(keys_parameter()))
    return chosen.group_by(*columns)


async def own_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, RatingRow]:
    """The actor's own rating of each model."""
    actor.require(Permission.MODELS_READ)
    return {row["model_id"]: row for row in await read.fetch(_own(), RatingRow, keys=keys, actor=actor.id)}


async def distributions_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[int]]:
    """How many rated each model 1, 2, 3, 4 and 5."""
    actor.require(Permission.MODELS_READ)
    found = {key: [0] * 5 for key in keys}
    for share in await read.fetch(_shares(), _Share, keys=keys):
        found[share["model_id"]][share["rating"] - 1] = share["n"]
    return found
