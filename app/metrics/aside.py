"""Work that takes the interpreter for long, beside the event loop.

In one thread for all of it: only one can have the interpreter anyway, and the loop, each time it has something to do,
waits for `serve.SWITCH_SECONDS` for each that wants it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

T = TypeVar("T")

_THREAD = ThreadPoolExecutor(1, "aside")


async def aside(work: Callable[[], T]) -> T:
    """What the work returns, once its turn has come."""
    return await asyncio.get_running_loop().run_in_executor(_THREAD, work)
