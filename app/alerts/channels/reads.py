"""What is read of channels and of deliveries to them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, func, select

from app.alerts.channels.tables import Attempt, Message
from app.alerts.reads import CHANNELS, Chosen
from app.alerts.service import CHANNEL_VISIBLE, scope
from app.alerts.tables import Channel, Notification
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader


class AttemptRow(Row):
    """An attempt to deliver a message."""


def _attempts(_: Shape) -> Selection:
    told = select(func.count()).where(Notification.message_id == Message.id).correlate(Message).scalar_subquery()
    chosen = select(Attempt.__table__, Message.kind, told.label("told")).join(Message, Message.id == Attempt.message_id)
    return chosen.join(Channel, Channel.id == Attempt.channel_id).where(CHANNEL_VISIBLE)


_ATTEMPTS = Listing(row=AttemptRow, id=Attempt.id, select=_attempts, sorts={"AT": Attempt.at})
_NEWEST = Order("AT", descending=True)


def _of_channel(channel: ColumnElement[UUID]) -> ColumnElement[bool]:
    return Attempt.channel_id == channel


async def page_of_channels(read: Reader, actor: Actor, chosen: Chosen, order: Order, request: PageRequest) -> Page[Any]:
    """One page of the visible channels that match, without those that were deleted."""
    actor.require(Permission.ANALYTICS_READ)
    return await CHANNELS.page(read, order, request, chosen.shape(), {**scope(actor), **chosen.conditions})


async def deliveries_by_channel(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[AttemptRow]]:
    """A page of the attempts to deliver something to each visible channel, newest first."""
    actor.require(Permission.ANALYTICS_READ)
    return await _ATTEMPTS.pages_by(_of_channel, read, keys, _NEWEST, request, scope(actor))


async def delivery_counts_by_channel(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many attempts there were for each visible channel."""
    actor.require(Permission.ANALYTICS_READ)
    return await _ATTEMPTS.counts_by(_of_channel, read, keys, scope(actor))
