"""Passwords: hashed with Argon2id, two at a time and never on the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from app.identity.rules import normal_password
from app.secret import Secret

T = TypeVar("T")

_HASHER = PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
"""46 MiB and one pass (OWASP's first choice): about 50 ms of one core."""

_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="password")
"""A flood of sign-ins waits here: it takes at most two cores and 92 MiB."""


async def hash_password(password: Secret[str]) -> str:
    """The hash to store, with its salt and parameters."""
    return await _in_thread(lambda: _HASHER.hash(normal_password(password.reveal())))


async def is_password(password: Secret[str], stored: str | None) -> bool:
    """Whether it is the password behind the hash. Without a hash it takes as long and is none."""
    return await _in_thread(lambda: _verifies(stored or _nobodys(), password) and stored is not None)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(stored)


def _verifies(stored: str, password: Secret[str]) -> bool:
    try:
        return _HASHER.verify(stored, normal_password(password.reveal()))
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys() -> str:
    return _HASHER.hash("nobody's")


async def _in_thread(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)
