"""Acts on channels."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.channels.commands import Creation, Deletion, Target, Test, Update, faults
from app.alerts.channels.events import (
    AlertChannelCreated,
    AlertChannelDeleted,
    AlertChannelTested,
    AlertChannelUpdated,
)
from app.alerts.channels.forming import put
from app.alerts.channels.sealing import SigningSecret, opened, sealed
from app.alerts.channels.tables import Message
from app.alerts.channels.vocabulary import MessageKind
from app.alerts.definition import EVERY_TEAM, View
from app.alerts.service import get_channel, tags_of
from app.alerts.tables import Channel
from app.alerts.vocabulary import ChannelKind, Delivery
from app.kit.access import Actor, Permission
from app.kit.clock import utc_now
from app.kit.errors import Conflict, HubError, Invalid, Rejected
from app.kit.ids import new_id
from app.kit.journal import record
from app.kit.sealing import Keyring


async def create_channel(session: AsyncSession, actor: Actor, wanted: Creation, minted: SigningSecret) -> UUID:
    """Make a channel that is told what its owner may see now. Raises everything that is wrong with it at once."""
    actor.require(Permission.ALERTS_MANAGE)
    _require_no(faults(wanted.name, wanted.target))
    view, key = View.of(actor), new_id()
    channel = Channel(
        id=key,
        kind=wanted.target.kind,
        name=wanted.name.strip(),
        level=view.level.value,
        team_ids=None if view.teams is None else sorted(view.teams),
        sees_costs=actor.may(Permission.COSTS_READ),
        owner_name=actor.name,
        digest=wanted.digest,
        revision=1,
        **leading(minted.keyring, key, wanted.target),
    )
    if channel.kind == ChannelKind.WEBHOOK:
        channel.secret = minted.stored(key)
    session.add(channel)
    record(session, actor, AlertChannelCreated(**about(channel)), after=told(channel))
    return key


async def update_channel(session: AsyncSession, actor: Actor, wanted: Update, minted: SigningSecret) -> UUID:
    """Change a channel, which goes on being told as much; what changes nothing leaves no trace.

    One that is disabled is not told what waited. Raises everything that is wrong at once."""
    channel = await _standing(session, actor, wanted.channel_id, wanted.expected_revision)
    _require_no(_faults(channel, wanted))
    before = told(channel)
    is_other = _change(channel, wanted, minted)
    after = told(channel)
    if is_other or after != before:
        if not channel.is_enabled:
            await _drop(session, channel)
        _touch(channel)
        was = {name: value for name, value in before.items() if after[name] != value}
        became = {name: after[name] for name in was} | ({"secrets": "changed"} if is_other else {})
        record(session, actor, AlertChannelUpdated(**about(channel)), before=was, after=became)
    return channel.id


async def delete_channel(session: AsyncSession, actor: Actor, wanted: Deletion) -> UUID:
    """Tell a channel nothing any more, not even what waits. It stays reachable by its id, without its secrets."""
    actor.require(Permission.ALERTS_MANAGE)
    channel = await get_channel(session, actor, wanted.channel_id, wanted.expected_revision)
    _refuse_dashboard(channel)
    if channel.deleted_at is None:
        at = utc_now()
        channel.deleted_at, channel.url, channel.secret = at, None, None
        await _drop(session, channel)
        _touch(channel)
        event = AlertChannelDeleted(**about(channel), occurred_at=at)
        record(session, actor, event, before={"deletedAt": None}, after={"deletedAt": at.isoformat()})
    return channel.id


async def test_channel(session: AsyncSession, actor: Actor, wanted: Test) -> UUID:
    """Send a message that says no more than that it is a test. Raises `CONFLICT` while another is under way."""
    channel = await _standing(session, actor, wanted.channel_id)
    waiting = select(Message.id).where(Message.channel_id == channel.id, Message.kind == MessageKind.TEST)
    if await session.scalar(waiting.where(Message.status == Delivery.PENDING).limit(1)) is not None:
        raise Conflict("A test of it is under way already; look at its deliveries.").at("alertChannelId")
    await put(session, channel, MessageKind.TEST, [], utc_now())
    record(session, actor, AlertChannelTested(**about(channel)))
    return channel.id


def leading(keyring: Keyring, key: UUID, target: Target) -> dict[str, Any]:
    """The columns that say where a channel leads."""
    if target.url is None:
        return {"recipients": list(target.recipients)}
    return {"host": urlsplit(target.url.reveal()).hostname, "url": sealed(keyring, key, "url", target.url)}


def told(channel: Channel) -> dict[str, Any]:
    """As the audit trail tells it: nothing that is secret."""
    names = ("name", "kind", "host", "recipients", "digest", "is_enabled")
    return {name: getattr(channel, name) for name in names}


def about(channel: Channel) -> dict[str, Any]:
    """What every event about a channel says."""
    teams = [EVERY_TEAM] if channel.team_ids is None else list(channel.team_ids)
    heard = tags_of(channel.level, teams, of_money=bool(channel.sees_costs))
    return {"resource_id": str(channel.id), "name": channel.name, "revision": channel.revision, "scope_tags": heard}


async def _standing(session: AsyncSession, actor: Actor, key: UUID, expected: int | None = None) -> Channel:
    actor.require(Permission.ALERTS_MANAGE)
    channel = await get_channel(session, actor, key, expected)
    _refuse_dashboard(channel)
    if channel.deleted_at is not None:
        raise Invalid("It was deleted.", "alertChannelId")
    return channel


def _refuse_dashboard(channel: Channel) -> None:
    if channel.kind == ChannelKind.DASHBOARD:
        raise Conflict("The dashboard is always told, by live events: it stays as it is.").at("alertChannelId")


def _require_no(faults: Iterator[HubError]) -> None:
    wrong = tuple(faults)
    if wrong:
        raise Rejected(*wrong)


def _faults(channel: Channel, wanted: Update) -> Iterator[HubError]:
    yield from faults(wanted.changes.get("name", channel.name), wanted.target)
    if wanted.target and wanted.target.kind != channel.kind:
        yield Invalid(f"A channel stays what it is, and this is {channel.kind}: make another.", "target")
    if wanted.renews_secret and channel.kind != ChannelKind.WEBHOOK:
        yield Invalid("Only webhooks have a secret that messages are signed with.", "renewSecret")


def _change(channel: Channel, wanted: Update, minted: SigningSecret) -> bool:
    """Make the changes; whether a secret is another now."""
    _set(channel, wanted.changes)
    if wanted.renews_secret:
        channel.secret = minted.stored(channel.id)
    target = wanted.target
    is_same = target is None or (target.url or "") == (opened(minted.keyring, channel.id, "url", channel.url) or "")
    if target and not (is_same and list(target.recipients) == channel.recipients):
        _set(channel, leading(minted.keyring, channel.id, target))
    return wanted.renews_secret or not is_same


def _set(channel: Channel, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        setattr(channel, name, value)


def _touch(channel: Channel) -> None:
    channel.revision += 1
    channel.updated_at = func.now()  # type: ignore[assignment] - an expression of the same type


_DROP = (
    "update alert_message set status = 'DEAD' where channel_id = :channel and status = 'PENDING'",
    "update alert_notification set status = 'DEAD' where channel_id = :channel and status = 'PENDING'",
)


async def _drop(session: AsyncSession, channel: Channel) -> None:
    """What waits is not sent any more."""
    for statement in _DROP:
        await session.execute(text(statement), {"channel": channel.id})
