"""How many operations of one caller are executed at once in a process: the next ones wait for their turn, in order."""

from __future__ import annotations

import asyncio
from asyncio import Future
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

from app.kit.errors import RateLimited

PATIENCE: Final = 10.0
"""Seconds for which an operation waits for its turn."""
HELD: Final = 0.1
"""Seconds for which a refusal is held back: who comes again at once shall not cost more than who is admitted."""
_AGAIN: Final = 1


class TooManyAtOnce(RateLimited):
    """As many operations of a caller are executed, and wait, as may."""

    def __init__(self, at_once: int) -> None:
        super().__init__(f"{at_once} operations are executed at once. Try again in {_AGAIN} s.", _AGAIN)
        self.details |= {"limit": at_once, "unit": "OPERATIONS_AT_ONCE"}


@dataclass(slots=True, weakref_slot=True, eq=False)
class Turns:
    """Of one caller. Within `async with` one operation has its turn; raises `RATE_LIMIT_EXCEEDED` if there is none to
    be had. None: any number."""

    at_once: int | None = None
    may_wait: int | None = None
    running: int = 0
    waiting: deque[Future[None]] = field(default_factory=deque["Future[None]"])

    async def __aenter__(self) -> None:
        """Wait for a turn."""
        if self.at_once is None or self.running < self.at_once:
            self.running += 1
        else:
            await self._wait(self.at_once)

    async def __aexit__(self, *_: object) -> None:
        """Give the turn to who waits the longest."""
        self._end()

    async def _wait(self, at_once: int) -> None:
        if self.may_wait is not None and len(self.waiting) >= self.may_wait:
            await asyncio.sleep(HELD)
            raise TooManyAtOnce(at_once)
        turn: Future[None] = asyncio.get_running_loop().create_future()
        self.waiting.append(turn)
        try:
            async with asyncio.timeout(PATIENCE):
                await turn
        except TimeoutError:
            self._leave(turn)
            raise TooManyAtOnce(at_once) from None
        except BaseException:
            self._leave(turn)
            raise

    def _end(self) -> None:
        while self.waiting:
            turn = self.waiting.popleft()
            if not turn.done():
                return turn.set_result(None)
        self.running -= 1
        return None

    def _leave(self, turn: Future[None]) -> None:
        """Wait no longer; a turn that came just then is for the next."""
        with suppress(ValueError):
            self.waiting.remove(turn)
        if turn.done() and not turn.cancelled():
            self._end()
