"""What pools of connections tell of themselves, and whether the database can be reached: told once when it changes."""

from __future__ import annotations

import logging
import time
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncEngine
from sqlalchemy.pool import AsyncAdaptedQueuePool, ConnectionPoolEntry

from app.kit.errors import Unavailable

log = logging.getLogger("modelhub.database")


class WaitedFor(AsyncAdaptedQueuePool):
    """A pool that knows how many wait for one of its connections, or for a new one to be opened."""

    waiting = 0

    def _do_get(self) -> ConnectionPoolEntry:
        self.waiting += 1
        try:
            return super()._do_get()
        finally:
            self.waiting -= 1


@dataclass(slots=True)
class Tally:
    """Statements sent so far and the seconds they took in all, without the wait for a connection."""

    statements: int = 0
    seconds: float = 0.0

    @contextmanager
    def timed(self) -> Generator[None]:
        """Count one statement, whether or not it succeeds."""
        begun = time.perf_counter()
        try:
            yield
        finally:
            self.statements += 1
            self.seconds += time.perf_counter() - begun


@dataclass(slots=True)
class Reachability:
    """Whether the database was there when it was last needed; a change is one line of the log."""

    lost_at: float | None = None

    def lost(self, reason: BaseException) -> None:
        """It is away."""
        if self.lost_at is None:
            self.lost_at = time.monotonic()
            log.warning("the database cannot be reached: %s", str(reason).partition("\n")[0] or type(reason).__name__)

    def found(self) -> None:
        """It is there."""
        if self.lost_at is not None:
            log.warning("the database is back after %.0f s", time.monotonic() - self.lost_at)
            self.lost_at = None

    @contextmanager
    def watched(self) -> Generator[None]:
        """Learn from how a transaction ends."""
        try:
            yield
        except Unavailable as away:
            self.lost(away.__cause__ or away)
            raise
        self.found()


@dataclass(frozen=True, slots=True)
class PoolFigures:
    """One pool at this moment: `limit` is how many connections it may open; `idle` are open and unused."""

    name: str
    limit: int
    in_use: int
    idle: int
    waiting: int
    statements: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Pool:
    """An engine's pool under a name, with its tally."""

    name: str
    engine: AsyncEngine
    limit: int
    tally: Tally = field(default_factory=Tally)

    def figures(self) -> PoolFigures:
        """What the pool is doing."""
        pool: Any = self.engine.pool
        done = self.tally
        return PoolFigures(
            self.name, self.limit, pool.checkedout(), pool.checkedin(), pool.waiting, done.statements, done.seconds
        )


def tally_cursors(pool: Pool) -> None:
    """Count the statements of an engine that runs them through SQLAlchemy's cursors."""

    def begin(connection: Any, *_: Any) -> None:
        connection.info["begun"] = time.perf_counter()

    def end(connection: Any, *_: Any) -> None:
        pool.tally.statements += 1
        pool.tally.seconds += time.perf_counter() - connection.info["begun"]

    event.listen(pool.engine.sync_engine, "before_cursor_execute", begin)
    event.listen(pool.engine.sync_engine, "after_cursor_execute", end)
