"""What is read of teams."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import any_, select

from app.identity.tables import Team
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import keys_parameter
from app.kit.reading import Reader


class TeamRow(Row):
    """A team."""

    node_type = "Team"


@statement
def _by_id() -> Selection:
    return select(Team.__table__).where(Team.id == any_(keys_parameter()))


async def teams_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, TeamRow]:
    """Teams by key."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return {row["id"]: row for row in await read.fetch(_by_id(), TeamRow, keys=keys)}
