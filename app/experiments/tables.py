"""Experiments and their variants; a variant is a model, a version of it and a configuration."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.experiments.vocabulary import ExperimentStatus, TrafficType
from app.kit.columns import CreatedAt, Flag, Instant, Json, Key, Texts, one_of
from app.kit.db import Base


class Experiment(Base):
    """A comparison of variants on live traffic. Percentages are 0 to 100, `confidence_level` 0 to 1."""

    __tablename__ = "experiment"
    __table_args__ = (
        one_of("status", ExperimentStatus),
        one_of("traffic_type", TrafficType),
        CheckConstraint("traffic_percentage between 0 and 100", name="traffic_percentage"),
        CheckConstraint("audience_percentage between 0 and 100", name="audience_percentage"),
        CheckConstraint("confidence_level > 0 and confidence_level < 1", name="confidence_level"),
        CheckConstraint("ends_at > starts_at", name="duration"),
        Index("ix_experiment_name_lower", text("lower(name)"), "id"),
        Index("ix_experiment_created_at", "created_at", "id"),
        Index("ix_experiment_updated_at", "updated_at", "id"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    owner: Mapped[str | None] = mapped_column(Text)
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"))
    traffic_type: Mapped[str] = mapped_column(Text)
    traffic_percentage: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    traffic_rules: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    audience_percentage: Mapped[Decimal] = mapped_column(Numeric(5, 2), server_default=text("100"))
    audience_filters: Mapped[Json | None]
    starts_at: Mapped[Instant | None]
    ends_at: Mapped[Instant | None]
    started_at: Mapped[Instant | None]
    ended_at: Mapped[Instant | None]
    archived_at: Mapped[Instant | None]
    primary_metric: Mapped[str] = mapped_column(Text)
    secondary_metrics: Mapped[Texts]
    guardrail_metrics: Mapped[Texts]
    confidence_level: Mapped[Decimal] = mapped_column(Numeric(5, 4), server_default=text("0.95"))
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_demo: Mapped[Flag]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class Variant(Base):
    """One arm of an experiment. `weight` is its share of the experiment's traffic in percent."""

    __tablename__ = "experiment_variant"
    __table_args__ = (
        UniqueConstraint("experiment_id", "name"),
        CheckConstraint("weight >= 0 and weight <= 100", name="weight"),
        Index("ix_experiment_variant_model", "model_id"),
    )

    id: Mapped[Key]
    experiment_id: Mapped[UUID] = mapped_column(ForeignKey("experiment.id"))
    position: Mapped[int]
    name: Mapped[str] = mapped_column(Text)
    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id"))
    model_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))
    weight: Mapped[Decimal] = mapped_column(Numeric(5, 2))
    configuration: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    is_control: Mapped[Flag]
