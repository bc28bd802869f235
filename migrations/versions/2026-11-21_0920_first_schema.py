"""First schema."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

from app.kit.journal import TransactionId

revision = "0001"
down_revision = None


def upgrade() -> None:
    """First schema."""
    op.create_table(
        "audit_event",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("epoch", sa.Uuid(), nullable=False),
        sa.Column("tx", TransactionId(), server_default=sa.text("pg_current_xact_id()"), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor_id", sa.Text(), nullable=False),
        sa.Column("actor_name", sa.Text(), nullable=False),
        sa.Column("on_behalf_of", sa.Text(), nullable=True),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("resource_type", sa.Text(), nullable=False),
        sa.Column("resource_id", sa.Text(), nullable=False),
        sa.Column("before", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("after", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("ip", sa.Text(), nullable=True),
        sa.Column("request_id", sa.Text(), nullable=True),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_event")),
    )
    op.create_index(
        "ix_audit_event_resource",
        "audit_event",
        ["resource_type", "resource_id", "occurred_at"],
        unique=False,
    )
    op.create_index("ix_audit_event_tx", "audit_event", ["tx"], unique=False)
    op.create_table(
        "event_stream",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.Uuid(), server_default=sa.text("gen_random_uuid()"), nullable=False),
        sa.Column("head", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_stream")),
    )
    op.create_table(
        "inference",
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("user_key", sa.Text(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=True),
        sa.Column("use_case", sa.Text(), nullable=True),
        sa.Column("tokens_in", sa.Integer(), nullable=False),
        sa.Column("tokens_out", sa.Integer(), nullable=False),
        sa.Column("tokens_cached", sa.Integer(), nullable=False),
        sa.Column("tokens_reasoning", sa.Integer(), nullable=False),
        sa.Column("latency_us", sa.BigInteger(), nullable=True),
        sa.Column("ttft_us", sa.BigInteger(), nullable=True),
        sa.Column("failed", sa.Boolean(), nullable=False),
        sa.Column("error_code", sa.Text(), nullable=True),
        sa.Column("error_message", sa.Text(), nullable=True),
        sa.Column("rating", sa.SmallInteger(), nullable=True),
        sa.Column("accepted", sa.Boolean(), nullable=True),
        sa.Column("confidence", sa.Numeric(precision=7, scale=6), nullable=True),
        sa.Column("cost", sa.Numeric(precision=24, scale=12), nullable=True),
        sa.CheckConstraint(
            "environment in ('DEVELOPMENT', 'STAGING', 'PRODUCTION')", name=op.f("ck_inference_environment")
        ),
        sa.PrimaryKeyConstraint("occurred_at", "event_id", name=op.f("pk_inference")),
        postgresql_partition_by="RANGE (occurred_at)",
    )
    op.create_table(
        "inference_key",
        sa.Column("event_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("event_id", name=op.f("pk_inference_key")),
    )
    op.create_index(
        "ix_inference_key_occurred_at",
        "inference_key",
        ["occurred_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_table(
        "provider",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("website", sa.Text(), nullable=True),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider")),
        sa.UniqueConstraint("slug", name=op.f("uq_provider_slug")),
    )
    op.create_table(
        "rollup",
        sa.Column("grain", sa.SmallInteger(), nullable=False),
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("requests", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("failed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_in", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_out", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_cached", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_reasoning", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("tokens_priced", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("cost", sa.Numeric(precision=36, scale=12), server_default=sa.text("0"), nullable=False),
        sa.Column("unpriced", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("latency_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("latency_sum_us", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ttft_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("ttft_sum_us", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rating_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rating_sum", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("confidence_count", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("confidence_sum", sa.Numeric(precision=24, scale=12), server_default=sa.text("0"), nullable=False),
        sa.Column("accepted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("latency_min_us", sa.BigInteger(), nullable=True),
        sa.Column("ttft_min_us", sa.BigInteger(), nullable=True),
        sa.Column("latency_max_us", sa.BigInteger(), nullable=True),
        sa.Column("ttft_max_us", sa.BigInteger(), nullable=True),
        sa.Column("tokens_in_max", sa.BigInteger(), nullable=True),
        sa.Column("tokens_out_max", sa.BigInteger(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("latency_buckets", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("latency_counts", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.Column("ttft_buckets", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("ttft_counts", sa.ARRAY(sa.BigInteger()), nullable=False),
        sa.UniqueConstraint(
            "grain",
            "bucket",
            "model_id",
            "deployment_id",
            "environment",
            "team_id",
            name="uq_rollup",
            postgresql_nulls_not_distinct=True,
        ),
        postgresql_partition_by="LIST (grain)",
    )
    op.create_index("ix_rollup_deployment", "rollup", ["deployment_id", "bucket"], unique=False)
    op.create_index("ix_rollup_model", "rollup", ["model_id", "bucket"], unique=False)
    op.create_table(
        "rollup_dirty",
        sa.Column("grain", sa.SmallInteger(), nullable=False),
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("seq", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("grain", "bucket", name=op.f("pk_rollup_dirty")),
    )
    op.create_table(
        "rollup_error",
        sa.Column("grain", sa.SmallInteger(), nullable=False),
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("error_code", sa.Text(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("message", sa.Text(), nullable=True),
        sa.Column("last_at", sa.DateTime(timezone=True), nullable=False),
        sa.UniqueConstraint(
            "grain",
            "bucket",
            "model_id",
            "deployment_id",
            "environment",
            "team_id",
            "error_code",
            name="uq_rollup_error",
            postgresql_nulls_not_distinct=True,
        ),
        postgresql_partition_by="LIST (grain)",
    )
    op.create_index("ix_rollup_error_deployment", "rollup_error", ["deployment_id", "bucket"], unique=False)
    op.create_index("ix_rollup_error_model", "rollup_error", ["model_id", "bucket"], unique=False)
    op.create_table(
        "rollup_use_case",
        sa.Column("grain", sa.SmallInteger(), nullable=False),
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("use_case", sa.Text(), nullable=False),
        sa.Column("requests", sa.BigInteger(), nullable=False),
        sa.Column("cost", sa.Numeric(precision=36, scale=12), server_default=sa.text("0"), nullable=False),
        sa.UniqueConstraint(
            "grain",
            "bucket",
            "model_id",
            "deployment_id",
            "environment",
            "team_id",
            "use_case",
            name="uq_rollup_use_case",
            postgresql_nulls_not_distinct=True,
        ),
        postgresql_partition_by="LIST (grain)",
    )
    op.create_index("ix_rollup_use_case_deployment", "rollup_use_case", ["deployment_id", "bucket"], unique=False)
    op.create_index("ix_rollup_use_case_model", "rollup_use_case", ["model_id", "bucket"], unique=False)
    op.create_table(
        "rollup_user",
        sa.Column("grain", sa.SmallInteger(), nullable=False),
        sa.Column("bucket", sa.DateTime(timezone=True), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("registers", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.Column("ranks", sa.ARRAY(sa.SmallInteger()), nullable=False),
        sa.UniqueConstraint(
            "grain",
            "bucket",
            "model_id",
            "deployment_id",
            "environment",
            "team_id",
            name="uq_rollup_user",
            postgresql_nulls_not_distinct=True,
        ),
        postgresql_partition_by="LIST (grain)",
    )
    op.create_index("ix_rollup_user_deployment", "rollup_user", ["deployment_id", "bucket"], unique=False)
    op.create_index("ix_rollup_user_model", "rollup_user", ["model_id", "bucket"], unique=False)
    op.create_table(
        "team",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team")),
        sa.UniqueConstraint("slug", name=op.f("uq_team_slug")),
    )
    op.create_table(
        "event",
        sa.Column("stream", sa.Integer(), nullable=False),
        sa.Column("position", sa.BigInteger(), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("scope_tags", sa.ARRAY(sa.Text()), nullable=False),
        sa.Column("payload", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.ForeignKeyConstraint(["stream"], ["event_stream.id"], name=op.f("fk_event_stream")),
        sa.PrimaryKeyConstraint("stream", "position", name=op.f("pk_event")),
    )
    op.create_index("ix_event_occurred_at", "event", ["occurred_at"], unique=False)
    op.create_index("ix_event_topic", "event", ["topic", "position"], unique=False)
    op.create_table(
        "experiment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("traffic_type", sa.Text(), nullable=False),
        sa.Column("traffic_percentage", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column(
            "traffic_rules",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column(
            "audience_percentage",
            sa.Numeric(precision=5, scale=2),
            server_default=sa.text("100"),
            nullable=False,
        ),
        sa.Column("audience_filters", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("primary_metric", sa.Text(), nullable=False),
        sa.Column("secondary_metrics", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("guardrail_metrics", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column(
            "confidence_level",
            sa.Numeric(precision=5, scale=4),
            server_default=sa.text("0.95"),
            nullable=False,
        ),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("status in ('DRAFT', 'RUNNING', 'COMPLETED', 'STOPPED')", name=op.f("ck_experiment_status")),
        sa.CheckConstraint("traffic_type in ('PERCENTAGE', 'RULES')", name=op.f("ck_experiment_traffic_type")),
        sa.CheckConstraint("audience_percentage between 0 and 100", name=op.f("ck_experiment_audience_percentage")),
        sa.CheckConstraint(
            "confidence_level > 0 and confidence_level < 1", name=op.f("ck_experiment_confidence_level")
        ),
        sa.CheckConstraint("ends_at > starts_at", name=op.f("ck_experiment_duration")),
        sa.CheckConstraint("traffic_percentage between 0 and 100", name=op.f("ck_experiment_traffic_percentage")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_experiment_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment")),
    )
    op.create_index("ix_experiment_created_at", "experiment", ["created_at", "id"], unique=False)
    op.create_index("ix_experiment_name_lower", "experiment", [sa.literal_column("lower(name)"), "id"], unique=False)
    op.create_index("ix_experiment_updated_at", "experiment", ["updated_at", "id"], unique=False)
    op.create_table(
        "model",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("provider_id", sa.Uuid(), nullable=False),
        sa.Column("model_type", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("tags", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("capabilities", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("supported_tasks", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("input_formats", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("output_formats", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("max_tokens", sa.Integer(), nullable=True),
        sa.Column("context_window", sa.Integer(), nullable=True),
        sa.Column("max_batch_size", sa.Integer(), nullable=True),
        sa.Column("supported_parameters", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("baseline_latency_ms", sa.Double(), nullable=True),
        sa.Column("baseline_cost_per_1k_tokens", sa.Numeric(precision=24, scale=12), nullable=True),
        sa.Column("baseline_success_rate", sa.Double(), nullable=True),
        sa.Column("baseline_tokens_per_request", sa.Double(), nullable=True),
        sa.Column("license", sa.Text(), nullable=True),
        sa.Column("documentation", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("security_level", sa.Text(), server_default="INTERNAL", nullable=False),
        sa.Column("compliance", sa.ARRAY(sa.Text()), server_default=sa.text("'{}'"), nullable=False),
        sa.Column("owner", sa.Text(), nullable=True),
        sa.Column("retires_on", sa.Date(), nullable=True),
        sa.Column("replacement_id", sa.Uuid(), nullable=True),
        sa.Column("last_validated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("popularity", sa.BigInteger(), nullable=True),
        sa.Column("revision", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "model_type in ('TEXT', 'VISION', 'MULTIMODAL', 'EMBEDDING', 'CODE', 'AUDIO', 'RERANK', "
            "'IMAGE_GENERATION', 'MODERATION')",
            name=op.f("ck_model_model_type"),
        ),
        sa.CheckConstraint(
            "security_level in ('PUBLIC', 'INTERNAL', 'RESTRICTED', 'CONFIDENTIAL')",
            name=op.f("ck_model_security_level"),
        ),
        sa.CheckConstraint("source in ('IMPORTED', 'DISCOVERED', 'REGISTERED')", name=op.f("ck_model_source")),
        sa.CheckConstraint(
            "status in ('EXPERIMENTAL', 'ACTIVE', 'MAINTENANCE', 'DEPRECATED', 'RETIRED')",
            name=op.f("ck_model_status"),
        ),
        sa.ForeignKeyConstraint(["provider_id"], ["provider.id"], name=op.f("fk_model_provider_id")),
        sa.ForeignKeyConstraint(["replacement_id"], ["model.id"], name=op.f("fk_model_replacement_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model")),
    )
    op.create_index("ix_model_capabilities", "model", ["capabilities"], unique=False, postgresql_using="gin")
    op.create_index("ix_model_created_at", "model", ["created_at", "id"], unique=False)
    op.create_index("ix_model_name_lower", "model", [sa.literal_column("lower(name)"), "id"], unique=False)
    op.create_index("ix_model_popularity", "model", ["popularity", "id"], unique=False)
    op.create_index(op.f("ix_model_provider_id"), "model", ["provider_id"], unique=False)
    op.create_index("ix_model_slug_lower", "model", [sa.literal_column("lower(slug)")], unique=True)
    op.create_table(
        "model_first_use",
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("first_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_model_first_use_model_id")),
        sa.PrimaryKeyConstraint("model_id", name=op.f("pk_model_first_use")),
    )
    op.create_table(
        "model_version",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("activated_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "status in ('EXPERIMENTAL', 'ACTIVE', 'MAINTENANCE', 'DEPRECATED', 'RETIRED')",
            name=op.f("ck_model_version_status"),
        ),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_model_version_model_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_version")),
        sa.UniqueConstraint("model_id", "label", name=op.f("uq_model_version_model_id_label")),
    )
    op.create_table(
        "price",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("token_class", sa.Text(), nullable=False),
        sa.Column("usd_per_million", sa.Numeric(precision=24, scale=12), nullable=False),
        sa.Column(
            "conditions",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("effective_from", sa.DateTime(timezone=True), nullable=True),
        sa.Column("effective_to", sa.DateTime(timezone=True), nullable=True),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("effective_to > effective_from", name=op.f("ck_price_period")),
        sa.CheckConstraint("usd_per_million >= 0", name=op.f("ck_price_not_negative")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_price_model_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_price")),
    )
    op.create_index("ix_price_model", "price", ["model_id", "token_class"], unique=False)
    op.create_table(
        "deployment",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("runtime", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column(
            "conditions",
            postgresql.JSONB(astext_type=sa.Text()),
            server_default=sa.text("'[]'"),
            nullable=False,
        ),
        sa.Column("spec", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=True),
        sa.Column("replicas", sa.Integer(), nullable=True),
        sa.Column("endpoint", sa.Text(), nullable=True),
        sa.Column("generation", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column("observed_generation", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_health_check_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "environment in ('DEVELOPMENT', 'STAGING', 'PRODUCTION')", name=op.f("ck_deployment_environment")
        ),
        sa.CheckConstraint(
            "phase in ('CREATING', 'RUNNING', 'SCALING', 'FAILED', 'STOPPED')",
            name=op.f("ck_deployment_phase"),
        ),
        sa.CheckConstraint(
            "runtime in ('RECORDED', 'PROCESS', 'EXTERNAL', 'KUBERNETES')", name=op.f("ck_deployment_runtime")
        ),
        sa.CheckConstraint("generation >= observed_generation", name=op.f("ck_deployment_generation")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_deployment_model_id")),
        sa.ForeignKeyConstraint(
            ["model_version_id"], ["model_version.id"], name=op.f("fk_deployment_model_version_id")
        ),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_deployment_team_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment")),
    )
    op.create_index("ix_deployment_created_at", "deployment", ["created_at", "id"], unique=False)
    op.create_index(op.f("ix_deployment_model_id"), "deployment", ["model_id"], unique=False)
    op.create_index("ix_deployment_name_lower", "deployment", [sa.literal_column("lower(name)"), "id"], unique=False)
    op.create_index(op.f("ix_deployment_team_id"), "deployment", ["team_id"], unique=False)
    op.create_index("ix_deployment_updated_at", "deployment", ["updated_at", "id"], unique=False)
    op.create_index(
        "uq_deployment_name_model_environment", "deployment", ["name", "model_id", "environment"], unique=True
    )
    op.create_table(
        "experiment_variant",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("experiment_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column("weight", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column(
            "configuration",
            postgresql.JSONB(none_as_null=True, astext_type=sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("is_control", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("weight >= 0 and weight <= 100", name=op.f("ck_experiment_variant_weight")),
        sa.ForeignKeyConstraint(["experiment_id"], ["experiment.id"], name=op.f("fk_experiment_variant_experiment_id")),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_experiment_variant_model_id")),
        sa.ForeignKeyConstraint(
            ["model_version_id"], ["model_version.id"], name=op.f("fk_experiment_variant_model_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_experiment_variant")),
        sa.UniqueConstraint("experiment_id", "name", name=op.f("uq_experiment_variant_experiment_id_name")),
    )
    op.create_index("ix_experiment_variant_model", "experiment_variant", ["model_id"], unique=False)
    op.create_table(
        "model_alias",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("model_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=False),
        sa.Column("is_protected", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.Column("is_demo", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.ForeignKeyConstraint(["model_id"], ["model.id"], name=op.f("fk_model_alias_model_id")),
        sa.ForeignKeyConstraint(
            ["model_version_id"], ["model_version.id"], name=op.f("fk_model_alias_model_version_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_model_alias")),
        sa.UniqueConstraint("model_id", "name", name=op.f("uq_model_alias_model_id_name")),
    )
    op.create_table(
        "error_burst",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("hour", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["deployment_id"], ["deployment.id"], name=op.f("fk_error_burst_deployment_id")),
        sa.PrimaryKeyConstraint("deployment_id", "hour", name=op.f("pk_error_burst")),
    )
    op.create_table(
        "demo_run",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("anchor", sa.DateTime(timezone=True), nullable=False),
        sa.Column("generated_until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_cleared", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("id = 1", name="ck_demo_run_single"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_demo_run")),
    )
    op.execute("insert into event_stream (id) values (1)")
    for table in ("rollup", "rollup_error", "rollup_use_case", "rollup_user"):
        for suffix, grain in (("1m", 1), ("1h", 60), ("1d", 1440)):
            op.execute(f"create table {table}_{suffix} partition of {table} for values in ({grain})")
        op.execute(f"alter table {table}_1m set (fillfactor = 70)")
    op.execute(MERGE_COUNTS)
    op.execute(MERGE_RANKS)


MERGE_COUNTS = """
create function merge_counts(
    a_buckets int2[], a_counts int8[], b_buckets int2[], b_counts int8[], out buckets int2[], out counts int8[]
) language plpgsql immutable parallel safe as $$
declare place int;
begin
    buckets := a_buckets;
    counts := a_counts;
    for i in 1 .. cardinality(b_buckets) loop
        place := array_position(buckets, b_buckets[i]);
        if place is null then
            buckets := buckets || b_buckets[i];
            counts := counts || b_counts[i];
        else
            counts[place] := counts[place] + b_counts[i];
        end if;
    end loop;
end $$
"""
"""In no order. A loop, because it runs for every bucket that ingest updates: 2.6 µs, where a query takes 13 µs."""

MERGE_RANKS = """
create function merge_ranks(
    a_registers int2[], a_ranks int2[], b_registers int2[], b_ranks int2[], out registers int2[], out ranks int2[]
) language plpgsql immutable parallel safe as $$
declare place int;
begin
    registers := a_registers;
    ranks := a_ranks;
    for i in 1 .. cardinality(b_registers) loop
        place := array_position(registers, b_registers[i]);
        if place is null then
            registers := registers || b_registers[i];
            ranks := ranks || b_ranks[i];
        else
            ranks[place] := greatest(ranks[place], b_ranks[i]);
        end if;
    end loop;
end $$
"""
