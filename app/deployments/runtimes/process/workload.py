"""All replicas of one deployment on this machine, and the address in front of them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.deployments.runtimes.process import rules
from app.deployments.runtimes.process.balancing import PortTaken
from app.deployments.runtimes.process.replica import Replica, Surroundings
from app.deployments.runtimes.process.starting import Recipe
from app.deployments.runtimes.protocol import Observation, Problem, Wanted
from app.deployments.runtimes.templates import UnsafeValue


@dataclass(slots=True, eq=False)
class Workload:
    """Follows what is wanted; each replica lives by itself."""

    around: Surroundings
    host: str
    revision: int | None = None
    problem: Problem | None = None
    replicas: dict[int, Replica] = field(default_factory=dict[int, Replica])
    _stopping: dict[int, asyncio.Task[None]] = field(default_factory=dict[int, "asyncio.Task[None]"])

    async def follow(self, recipe: Recipe) -> None:
        """Take the steps that are possible now."""
        self.problem = _unsafe(recipe) or await self._listen(recipe.wanted)
        if self.problem is None or not recipe.wanted.replicas:
            self._step(recipe)
        self.revision = recipe.wanted.revision

    def refuse(self, wanted: Wanted, problem: Problem) -> None:
        """It cannot be followed; but to stop is always possible."""
        self.revision, self.problem = wanted.revision, problem
        if not wanted.replicas:
            for slot in self.replicas:
                self._stop(slot)

    def seen(self) -> Observation:
        """As it is now."""
        port = self.around.balancer.port
        return Observation(
            revision=self.revision,
            replicas=tuple(self.replicas[slot].seen() for slot in sorted(self.replicas)),
            endpoint=f"http://{_written(self.host)}:{port}" if port else None,
            checked_at=_newest(replica.checked_at for replica in self.replicas.values()),
            problem=self.problem,
        )

    async def close(self, *, drain: bool) -> None:
        """Stop everything. Without `drain` nobody waits for calls under way, nor does who waits already."""
        for slot, replica in self.replicas.items():
            self._stop(slot)
            if not drain:
                replica.hurry()
        await asyncio.gather(*self._stopping.values())
        await self.around.balancer.close()

    def _step(self, recipe: Recipe) -> None:
        make = rules.make_of(recipe.wanted.version, recipe.wanted.spec)
        slots = [rules.Slot(slot, each.make, each.state) for slot, each in self.replicas.items()]
        steps = rules.steps(recipe.wanted.replicas, make, slots)
        for slot in steps.stop:
            self._stop(slot)
        for slot in steps.start:
            self.replicas[slot] = Replica(slot, make, recipe.wanted.revision, recipe, self.around)
            self.replicas[slot].run()
        for replica in self.replicas.values():
            if replica.make == make:
                replica.revision = recipe.wanted.revision

    def _stop(self, slot: int) -> None:
        if slot not in self._stopping:
            self.replicas[slot].retire()
            self._stopping[slot] = asyncio.create_task(self._stopped(slot))

    async def _stopped(self, slot: int) -> None:
        await self.replicas[slot].stop()
        del self.replicas[slot], self._stopping[slot]
        self.around.changed()

    async def _listen(self, wanted: Wanted) -> Problem | None:
        """At the port that is asked for; else where it did before, or anywhere."""
        asked: Any = (wanted.spec.get("networking") or {}).get("port")
        try:
            await self._listen_at(asked, wanted.endpoint)
        except PortTaken:
            return Problem(
                reason="PortTaken", message=f"Something else listens at port {asked}, or it is a reserved one."
            )
        return None

    async def _listen_at(self, asked: int | None, endpoint: str | None) -> None:
        balancer = self.around.balancer
        if asked is not None or balancer.port is not None:
            await balancer.listen(asked or 0)
            return
        try:
            await balancer.listen((urlsplit(endpoint).port if endpoint else None) or 0)
        except PortTaken:
            await balancer.listen(0)


def _unsafe(recipe: Recipe) -> Problem | None:
    try:
        recipe.command(1)
    except UnsafeValue as error:
        return Problem(reason="UnsafeName", message=error.message)
    return None


def _written(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _newest(times: Iterable[datetime | None]) -> datetime | None:
    return max((time for time in times if time is not None), default=None)
