"""Events know the entry of the audit trail that tells the same."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    """A new column; events of before have none."""
    op.add_column("event", sa.Column("audit_id", sa.Uuid(), nullable=True))
