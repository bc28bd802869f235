"""Learns at once when a child ends."""

from __future__ import annotations

import asyncio
import os
import subprocess
from typing import Final

_LOOK_EVERY: Final = 0.1


async def ended_by_itself(process: subprocess.Popen[bytes]) -> None:
    """Return when the process has ended; who called reaps it, so that its id stays its own until then."""
    if not hasattr(os, "pidfd_open"):
        await _look(process)
        return
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    descriptor = os.pidfd_open(process.pid)
    loop.add_reader(descriptor, ended.set)
    try:
        await ended.wait()
    finally:
        loop.remove_reader(descriptor)
        os.close(descriptor)


async def _look(process: subprocess.Popen[bytes]) -> None:
    while process.poll() is None:  # noqa: ASYNC110 - nobody would set an event
        await asyncio.sleep(_LOOK_EVERY)
