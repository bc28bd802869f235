"""The faces of how deployments do."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import strawberry

from app.catalog.schema import Model
from app.deployments.observed import reads
from app.deployments.observed.rules import health_of
from app.deployments.schema import Deployment
from app.deployments.vocabulary import Health, ReplicaState
from app.kit.costs import ListSize
from app.kit.edges import edge, extends
from app.kit.enums import graphql_enum
from app.kit.nodes import Rows, row_of
from app.kit.scalars import BigInt

graphql_enum(
    ReplicaState,
    "How far a replica is. New values may be added.",
    STARTING="It was started and is not healthy yet.",
    READY="It is healthy and gets calls.",
    UNHEALTHY="Its health checks fail, and it gets no calls.",
    STOPPING="It finishes the calls it has and ends.",
    FAILED="It ended, and is started again after a while.",
)
graphql_enum(
    Health,
    "How something serves. New values may be added.",
    HEALTHY="As it should.",
    UNKNOWN="It is coming up, or nobody knows.",
    DEGRADED="It serves, but not as it should; the conditions say why.",
    UNHEALTHY="It does not serve, although it should.",
)


@strawberry.type(description="How something that ran ended.")
class ReplicaExit:
    code: int | None = strawberry.field(description="Its exit code; −n if signal n ended it; null if it had none.")
    reason: str | None = strawberry.field(description="Why, for people.")
    exited_at: datetime | None = strawberry.field(description="When.")


@strawberry.type(description="One of the equal parts that answer calls of a deployment. What is unknown is null.")
class DeploymentReplica(Rows):
    row = reads.ReplicaRow

    slot: int = strawberry.field(description="Its place among the replicas, from 0; a new one may take it over.")
    revision: int = strawberry.field(description="The revision it runs.")
    state: ReplicaState = strawberry.field(description="How far it is.")
    pid: int | None = strawberry.field(description="The number of its process on the worker's machine.")
    port: int | None = strawberry.field(description="The TCP port where it listens, 1 to 65,535.")
    endpoint: str | None = strawberry.field(description="Where it is reached itself.")
    restarts: int = strawberry.field(description="How often it was started again.")
    cpu_cores: float | None = strawberry.field(description="Processor use in cores: 1.0 is one core busy.")
    memory_bytes: BigInt | None = strawberry.field(description="Memory use in bytes.")
    started_at: datetime | None = strawberry.field(description="When it was started last.")
    ready_at: datetime | None = strawberry.field(description="Since when it is ready; null if it is not.")
    updated_at: datetime = strawberry.field(description="When it was last looked at.")

    @strawberry.field(description="How it ended the last time; null if it never did.")
    def last_exit(self) -> ReplicaExit | None:
        row = row_of(self)
        if row["last_exit_at"] is None:
            return None
        return ReplicaExit(code=row["last_exit_code"], reason=row["last_exit_reason"], exited_at=row["last_exit_at"])


def _share(_: Any, found: Any) -> float | None:
    return found["served"] / found["wanted"] if found and found["wanted"] else None


def _uptime(_: Any, found: Any) -> float | None:
    return found and found["uptime"]


@extends(Deployment)
class DeploymentObservation:
    replica_states: list[DeploymentReplica] = edge(
        reads.replicas_by_deployment,
        key="id",
        many=True,
        description="What runs of it, by slot; at most 200, which takes in those that go while others come. Empty "
        "where Model Hub runs nothing.",
        directives=[ListSize(assumed_size=10)],
    )
    availability: float | None = edge(
        reads.availability_by_deployment,
        key="id",
        show=_share,
        description="The share of the last 30 days in which it served, of the time in which it was to, 0 to 1: coming "
        "up for the first time or after a pause does not count. Null if it never was to, or only usage is known.",
    )
    uptime_seconds: float | None = edge(
        reads.availability_by_deployment,
        key="id",
        show=_uptime,
        description="For how many seconds it has served without interruption; null if it does not, or only usage is "
        "known.",
    )

    @strawberry.field(description="How it serves; null if it is not wanted to.")
    def health(self) -> Health | None:
        row = row_of(self)
        return health_of(row["phase"], row["conditions"])


@extends(Model)
class ModelHealth:
    health: Health | None = edge(
        reads.health_by_model,
        key="id",
        description="The worst of its deployments that you may see; null if none is wanted to serve. Needs "
        "`deployments:read`.",
    )
