"""Messages to channels, and the attempts to deliver them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from app.alerts.channels.vocabulary import DeliveryOutcome, MessageKind
from app.alerts.vocabulary import Delivery
from app.kit.columns import Count, CreatedAt, Instant, Json, Key, one_of
from app.kit.db import Base


class Message(Base):
    """What a channel is told at once. Its `id` goes with every attempt, so that receivers know it again.

    `content` is what it says, the same at every attempt. Whoever attempts takes it for a while by moving `due_at`."""

    __tablename__ = "alert_message"
    __table_args__ = (
        one_of("kind", MessageKind),
        one_of("status", Delivery),
        Index("ix_alert_message_due_at", "channel_id", "due_at", postgresql_where=text("status = 'PENDING'")),
        Index("ix_alert_message_created_at", "created_at"),
    )

    id: Mapped[Key]
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("alert_channel.id"))
    kind: Mapped[str] = mapped_column(Text)
    content: Mapped[Json]
    status: Mapped[str] = mapped_column(Text, server_default=text("'PENDING'"))
    attempts: Mapped[Count]
    due_at: Mapped[Instant]
    created_at: Mapped[CreatedAt]


class Attempt(Base):
    """One attempt to deliver a message: when, for how long, and what the receiver said. `next_at` is null if there is
    no further one."""

    __tablename__ = "alert_attempt"
    __table_args__ = (
        UniqueConstraint("message_id", "number"),
        one_of("outcome", DeliveryOutcome),
        Index("ix_alert_attempt_channel_id", "channel_id", "at", "id"),
    )

    id: Mapped[Key]
    message_id: Mapped[UUID] = mapped_column(ForeignKey("alert_message.id", ondelete="CASCADE"))
    channel_id: Mapped[UUID] = mapped_column(ForeignKey("alert_channel.id"))
    number: Mapped[int]
    at: Mapped[Instant]
    took_ms: Mapped[int]
    outcome: Mapped[str] = mapped_column(Text)
    http_status: Mapped[int | None]
    reply: Mapped[str] = mapped_column(Text)
    next_at: Mapped[Instant | None]
