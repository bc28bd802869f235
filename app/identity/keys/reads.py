"""What is read of API keys. Their digests are not read here at all."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, or_, select

from app.identity.service import VISIBLE, principal_of, scope
from app.identity.tables import ApiKey, Principal
from app.kit.access import Actor
from app.kit.db import Row, Selection
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader


class ApiKeyRow(Row):
    """An API key."""

    node_type = "ApiKey"


_OWN = "own"
NEWEST = Order("CREATED_AT", descending=True)
_SHOWN = [column for column in ApiKey.__table__.columns if column.name != "digest"]


def _keys(shape: Shape) -> Selection:
    chosen = select(*_SHOWN).join(Principal, Principal.id == ApiKey.principal_id)
    mine = bindparam("self_id", type_=Uuid)
    return chosen.where(or_(Principal.id == mine, Principal.owner_id == mine) if _OWN in shape else VISIBLE)


KEYS = Listing(row=ApiKeyRow, id=ApiKey.id, select=_keys, sorts={"CREATED_AT": ApiKey.created_at})


def _of_principal(principal: ColumnElement[UUID]) -> ColumnElement[bool]:
    return ApiKey.principal_id == principal


async def page_of_keys(read: Reader, actor: Actor, request: PageRequest) -> Page[ApiKeyRow]:
    """One page of the keys of the actor, and of the service accounts he answers for, newest first."""
    return await KEYS.page(read, NEWEST, request, (_OWN,), {"self_id": principal_of(actor)})


async def keys_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, ApiKeyRow]:
    """API keys of visible principals by key."""
    return await KEYS.by_id(read, keys, scope(actor))


async def keys_by_principal(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[ApiKeyRow]]:
    """A page of the keys of each principal, newest first."""
    return await KEYS.pages_by(_of_principal, read, keys, NEWEST, request, scope(actor))


async def key_counts_by_principal(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many keys each principal has."""
    return await KEYS.counts_by(_of_principal, read, keys, scope(actor))
