"""Deployments: what is wanted (`spec`) and what was observed (`conditions`, `phase`)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, Text, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.deployments.vocabulary import Cause, Environment, Phase, ReplicaState, Runtime
from app.kit.columns import Count, CreatedAt, Flag, Instant, Json, Key, one_of
from app.kit.db import Base


class Deployment(Base):
    """A model made available under a name in an environment.

    `spec` is what is wanted, as in the newest revision (null where only usage is known); `conditions` is a list of
    `{type, status, reason, message, lastTransitionAt}` as in Kubernetes. What is deleted stays, as usage speaks of it;
    it is to be stopped, and its name is free. `node` names the machine whose workers run it."""

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
            postgresql_where=text("deleted_at is null"),
        ),
        Index(
            "ix_deployment_controlled",
            "id",
            postgresql_where=text("runtime <> 'RECORDED' and (deleted_at is null or phase <> 'STOPPED')"),
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
    node: Mapped[str | None] = mapped_column(ForeignKey("deployment_node.id"))
    deleted_at: Mapped[Instant | None]
    is_demo: Mapped[Flag]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class DeploymentNode(Base):
    """A machine whose workers run deployments; `seen_at` is when one of them was last heard of."""

    __tablename__ = "deployment_node"

    id: Mapped[str] = mapped_column(Text, primary_key=True)
    host: Mapped[str] = mapped_column(Text)
    seen_at: Mapped[CreatedAt]


class DeploymentRevision(Base):
    """What was wanted of a deployment from one change to the next; rows stay as they are.

    `restored` is the revision that a roll-back went to."""

    __tablename__ = "deployment_revision"
    __table_args__ = (
        one_of("cause", Cause),
        CheckConstraint("number > 0", name="number"),
        UniqueConstraint("deployment_id", "number"),
    )

    id: Mapped[Key]
    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"))
    number: Mapped[int]
    cause: Mapped[str] = mapped_column(Text)
    restored: Mapped[int | None]
    spec: Mapped[Json]
    model_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id", ondelete="SET NULL"))
    actor: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]


class DeploymentReplica(Base):
    """What runs, or last ran, in a slot of a deployment. `cpu_cores` and `memory_bytes` are of all its processes."""

    __tablename__ = "deployment_replica"
    __table_args__ = (
        one_of("state", ReplicaState),
        CheckConstraint("port between 1 and 65535", name="port"),
    )

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"), primary_key=True)
    slot: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    revision: Mapped[int]
    state: Mapped[str] = mapped_column(Text)
    pid: Mapped[int | None]
    port: Mapped[int | None]
    endpoint: Mapped[str | None] = mapped_column(Text)
    restarts: Mapped[Count]
    last_exit_code: Mapped[int | None]
    last_exit_reason: Mapped[str | None] = mapped_column(Text)
    last_exit_at: Mapped[Instant | None]
    cpu_cores: Mapped[float | None]
    memory_bytes: Mapped[int | None] = mapped_column(BigInteger)
    started_at: Mapped[Instant | None]
    ready_at: Mapped[Instant | None]
    log: Mapped[str | None] = mapped_column(Text)
    """The end of what it wrote, masked."""
    updated_at: Mapped[CreatedAt]


class DeploymentTransition(Base):
    """The phase of a deployment from an instant on: what availability and uptime are computed from."""

    __tablename__ = "deployment_transition"
    __table_args__ = (one_of("phase", Phase),)

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id", ondelete="CASCADE"), primary_key=True)
    occurred_at: Mapped[Instant] = mapped_column(primary_key=True)
    phase: Mapped[str] = mapped_column(Text)


class DeploymentQuota(Base):
    """How many deployments a team (None: those of no team) may have in an environment, where it is not the default."""

    __tablename__ = "deployment_quota"
    __table_args__ = (
        one_of("environment", Environment),
        CheckConstraint("most >= 0", name="most"),
        UniqueConstraint("team_id", "environment", postgresql_nulls_not_distinct=True),
    )

    id: Mapped[Key]
    team_id: Mapped[UUID | None] = mapped_column(ForeignKey("team.id", ondelete="CASCADE"))
    environment: Mapped[str] = mapped_column(Text)
    most: Mapped[int]
    set_by: Mapped[str] = mapped_column(Text)
    set_at: Mapped[CreatedAt]
