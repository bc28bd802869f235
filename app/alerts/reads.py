"""What is read of alerts, rules, silences and channels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Text, and_, any_, bindparam, case, func, or_, select, text
from sqlalchemy.sql.expression import Executable

from app.alerts.definition import Definition, Known
from app.alerts.service import (
    ALERT_VISIBLE,
    CHANNEL_VISIBLE,
    KNOWN_IDS,
    RULE_VISIBLE,
    SILENCE_VISIBLE,
    known_arguments,
    scope,
)
from app.alerts.subjects import ABOUT, ESTATE
from app.alerts.tables import Alert, Channel, Entry, Rule, Silence
from app.alerts.vocabulary import AlertState
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter, texts_parameter
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader
from app.kit.severity import Severity
from app.metrics.reads import Subject

MAX_SHOWN, MAX_ENTRIES = 20, 100


class AlertRow(Row):
    """An alert."""

    node_type = "Alert"


class RuleRow(Row):
    """A rule."""

    node_type = "AlertRule"


class SilenceRow(Row):
    """A silence."""

    node_type = "Silence"


class ChannelRow(Row):
    """A channel."""

    node_type = "AlertChannel"


class EntryRow(Row):
    """An entry of an alert's history."""


@dataclass(frozen=True, slots=True)
class Chosen:
    """Which of a list: conditions by name, with the values that are admitted."""

    conditions: dict[str, Any] = field(default_factory=dict[str, Any])

    def shape(self) -> Shape:
        """Which conditions there are; `listed` always, as look-ups by key have none."""
        return ("listed", *self.conditions)


_ALERTS: dict[str, ColumnElement[bool]] = {
    "states": Alert.state == any_(texts_parameter("states")),
    "severities": Alert.severity == any_(texts_parameter("severities")),
    "types": Rule.type == any_(texts_parameter("types")),
    "rules": Alert.rule_id == any_(keys_parameter("rules")),
}
_RULES: dict[str, ColumnElement[bool]] = {
    "listed": Rule.deleted_at.is_(None),
    "severities": Rule.severity == any_(texts_parameter("severities")),
    "types": Rule.type == any_(texts_parameter("types")),
    "is_enabled": Rule.is_enabled.is_(True),
    "is_disabled": Rule.is_enabled.is_(False),
}
_NOW = bindparam("now", type_=DateTime(timezone=True))
_ACTIVE = and_(Silence.starts_at <= _NOW, Silence.ends_at > _NOW)
_SILENCES: dict[str, ColumnElement[bool]] = {"is_active": _ACTIVE, "is_inactive": ~_ACTIVE}


def _alerts(shape: Shape) -> Selection:
    since = func.coalesce(Alert.active_at, Alert.changed_at).label("occurred_at")
    chosen = select(Alert.__table__, Rule.type, since).join(Rule, Rule.id == Alert.rule_id)
    return chosen.where(ALERT_VISIBLE, *(_ALERTS[name] for name in shape if name in _ALERTS))


def _rules(shape: Shape) -> Selection:
    return select(Rule.__table__).where(RULE_VISIBLE, *(_RULES[name] for name in shape))


def _silences(shape: Shape) -> Selection:
    chosen = select(Silence.__table__, _ACTIVE.label("is_active"))
    return chosen.where(SILENCE_VISIBLE, *(_SILENCES[name] for name in shape if name in _SILENCES))


_CHANNELS: dict[str, ColumnElement[bool]] = {
    "listed": Channel.deleted_at.is_(None),
    "kinds": Channel.kind == any_(texts_parameter("kinds")),
}
_SHOWN = [column for column in Channel.__table__.columns if column.name not in {"url", "secret"}]


def _channels(shape: Shape) -> Selection:
    return select(*_SHOWN).where(CHANNEL_VISIBLE, *(_CHANNELS[name] for name in shape))


ALERTS = Listing(
    row=AlertRow,
    id=Alert.id,
    select=_alerts,
    sorts={"CHANGED_AT": Alert.changed_at, "CREATED_AT": Alert.created_at},
)
RULES = Listing(
    row=RuleRow,
    id=Rule.id,
    select=_rules,
    sorts={"NAME": func.lower(Rule.name, type_=Text()), "CREATED_AT": Rule.created_at},
)
SILENCES = Listing(
    row=SilenceRow,
    id=Silence.id,
    select=_silences,
    sorts={"ENDS_AT": Silence.ends_at, "CREATED_AT": Silence.created_at},
)
CHANNELS = Listing(
    row=ChannelRow,
    id=Channel.id,
    select=_channels,
    sorts={"NAME": func.lower(Channel.name, type_=Text()), "CREATED_AT": Channel.created_at},
)


