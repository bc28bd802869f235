"""A process runtime with real processes, for tests."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

from app.deployments.runtimes.process.runtime import ProcessRuntime
from app.deployments.runtimes.process.sweeping import cookies
from app.deployments.runtimes.protocol import Observation, ReplicaSeen, Wanted
from app.deployments.runtimes.templates import Template
from app.deployments.vocabulary import ReplicaState
from app.kit.ids import new_id

COMMAND = (sys.executable, "-m", "app.sample", "--port", "{port}", "--model", "{model}")
QUICK: dict[str, Any] = {
    "start_seconds": 20,
    "drain_seconds": 0.2,
    "stop_seconds": 2,
    "probe_seconds": 0.1,
    "probe_timeout_seconds": 0.3,
    "restart_after": 3,
}
"""A template that loses no time."""


def sample(*options: str, **given: Any) -> Template:
    """The sample server, quickly watched; options make it misbehave."""
    return Template.model_validate({"command": (*COMMAND, *options), **QUICK, **given})


@dataclass(slots=True)
class Running:
    """A runtime, and what it told."""

    runtime: ProcessRuntime
    node: str
    woken: asyncio.Event = field(default_factory=asyncio.Event)

    async def until(self, key: UUID, holds: Callable[[Observation], bool], seconds: float = 20) -> Observation:
        """The first observation for which something holds."""
        async with asyncio.timeout(seconds):
            while not holds(seen := await self.runtime.observe(key)):
                await self._news()
            return seen

    async def converge(
        self, wanted: Wanted, seconds: float = 20, each: Callable[[Observation], None] = lambda _: None
    ) -> Observation:
        """Apply again and again, as the controller does, until what is wanted runs and nothing else."""
        async with asyncio.timeout(seconds):
            while True:
                await self.runtime.apply(wanted)
                seen = await self.runtime.observe(wanted.key)
                each(seen)
                if is_converged(seen, wanted):
                    return seen
                await self._news()

    async def _news(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(0.2):
                await self.woken.wait()
        self.woken.clear()

    def processes(self, key: UUID) -> list[int]:
        """All processes of a deployment, wherever they are."""
        return [pid for pid, cookie in cookies() if cookie.startswith(f"{self.node}:{key}:")]


def is_converged(seen: Observation, wanted: Wanted) -> bool:
    """Whether exactly what is wanted runs."""
    states = [(replica.state, replica.revision) for replica in seen.replicas]
    return states == [(ReplicaState.READY, wanted.revision)] * wanted.replicas


def ready(seen: Observation) -> list[ReplicaSeen]:
    """The replicas that serve."""
    return [replica for replica in seen.replicas if replica.state is ReplicaState.READY]


def wanted(**given: Any) -> Wanted:
    """One replica of the sample server."""
    spec: dict[str, Any] = {"process": {"template": given.pop("template", "sample")}, **given.pop("spec", {})}
    named = {"key": new_id(), "name": "triage", "model": "acme/anvil", "version": "1", "environment": "STAGING"}
    values: dict[str, Any] = {**named, "revision": 1, "replicas": 1, "spec": spec, **given}
    return Wanted(**values)


@asynccontextmanager
async def running(home: Path, **templates: Template) -> AsyncGenerator[Running]:
    """A runtime during the block, after which nothing of it is left."""
    node = new_id().hex
    holder: list[Running] = []
    runtime = ProcessRuntime({"sample": sample(), **templates}, home, node, lambda _: holder[0].woken.set())
    holder.append(Running(runtime, node))
    try:
        yield holder[0]
    finally:
        await runtime.close()
    left = [cookie for _, cookie in cookies() if cookie.startswith(node)]
    assert left == [], "processes are left"
