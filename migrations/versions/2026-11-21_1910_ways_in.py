"""Usage says more about a call, and what could not be taken is told."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0010"
down_revision = "0009"


def upgrade() -> None:
    """New columns that may be empty, and a table."""
    for name in ("cost_source", "session_key", "api_key", "experiment", "variant", "workflow_run"):
        op.add_column("inference", sa.Column(name, sa.Text(), nullable=True))
    op.add_column("inference", sa.Column("reported_by", sa.Uuid(), nullable=True))
    op.add_column("inference", sa.Column("pipeline_context", postgresql.JSONB(none_as_null=True), nullable=True))
    op.create_table(
        "inference_rejected",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("way", "sender", "event", "reason")),
        sa.Column("times", sa.BigInteger(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("way", "sender", "event", "reason", name=op.f("pk_inference_rejected")),
    )
    op.create_index("ix_inference_rejected_last_at", "inference_rejected", ["last_at"])
