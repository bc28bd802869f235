"""Inferences by day, their idempotency keys, and the roll-ups that every answer comes from."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column

from app.deployments.vocabulary import Environment
from app.kit.columns import Count, Instant, Money, one_of
from app.kit.db import Base

MINUTE, HOUR, DAY = 1, 60, 1440
"""The grains of roll-ups, in minutes; each is a partition of its own."""


class Inference(Base):
    """One model call, without its content. Partitioned by day of `occurred_at`; kept 30 days by default."""

    __tablename__ = "inference"
    __table_args__ = (one_of("environment", Environment), {"postgresql_partition_by": "RANGE (occurred_at)"})

    occurred_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), primary_key=True)
    event_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    model_id: Mapped[UUID]
    provider_id: Mapped[UUID]
    deployment_id: Mapped[UUID | None]
    environment: Mapped[str] = mapped_column(Text)
    team_id: Mapped[UUID | None]
    user_key: Mapped[str | None] = mapped_column(Text)
    operation: Mapped[str | None] = mapped_column(Text)
    use_case: Mapped[str | None] = mapped_column(Text)
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    tokens_cached: Mapped[int]
    tokens_reasoning: Mapped[int]
    latency_us: Mapped[int | None] = mapped_column(BigInteger)
    ttft_us: Mapped[int | None] = mapped_column(BigInteger)
    failed: Mapped[bool]
    error_code: Mapped[str | None] = mapped_column(Text)
    error_message: Mapped[str | None] = mapped_column(Text)
    rating: Mapped[int | None] = mapped_column(SmallInteger)
    accepted: Mapped[bool | None]
    confidence: Mapped[Money | None] = mapped_column(Numeric(7, 6))
    cost: Mapped[Money | None]
    cost_source: Mapped[str | None] = mapped_column(Text)
    session_key: Mapped[str | None] = mapped_column(Text)
    api_key: Mapped[str | None] = mapped_column(Text)
    reported_by: Mapped[UUID | None]
    experiment: Mapped[str | None] = mapped_column(Text)
    variant: Mapped[str | None] = mapped_column(Text)
    workflow_run: Mapped[str | None] = mapped_column(Text)
    pipeline_context: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    variant_id: Mapped[UUID | None]


class InferenceKey(Base):
    """Every event id ever taken (until its day is dropped): what makes ingest idempotent."""

    __tablename__ = "inference_key"
    __table_args__ = (Index("ix_inference_key_occurred_at", "occurred_at", postgresql_using="brin"),)

    event_id: Mapped[UUID] = mapped_column(Uuid, primary_key=True)
    occurred_at: Mapped[Instant]
    digest: Mapped[bytes] = mapped_column(LargeBinary)


class RejectedInference(Base):
    """A call that was reported and could not be taken, and why: told once, however often it is sent again.

    `way` is by which way in, `sender` the actor, `event` how the sender names the call, empty if it does not. There is
    nothing else of the call."""

    __tablename__ = "inference_rejected"
    __table_args__ = (Index("ix_inference_rejected_last_at", "last_at"),)

    way: Mapped[str] = mapped_column(Text, primary_key=True)
    sender: Mapped[str] = mapped_column(Text, primary_key=True)
    event: Mapped[str] = mapped_column(Text, primary_key=True)
    reason: Mapped[str] = mapped_column(Text, primary_key=True)
    times: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[Instant]
    last_at: Mapped[Instant]


def rollup_table(name: str, *columns: Column[Any], key: str = "") -> Table:
    """A roll-up: buckets of a grain by model, provider, deployment, environment and team, partitioned by grain.

    `key` names the columns by which it is divided further."""
    own_key = key.split()
    return Table(
        name,
        Base.metadata,
        Column("grain", SmallInteger, nullable=False),
        Column("bucket", DateTime(timezone=True), nullable=False),
        Column("model_id", Uuid, nullable=False),
        Column("provider_id", Uuid, nullable=False),
        Column("deployment_id", Uuid),
        Column("environment", Text, nullable=False),
        Column("team_id", Uuid),
        *columns,
        UniqueConstraint(
            "grain",
            "bucket",
            "model_id",
            "deployment_id",
            "environment",
            "team_id",
            *own_key,
            name=f"uq_{name}",
            postgresql_nulls_not_distinct=True,
        ),
        Index(f"ix_{name}_model", "model_id", "bucket"),
        Index(f"ix_{name}_deployment", "deployment_id", "bucket"),
        postgresql_partition_by="LIST (grain)",
    )


def _whole(name: str) -> Column[Any]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


def _exact(name: str, precision: int = 24, scale: int = 12) -> Column[Any]:
    return Column(name, Numeric(precision, scale), nullable=False, server_default=text("0"))


SUMS = (
    *("requests", "failed", "cost", "unpriced"),
    *("tokens_in", "tokens_out", "tokens_cached", "tokens_reasoning", "tokens_priced"),
    *("latency_count", "latency_sum_us", "ttft_count", "ttft_sum_us"),
    *("rating_count", "rating_sum", "confidence_count", "confidence_sum", "accepted", "rejected"),
    *("timed_tokens", "timed_us"),
)
LEAST = ("latency_min_us", "ttft_min_us")
GREATEST = ("latency_max_us", "ttft_max_us", "tokens_in_max", "tokens_out_max", "last_at")


def measures() -> list[Column[Any]]:
    """What is measured of calls: sums, extremes and histograms."""
    return [
        *(
            _exact(name, 36 if name == "cost" else 24) if name in {"cost", "confidence_sum"} else _whole(name)
            for name in SUMS
        ),
        *(Column(name, BigInteger) for name in [*LEAST, *GREATEST[:-1]]),
        Column("last_at", DateTime(timezone=True), nullable=False),
        Column("latency_buckets", ARRAY(SmallInteger), nullable=False),
        Column("latency_counts", ARRAY(BigInteger), nullable=False),
        Column("ttft_buckets", ARRAY(SmallInteger), nullable=False),
        Column("ttft_counts", ARRAY(BigInteger), nullable=False),
    ]


rollup = rollup_table("rollup", *measures())
rollup_error = rollup_table(
    "rollup_error",
    Column("error_code", Text, nullable=False),
    Column("requests", BigInteger, nullable=False),
    Column("message", Text),
    Column("last_at", DateTime(timezone=True), nullable=False),
    key="error_code",
)
rollup_use_case = rollup_table(
    "rollup_use_case",
    Column("use_case", Text, nullable=False),
    Column("requests", BigInteger, nullable=False),
    _exact("cost", 36),
    key="use_case",
)
ATTRIBUTED = ("requests", "failed", "tokens_in", "tokens_out", "unpriced", "cost")
"""The sums by API key, user and use case."""

rollup_attribution = rollup_table(
    "rollup_attribution",
    Column("kind", Text, nullable=False),
    Column("label", Text, nullable=False),
    *(_exact(name, 36) if name == "cost" else _whole(name) for name in ATTRIBUTED),
    key="kind label",
)
"""`kind` is one of `labels.LABELS`; calls that name none are not in it."""
rollup_user = rollup_table(
    "rollup_user",
    Column("registers", ARRAY(SmallInteger), nullable=False),
    Column("ranks", ARRAY(SmallInteger), nullable=False),
)


class RollupDirty(Base):
    """A bucket that must be computed (again) from the finer grain, not before `due_at`."""

    __tablename__ = "rollup_dirty"

    grain: Mapped[int] = mapped_column(SmallInteger, primary_key=True)
    bucket: Mapped[Instant] = mapped_column(primary_key=True)
    seq: Mapped[Count] = mapped_column(BigInteger)
    due_at: Mapped[Instant]


class RollupDirtyMinute(Base):
    """A minute whose labels must be counted (again) from its calls, not before `due_at`."""

    __tablename__ = "rollup_dirty_minute"

    bucket: Mapped[Instant] = mapped_column(primary_key=True)
    seq: Mapped[Count] = mapped_column(BigInteger)
    due_at: Mapped[Instant]


class FirstUse(Base):
    """When a model was first called, so that it is told once."""

    __tablename__ = "model_first_use"

    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id"), primary_key=True)
    first_at: Mapped[Instant]


class ErrorBurst(Base):
    """An hour in which a deployment failed conspicuously, so that it is told once."""

    __tablename__ = "error_burst"

    deployment_id: Mapped[UUID] = mapped_column(ForeignKey("deployment.id"), primary_key=True)
    hour: Mapped[Instant] = mapped_column(primary_key=True)
