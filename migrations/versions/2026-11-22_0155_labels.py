"""Minutes are marked whose labels are still to be counted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    """A new table, empty: what was counted so far stays. Minutes of labels are written once now, not added to."""
    op.create_table(
        "rollup_dirty_minute",
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("bucket", name=op.f("pk_rollup_dirty_minute")),
    )
    op.execute("alter table rollup_attribution_1m reset (fillfactor)")
    op.execute("alter table rollup_use_case_1m reset (fillfactor)")
