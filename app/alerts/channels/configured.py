"""The webhooks of `COST_ALERT_WEBHOOKS`: each becomes a channel once, which then is as people want it."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.channels.commands import Target
from app.alerts.channels.events import AlertChannelCreated
from app.alerts.channels.sealing import SigningSecret
from app.alerts.channels.service import about, leading, told
from app.alerts.definition import MAX_CHANNELS, View
from app.alerts.events import AlertRuleUpdated
from app.alerts.service import heard_of_rule
from app.alerts.tables import Channel, Rule
from app.alerts.vocabulary import AlertType, ChannelKind
from app.kit.access import Actor
from app.kit.ids import new_id
from app.kit.journal import record
from app.kit.sealing import Keyring
from app.secret import Secret


async def configure(session: AsyncSession, actor: Actor, keyring: Keyring, urls: Sequence[Secret[str]]) -> int:
    """Make channels of those of the URLs that never were, and have the product's rules about costs tell them; returns
    how many. Any number of workers may do so at once."""
    return sum([await _configured(session, actor, keyring, url) for url in urls])


async def _configured(session: AsyncSession, actor: Actor, keyring: Keyring, url: Secret[str]) -> bool:
    key, view = new_id(), View.of(actor)
    target = Target(kind=ChannelKind.WEBHOOK, url=url)
    values: dict[str, Any] = {
        "id": key,
        "key": hashlib.sha256(url.reveal().encode()).hexdigest(),
        "kind": target.kind,
        "level": view.level,
        "sees_costs": True,
        "owner_name": actor.name,
        "secret": SigningSecret.drawn(keyring).stored(key),
        **leading(keyring, key, target),
    }
    values["name"] = f"Costs to {values['host']}"
    added = insert(Channel).values(values).on_conflict_do_nothing().returning(Channel.id)
    if await session.scalar(added) is None:
        return False
    channel = await session.get_one(Channel, key)
    record(session, actor, AlertChannelCreated(**about(channel)), after=told(channel))
    await _told_by_rules(session, actor, key)
    return True


async def _told_by_rules(session: AsyncSession, actor: Actor, key: UUID) -> None:
    ours = select(Rule).where(Rule.key.is_not(None), Rule.type == AlertType.COST, Rule.deleted_at.is_(None))
    for rule in (await session.scalars(ours.order_by(Rule.id).with_for_update())).all():
        if len(rule.channel_ids) < MAX_CHANNELS and key not in rule.channel_ids:
            _add(session, actor, rule, key)


def _add(session: AsyncSession, actor: Actor, rule: Rule, key: UUID) -> None:
    before = {"channel_ids": list(map(str, rule.channel_ids))}
    rule.channel_ids, rule.revision = [*rule.channel_ids, key], rule.revision + 1
    rule.updated_at = func.now()  # type: ignore[assignment] - an expression of the same type
    heard = heard_of_rule(rule)
    said: dict[str, Any] = {
        "resource_id": str(rule.id),
        "name": rule.name,
        "revision": rule.revision,
        "scope_tags": heard,
    }
    after = {"channel_ids": list(map(str, rule.channel_ids))}
    record(session, actor, AlertRuleUpdated(**said), before=before, after=after)
