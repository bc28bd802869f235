"""Cares for one deployment: again and again looks at what is wanted and what there is, and says what it sees."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

from app.deployments.controlling import rules, service
from app.deployments.controlling.reads import Desired, desired
from app.deployments.runtimes.protocol import DeploymentRuntime, Observation, ReplicaSeen, Wanted
from app.deployments.vocabulary import Phase
from app.kit.access import SYSTEM
from app.kit.errors import Unavailable
from app.kit.journal import Writer

log = logging.getLogger("modelhub.deployments")

LOOK_EVERY: Final = 5.0
"""Seconds after which it is looked although nothing was heard."""
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 5.0
AT_ONCE: Final = 3
"""Writes of one worker at the same time, so that its jobs get connections, too."""


@dataclass(frozen=True, slots=True)
class Tools:
    """What the keepers of a worker share."""

    node: str
    writer: Writer
    runtimes: Mapping[str, DeploymentRuntime]
    places: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))


@dataclass(slots=True, eq=False)
class Keeper:
    """Of one deployment, from when this worker holds it until it does not."""

    tools: Tools
    desired: Desired
    _said: tuple[object, ...] | None = None
    _stale: bool = False
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    @property
    def runtime(self) -> DeploymentRuntime:
        """What runs it."""
        return self.tools.runtimes[self.desired.runtime]

    def wake(self) -> None:
        """There is something new."""
        self._stirred.set()

    def know(self, wanted: Desired) -> None:
        """Something else is wanted."""
        self.desired = wanted
        self.wake()

    async def run(self) -> None:
        """Care for ever; after failures with growing pauses, unless there is something new."""
        pause = 0.0
        while True:
            self._stirred.clear()
            pause = LOOK_EVERY if await self._succeeds() else min(max(pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
            with suppress(TimeoutError):
                async with asyncio.timeout(pause):
                    await self._stirred.wait()

    async def say_stopped(self) -> None:
        """Say that this worker cares no longer."""
        now = self.tools.writer.clock()
        if self.desired.phase == Phase.STOPPED:
            return
        conditions = rules.stopped_worker(self.desired.conditions, now)
        status = rules.Status(
            conditions=conditions,
            phase=rules.phase_of(conditions),
            replicas=0,
            observed_generation=self.desired.observed_generation,
            endpoint=self.desired.endpoint,
        )
        await self._write(self.desired, status, ())

    async def _succeeds(self) -> bool:
        try:
            return await self._reconcile()
        except Unavailable:
            return False
        except Exception:
            log.exception("a deployment could not be looked after; it is tried again")
            return False

    async def _reconcile(self) -> bool:
        """Come nearer to what is wanted, and say what there is. False if somebody else wrote meanwhile."""
        if self._stale:
            self.desired = (await desired(self.tools.writer.database, [self.desired.id])).get(
                self.desired.id, self.desired
            )
            self._stale = False
        known = self.desired
        await self.runtime.apply(_wanted(known))
        seen = await self.runtime.observe(known.id)
        if known.deleted_at is not None and seen.replicas:
            return True  # it is said that it is stopped when nothing is left
        status = self._status(known, seen)
        if self._said == _essence(status, seen.replicas):
            return True
        if not await self._write(known, status, seen.replicas):
            self._stale = True
        return not self._stale

    def _status(self, known: Desired, seen: Observation) -> rules.Status:
        return rules.status_of(
            known.spec,
            seen,
            known.conditions,
            self.tools.writer.clock(),
            generation=known.generation,
            observed_generation=known.observed_generation,
            deleted=known.deleted_at is not None,
        )

    async def _write(self, known: Desired, status: rules.Status, replicas: tuple[ReplicaSeen, ...]) -> bool:
        write, now = self.tools.writer.write, self.tools.writer.clock()
        async with self.tools.places:
            written = await write(SYSTEM, service.say_status, self.tools.node, known, status, replicas, now)
        if written:
            self._said = _essence(status, replicas)
            if self.desired is known:
                self.desired = replace(
                    known,
                    conditions=status.conditions,
                    phase=status.phase,
                    replicas=status.replicas,
                    observed_generation=status.observed_generation,
                    endpoint=status.endpoint,
                )
            else:
                self._stale = True
                self.wake()
        return written


def _wanted(known: Desired) -> Wanted:
    return Wanted(
        key=known.id,
        name=known.name,
        model=known.model,
        version=known.version,
        environment=known.environment,
        revision=known.generation,
        replicas=rules.wanted_replicas(known.spec, deleted=known.deleted_at is not None),
        spec=known.spec,
        endpoint=known.endpoint,
    )


def _essence(status: rules.Status, replicas: tuple[ReplicaSeen, ...]) -> tuple[object, ...]:
    """What is worth writing at once: not what is noted every few seconds for all (`service.note_checks`)."""
    lasting = tuple(replace(each, cpu_cores=None, memory_bytes=None, log=None) for each in replicas)
    return status, lasting
