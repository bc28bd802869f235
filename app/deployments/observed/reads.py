"""What is read of how deployments do: their replicas, their availability, and the health of models."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import DateTime, Executable, any_, bindparam, select, text

from app.deployments.observed.rules import WINDOW, health_of, worst
from app.deployments.service import VISIBLE
from app.deployments.tables import Deployment, DeploymentReplica
from app.deployments.vocabulary import Health
from app.kit.access import Actor, Permission
from app.kit.db import Row, statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.reading import Reader
from app.kit.scoping import LEVELS, of_teams_sql, scope


class ReplicaRow(Row):
    """A replica."""


class Availability(Row):
    """How long a deployment served, of how long it was to, and for how long by now: in seconds."""


class _Phase(Row):
    """The state of a deployment, by its model."""


@statement
def _replicas() -> Executable:
    of = Deployment.id == DeploymentReplica.deployment_id
    chosen = DeploymentReplica.deployment_id == any_(keys_parameter())
    columns = [column for column in DeploymentReplica.__table__.columns if column.name != "log"]  # it may be long
    rows = select(*columns).join(Deployment, of).where(chosen, VISIBLE)
    return rows.order_by(DeploymentReplica.deployment_id, DeploymentReplica.slot)


@statement
def _phases() -> Executable:
    chosen = Deployment.model_id == any_(keys_parameter()), Deployment.deleted_at.is_(None)
    return select(Deployment.model_id, Deployment.phase, Deployment.conditions).where(*chosen, VISIBLE)


@statement
def _availability() -> Executable:
    """Coming up counts as not serving once it has served since it was last stopped: then it is an outage."""
    return text(f"""
        with steps as (
            select deployment_id, phase, occurred_at, phase in ('RUNNING', 'SCALING') as serves,
                   coalesce(lead(occurred_at) over (partition by deployment_id order by occurred_at), :now) as until,
                   count(*) filter (where phase = 'STOPPED') over (
                       partition by deployment_id order by occurred_at) as life
            from deployment_transition where occurred_at <= :now and deployment_id in (
                select d.id from deployment d join model m on m.id = d.model_id
                where d.id = any(:keys) and m.security_level = any({LEVELS}) and {of_teams_sql("d.team_id")})),
        judged as (
            select *, bool_or(serves) over (partition by deployment_id, life order by occurred_at) as has_served,
                   count(*) filter (where not serves) over (partition by deployment_id order by occurred_at) as outage,
                   extract(epoch from greatest(until - greatest(occurred_at, :start), interval '0'))::float8 as seconds
            from steps)
        select deployment_id, coalesce(sum(seconds) filter (where serves), 0) as served,
               coalesce(sum(seconds) filter (where serves or phase = 'FAILED' or phase = 'CREATING' and has_served), 0)
                   as wanted,
               (select extract(epoch from :now - min(j.occurred_at))::float8 from judged j
                where j.deployment_id = judged.deployment_id and j.serves and j.outage = max(judged.outage)) as uptime
        from judged group by deployment_id""").bindparams(  # noqa: S608 - constants
        bindparam("keys", type_=keys_parameter().type),
        bindparam("now", type_=DateTime(timezone=True)),
        bindparam("start", type_=DateTime(timezone=True)),
    )


async def replicas_by_deployment(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[ReplicaRow]]:
    """The replicas of each visible deployment, by slot."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return grouped(await read.fetch(_replicas(), ReplicaRow, keys=keys, **scope(actor)), "deployment_id")


async def availability_by_deployment(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Availability]:
    """How available each visible deployment was within the window."""
    actor.require(Permission.DEPLOYMENTS_READ)
    now = read.now()
    rows = await read.fetch(_availability(), Availability, keys=keys, now=now, start=now - WINDOW, **scope(actor))
    return {row["deployment_id"]: row for row in rows}


async def health_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, Health]:
    """The worst health of the visible deployments of each model; models of which none is to serve are left out."""
    actor.require(Permission.DEPLOYMENTS_READ)
    found: dict[UUID, list[Health | None]] = defaultdict(list)
    for row in await read.fetch(_phases(), _Phase, keys=keys, **scope(actor)):
        found[row["model_id"]].append(health_of(row["phase"], row["conditions"]))
    return {key: health for key, healths in found.items() if (health := worst(healths))}
