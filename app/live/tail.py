"""The end of the log, read once for everybody in a process who follows it."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from contextvars import Context
from itertools import islice
from typing import Final

from app.kit.db import Announcement
from app.kit.errors import Unavailable
from app.kit.tasks import ended
from app.live.cursors import CursorExpired
from app.live.log import PAGE, Happening, Log

log = logging.getLogger("modelhub.live")

KEPT: Final = 10_000
"""Events that are kept at hand."""
LOOK_EVERY: Final = 1.0
"""Seconds after which it is looked for events that nobody announced."""


class Tail:
    """Follows the log as long as somebody needs it."""

    def __init__(self, source: Log, look_every: float = LOOK_EVERY) -> None:
        self.log, self._look_every = source, look_every
        self.position = 0
        self._kept: deque[Happening] = deque(maxlen=KEPT)
        self._needed_by = 0
        self._following: asyncio.Task[None] | None = None
        self._begun: asyncio.Task[None] | None = None
        self._announced, self._moved, self._stirred = asyncio.Event(), asyncio.Event(), asyncio.Event()

    @property
    def is_followed(self) -> bool:
        """Whether somebody needs it."""
        return self._following is not None

    def heard(self, what: Announcement) -> None:
        """Somebody wrote something."""
        if what is Announcement.EVENTS:
            self._announced.set()
        self._stir()

    @asynccontextmanager
    async def followed(self) -> AsyncGenerator[None]:
        """Follow the log at least during the block, from its end on. Raises `SERVICE_UNAVAILABLE`."""
        self._needed_by += 1
        try:
            await self._begin()
            yield
        finally:
            self._needed_by -= 1
            if not self._needed_by:
                await self._stop()

    async def next(self, position: int) -> Sequence[Happening]:
        """What follows a position, at most 500 events; waits until there is something."""
        while self.position <= position:
            await self._moved.wait()
        return await self.past(position)

    async def past(self, position: int) -> Sequence[Happening]:
        """What follows a position, at most 500 events. Raises `CURSOR_EXPIRED` and `SERVICE_UNAVAILABLE`."""
        if self._kept and self._kept[0].position <= position + 1:
            beginning = position + 1 - self._kept[0].position
            return list(islice(self._kept, beginning, beginning + PAGE))
        return await self.log.after(position)

    async def stirred(self, seconds: float) -> None:
        """Wait until somebody wrote something, or so long."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stirred.wait()

    async def _begin(self) -> None:
        """Those who begin together read the end of the log once."""
        if self._begun is None:
            self._begun = asyncio.create_task(self._start(), context=Context())
        begun = self._begun
        try:
            await asyncio.shield(begun)
        except Exception:
            if self._begun is begun:
                self._begun = None
            raise

    async def _start(self) -> None:
        self._kept.clear()
        self.position = (await self.log.end()).head
        self._following = asyncio.create_task(self._follow())

    async def _stop(self) -> None:
        begun, following, self._begun, self._following = self._begun, self._following, None, None
        await ended(task for task in (begun, following) if task is not None)

    async def _follow(self) -> None:
        is_there = True
        while True:
            try:
                await self._read()
                is_there = True
            except CursorExpired:
                self._kept.clear()
                self.position = (await self.log.end()).head
            except Unavailable:
                if is_there:
                    log.warning("events cannot be read while the database is away")
                is_there = False
            with suppress(TimeoutError):
                async with asyncio.timeout(self._look_every):
                    await self._announced.wait()

    async def _read(self) -> None:
        """All there is."""
        while True:
            self._announced.clear()
            rows = await self.log.after(self.position)
            if rows:
                self._kept.extend(rows)
                self.position = rows[-1].position
                self._move()
            if len(rows) < PAGE:
                return

    def _move(self) -> None:
        self._moved.set()
        self._moved = asyncio.Event()
        self._stir()

    def _stir(self) -> None:
        self._stirred.set()
        self._stirred = asyncio.Event()
