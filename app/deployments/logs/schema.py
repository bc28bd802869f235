"""The face of what replicas wrote."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.deployments.logs import reads
from app.deployments.schema import Deployment
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.edges import edge_with_arguments, extends, way
from app.kit.errors import InvalidParameter

MAX_LINES = 200

Lines = Annotated[int, strawberry.argument(description="The last lines of each replica, at most so many: 1 to 200.")]
Slot = Annotated[int | None, strawberry.argument(description="Only of the replica in this slot; by default of all.")]


@strawberry.type(description="The end of what one replica wrote, its errors included.")
class ReplicaLog:
    slot: int = strawberry.field(description="The slot of the replica.")
    lines: list[str] = strawberry.field(
        description="The last lines, oldest first: at most 200 of 1,000 characters, together 16,000. What is known as "
        "a secret, or looks like one, is `•••`."
    )
    updated_at: datetime = strawberry.field(description="When it was read last: it is some seconds old.")


@extends(Deployment)
class DeploymentLogs:
    @edge_with_arguments(
        key="id",
        description="What its replicas wrote last, by slot; also what those wrote that failed. Empty where Model Hub "
        "runs nothing. Needs `deployments:read`.",
        directives=[ListSize(assumed_size=5)],
    )
    def logs(self, info: Info, replica: Slot = None, lines: Lines = 100) -> list[ReplicaLog]:  # noqa: ARG002
        if not 1 <= lines <= MAX_LINES:
            raise InvalidParameter(f"`lines` must be 1 to {MAX_LINES}.", argument="lines")

        def show(_: Any, found: Any) -> list[ReplicaLog]:
            return [_shown(row, lines) for row in found or ()]

        return way(reads.logs_by_deployment, replica, show=show)


def _shown(row: reads.LogRow, lines: int) -> ReplicaLog:
    said = row.log.split("\n") if row.log else []
    return ReplicaLog(slot=row.slot, lines=said[-lines:], updated_at=row.updated_at)
