"""What the database ended because it stood in the way of another transaction is done again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg

T = TypeVar("T")

_ENDED = (asyncpg.DeadlockDetectedError, asyncpg.SerializationError)
_PAUSES = (0.05, 0.1, 0.2, 0.4)


async def patiently(transact: Callable[[], Awaitable[T]]) -> T:
    """What a transaction on the driver's connection returns; tried five times in all, from its beginning."""
    for pause in _PAUSES:
        try:
            return await transact()
        except _ENDED:
            await asyncio.sleep(pause)
    return await transact()
