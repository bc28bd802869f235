"""Connections for reads, taken from an engine's pool once and then lent again and again.

The engine's own way to the driver and back takes five times as long as a small statement on it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from app.kit.pools import PoolFigures, Tally


@dataclass(slots=True, eq=False)
class Lent:
    """A connection, and the driver's own underneath. One that is `lost` is closed when it comes back."""

    connection: AsyncConnection
    driver: Any
    lost: bool = False


@dataclass(slots=True)
class AtHand:
    """Lends at most `limit` connections, as many as the engine's pool may open."""

    name: str
    engine: AsyncEngine
    limit: int
    tally: Tally = field(default_factory=Tally)
    _free: asyncio.Semaphore = field(init=False)
    _idle: list[Lent] = field(default_factory=list[Lent])
    _lent: list[Lent] = field(default_factory=list[Lent])
    _waiting: int = 0

    def __post_init__(self) -> None:
        self._free = asyncio.Semaphore(self.limit)

    async def take(self) -> Lent:
        """A connection, which must be given back. Waits until one is free; raises what opening one raises."""
        await self._wait()
        try:
            lent = self._idle.pop() if self._idle else await self._open()
        except BaseException:
            self._free.release()
            raise
        self._lent.append(lent)
        return lent

    async def give_back(self, lent: Lent) -> None:
        """It is free for others."""
        self._lent.remove(lent)
        self._free.release()
        if lent.lost or lent.driver.is_closed():
            await _end(lent)
        else:
            self._idle.append(lent)

    async def close(self) -> None:
        """Close all connections, those that are lent when they come back. The next one is opened anew."""
        for lent in self._lent:
            lent.lost = True
        idle, self._idle = self._idle, []
        for lent in idle:
            await _end(lent)
        await self.engine.dispose()

    def figures(self) -> PoolFigures:
        """What the pool is doing."""
        done, in_use, idle = self.tally, len(self._lent), len(self._idle)
        return PoolFigures(self.name, self.limit, in_use, idle, self._waiting, done.statements, done.seconds)

    async def _wait(self) -> None:
        self._waiting += 1
        try:
            await self._free.acquire()
        finally:
            self._waiting -= 1

    async def _open(self) -> Lent:
        connection = await self.engine.connect()
        return Lent(connection, (await connection.get_raw_connection()).driver_connection)


async def _end(lent: Lent) -> None:
    await lent.connection.invalidate()
    await lent.connection.close()
