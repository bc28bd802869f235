"""Which columns of a model people decide, so that imports leave them alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Nothing is decided so far; what people wrote until now was in columns that imports do not touch."""
    column = sa.Column("curated", postgresql.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False)
    op.add_column("model", column)
