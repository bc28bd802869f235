"""Acts of workers on deployments: to take them up, and to say what was observed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import delete, func, or_, select, text, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.deployments.controlling.reads import SILENT, Desired
from app.deployments.controlling.rules import Status, transitions
from app.deployments.events import DeploymentStatusMoved
from app.deployments.runtimes.protocol import ReplicaSeen
from app.deployments.tables import Deployment, DeploymentNode, DeploymentReplica, DeploymentTransition
from app.deployments.vocabulary import Phase
from app.kit.access import Actor
from app.kit.journal import tell
from app.kit.scoping import tags


async def greet(session: AsyncSession, _: Actor, node: str, host: str) -> None:
    """Say that this machine is there."""
    now = {"host": host, "seen_at": func.now()}
    known = insert(DeploymentNode).values(id=node, **now)
    await session.execute(known.on_conflict_do_update(index_elements=["id"], set_=now))


async def claim_deployments(session: AsyncSession, _: Actor, node: str, keys: Sequence[UUID]) -> set[UUID]:
    """Take up what no machine has that is heard of; those that are ours now."""
    free = or_(Deployment.node.is_(None), Deployment.node.in_(select(DeploymentNode.id).where(SILENT)))
    taking = update(Deployment).where(Deployment.id.in_(keys), free).values(node=node).returning(Deployment.id)
    return set(await session.scalars(taking))


async def say_status(
    session: AsyncSession,
    _: Actor,
    node: str,
    known: Desired,
    status: Status,
    replicas: Sequence[ReplicaSeen],
    now: datetime,
) -> bool:
    """Write what was observed, and tell of its transitions, unless somebody wrote since `known` was read.

    Whether it was written."""
    moved = transitions(known.conditions, status.conditions)
    changes = {"updated_at": now} if moved else {}
    saying = (
        update(Deployment)
        .where(
            Deployment.id == known.id,
            Deployment.node == node,
            Deployment.conditions == known.conditions,
            Deployment.phase == known.phase,
        )
        .values(
            conditions=status.conditions,
            phase=status.phase,
            replicas=status.replicas,
            observed_generation=status.observed_generation,
            endpoint=status.endpoint,
            **changes,
        )
        .returning(Deployment.id)
    )
    if await session.scalar(saying) is None:
        return False
    await _put_replicas(session, known.id, replicas, now)
    if status.phase != known.phase:
        at = {"deployment_id": known.id, "occurred_at": now, "phase": status.phase}
        await session.execute(insert(DeploymentTransition).values(at).on_conflict_do_nothing())
    if moved or status.phase != known.phase:
        tell(session, _moved(known, status, moved))
    return True


async def _put_replicas(session: AsyncSession, key: UUID, replicas: Sequence[ReplicaSeen], now: datetime) -> None:
    gone = delete(DeploymentReplica).where(
        DeploymentReplica.deployment_id == key, DeploymentReplica.slot.not_in([each.slot for each in replicas])
    )
    await session.execute(gone)
    if replicas:
        putting = insert(DeploymentReplica).values([_replica(key, each, now) for each in replicas])
        every = {column.name: putting.excluded[column.name] for column in DeploymentReplica.__table__.columns}
        keys = ["deployment_id", "slot"]
        await session.execute(putting.on_conflict_do_update(index_elements=keys, set_=every))


def _replica(key: UUID, seen: ReplicaSeen, now: datetime) -> dict[str, Any]:
    ended = seen.last_exit
    return {
        "deployment_id": key,
        "slot": seen.slot,
        "revision": seen.revision,
        "state": seen.state,
        "pid": seen.pid,
        "port": seen.port,
        "endpoint": seen.endpoint,
        "restarts": seen.restarts,
        "last_exit_code": ended.code if ended else None,
        "last_exit_reason": ended.reason if ended else None,
        "last_exit_at": ended.at if ended else None,
        "cpu_cores": seen.cpu_cores,
        "memory_bytes": seen.memory_bytes,
        "started_at": seen.started_at,
        "ready_at": seen.ready_at,
        "log": seen.log,
        "updated_at": now,
    }


def _moved(known: Desired, status: Status, moved: Sequence[dict[str, Any]]) -> DeploymentStatusMoved:
    environment = known.environment.lower()
    if status.phase != known.phase:
        reason = next(condition["message"] for condition in status.conditions if condition["type"] == "Ready")
        message = f"{known.name} in {environment} is {status.phase.lower()}: {reason}"
    else:
        message = f"{known.name} in {environment}: " + "; ".join(
            f"{each['type']} is {each['status'].lower()}, {each['message'].rstrip('.')}" for each in moved
        )
    return DeploymentStatusMoved(
        resource_id=str(known.id),
        model_id=str(known.model_id),
        environment=known.environment,
        message=message,
        phase_from=known.phase,
        phase_to=Phase(status.phase).value,
        scope_tags=tags(known.level, known.team_id),
    )


@dataclass(frozen=True, slots=True)
class Check:
    """What a deployment's replicas use, and when they were looked at."""

    key: UUID
    at: datetime | None
    replicas: Sequence[ReplicaSeen]


_NOTE = text(
    """
    with checked as (
        update deployment set last_health_check_at = c.at
        from jsonb_to_recordset(cast(:checks as jsonb)) as c(key uuid, at timestamptz)
        where deployment.id = c.key and deployment.node = :node)
    update deployment_replica as r set cpu_cores = u.cpu, memory_bytes = u.memory, log = u.log, updated_at = :now
    from jsonb_to_recordset(cast(:uses as jsonb)) as u(key uuid, slot int, cpu float, memory bigint, log text)
    where r.deployment_id = u.key and r.slot = u.slot
    """
)


async def note_checks(session: AsyncSession, _: Actor, node: str, checks: Iterable[Check], now: datetime) -> None:
    """Write for all at once when they were looked at, and what they use; nobody is told."""
    known = list(checks)
    times = [{"key": str(check.key), "at": check.at} for check in known if check.at is not None]
    uses = [
        {"key": str(check.key), "slot": each.slot, "cpu": each.cpu_cores, "memory": each.memory_bytes, "log": each.log}
        for check in known
        for each in check.replicas
    ]
    arguments = {"checks": orjson.dumps(times).decode(), "uses": orjson.dumps(uses).decode()}
    await session.execute(_NOTE, {**arguments, "node": node, "now": now})
