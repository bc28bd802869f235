"""What the controller asks of whatever runs deployments: to look, and to come nearer to what is wanted."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from app.deployments.vocabulary import ReplicaState

Wake = Callable[[UUID], None]
"""Called by a runtime, with the key of a workload, when observing it would show something new."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What one workload should be. With 0 replicas nothing of it may run.

    `key` is that of the deployment; `revision` numbers `spec`, which is the deployment's `DeploymentConfig` in
    camelCase. `endpoint` is where it was reached last, so that it can be reached there again."""

    key: UUID
    name: str
    model: str
    version: str | None
    environment: str
    revision: int
    replicas: int
    spec: Mapping[str, Any]
    endpoint: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """Why a runtime cannot do what is wanted: a word for machines and a sentence for people, without secrets."""

    reason: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Exit:
    """How something that ran ended; `code` is None where there is none, negative for a signal."""

    code: int | None
    reason: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplicaSeen:
    """One replica as it is now. What a runtime cannot know is None: unknown is never zero.

    `crash_loop`: it fails again and again, and is tried again with growing pauses.
    `cpu_cores` (1.0 is one core busy) and `memory_bytes` (resident) are of all its processes; `log` is the end of what
    it wrote, masked."""

    slot: int
    revision: int
    state: ReplicaState
    pid: int | None = None
    port: int | None = None
    endpoint: str | None = None
    restarts: int = 0
    crash_loop: bool = False
    last_exit: Exit | None = None
    cpu_cores: float | None = None
    memory_bytes: int | None = None
    started_at: datetime | None = None
    ready_at: datetime | None = None
    log: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Observation:
    """A workload as it is now.

    `revision` is the newest that the runtime was told of; `problem` holds while it cannot come nearer to it."""

    revision: int | None = None
    replicas: tuple[ReplicaSeen, ...] = ()
    endpoint: str | None = None
    checked_at: datetime | None = None
    problem: Problem | None = None


class DeploymentRuntime(Protocol):
    """Level-triggered: `apply` may be called with the same at any time, takes what steps are possible now and returns
    at once; what takes longer goes on by itself and ends in a call of `Wake`. Neither raises for what a workload does;
    a runtime that cannot be reached raises `Unavailable`, and is asked again."""

    async def observe(self, key: UUID) -> Observation:
        """How a workload is. One that the runtime does not know is `Observation()`."""
        ...

    async def apply(self, wanted: Wanted) -> None:
        """Come nearer to what is wanted."""
        ...

    async def forget(self, key: UUID) -> None:
        """Somebody else cares for the workload from now on: stop what dies with this process, leave the rest."""
        ...

    async def close(self) -> None:
        """Stop what must not outlive this process."""
        ...
