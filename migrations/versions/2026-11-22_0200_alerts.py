"""Alert rules, the alerts they lead to with their history, silences, and the notifications to be delivered."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0018"
down_revision = "0017"


def upgrade() -> None:
    """Six new tables."""
    op.create_table(
        "alert_channel",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("team_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("kind in ('DASHBOARD', 'WEBHOOK', 'SLACK', 'EMAIL')", name=op.f("ck_alert_channel_kind")),
        sa.CheckConstraint(
            "level in ('PUBLIC', 'INTERNAL', 'RESTRICTED', 'CONFIDENTIAL')", name=op.f("ck_alert_channel_level")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_channel")),
    )
    op.create_table(
        "alert_rule",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("metric", sa.Text(), nullable=False),
        sa.Column("comparator", sa.Text(), nullable=False),
        sa.Column("threshold", sa.Numeric(precision=36, scale=12), nullable=False),
        sa.Column("window_minutes", sa.Integer(), nullable=False),
        sa.Column("for_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("keep_firing_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("interval_seconds", sa.Integer(), nullable=False),
        sa.Column(
            "scope", JSONB(none_as_null=True, astext_type=sa.Text()), server_default=sa.text("'{}'"), nullable=False
        ),
        sa.Column("group_by", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("condition", sa.Text(), nullable=True),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("no_data", sa.Text(), nullable=False),
        sa.Column("channel_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("cooldown_seconds", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("escalation", JSONB(astext_type=sa.Text()), server_default=sa.text("'[]'"), nullable=False),
        sa.Column("is_enabled", sa.Boolean(), server_default=sa.text("true"), nullable=False),
        sa.Column("owner_id", sa.Text(), nullable=False),
        sa.Column("owner_name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("team_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("next_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("evaluated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("lost_seconds", sa.Double(), server_default=sa.text("0"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("comparator in ('GT', 'GTE', 'LT', 'LTE')", name=op.f("ck_alert_rule_comparator")),
        sa.CheckConstraint(
            "level in ('PUBLIC', 'INTERNAL', 'RESTRICTED', 'CONFIDENTIAL')", name=op.f("ck_alert_rule_level")
        ),
        sa.CheckConstraint("no_data in ('OK', 'KEEP', 'ALERT')", name=op.f("ck_alert_rule_no_data")),
        sa.CheckConstraint(
            "severity in ('INFO', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL')", name=op.f("ck_alert_rule_severity")
        ),
        sa.CheckConstraint("type in ('PERFORMANCE', 'COST', 'QUALITY', 'SECURITY')", name=op.f("ck_alert_rule_type")),
        sa.CheckConstraint("interval_seconds > 0", name=op.f("ck_alert_rule_interval")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_rule")),
        sa.UniqueConstraint("key", name=op.f("uq_alert_rule_key")),
    )
    op.create_index("ix_alert_rule_created_at", "alert_rule", ["created_at", "id"], unique=False)
    op.create_index("ix_alert_rule_name_lower", "alert_rule", [sa.literal_column("lower(name)"), "id"], unique=False)
    op.create_index("ix_alert_rule_next_at", "alert_rule", ["next_at"], unique=False)
    op.create_table(
        "alert_silence",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("matchers", JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("author_id", sa.Text(), nullable=False),
        sa.Column("author_name", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("team_ids", sa.ARRAY(sa.Uuid()), nullable=True),
        sa.Column("sees_costs", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "level in ('PUBLIC', 'INTERNAL', 'RESTRICTED', 'CONFIDENTIAL')", name=op.f("ck_alert_silence_level")
        ),
        sa.CheckConstraint("ends_at >= starts_at", name=op.f("ck_alert_silence_duration")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_silence")),
    )
    op.create_index("ix_alert_silence_created_at", "alert_silence", ["created_at", "id"], unique=False)
    op.create_index("ix_alert_silence_ends_at", "alert_silence", ["ends_at", "id"], unique=False)
    op.create_table(
        "alert",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("rule_id", sa.Uuid(), nullable=False),
        sa.Column("labels_key", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=True),
        sa.Column("provider_id", sa.Uuid(), nullable=True),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("level", sa.Text(), nullable=False),
        sa.Column("team_ids", sa.ARRAY(sa.Uuid()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("value", sa.Numeric(precision=36, scale=12), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("held_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("clear_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("active_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("fired_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("resolved_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("acknowledged_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("acknowledged_by", sa.Text(), nullable=True),
        sa.Column("acknowledgement", sa.Text(), nullable=True),
        sa.Column("told_state", sa.Text(), nullable=True),
        sa.Column("told_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revision", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "level in ('PUBLIC', 'INTERNAL', 'RESTRICTED', 'CONFIDENTIAL')", name=op.f("ck_alert_level")
        ),
        sa.CheckConstraint("severity in ('INFO', 'LOW', 'MEDIUM', 'HIGH', 'CRITICAL')", name=op.f("ck_alert_severity")),
        sa.CheckConstraint(
            "state in ('INACTIVE', 'PENDING', 'FIRING', 'RESOLVED', 'ERROR')", name=op.f("ck_alert_state")
        ),
        sa.ForeignKeyConstraint(["rule_id"], ["alert_rule.id"], name=op.f("fk_alert_rule_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert")),
        sa.UniqueConstraint("rule_id", "labels_key", name=op.f("uq_alert_rule_id_labels_key")),
    )
    op.create_index("ix_alert_changed_at", "alert", ["changed_at", "id"], unique=False)
    op.create_index("ix_alert_created_at", "alert", ["created_at", "id"], unique=False)
    op.create_index(
        "ix_alert_firing", "alert", ["severity"], unique=False, postgresql_where=sa.text("state in ('FIRING', 'ERROR')")
    )
    op.create_table(
        "alert_entry",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("from_state", sa.Text(), nullable=False),
        sa.Column("to_state", sa.Text(), nullable=False),
        sa.Column("severity", sa.Text(), nullable=False),
        sa.Column("value", sa.Numeric(precision=36, scale=12), nullable=True),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("notice", sa.Text(), nullable=False),
        sa.Column("held_by", sa.Text(), nullable=True),
        sa.Column("silence_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "from_state in ('INACTIVE', 'PENDING', 'FIRING', 'RESOLVED', 'ERROR')",
            name=op.f("ck_alert_entry_from_state"),
        ),
        sa.CheckConstraint("held_by in ('SILENCE', 'INHIBITION', 'COOLDOWN')", name=op.f("ck_alert_entry_held_by")),
        sa.CheckConstraint("kind in ('TRANSITION', 'ACKNOWLEDGEMENT')", name=op.f("ck_alert_entry_kind")),
        sa.CheckConstraint("notice in ('NONE', 'SENT', 'HELD', 'DROPPED')", name=op.f("ck_alert_entry_notice")),
        sa.CheckConstraint(
            "to_state in ('INACTIVE', 'PENDING', 'FIRING', 'RESOLVED', 'ERROR')", name=op.f("ck_alert_entry_to_state")
        ),
        sa.ForeignKeyConstraint(["alert_id"], ["alert.id"], name=op.f("fk_alert_entry_alert_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_entry")),
    )
    op.create_index("ix_alert_entry_alert_id", "alert_entry", ["alert_id", "at", "id"], unique=False)
    op.create_index(
        "ix_alert_entry_held", "alert_entry", ["id"], unique=False, postgresql_where=sa.text("notice = 'HELD'")
    )
    op.create_table(
        "alert_notification",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("alert_id", sa.Uuid(), nullable=False),
        sa.Column("channel_id", sa.Uuid(), nullable=False),
        sa.Column("escalation_level", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("group_key", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), server_default=sa.text("'PENDING'"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('PENDING', 'SENT', 'DEAD')", name=op.f("ck_alert_notification_status")),
        sa.ForeignKeyConstraint(
            ["alert_id"], ["alert.id"], name=op.f("fk_alert_notification_alert_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["channel_id"], ["alert_channel.id"], name=op.f("fk_alert_notification_channel_id")),
        sa.ForeignKeyConstraint(
            ["entry_id"], ["alert_entry.id"], name=op.f("fk_alert_notification_entry_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_alert_notification")),
        sa.UniqueConstraint(
            "entry_id",
            "channel_id",
            "escalation_level",
            name=op.f("uq_alert_notification_entry_id_channel_id_escalation_level"),
        ),
    )
    op.create_index("ix_alert_notification_alert_id", "alert_notification", ["alert_id"], unique=False)
    op.create_index(
        "ix_alert_notification_due_at",
        "alert_notification",
        ["due_at"],
        unique=False,
        postgresql_where=sa.text("status = 'PENDING'"),
    )
