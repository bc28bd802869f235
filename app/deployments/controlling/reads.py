"""What a worker reads of deployments. It sees all: it acts for nobody."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Interval, any_, bindparam, func, literal_column, or_, select

from app.catalog.tables import Model, ModelVersion
from app.deployments.tables import Deployment, DeploymentNode
from app.deployments.vocabulary import Phase
from app.kit.db import Database, Row, Selection, statement
from app.kit.grouping import keys_parameter, texts_parameter

SILENT_SECONDS: Final = 60
"""A machine that was not heard of for so long may be replaced by another."""

SILENT: Final = DeploymentNode.seen_at < func.now() - literal_column(f"interval '{SILENT_SECONDS} s'", Interval())


class Mark(Row):
    """A deployment that this machine has or may have, as far as it shows whether there is something to do."""


class _Desired(Row):
    """A deployment with all that is needed to run it and to speak of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desired:
    """What is wanted of a deployment, and what was said of it last."""

    id: UUID
    name: str
    environment: str
    model_id: UUID
    model: str
    version: str | None
    level: str
    team_id: UUID | None
    runtime: str
    spec: dict[str, Any]
    generation: int
    deleted_at: datetime | None
    phase: str
    conditions: list[dict[str, Any]]
    observed_generation: int
    replicas: int | None
    endpoint: str | None


@statement
def _marks() -> Selection:
    ours = Deployment.node == bindparam("node")
    return (
        select(
            Deployment.id,
            Deployment.generation,
            Deployment.deleted_at.is_not(None).label("deleted"),
            func.coalesce(ours, False).label("ours"),
        )
        .outerjoin(DeploymentNode, DeploymentNode.id == Deployment.node)
        .where(
            Deployment.runtime != "RECORDED",
            or_(Deployment.deleted_at.is_(None), Deployment.phase != Phase.STOPPED),
            Deployment.runtime == any_(texts_parameter("runtimes")),
            or_(Deployment.node.is_(None), ours, SILENT),
        )
    )


@statement
def _desired() -> Selection:
    return (
        select(
            Deployment.__table__,
            Model.slug.label("model"),
            Model.security_level.label("level"),
            ModelVersion.label.label("version"),
        )
        .join(Model, Model.id == Deployment.model_id)
        .outerjoin(ModelVersion, ModelVersion.id == Deployment.model_version_id)
        .where(Deployment.id == any_(keys_parameter("keys")))
    )


async def marks(database: Database, node: str, runtimes: Iterable[str]) -> list[Mark]:
    """The deployments of these runtimes that this machine has or may have."""
    return await database.fetch(_marks(), Mark, node=node, runtimes=list(runtimes))


async def desired(database: Database, keys: Iterable[UUID]) -> dict[UUID, Desired]:
    """Deployments as they are wanted, and what was said of them last."""
    rows = await database.fetch(_desired(), _Desired, keys=list(keys))
    return {row.id: Desired(**{name: row[name] for name in _NAMES}) for row in rows}


_NAMES: Final = [field.name for field in fields(Desired)]
