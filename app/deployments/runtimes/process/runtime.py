"""Runs deployments as processes of this machine, which end with the process that runs them."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from typing import Final
from uuid import UUID

from app.deployments.runtimes.process.balancing import Balancer
from app.deployments.runtimes.process.measuring import use_by_session
from app.deployments.runtimes.process.replica import Surroundings
from app.deployments.runtimes.process.starting import Ports, Recipe
from app.deployments.runtimes.process.turns import Turns
from app.deployments.runtimes.process.workload import Workload
from app.deployments.runtimes.protocol import Observation, Problem, Wake, Wanted
from app.deployments.runtimes.templates import Template
from app.kit.tasks import ended

MEASURE_EVERY: Final = 5.0


class ProcessRuntime:
    """`home` gets a folder for each deployment; `node` names this machine; `host` is where deployments are reached.

    Its first use must be in the main thread, and all others, too: children end when the thread that began them does."""

    def __init__(
        self, templates: Mapping[str, Template], home: Path, node: str, wake: Wake, host: str = "127.0.0.1"
    ) -> None:
        self._templates, self._home, self._node, self._wake, self._host = templates, home, node, wake, host
        self._workloads: dict[UUID, Workload] = {}
        self._leaving: set[Workload] = set()
        self._turns, self._ports = Turns(), Ports()
        self._measuring: asyncio.Task[None] | None = None

    async def observe(self, key: UUID) -> Observation:
        """How a workload is."""
        workload = self._workloads.get(key)
        return workload.seen() if workload else Observation()

    async def apply(self, wanted: Wanted) -> None:
        """Come nearer to what is wanted."""
        self._measuring = self._measuring or asyncio.create_task(self._measure())
        workload = self._workloads.get(wanted.key) or self._new(wanted.key)
        name = (wanted.spec.get("process") or {}).get("template")
        template = self._templates.get(name or "")
        if template is None:
            workload.refuse(wanted, _unknown(name))
            return
        await workload.follow(Recipe(template, wanted, self._node, self._folder(wanted.key)))

    async def forget(self, key: UUID) -> None:
        """Stop it here."""
        workload = self._workloads.pop(key, None)
        if workload is None:
            return
        self._leaving.add(workload)
        try:
            await workload.close(drain=True)
        finally:
            self._leaving.discard(workload)

    async def close(self) -> None:
        """Stop all, without waiting for calls under way to end by themselves."""
        workloads = [*self._workloads.values(), *self._leaving]
        self._workloads.clear()
        await asyncio.gather(*(workload.close(drain=False) for workload in workloads))
        if self._measuring is not None:
            await ended([self._measuring])

    def _new(self, key: UUID) -> Workload:
        around = Surroundings(Balancer(self._host), self._turns, self._ports, partial(self._wake, key))
        self._workloads[key] = Workload(around, self._host)
        return self._workloads[key]

    def _folder(self, key: UUID) -> Path:
        folder = self._home / "deployments" / str(key)
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return folder

    async def _measure(self) -> None:
        """Note for ever what the replicas use."""
        while True:
            replicas = [each for workload in self._workloads.values() for each in workload.replicas.values()]
            if replicas:
                use, now = await asyncio.to_thread(use_by_session), time.monotonic()
                for replica in replicas:
                    replica.note_use(use.get(replica.pid) if replica.pid else None, now)
            await asyncio.sleep(MEASURE_EVERY)


def _unknown(name: str | None) -> Problem:
    return Problem(reason="TemplateUnknown", message=f"There is no template “{name}” on the machine that is to run it.")
