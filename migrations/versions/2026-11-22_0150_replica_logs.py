"""The end of what each replica of a deployment wrote."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    """One column that may be empty."""
    op.add_column("deployment_replica", sa.Column("log", sa.Text(), nullable=True))
