"""Deployments: what is wanted (`spec`) and what was observed (`conditions`, `phase`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.deployments.vocabulary import Environment, Phase, Runtime
from app.kit.columns import CreatedAt, Flag, Instant, Json, Key, one_of
from app.kit.db import Base


class Deployment(Base):
    """A model made available under a name in an environment.

    `spec` is API's `DeploymentConfig` (null where only usage is known); `conditions` is a list of
    `{type, status, reason, message, lastTransitionAt}` as in Kubernetes."""

    __tablename__ = "deployment"
    __table_args__ = (
        one_of("environment", Environment),
        one_of("phase", Phase),
        one_of("runtime", Runtime),
        CheckConstraint("generation >= observed_generation", name="generation"),
        Index(
            "uq_deployment_name_model_environment",
            "name",
            "model_id",
            "environment",
            unique=True,
        ),
        Index("ix_deployment_name_lower", text("lower(name)"), "id"),
        Index("ix_deployment_created_at", "created_at", "id"),
        Index("ix_deployment_updated_at", "updated_at", "id"),
    )

    id: Mapped[Key]
    name: Mapped[str] = mapped_column(Text)
    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id"), index=True)
    model_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id"), index=True)
    environment: Mapped[str] = mapped_column(Text)
    runtime: Mapped[str] = mapped_column(Text)
    phase: Mapped[str] = mapped_column(Text)
    conditions: Mapped[list[dict[str, Any]]] = mapped_column(JSONB, server_default=text("'[]'"))
    spec: Mapped[Json | None]
    replicas: Mapped[int | None]
    endpoint: Mapped[str | None] = mapped_column(Text)
    generation: Mapped[int] = mapped_column(server_default=text("1"))
    observed_generation: Mapped[int] = mapped_column(server_default=text("0"))
    last_health_check_at: Mapped[Instant | None]
    is_demo: Mapped[Flag]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]
