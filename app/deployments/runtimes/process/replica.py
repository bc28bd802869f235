"""One replica: started, watched, started again when it ends, and stopped."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime

from app.deployments.runtimes.process import rules
from app.deployments.runtimes.process.balancing import Balancer, Target
from app.deployments.runtimes.process.exits import ended_by_itself
from app.deployments.runtimes.process.logs import Tail
from app.deployments.runtimes.process.measuring import Use
from app.deployments.runtimes.process.probing import is_healthy
from app.deployments.runtimes.process.starting import HOST, Ports, Recipe, Started
from app.deployments.runtimes.process.sweeping import sweep
from app.deployments.runtimes.process.turns import Turns
from app.deployments.runtimes.protocol import Exit, ReplicaSeen
from app.deployments.vocabulary import ReplicaState
from app.kit.clock import utc_now
from app.kit.tasks import ended

log = logging.getLogger("modelhub.deployments")

FIRST_LOOK, SLOWEST_LOOK = 0.05, 0.5
"""Seconds between health checks of what starts."""
LAST_GRACE = 2.0
"""Seconds after SIGTERM, at most, where who stops it has to end himself."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the replicas of a process share."""

    balancer: Balancer
    turns: Turns
    ports: Ports
    changed: Callable[[], None]


@dataclass(slots=True, eq=False)
class Replica:
    """One slot of a workload. Runs from `run` to `stop`."""

    slot: int
    make: str
    revision: int
    recipe: Recipe
    around: Surroundings
    state: ReplicaState = ReplicaState.STARTING
    restarts: int = 0
    failures: int = 0
    """In a row, without a time of `STABLE_SECONDS` between."""
    last_exit: Exit | None = None
    started_at: datetime | None = None
    ready_at: datetime | None = None
    checked_at: datetime | None = None
    cpu_cores: float | None = None
    memory_bytes: int | None = None
    _used: tuple[float, Use] | None = None
    _started: Started | None = None
    _target: Target | None = None
    _ready_since: float | None = None
    _tail: Tail | None = None
    _running: asyncio.Task[None] | None = None
    _end_turn: Callable[[], None] = field(default=lambda: None)
    _is_hurried: bool = False
    _patience: asyncio.Timeout | None = None

    @property
    def pid(self) -> int | None:
        """Of the process that was started, which leads a session of its own."""
        return self._started.process.pid if self._started else None

    def seen(self) -> ReplicaSeen:
        """As it is now."""
        port = self._started.port if self._started else None
        return ReplicaSeen(
            slot=self.slot,
            revision=self.revision,
            state=self.state,
            pid=self.pid,
            port=port,
            endpoint=f"http://{HOST}:{port}" if port else None,
            restarts=self.restarts,
            crash_loop=self.failures >= rules.CRASH_LOOP,
            last_exit=self.last_exit,
            cpu_cores=self.cpu_cores,
            memory_bytes=self.memory_bytes,
            started_at=self.started_at,
            ready_at=self.ready_at,
            log=self._tail.text() if self._tail else None,
        )

    def run(self) -> None:
        """Begin."""
        self._tail = Tail(self.recipe.log(self.slot), self.recipe.secrets())
        self._running = asyncio.create_task(self._run())

    def retire(self) -> None:
        """Give it no more calls; `stop` follows."""
        self._become(ReplicaState.STOPPING)

    async def stop(self) -> None:
        """Let the calls under way end, and end it."""
        if self._running is not None:
            await ended([self._running])
        await self._drained()
        await self._end()

    def hurry(self) -> None:
        """Who stops it has to end himself: wait for calls no longer, and for its end only `LAST_GRACE`."""
        self._is_hurried = True
        if self._patience is not None:
            soon = asyncio.get_running_loop().time() + LAST_GRACE
            self._patience.reschedule(min(self._patience.when() or soon, soon))

    def note_use(self, use: Use | None, now: float) -> None:
        """What its processes used so far, as measured at `now` (monotonic seconds)."""
        before, self._used = self._used, (now, use) if use else None
        self.memory_bytes = use.memory_bytes if use else None
        self.cpu_cores = None
        if use and before and now > before[0]:
            self.cpu_cores = round(max(0.0, use.cpu_seconds - before[1].cpu_seconds) / (now - before[0]), 3)

    async def _run(self) -> None:
        while True:
            try:
                reason = await self._live()
            except Exception:
                log.exception("a replica could not be watched; it is started again")
                reason = "could not be watched"
            await self._fail(reason)
            await asyncio.sleep(rules.pause_after(self.failures))
            self.restarts += 1

    async def _live(self) -> str:
        """From start to end; why it ended, or has to."""
        self._end_turn = await self.around.turns.take()
        try:
            return await self._watched(self._start())
        except (OSError, subprocess.SubprocessError) as error:
            return f"could not be started: {getattr(error, 'strerror', None) or error}"
        finally:
            self._end_turn()

    async def _watched(self, started: Started) -> str:
        watching = [asyncio.create_task(self._watch(started.port)), asyncio.create_task(self._ended(started))]
        try:
            done, _ = await asyncio.wait(watching, return_when=asyncio.FIRST_COMPLETED)
            return next(task.result() for task in reversed(watching) if task in done)
        finally:
            await ended(watching)

    def _start(self) -> Started:
        self.started_at, self.ready_at, self._ready_since = utc_now(), None, None
        port = self.around.ports.take()
        try:
            started = self._started = self.recipe.start(self.slot, port)
        except OSError:
            self.around.ports.give_back(port)
            raise
        self._used = time.monotonic(), Use()
        self._become(ReplicaState.STARTING)
        return started

    async def _ended(self, started: Started) -> str:
        await ended_by_itself(started.process)
        return "ended by itself"

    async def _watch(self, port: int) -> str:
        """Check its health for ever; returns why it has to be ended."""
        template, failed, pause = self.recipe.template, 0, FIRST_LOOK
        begun = time.monotonic()
        while True:
            if await is_healthy(HOST, port, template.health, template.probe_timeout_seconds):
                failed, pause = 0, template.probe_seconds
                self._note_healthy(port)
            elif self.ready_at is None:
                pause = min(pause * 1.5, SLOWEST_LOOK)
                if time.monotonic() - begun > template.start_seconds:
                    return f"was not healthy within {template.start_seconds:g} s of its start"
            else:
                failed += 1
                self._note_failed(failed)
                if failed >= template.restart_after:
                    return f"failed {failed} health checks in a row"
            await asyncio.sleep(pause)

    def _note_healthy(self, port: int) -> None:
        now = time.monotonic()
        self.checked_at = utc_now()
        self.ready_at = self.ready_at or self.checked_at
        self._ready_since = self._ready_since or now
        if now - self._ready_since > rules.STABLE_SECONDS:
            self.failures = 0
        if self.state is not ReplicaState.READY:
            self._end_turn()
            self._target = Target(HOST, port)
            self.around.balancer.admit(self.slot, self._target)
            self._become(ReplicaState.READY)

    def _note_failed(self, failed: int) -> None:
        self.checked_at = utc_now()
        if failed >= self.recipe.template.unhealthy_after and self.state is ReplicaState.READY:
            self._become(ReplicaState.UNHEALTHY)

    def _become(self, state: ReplicaState) -> None:
        if state is not ReplicaState.READY:
            self.around.balancer.dismiss(self.slot)
        if state is not self.state or state is ReplicaState.STARTING:
            self.state = state
            self.around.changed()

    async def _drained(self) -> None:
        """Wait until no call is under way, at most as long as the template says."""
        deadline = time.monotonic() + self.recipe.template.drain_seconds
        while self._is_busy() and not self._is_hurried and time.monotonic() < deadline:  # noqa: ASYNC110 - quiet is no event
            await asyncio.sleep(0.05)

    def _is_busy(self) -> bool:
        return self._target is not None and self._target.is_busy()

    async def _fail(self, reason: str) -> None:
        """End all its processes, for that reason."""
        self._note_failure()
        self.around.balancer.dismiss(self.slot)
        code = await self._end()
        self.last_exit = Exit(code=code, reason=_told(reason, code), at=utc_now())
        self._become(ReplicaState.FAILED)

    def _note_failure(self) -> None:
        if self._ready_since is not None and time.monotonic() - self._ready_since > rules.STABLE_SECONDS:
            self.failures = 0
        self.failures += 1

    async def _end(self) -> int | None:
        """End all its processes; the exit code of the first, if there was one."""
        if self._started is None:
            return None
        code = await self._terminate(self._started)
        self.around.ports.give_back(self._started.port)
        self._started = None
        self.note_use(None, 0.0)
        return code

    async def _terminate(self, started: Started) -> int:
        """SIGTERM to the process, after a time of grace or its end SIGKILL to what is left of it. Its exit code."""
        process = started.process
        if process.returncode is None:  # else we were here before, and its id may be another's
            _signal(os.kill, process.pid, signal.SIGTERM)
            await self._waited(process)
            _signal(os.killpg, process.pid, signal.SIGKILL)
            await ended_by_itself(process)
        code = process.wait()
        await asyncio.to_thread(sweep, lambda cookie: cookie == started.cookie)
        return code

    async def _waited(self, process: subprocess.Popen[bytes]) -> None:
        """Until it ends, at most for its time of grace."""
        most = self.recipe.template.stop_seconds
        try:
            async with asyncio.timeout(min(most, LAST_GRACE) if self._is_hurried else most) as self._patience:
                await ended_by_itself(process)
        except TimeoutError:
            pass
        finally:
            self._patience = None


def _signal(send: Callable[[int, int], None], pid: int, number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):
        send(pid, number)


def _told(reason: str, code: int | None) -> str:
    if code is None or not reason.startswith("ended"):
        return reason
    return f"ended by signal {-code} ({signal.strsignal(-code)})" if code < 0 else f"ended with exit code {code}"
