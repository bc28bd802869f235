"""What is read of invitations: one's own, and all for who sees every team. Never their tokens."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Uuid, any_, bindparam, or_, select
from sqlalchemy.dialects.postgresql import ARRAY

from app.identity.service import scope
from app.identity.tables import Invitation
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import keys_parameter
from app.kit.reading import Reader


class InvitationRow(Row):
    """An invitation."""

    node_type = "Invitation"


@statement
def _by_id() -> Selection:
    table = Invitation
    columns = table.id, table.email, table.role, table.created_at, table.expires_at, table.accepted_at
    sees_all = bindparam("own_teams", type_=ARRAY(Uuid)).is_(None)
    own = or_(table.invited_by == bindparam("self_id", type_=Uuid), sees_all)
    return select(*columns).where(table.id == any_(keys_parameter()), own)


async def invitations_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, InvitationRow]:
    """The actor's own invitations by key; all for who sees every team."""
    actor.require(Permission.USERS_MANAGE)
    asked = {name: value for name, value in scope(actor).items() if name != "manages"}
    return {row["id"]: row for row in await read.fetch(_by_id(), InvitationRow, keys=keys, **asked)}
