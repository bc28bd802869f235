"""What is wanted of deployments, what runs of them, and where; a name is free again once its deployment is deleted."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0015"
down_revision = "0014"


def upgrade() -> None:
    """New tables, new columns that may be empty, and a weaker unique index."""
    op.create_table(
        "deployment_node",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("host", sa.Text(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment_node")),
    )
    op.create_table(
        "deployment_quota",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("team_id", sa.Uuid(), nullable=True),
        sa.Column("environment", sa.Text(), nullable=False),
        sa.Column("most", sa.Integer(), nullable=False),
        sa.Column("set_by", sa.Text(), nullable=False),
        sa.Column("set_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "environment in ('DEVELOPMENT', 'STAGING', 'PRODUCTION')", name=op.f("ck_deployment_quota_environment")
        ),
        sa.CheckConstraint("most >= 0", name=op.f("ck_deployment_quota_most")),
        sa.ForeignKeyConstraint(["team_id"], ["team.id"], name=op.f("fk_deployment_quota_team_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment_quota")),
        sa.UniqueConstraint(
            "team_id",
            "environment",
            name=op.f("uq_deployment_quota_team_id_environment"),
            postgresql_nulls_not_distinct=True,
        ),
    )
    op.create_table(
        "deployment_replica",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("slot", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("pid", sa.Integer(), nullable=True),
        sa.Column("port", sa.Integer(), nullable=True),
        sa.Column("endpoint", sa.Text(), nullable=True),
        sa.Column("restarts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("last_exit_code", sa.Integer(), nullable=True),
        sa.Column("last_exit_reason", sa.Text(), nullable=True),
        sa.Column("last_exit_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cpu_cores", sa.Double(), nullable=True),
        sa.Column("memory_bytes", sa.BigInteger(), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ready_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("updated_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "state in ('STARTING', 'READY', 'UNHEALTHY', 'STOPPING', 'FAILED')",
            name=op.f("ck_deployment_replica_state"),
        ),
        sa.CheckConstraint("port between 1 and 65535", name=op.f("ck_deployment_replica_port")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_deployment_replica_deployment_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("deployment_id", "slot", name=op.f("pk_deployment_replica")),
    )
    op.create_table(
        "deployment_revision",
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("cause", sa.Text(), nullable=False),
        sa.Column("restored", sa.Integer(), nullable=True),
        sa.Column("spec", postgresql.JSONB(none_as_null=True, astext_type=sa.Text()), nullable=False),
        sa.Column("model_version_id", sa.Uuid(), nullable=True),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint(
            "cause in ('CREATED', 'UPDATED', 'SCALED', 'PAUSED', 'RESUMED', 'ROLLED_BACK')",
            name=op.f("ck_deployment_revision_cause"),
        ),
        sa.CheckConstraint("number > 0", name=op.f("ck_deployment_revision_number")),
        sa.ForeignKeyConstraint(
            ["deployment_id"], ["deployment.id"], name=op.f("fk_deployment_revision_deployment_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["model_version_id"],
            ["model_version.id"],
            name=op.f("fk_deployment_revision_model_version_id"),
            ondelete="SET NULL",
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deployment_revision")),
        sa.UniqueConstraint("deployment_id", "number", name=op.f("uq_deployment_revision_deployment_id_number")),
    )
    op.create_table(
        "deployment_transition",
        sa.Column("deployment_id", sa.Uuid(), nullable=False),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "phase in ('CREATING', 'RUNNING', 'SCALING', 'FAILED', 'STOPPED')",
            name=op.f("ck_deployment_transition_phase"),
        ),
        sa.ForeignKeyConstraint(
            ["deployment_id"],
            ["deployment.id"],
            name=op.f("fk_deployment_transition_deployment_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("deployment_id", "occurred_at", name=op.f("pk_deployment_transition")),
    )
    op.add_column("deployment", sa.Column("node", sa.Text(), nullable=True))
    op.add_column("deployment", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(
        "ix_deployment_controlled",
        "deployment",
        ["id"],
        unique=False,
        postgresql_where=sa.text("runtime <> 'RECORDED' and (deleted_at is null or phase <> 'STOPPED')"),
    )
    op.create_foreign_key(op.f("fk_deployment_node"), "deployment", "deployment_node", ["node"], ["id"])
    op.drop_index("uq_deployment_name_model_environment", table_name="deployment")
    op.create_index(
        "uq_deployment_name_model_environment",
        "deployment",
        ["name", "model_id", "environment"],
        unique=True,
        postgresql_where=sa.text("deleted_at is null"),
    )
