"""Providers, their models, versions, aliases and prices, and what happened to them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Computed,
    ForeignKey,
    Identity,
    Index,
    Numeric,
    SmallInteger,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from app.catalog.vocabulary import ModelSource, ModelStatus, ModelType
from app.kit.access import Clearance
from app.kit.columns import Count, CreatedAt, Flag, Instant, Json, Key, Money, Texts, one_of
from app.kit.db import Base


class Provider(Base):
    """Who serves models. The list is open: real catalogs have more than a hundred."""

    __tablename__ = "provider"

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(Text, unique=True)
    name: Mapped[str] = mapped_column(Text)
    website: Mapped[str | None] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


MOST = {
    "popularity": "popularity",
    "cost": "baseline_cost_per_1k_tokens",
    "latency": "latency_ms",
    "context_window": "context_window",
    "rating": "rating_average",
}
"""Sorts in which what nobody knows comes last even when they fall, which a plain index cannot do."""


class Model(Base):
    """A registered model. What nobody knows is null. A job sets `popularity` (requests of the last 30 days) and
    `observed_latency_ms` (their average); `latency_ms` is that, else the baseline; ratings are kept by `rate_model`.
    `curated` names the columns that people decide: imports leave them alone."""

    __tablename__ = "model"
    __table_args__ = (
        one_of("model_type", ModelType),
        one_of("status", ModelStatus),
        one_of("security_level", Clearance),
        one_of("source", ModelSource),
        Index("ix_model_slug_lower", text("lower(slug)"), unique=True),
        Index("ix_model_name_lower", text("lower(name)"), "id"),
        Index("ix_model_created_at", "created_at", "id"),
        Index("ix_model_popularity", "popularity", "id"),
        Index("ix_model_updated_at", "updated_at", "id"),
        Index("ix_model_cost", "baseline_cost_per_1k_tokens", "id"),
        Index("ix_model_latency", "latency_ms", "id"),
        Index("ix_model_context_window", "context_window", "id"),
        Index("ix_model_rating", "rating_average", "id"),
        CheckConstraint("rating_average between 1 and 5", name="rating_average"),
        *(
            Index(f"ix_model_{name}_most", text(f"{column} desc nulls last"), text("id desc"))
            for name, column in MOST.items()
        ),
        Index("ix_model_listed", "security_level", "ordinal", postgresql_where=text("archived_at is null")),
        Index("ix_model_capabilities", "capabilities", postgresql_using="gin"),
    )

    id: Mapped[Key]
    slug: Mapped[str] = mapped_column(Text)
    name: Mapped[str] = mapped_column(Text)
    provider_id: Mapped[UUID] = mapped_column(ForeignKey("provider.id"), index=True)
    model_type: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    category: Mapped[str | None] = mapped_column(Text)
    tags: Mapped[Texts]
    capabilities: Mapped[Texts]
    supported_tasks: Mapped[Texts]
    input_formats: Mapped[Texts]
    output_formats: Mapped[Texts]
    max_tokens: Mapped[int | None]
    context_window: Mapped[int | None]
    max_batch_size: Mapped[int | None]
    supported_parameters: Mapped[Json | None]
    baseline_latency_ms: Mapped[float | None]
    baseline_cost_per_1k_tokens: Mapped[Money | None]
    baseline_success_rate: Mapped[float | None]
    baseline_tokens_per_request: Mapped[float | None]
    license: Mapped[str | None] = mapped_column(Text)
    documentation: Mapped[str | None] = mapped_column(Text)
    status: Mapped[str] = mapped_column(Text)
    security_level: Mapped[str] = mapped_column(Text, server_default=Clearance.INTERNAL.value)
    compliance: Mapped[Texts]
    owner: Mapped[str | None] = mapped_column(Text)
    retires_on: Mapped[date | None]
    replacement_id: Mapped[UUID | None] = mapped_column(ForeignKey("model.id"))
    last_validated_at: Mapped[Instant | None]
    source: Mapped[str] = mapped_column(Text)
    curated: Mapped[Texts]
    popularity: Mapped[int | None] = mapped_column(BigInteger)
    observed_latency_ms: Mapped[float | None]
    latency_ms: Mapped[float | None] = mapped_column(
        Computed("coalesce(observed_latency_ms, baseline_latency_ms)", persisted=True)
    )
    rating_average: Mapped[Decimal | None] = mapped_column(Numeric(3, 2))
    rating_count: Mapped[Count]
    archived_at: Mapped[Instant | None]
    ordinal: Mapped[int] = mapped_column(Identity(), unique=True)
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_demo: Mapped[Flag]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class ModelVersion(Base):
    """A named state of a model; immutable once active."""

    __tablename__ = "model_version"
    __table_args__ = (one_of("status", ModelStatus), UniqueConstraint("model_id", "label"))

    id: Mapped[Key]
    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id"))
    label: Mapped[str] = mapped_column(Text)
    description: Mapped[str | None] = mapped_column(Text)
    configuration: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    status: Mapped[str] = mapped_column(Text)
    activated_at: Mapped[Instant | None]
    revision: Mapped[int] = mapped_column(server_default=text("1"))
    is_demo: Mapped[Flag]
    created_at: Mapped[CreatedAt]
    updated_at: Mapped[CreatedAt]


class ModelAlias(Base):
    """A movable name for one version of a model, such as `production`."""

    __tablename__ = "model_alias"
    __table_args__ = (UniqueConstraint("model_id", "name"),)

    id: Mapped[Key]
    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id"))
    name: Mapped[str] = mapped_column(Text)
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.id"))
    is_protected: Mapped[Flag]
    moved_at: Mapped[CreatedAt]
    is_demo: Mapped[Flag]


class AliasMove(Base):
    """An alias came to point to a version; the history that tells where it pointed at any time."""

    __tablename__ = "model_alias_move"
    __table_args__ = (Index("ix_model_alias_move_name", "model_id", "name", "moved_at"),)

    id: Mapped[Key]
    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id"))
    name: Mapped[str] = mapped_column(Text)
    model_version_id: Mapped[UUID] = mapped_column(ForeignKey("model_version.id"))
    moved_at: Mapped[CreatedAt]
    moved_by: Mapped[str | None] = mapped_column(Text)


class LifecycleTransition(Base):
    """A model, or one version of it, went from one status to another. `actor` is the name of who did it."""

    __tablename__ = "lifecycle_transition"
    __table_args__ = (
        one_of("from_status", ModelStatus),
        one_of("to_status", ModelStatus),
        Index("ix_lifecycle_transition_model", "model_id", "occurred_at", "id"),
        Index("ix_lifecycle_transition_version", "model_version_id"),
    )

    id: Mapped[Key]
    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id"))
    model_version_id: Mapped[UUID | None] = mapped_column(ForeignKey("model_version.id"))
    from_status: Mapped[str] = mapped_column(Text)
    to_status: Mapped[str] = mapped_column(Text)
    actor: Mapped[str] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
    occurred_at: Mapped[CreatedAt]


class ModelRating(Base):
    """What one principal thinks of a model, 1 to 5; rating again replaces it."""

    __tablename__ = "model_rating"
    __table_args__ = (CheckConstraint("rating between 1 and 5", name="rating"),)

    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id"), primary_key=True)
    actor_id: Mapped[str] = mapped_column(Text, primary_key=True)
    rating: Mapped[int] = mapped_column(SmallInteger)
    comment: Mapped[str | None] = mapped_column(Text)
    rated_at: Mapped[CreatedAt]


class Price(Base):
    """US dollars per million units of one token class, from `effective_from` (null: always) until `effective_to`.

    What we believed from `recorded_at` until `superseded_at` (null: still); rows are never changed otherwise."""

    __tablename__ = "price"
    __table_args__ = (
        Index("ix_price_model", "model_id", "token_class"),
        CheckConstraint("usd_per_million >= 0", name="not_negative"),
        CheckConstraint("effective_to > effective_from", name="period"),
        Index("ix_price_recorded_at", "recorded_at"),
        Index("ix_price_superseded_at", "superseded_at"),
    )

    id: Mapped[Key]
    model_id: Mapped[UUID] = mapped_column(ForeignKey("model.id"))
    token_class: Mapped[str] = mapped_column(Text)
    usd_per_million: Mapped[Money]
    conditions: Mapped[Json] = mapped_column(server_default=text("'{}'"))
    effective_from: Mapped[Instant | None]
    effective_to: Mapped[Instant | None]
    source: Mapped[str] = mapped_column(Text)
    recorded_at: Mapped[CreatedAt]
    superseded_at: Mapped[Instant | None]
    recorded_by: Mapped[str | None] = mapped_column(Text)
    reason: Mapped[str | None] = mapped_column(Text)
