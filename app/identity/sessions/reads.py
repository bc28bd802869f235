"""What is read of sessions: one's own that are not over."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Uuid, bindparam, select

from app.identity.service import principal_of
from app.identity.tables import Session
from app.kit.access import Actor
from app.kit.db import Row, Selection
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader


class SessionRow(Row):
    """A session."""

    node_type = "Session"


_OPEN = "open"


def _sessions(shape: Shape) -> Selection:
    own = select(Session.__table__).where(Session.principal_id == bindparam("self_id", type_=Uuid))
    going_on = Session.revoked_at.is_(None) & (Session.expires_at > bindparam("now", type_=DateTime(timezone=True)))
    return own.where(going_on) if _OPEN in shape else own


SESSIONS = Listing(row=SessionRow, id=Session.id, select=_sessions, sorts={"CREATED_AT": Session.created_at})
NEWEST = Order("CREATED_AT", descending=True)


def _own(actor: Actor) -> dict[str, Any]:
    return {"self_id": principal_of(actor)}


async def page_of_sessions(read: Reader, actor: Actor, request: PageRequest) -> Page[SessionRow]:
    """One page of the actor's own sessions that are not over, newest first."""
    return await SESSIONS.page(read, NEWEST, request, (_OPEN,), {**_own(actor), "now": read.now()})


async def sessions_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, SessionRow]:
    """The actor's own sessions by key, over or not."""
    return await SESSIONS.by_id(read, keys, _own(actor))
