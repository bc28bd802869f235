"""What writes need: history of aliases, statuses and prices; ratings; what a mutation led to."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """New tables and columns; aliases and prices get the history that is known."""
    op.create_table(
        "done_mutation",
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("mutation", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("result", sa.Uuid(), nullable=True),
        sa.Column("done_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("actor_id", "mutation", "key", name=op.f("pk_done_mutation")),
    )
    op.create_index("ix_done_mutation_done_at", "done_mutation", ["done_at"], unique=False)
    op.create_table(
        "model_rating",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("rating", sa.SmallInteger(), nullable=False),
        sa.Column("comment", sa.Text(), nullable=True),
        sa.Column("rated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("rating between 1 and 5", name=op.f("ck_model_rating_rating")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_model_rating_model_id")),
        sa.PrimaryKeyConstraint("model_id", "actor_id", name=op.f("pk_model_rating")),
    )
    op.create_table(
        "lifecycle_transition",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column("from_status", sa.Text(), nullable=False),
        sa.Column("to_status", sa.Text(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "from_status in ('EXPERIMENTAL', 'ACTIVE', 'MAINTENANCE', 'DEPRECATED', 'RETIRED')",
            name=op.f("ck_lifecycle_transition_from_status"),
        ),
        sa.CheckConstraint(
            "to_status in ('EXPERIMENTAL', 'ACTIVE', 'MAINTENANCE', 'DEPRECATED', 'RETIRED')",
            name=op.f("ck_lifecycle_transition_to_status"),
        ),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_lifecycle_transition_model_id")),
        sa.ForeignKeyConstraint(
            ["model_version_id"], ["model_version.id"], name=op.f("fk_lifecycle_transition_model_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_lifecycle_transition")),
    )
    op.create_index(
        "ix_lifecycle_transition_model", "lifecycle_transition", ["model_id", "occurred_at", "id"], unique=False
    )
    op.create_index("ix_lifecycle_transition_version", "lifecycle_transition", ["model_version_id"], unique=False)
    op.create_table(
        "model_alias_move",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("moved_by", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_model_alias_move_model_id")),
        sa.ForeignKeyConstraint(
            ["model_version_id"], ["model_version.id"], name=op.f("fk_model_alias_move_model_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_alias_move")),
    )
    op.create_index("ix_model_alias_move_name", "model_alias_move", ["model_id", "name", "moved_at"], unique=False)
    op.add_column("experiment", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("model", sa.Column("observed_latency_ms", sa.Double(), nullable=True))
    op.add_column(
        "model",
        sa.Column(
            "latency_ms",
            sa.Double(),
            sa.Computed("coalesce(observed_latency_ms, baseline_latency_ms)", persisted=True),
            nullable=True,
        ),
    )
    op.add_column("model", sa.Column("rating_average", sa.Numeric(precision=3, scale=2), nullable=True))
    op.add_column("model", sa.Column("rating_count", sa.Integer(), server_default=sa.text("0"), nullable=False))
    op.add_column("model", sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_model_context_window", "model", ["context_window", "id"], unique=False)
    op.create_index("ix_model_cost", "model", ["baseline_cost_per_1k_tokens", "id"], unique=False)
    op.create_index("ix_model_latency", "model", ["latency_ms", "id"], unique=False)
    op.create_index("ix_model_rating", "model", ["rating_average", "id"], unique=False)
    op.create_index("ix_model_updated_at", "model", ["updated_at", "id"], unique=False)
    op.add_column(
        "model_version",
        sa.Column(
            "configuration",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
    )
    op.add_column("model_version", sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False))
    op.add_column(
        "model_version",
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
    )
    op.add_column("price", sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("price", sa.Column("recorded_by", sa.Text(), nullable=True))
    op.add_column("price", sa.Column("reason", sa.Text(), nullable=True))
    op.create_index("ix_price_recorded_at", "price", ["recorded_at"], unique=False)
    op.create_index("ix_price_superseded_at", "price", ["superseded_at"], unique=False)
    op.create_check_constraint("rating_average", "model", "rating_average between 1 and 5")
    op.execute("update model_version set updated_at = created_at")
    op.execute(_FIRST_MOVES)
    op.execute(_SUPERSEDED)


_FIRST_MOVES = """
    insert into model_alias_move (id, model_id, name, model_version_id, moved_at)
    select id, model_id, name, model_version_id, moved_at from model_alias
"""

# Of several rows for the same price and start, only the one recorded last was believed from then on.
_SUPERSEDED = """
    update price set superseded_at = later.recorded_at
    from (
        select id, lead(recorded_at) over (
            partition by model_id, token_class, conditions, effective_from, source order by recorded_at, id
        ) as recorded_at from price) later
    where later.id = price.id and later.recorded_at is not null
"""
