"""What is read of the history of aliases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Text, any_, bindparam, exists, select
from sqlalchemy.dialects.postgresql import distinct_on

from app.catalog.reads import VersionRow
from app.catalog.tables import AliasMove, ModelAlias, ModelVersion
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import keys_parameter
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader


class MoveRow(Row):
    """A move of an alias."""


def _moves(_: Shape) -> Selection:
    return select(AliasMove.__table__)


_MOVES = Listing(row=MoveRow, id=AliasMove.id, select=_moves, sorts={"MOVED_AT": AliasMove.moved_at})
_NEWEST = Order("MOVED_AT", descending=True)


def _of_alias(alias: ColumnElement[UUID]) -> ColumnElement[bool]:
    same = (ModelAlias.model_id == AliasMove.model_id) & (ModelAlias.name == AliasMove.name)
    return exists().where(ModelAlias.id == alias, same)


async def moves_by_alias(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[MoveRow]]:
    """A page of each alias's moves, newest first."""
    actor.require(Permission.MODELS_READ)
    return await _MOVES.pages_by(_of_alias, read, keys, _NEWEST, request, {})


async def move_counts_by_alias(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How often each alias was moved."""
    actor.require(Permission.MODELS_READ)
    return await _MOVES.counts_by(_of_alias, read, keys, {})


@statement
def _pointed() -> Selection:
    name, at = bindparam("name", type_=Text), bindparam("at", type_=DateTime(timezone=True))
    moved = (AliasMove.model_id == any_(keys_parameter())) & (AliasMove.name == name) & (AliasMove.moved_at <= at)
    return (
        select(ModelVersion.__table__)
        .join(AliasMove, AliasMove.model_version_id == ModelVersion.id)
        .where(moved)
        .ext(distinct_on(AliasMove.model_id))
        .order_by(AliasMove.model_id, AliasMove.moved_at.desc(), AliasMove.id.desc())
    )


async def versions_pointed_to(
    read: Reader, actor: Actor, keys: Sequence[UUID], name: str, at: datetime
) -> dict[UUID, VersionRow]:
    """The version to which each model's alias of that name pointed at that instant."""
    actor.require(Permission.MODELS_READ)
    rows = await read.fetch(_pointed(), VersionRow, keys=keys, name=name, at=at)
    return {row["model_id"]: row for row in rows}
