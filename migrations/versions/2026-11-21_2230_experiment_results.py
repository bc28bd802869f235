"""Calls know which variant of an experiment answered them, and variants have a roll-up of their own."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"


def upgrade() -> None:
    """A new column that may be empty, and two tables."""
    op.add_column("inference", sa.Column("variant_id", sa.Uuid(), nullable=True))
    op.create_table(
        "rollup_variant",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("units", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("requests", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_cached", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_reasoning", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_priced", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("cost", sa.Numeric(precision=36, scale=12), server_default=sa.text("0"), nullable=False),
        sa.Column("unpriced", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("latency_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("latency_sum_us", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ttft_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ttft_sum_us", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rating_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rating_sum", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("confidence_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("confidence_sum", sa.Numeric(precision=24, scale=12), server_default=sa.text("0"), nullable=False),
        sa.Column("accepted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("timed_tokens", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("timed_us", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("latency_min_us", sa.BigInteger(), nullable=True),
        sa.Column("ttft_min_us", sa.BigInteger(), nullable=True),
        sa.Column("latency_max_us", sa.BigInteger(), nullable=True),
        sa.Column("ttft_max_us", sa.BigInteger(), nullable=True),
        sa.Column("tokens_in_max", sa.BigInteger(), nullable=True),
        sa.Column("tokens_out_max", sa.BigInteger(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latency_buckets", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("latency_counts", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("ttft_buckets", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("ttft_counts", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.PrimaryKeyConstraint("variant_id", name=op.f("pk_rollup_variant")),
    )
    op.create_table(
        "experiment_unit",
        sa.Column("variant_id", sa.Uuid(), nullable=False),
        sa.Column("unit", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("variant_id", "unit", name=op.f("pk_experiment_unit")),
    )
