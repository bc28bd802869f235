"""Rules, the alerts they lead to with their history, silences, and the notifications that channels deliver."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Double,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.alerts.vocabulary import (
    AlertState,
    AlertType,
    ChannelKind,
    Comparator,
    Delivery,
    DigestPeriod,
    EntryKind,
    HeldBy,
    NoData,
    Notice,
)
from app.kit.access import Clearance
from app.kit.columns import CreatedAt, Flag, Instant, Json, Key, Texts, one_of
from app.kit.db import Base
from app.kit.sealing import Sealed
from app.kit.severity import Severity

Keys = Annotated[list[UUID], mapped_column(ARRAY(Uuid), server_default=text("'{}'"))]
Measured = Annotated[Decimal, mapped_column(Numeric(36, 12))]
Seconds = Annotated[int, mapped_column(Integer, server_default=text("0"))]


class Rule(Base):
    """When to raise alerts, and when it is looked at next.

    `key` names a rule that came with the product. `level` and `team_ids` are what its owner may see (null: every
    team's): it is evaluated as he would see things, and shown to those who see as much. `lost_seconds` is what
    interruptions and jumps of the clock have added to time since it was made."""

    __tablename__ = "alert_rule"
    __table_args__ = (
        one_of("comparator", Comparator),
        one_of("severity", Severity),
        one_of("type", AlertType),
        one_of("no_data", NoData),
        one_of("level", Clearance),
        CheckConstraint("interval_seconds > 0", name="interval"),
        Index("ix_alert_rule_next_at", "next_at"),
        Index("ix_alert_rule_name_lower", text("lower(name)"), "id"),
        Index("ix_alert_rule_created_at", "created_at", "id"),
    )

    id: Mapped[Key]
    key: Mapped[str | None] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    metric: Mapped[str] = mapped_column(Text)
    comparator: Mapped[str] = mapped_column(Text)
    threshold: Mapped[Measured]
    window_minutes: Mapped[int]
    for_seconds: Mapped[Seconds]
    keep_firing_seconds: Mapped[Seconds]
    interval_seconds: Mapped[int]
    scope: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    group_by: Mapped[Texts]
    condition: Mapped[str | None] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    type: Mapped[str] = mapped_column(Text)
    no_data: Mapped[str] = mapped_column(Text)
    channel_ids: Mapped[Keys]
    cooldown_seconds: Mapped[Seconds]
    escalation: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    is_enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    owner_id: Mapped[str] = mapped_column(Text)
    owner_name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    team_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    next_at: Mapped[CreatedAt]
    evaluated_at: Mapped[Instant | None]
    lost_seconds: Mapped[float] = mapped_column(Double, server_default=text("0"))
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    deleted_at: Mapped[Instant | None]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class Alert(Base):
    """How one rule stands for one set of labels; a label that is null is none.

    `level` and `team_ids` are what somebody must see to be shown it; the nil UUID stands for every team.
    `held_from` and `clear_from` are instants without the time that the rule has lost. `told_state` is what channels
    were told last, `told_at` when they were last told that it fires."""

    __tablename__ = "alert"
    __table_args__ = (
        UniqueConstraint("rule_id", "labels_key"),
        one_of("state", AlertState),
        one_of("level", Clearance),
        one_of("severity", Severity),
        Index("ix_alert_changed_at", "changed_at", "id"),
        Index("ix_alert_created_at", "created_at", "id"),
        Index("ix_alert_firing", "severity", postgresql_where=text("state in ('FIRING', 'ERROR')")),
    )

    id: Mapped[Key]
    rule_id: Mapped[UUID] = mapped_column(ForeignKey("alert_rule.id"))
    labels_key: Mapped[str] = mapped_column(Text)
    model_id: Mapped[UUID | None]
    provider_id: Mapped[UUID | None]
    deployment_id: Mapped[UUID | None]
    environment: Mapped[str | None] = mapped_column(Text)
    team_id: Mapped[UUID | None]
    state: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    team_ids: Mapped[Keys]
    value: Mapped[Measured | None]
    message: Mapped[str] = mapped_column(Text)
    held_from: Mapped[Instant | None]
    clear_from: Mapped[Instant | None]
    active_at: Mapped[Instant | None]
    fired_at: Mapped[Instant | None]
    resolved_at: Mapped[Instant | None]
    changed_at: Mapped[Instant]
    acknowledged_at: Mapped[Instant | None]
    acknowledged_by: Mapped[str | None] = mapped_column(Text)
    acknowledgement: Mapped[str | None] = mapped_column(Text)
    told_state: Mapped[str | None] = mapped_column(Text)
    told_at: Mapped[Instant | None]
    revision: Mapped[int] = mapped_column(BigInteger, server_default=text("1"))
    created_at: Mapped[CreatedAt]


class Entry(Base):
    """One transition of an alert, or that somebody acknowledged it. `at` is the instant that was evaluated."""

    __tablename__ = "alert_entry"
    __table_args__ = (
        one_of("kind", EntryKind),
        one_of("from_state", AlertState),
        one_of("to_state", AlertState),
        one_of("notice", Notice),
        one_of("held_by", HeldBy),
        Index("ix_alert_entry_alert_id", "alert_id", "at", "id"),
        Index("ix_alert_entry_held", "id", postgresql_where=text("notice = 'HELD'")),
    )

    id: Mapped[Key]
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id", ondelete="CASCADE"))
    kind: Mapped[str] = mapped_column(Text)
    at: Mapped[Instant]
    from_state: Mapped[str] = mapped_column(Text)
    to_state: Mapped[str] = mapped_column(Text)
    severity: Mapped[str] = mapped_column(Text)
    value: Mapped[Measured | None]
    message: Mapped[str] = mapped_column(Text)
    notice: Mapped[str] = mapped_column(Text)
    held_by: Mapped[str | None] = mapped_column(Text)
    silence_id: Mapped[UUID | None]
    actor: Mapped[str | None] = mapped_column(Text)
    comment: Mapped[str | None] = mapped_column(Text)
    recorded_at: Mapped[CreatedAt]


class Notification(Base):
    """That a channel is to be told of a transition: exactly one for each of both (and escalation level, 0 first).

    Those of the same channel, `group_key` and level that wait are one message; which is said by `message_id`."""

    __tablename__ = "alert_notification"
    __table_args__ = (
        UniqueConstraint("entry_id", "channel_id", "escalation_level"),
        one_of("status", Delivery),
        Index("ix_alert_notification_due_at", "due_at", postgresql_where=text("status = 'PENDING'")),
        Index("ix_alert_notification_alert_id", "alert_id"),
        Index("ix_alert_notification_message_id", "message_id"),
    )

    id: Mapped[Key]
    entry_id: Mapped[UUID] = mapped_column(ForeignKey("alert_entry.id", ondelete="CASCADE"))
    alert_id: Mapped[UUID] = mapped_column(ForeignKey("alert.id", ondelete="CASCADE"))
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("alert_channel.id"))
    escalation_level: Mapped[Seconds]
    group_key: Mapped[str] = mapped_column(Text)
    message_id: Mapped[UUID | None] = mapped_column(ForeignKey("alert_message.id", ondelete="SET NULL"))
    status: Mapped[str] = mapped_column(Text, server_default=text("'PENDING'"))
    due_at: Mapped[Instant]
    created_at: Mapped[CreatedAt]


class Channel(Base):
    """Where notifications go. It is told only what its readers may see: up to `level`, of `team_ids` (null: every
    team's), and costs if `sees_costs`.

    `key` names one that came with the settings. `host` is what people are shown of `url`, which is sealed, as the
    `secret` is that messages are signed with. `recipients` are e-mail addresses."""

    __tablename__ = "alert_channel"
    __table_args__ = (
        one_of("kind", ChannelKind),
        one_of("level", Clearance),
        one_of("digest", DigestPeriod),
        Index("ix_alert_channel_name_lower", text("lower(name)"), "id"),
        Index("ix_alert_channel_created_at", "created_at", "id"),
    )

    id: Mapped[Key]
    kind: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    team_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    is_enabled: Mapped[bool] = mapped_column(server_default=text("true"))
    created_at: Mapped[CreatedAt]
    key: Mapped[str | None] = mapped_column(Text, unique=True)
    host: Mapped[str | None] = mapped_column(Text)
    url: Mapped[bytes | None] = mapped_column(Sealed)
    secret: Mapped[bytes | None] = mapped_column(Sealed)
    recipients: Mapped[Texts]
    digest: Mapped[str | None] = mapped_column(Text)
    sees_costs: Mapped[Flag]
    owner_name: Mapped[str] = mapped_column(Text, server_default=text("'Model Hub'"))
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    updated_at: Mapped[CreatedAt]
    deleted_at: Mapped[Instant | None]


class Silence(Base):
    """Keeps channels from being told of alerts that all its matchers match and that its author may see.

    `matchers` is a list of `{label, values, isNegated}`; `sees_costs` whether its author might see costs."""

    __tablename__ = "alert_silence"
    __table_args__ = (
        one_of("level", Clearance),
        CheckConstraint("ends_at >= starts_at", name="duration"),
        Index("ix_alert_silence_ends_at", "ends_at", "id"),
        Index("ix_alert_silence_created_at", "created_at", "id"),
    )

    id: Mapped[Key]
    matchers: Mapped[list[dict[str, Any]]] = mapped_column(JSONB)
    starts_at: Mapped[Instant]
    ends_at: Mapped[Instant]
    reason: Mapped[str] = mapped_column(Text)
    author_id: Mapped[str] = mapped_column(Text)
    author_name: Mapped[str] = mapped_column(Text)
    level: Mapped[str] = mapped_column(Text)
    team_ids: Mapped[list[UUID] | None] = mapped_column(ARRAY(Uuid))
    sees_costs: Mapped[Flag]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
