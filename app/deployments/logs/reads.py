"""What is read of what replicas wrote."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import Executable, Integer, any_, bindparam, or_, select

from app.deployments.service import VISIBLE
from app.deployments.tables import Deployment, DeploymentReplica
from app.kit.access import Actor, Permission
from app.kit.db import Row, statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.reading import Reader
from app.kit.scoping import scope


class LogRow(Row):
    """The end of what a replica wrote."""


@statement
def _logs() -> Executable:
    slot = bindparam("slot", type_=Integer())
    chosen = DeploymentReplica.deployment_id == any_(keys_parameter())
    of = DeploymentReplica
    columns = of.deployment_id, of.slot, of.log, of.updated_at
    rows = select(*columns).join(Deployment, Deployment.id == of.deployment_id)
    asked = or_(slot.is_(None), DeploymentReplica.slot == slot)
    return rows.where(chosen, asked, VISIBLE).order_by(*columns[:2])


async def logs_by_deployment(
    read: Reader, actor: Actor, keys: Sequence[UUID], slot: int | None
) -> dict[UUID, list[LogRow]]:
    """What the replicas of each visible deployment wrote last, by slot; of one slot, if it is given."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return grouped(await read.fetch(_logs(), LogRow, keys=keys, slot=slot, **scope(actor)), "deployment_id")
