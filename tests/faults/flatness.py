"""What a process uses, as Linux and the process itself tell it."""

from __future__ import annotations

import asyncio
import os
import re
from dataclasses import dataclass
from pathlib import Path

import httpx2

from tests.faults.test_killed_hub import Process

SPARE = 4_000_000
"""Bytes by which memory may be larger at the end, beside a tenth of what it was."""
SPARE_FILES = 6
"""Connections to Postgres that may have been opened meanwhile, and as many tasks."""
_FIGURE = re.compile(r"^(modelhub_(?:tasks|live_\w+)(?:\{.*\})?) (\S+)$", re.MULTILINE)
_LISTENERS = ("connections", "subscriptions", "groups")


def resident(pid: int) -> int:
    """Bytes of memory that a process has."""
    return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def descriptors(pid: int) -> int:
    """How many files and sockets a process has open."""
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))


@dataclass(frozen=True, slots=True)
class Use:
    """What a hub has at a moment; `listeners` are connections, subscriptions and groups together."""

    memory: int
    descriptors: int
    tasks: float
    listeners: float

    def assert_no_more_than(self, before: Use) -> None:
        """It has not grown."""
        assert self.memory < before.memory * 1.1 + SPARE, (self, before)
        assert self.descriptors <= before.descriptors + SPARE_FILES, (self, before)
        assert self.tasks <= before.tasks + SPARE_FILES, (self, before)


async def used(hub: Process, token: str) -> Use:
    """What a hub has now."""
    assert hub.running
    async with httpx2.AsyncClient(headers={"authorization": f"Bearer {token}"}) as http:
        told = dict(_FIGURE.findall((await http.get(f"{hub.url}/metrics")).text))
    listeners = [float(told[name]) for name in told if any(f"live_{kind}" in name for kind in _LISTENERS)]
    assert len(listeners) == len(_LISTENERS) + 1, told
    pid = hub.running.pid
    return Use(resident(pid), descriptors(pid), float(told["modelhub_tasks"]), sum(listeners))


async def deserted(hub: Process, token: str) -> Use:
    """What it has when nobody listens any more."""
    async with asyncio.timeout(10):
        while (now := await used(hub, token)).listeners:
            await asyncio.sleep(0.1)
    return now
