"""Makes true what is wanted of deployments, as far as this machine has them; one process of it holds each."""

from __future__ import annotations

import asyncio
import logging
import resource
import shutil
import socket
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Final
from uuid import UUID

from app.deployments.controlling import reads, service
from app.deployments.controlling.home import Holds, node_of
from app.deployments.controlling.keeper import Keeper, Tools
from app.deployments.runtimes.process.sweeping import cookies, sweep
from app.deployments.runtimes.protocol import DeploymentRuntime, Wake
from app.kit.access import SYSTEM
from app.kit.db import Announcement
from app.kit.errors import Unavailable
from app.kit.journal import Writer
from app.kit.tasks import ended

log = logging.getLogger("modelhub.deployments")

LOOK_EVERY: Final = 1.0
"""Seconds after which it is looked for changes that nobody announced."""
SHORTEST: Final = 0.02
"""Seconds between two looks, however much is announced."""
FAREWELL: Final = 3.0
"""Seconds that saying good-bye may take; meanwhile replicas end."""
LAST_WORK: Final = 0.5
"""Seconds for what is let go of anyway, after its replicas have ended."""
FILES: Final = 65_536

Runtimes = Callable[[str, Wake], Mapping[str, DeploymentRuntime]]
"""The runtimes by their names, for a machine of that name."""


class Controller:
    """Of one process. All of it happens in the main thread, as replicas end with the thread that began them."""

    def __init__(self, writer: Writer, home: Path, runtimes: Runtimes) -> None:
        self.node = node_of(home)
        self._writer, self._home, self._holds = writer, home, Holds(home)
        self._tools = Tools(self.node, writer, runtimes(self.node, self._wake))
        self._keepers: dict[UUID, Keeper] = {}
        self._caring: dict[UUID, asyncio.Task[None]] = {}
        self._ending: dict[UUID, asyncio.Task[None]] = {}
        self._announced = asyncio.Event()
        self._is_known = False

    def heard(self, what: Announcement) -> None:
        """Somebody wrote something."""
        if what is Announcement.EVENTS:
            self._announced.set()

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Care during the block; then end everything that ends with this process, and say so."""
        _allow_many_files()
        await asyncio.to_thread(self._sweep_unheld)
        looking = asyncio.create_task(self._look_for_ever())
        try:
            yield
        finally:
            await ended([looking])
            await self._close()

    async def note(self) -> None:
        """Say that this machine is there, and for all at once when replicas were looked at and what they use."""
        await self._writer.write(SYSTEM, service.greet, self.node, socket.gethostname())
        self._is_known = True
        seen = {key: await keeper.runtime.observe(key) for key, keeper in list(self._keepers.items())}
        checks = [service.Check(key, each.checked_at, each.replicas) for key, each in seen.items()]
        if checks:
            await self._writer.write(SYSTEM, service.note_checks, self.node, checks, self._writer.clock())

    async def look(self) -> None:
        """Take up what is to be taken up, learn what else is wanted, and let go of what is not ours any more."""
        if not self._is_known:
            await self.note()
        found = {mark.id: mark for mark in await self._marks() if mark.id not in self._ending}
        mine = await self._mine(found)
        fresh = mine - self._keepers.keys()
        if fresh:
            await asyncio.to_thread(sweep, self._is_of(fresh))
        changed = {key for key in mine - fresh if self._differs(found[key])}
        for key, wanted in (await self._desired(fresh | changed)).items():
            self._care(key, wanted)
        for key in self._keepers.keys() - mine:
            self._end(key)

    async def _marks(self) -> list[reads.Mark]:
        return await reads.marks(self._writer.database, self.node, self._tools.runtimes)

    async def _desired(self, keys: set[UUID]) -> dict[UUID, reads.Desired]:
        return await reads.desired(self._writer.database, keys) if keys else {}

    async def _mine(self, found: Mapping[UUID, reads.Mark]) -> set[UUID]:
        """What this process holds and this machine has, after it has taken what it can."""
        held = self._holds.take_all(found)
        free = [key for key in held if not found[key].ours]
        claimed: set[UUID] = set()
        if free:
            claimed = await self._writer.write(SYSTEM, service.claim_deployments, self.node, free)
        mine = {key for key in held if found[key].ours} | claimed
        for key in held - mine - self._keepers.keys():
            self._holds.release(key)
        return mine

    def _differs(self, mark: reads.Mark) -> bool:
        known = self._keepers[mark.id].desired
        return (known.generation, known.deleted_at is not None) != (mark.generation, mark.deleted)

    def _care(self, key: UUID, wanted: reads.Desired) -> None:
        if key in self._keepers:
            self._keepers[key].know(wanted)
            return
        self._keepers[key] = Keeper(self._tools, wanted)
        self._caring[key] = asyncio.create_task(self._keepers[key].run())

    def _end(self, key: UUID) -> None:
        """Care no longer: it is somebody else's, or deleted and stopped."""
        keeper, caring = self._keepers.pop(key), self._caring.pop(key)
        self._ending[key] = asyncio.create_task(self._ended(key, keeper, caring))

    async def _ended(self, key: UUID, keeper: Keeper, caring: asyncio.Task[None]) -> None:
        await ended([caring])
        try:
            await keeper.runtime.forget(key)
            if keeper.desired.deleted_at is not None:
                await asyncio.to_thread(shutil.rmtree, self._home / "deployments" / str(key), ignore_errors=True)
        except Exception:
            log.exception("a deployment could not be let go of as it should")
        finally:
            self._holds.release(key)
            del self._ending[key]

    async def _look_for_ever(self) -> None:
        while True:
            self._announced.clear()
            try:
                await self.look()
            except Unavailable:
                log.debug("deployments cannot be looked for while the database is away")
            except Exception:
                log.exception("deployments could not be looked for; it is tried again")
            await asyncio.sleep(SHORTEST)
            with suppress(TimeoutError):
                async with asyncio.timeout(LOOK_EVERY):
                    await self._announced.wait()

    async def _close(self) -> None:
        await ended([*self._caring.values()])
        await asyncio.gather(self._say_stopped(), *(runtime.close() for runtime in self._tools.runtimes.values()))
        if self._ending:
            await asyncio.wait(self._ending.values(), timeout=LAST_WORK)
        await ended([*self._ending.values()])
        self._holds.release_all()

    async def _say_stopped(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(FAREWELL):
                farewells = (keeper.say_stopped() for keeper in self._keepers.values())
                await asyncio.gather(*farewells, return_exceptions=True)

    def _wake(self, key: UUID) -> None:
        if key in self._keepers:
            self._keepers[key].wake()

    def _is_of(self, keys: set[UUID]) -> Callable[[str], bool]:
        """Whether a cookie is of this machine and one of these deployments."""
        starts = tuple(f"{self.node}:{key}:" for key in keys)
        return lambda cookie: cookie.startswith(starts)

    def _sweep_unheld(self) -> None:
        """End what earlier processes left, of deployments that are held by nobody: who holds them cares himself."""
        ours = [cookie for _, cookie in cookies() if cookie.startswith(f"{self.node}:")]
        keys = {UUID(cookie.split(":")[1]) for cookie in ours}
        taken = {key for key in keys if self._holds.take(key)}
        if taken:
            sweep(self._is_of(taken))
        for key in taken:
            self._holds.release(key)


def _allow_many_files() -> None:
    """As many open files as the system lets us have, within reason: each replica and each call takes some."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = FILES if hard == resource.RLIM_INFINITY else min(hard, FILES)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
