"""How far the demo has come."""

from __future__ import annotations

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.columns import Flag, Instant
from app.kit.db import Base


class DemoRun(Base):
    """One row at most. The traffic is a function of `seed` and `anchor`, generated up to `generated_until`."""

    __tablename__ = "demo_run"
    __table_args__ = (CheckConstraint("id = 1", name="single"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    seed: Mapped[int]
    anchor: Mapped[Instant]
    generated_until: Mapped[Instant]
    is_cleared: Mapped[Flag]
