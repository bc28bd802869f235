"""Usage is counted by API key, user and use case, for every model, deployment, environment and team."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"

SUMS = "requests", "failed", "tokens_in", "tokens_out", "unpriced"
CELL = "bucket", "model_id", "provider_id", "deployment_id", "environment", "team_id"
KEY = ["grain", "bucket", "model_id", "deployment_id", "environment", "team_id", "kind", "label"]


def upgrade() -> None:
    """A roll-up like the others, filled from the calls that are kept; what is older is of nobody in particular."""
    op.create_table(
        "rollup_attribution",
        sa.Column("grain", sa.SmallInteger(), nullable=False),
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        *(sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False) for name in SUMS),
        sa.Column("cost", sa.Numeric(precision=36, scale=12), server_default=sa.text("0"), nullable=False),
        sa.UniqueConstraint(*KEY, name="uq_rollup_attribution", postgresql_nulls_not_distinct=True),
        postgresql_partition_by="LIST (grain)",
    )
    for name in ("deployment", "model"):
        op.create_index(f"ix_rollup_attribution_{name}", "rollup_attribution", [f"{name}_id", "bucket"], unique=False)
    for suffix, grain, step in (("1m", 1, "1 minute"), ("1h", 60, "1 hour"), ("1d", 1440, "1 day")):
        op.execute(f"create table rollup_attribution_{suffix} partition of rollup_attribution for values in ({grain})")
        op.execute(FILL.format(grain=grain, step=step))
    op.execute("alter table rollup_attribution_1m set (fillfactor = 70)")


FILL = f"""
insert into rollup_attribution (grain, {", ".join(CELL)}, kind, label, {", ".join(SUMS)}, cost)
select {{grain}}, date_bin('{{step}}', occurred_at, 'epoch'::timestamptz), {", ".join(CELL[1:])}, kind, label,
    count(*), count(*) filter (where failed), sum(tokens_in), sum(tokens_out), count(*) filter (where cost is null),
    coalesce(sum(cost), 0)
from inference, lateral (
    values ('API_KEY', api_key), ('USER', user_key), ('USE_CASE', use_case)) as l(kind, label)
where label is not null group by 2, {", ".join(CELL[1:])}, kind, label
"""  # noqa: S608 - composed from constants
