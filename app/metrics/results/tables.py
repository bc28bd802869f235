"""What the variants of experiments did: a roll-up of their own, and which units met them."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import BigInteger, Column, Table, Uuid, text
from sqlalchemy.orm import Mapped, mapped_column

from app.kit.db import Base
from app.metrics.tables import measures

rollup_variant = Table(
    "rollup_variant",
    Base.metadata,
    Column("variant_id", Uuid, primary_key=True),
    Column("units", BigInteger, nullable=False, server_default=text("0")),
    *measures(),
)
"""Everything a variant did since its experiment was started: one row, however long that is."""


class ExperimentUnit(Base):
    """A unit (a user, else a session) that met a variant, by a hash that differs from experiment to experiment."""

    __tablename__ = "experiment_unit"

    variant_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    unit: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
