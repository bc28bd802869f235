"""Channels of alerts: where they lead to, the messages they are sent, and every attempt to deliver one."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    """Two new tables; what was for the dashboard has been told by live events."""
    for column in (
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("host", sa.Text(), nullable=True),
        sa.Column("url", sa.LargeBinary(), nullable=True),
        sa.Column("secret", sa.LargeBinary(), nullable=True),
        sa.Column("recipients", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("digest", sa.Text(), nullable=True),
        sa.Column("sees_costs", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("owner_name", sa.Text(), server_default=sa.text("'Model Hub'"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
    ):
        op.add_column("alert_channel", column)
    op.create_unique_constraint(op.f("uq_alert_channel_key"), "alert_channel", ["key"])
    op.create_check_constraint(
        op.f("ck_alert_channel_digest"), "alert_channel", "digest in ('HOURLY', 'DAILY', 'WEEKLY')"
    )
    op.create_index("ix_alert_channel_name_lower", "alert_channel", [sa.literal_column("lower(name)"), "id"])
    op.create_index("ix_alert_channel_created_at", "alert_channel", ["created_at", "id"])
    _create_messages()
    _create_attempts()
    op.add_column("alert_notification", sa.Column("message_id", sa.Uuid(), nullable=True))
    op.create_foreign_key(
        op.f("fk_alert_notification_message_id"),
        *("alert_notification", "alert_message", ["message_id"], ["id"]),
        ondelete="SET NULL",
    )
    op.create_index("ix_alert_notification_message_id", "alert_notification", ["message_id"])
    op.execute(
        "update alert_notification n set status = 'SENT' from alert_channel c "
        "where c.id = n.channel_id and c.kind = 'DASHBOARD' and n.status = 'PENDING'"
    )


def _create_messages() -> None:
    op.create_table(
        "alert_message",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("content", JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'PENDING'"), nullable=False),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('ALERTS', 'DIGEST', 'TEST')", name=op.f("ck_alert_message_kind")),
        sa.CheckConstraint("status in ('PENDING', 'SENT', 'DEAD')", name=op.f("ck_alert_message_status")),
        sa.ForeignKeyConstraint(["channel_id"], ["alert_channel.id"], name=op.f("fk_alert_message_channel_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_message")),
    )
    op.create_index(
        "ix_alert_message_due_at",
        "alert_message",
        ["channel_id", "due_at"],
        postgresql_where=sa.text("status = 'PENDING'"),
    )
    op.create_index("ix_alert_message_created_at", "alert_message", ["created_at"])


def _create_attempts() -> None:
    op.create_table(
        "alert_attempt",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("message_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("took_ms", sa.Integer(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("http_status", sa.Integer(), nullable=True),
        sa.Column("reply", sa.Text(), nullable=False),
        sa.Column("next_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("outcome in ('DELIVERED', 'FAILED', 'GIVEN_UP')", name=op.f("ck_alert_attempt_outcome")),
        sa.ForeignKeyConstraint(["channel_id"], ["alert_channel.id"], name=op.f("fk_alert_attempt_channel_id")),
        sa.ForeignKeyConstraint(
            ["message_id"], ["alert_message.id"], name=op.f("fk_alert_attempt_message_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_attempt")),
        sa.UniqueConstraint("message_id", "number", name=op.f("uq_alert_attempt_message_id_number")),
    )
    op.create_index("ix_alert_attempt_channel_id", "alert_attempt", ["channel_id", "at", "id"])
