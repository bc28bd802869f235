"""Not too many at once: starting a server takes a processor for a while."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from typing import Final

LONGEST: Final = 3.0
"""Seconds after which who has not ended his turn no longer keeps others waiting."""


class Turns:
    """Gives out turns."""

    def __init__(self, at_once: int | None = None) -> None:
        self._places = asyncio.Semaphore(at_once or 2 * (os.cpu_count() or 1))

    async def take(self) -> Callable[[], None]:
        """Wait for a turn. What is returned ends it, and may be called again; it ends by itself after `LONGEST`."""
        await self._places.acquire()
        given = [True]

        def give_back() -> None:
            if given:
                given.clear()
                timer.cancel()
                self._places.release()

        timer = asyncio.get_running_loop().call_later(LONGEST, give_back)
        return give_back
