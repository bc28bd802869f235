"""How fast tokens come is counted: output tokens and time of the calls that tell both."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    """Two sums more; both are 0 for what was counted before, which has no speed."""
    for name in ("timed_tokens", "timed_us"):
        op.add_column("rollup", sa.Column(name, sa.BigInteger(), server_default=sa.text("0"), nullable=False))
