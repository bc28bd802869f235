"""The tables of the bench as SQLAlchemy knows them; `data.sql` makes and fills them."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import DateTime, Enum, ForeignKey
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class ModelStatus(StrEnum):
    """Where a model is in its life."""

    ACTIVE = "ACTIVE"
    PREVIEW = "PREVIEW"
    DEPRECATED = "DEPRECATED"


class DeploymentPhase(StrEnum):
    """What a deployment does."""

    RUNNING = "RUNNING"
    SCALING = "SCALING"
    STOPPED = "STOPPED"


class Base(DeclarativeBase):
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy reads it from the class
        datetime: DateTime(timezone=True),
        ModelStatus: Enum(ModelStatus, name="model_status"),
        DeploymentPhase: Enum(DeploymentPhase, name="deployment_phase"),
    }


class Model(Base):
    __tablename__ = "model"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str]
    name: Mapped[str]
    description: Mapped[str]
    status: Mapped[ModelStatus]
    license: Mapped[str]
    context_window: Mapped[int]
    popularity: Mapped[int]
    rating: Mapped[float]
    price: Mapped[Decimal]
    is_public: Mapped[bool]
    owner: Mapped[str | None]
    created_at: Mapped[datetime]


class Deployment(Base):
    __tablename__ = "deployment"

    id: Mapped[int] = mapped_column(primary_key=True)
    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"))
    name: Mapped[str]
    environment: Mapped[str]
    phase: Mapped[DeploymentPhase]
    replicas: Mapped[int]
    latency_ms: Mapped[float]


class Metrics(Base):
    __tablename__ = "model_metrics"

    model_id: Mapped[int] = mapped_column(ForeignKey("model.id"), primary_key=True)
    requests: Mapped[int]
    errors: Mapped[int]
    latency_p50: Mapped[float]
    latency_p95: Mapped[float]
    cost: Mapped[Decimal]
    uptime: Mapped[float]


class Sample(Base):
    __tablename__ = "sample"

    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    host: Mapped[str]
    unit: Mapped[str]
    kind: Mapped[str]
    count: Mapped[int]
    errors: Mapped[int]
    mean: Mapped[float]
    peak: Mapped[float]
    healthy: Mapped[bool]
    taken_at: Mapped[datetime]


class Team(Base):
    __tablename__ = "team"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    area: Mapped[str]
    members: Mapped[int]


class Person(Base):
    __tablename__ = "person"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str]
    city: Mapped[str]


class Change(Base):
    __tablename__ = "change"

    id: Mapped[int] = mapped_column(primary_key=True)
    summary: Mapped[str]
    kind: Mapped[str]
    happened_at: Mapped[datetime]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    person_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"))