async def page_of_alerts(read: Reader, actor: Actor, chosen: Chosen, order: Order, request: PageRequest) -> Page[Any]:
    """One page of the visible alerts that match."""
    actor.require(Permission.ANALYTICS_READ)
    return await ALERTS.page(read, order, request, chosen.shape(), {**scope(actor), **chosen.conditions})


async def page_of_rules(read: Reader, actor: Actor, chosen: Chosen, order: Order, request: PageRequest) -> Page[Any]:
    """One page of the visible rules that match, without those that were deleted."""
    actor.require(Permission.ANALYTICS_READ)
    return await RULES.page(read, order, request, chosen.shape(), {**scope(actor), **chosen.conditions})


async def page_of_silences(read: Reader, actor: Actor, chosen: Chosen, order: Order, request: PageRequest) -> Page[Any]:
    """One page of the visible silences that match."""
    actor.require(Permission.ANALYTICS_READ)
    arguments = {**scope(actor), **chosen.conditions, "now": read.now()}
    return await SILENCES.page(read, order, request, chosen.shape(), arguments)


async def alerts_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Any]:
    """Visible alerts by key."""
    actor.require(Permission.ANALYTICS_READ)
    return await ALERTS.by_id(read, keys, scope(actor))


async def rules_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Any]:
    """Visible rules by key, those that were deleted, too."""
    actor.require(Permission.ANALYTICS_READ)
    return await RULES.by_id(read, keys, scope(actor))


async def silences_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Any]:
    """Visible silences by key."""
    actor.require(Permission.ANALYTICS_READ)
    return await SILENCES.by_id(read, keys, {**scope(actor), "now": read.now()})


async def channels_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Any]:
    """Visible channels by key, those that were deleted, too."""
    actor.require(Permission.ANALYTICS_READ)
    return await CHANNELS.by_id(read, keys, scope(actor))


@statement
def _entries() -> Selection:
    place = func.row_number().over(partition_by=Entry.alert_id, order_by=(Entry.at.desc(), Entry.id.desc()))
    own = Entry.alert_id == any_(keys_parameter())
    visible = select(Entry.__table__, Entry.at.label("occurred_at"), place.label("place")).where(own).subquery()
    return select(visible).where(visible.c.place <= MAX_ENTRIES).order_by(visible.c.place)


async def entries_by_alert(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[EntryRow]]:
    """The newest hundred entries of the history of each alert, newest first."""
    actor.require(Permission.ANALYTICS_READ)
    return grouped(await read.fetch(_entries(), EntryRow, keys=list(keys)), "alert_id")


@statement
def _firing(shape: Shape) -> Selection:
    gravest = case({name.value: place for place, name in enumerate(reversed(Severity))}, value=Alert.severity)
    firing = or_(Alert.state == AlertState.FIRING, Alert.state == AlertState.ERROR)
    about = (text(ABOUT[name]) for name in shape if name in ABOUT)
    chosen = _alerts(()).where(firing, *about)
    return chosen.order_by(gravest, Alert.changed_at.desc(), Alert.id).limit(MAX_SHOWN)


async def firing(read: Reader, actor: Actor, subject: Subject = ESTATE) -> list[AlertRow]:
    """What needs somebody now, gravest first; at most 20. Of a part of the estate: what is about that part, by labels
    or by what the rule is confined to; what is about everything is not."""
    actor.require(Permission.ANALYTICS_READ)
    return await read.fetch(_firing(subject.shape()), AlertRow, **scope(actor), **subject.arguments())


@statement
def _known() -> Executable:
    return text(KNOWN_IDS)


async def known_of(read: Reader, actor: Actor, rule: Definition) -> Known:
    """What of all that a rule names there is and the actor may see."""
    rows = await read.fetch(_known(), Row, **known_arguments(actor, rule))
    return Known(frozenset(row["id"] for row in rows))
