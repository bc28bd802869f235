"""Finds processes that replicas left behind, wherever they went, by what their environment carries."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from app.deployments.runtimes.process.measuring import pids

COOKIE: Final = "MODELHUB_REPLICA"
"""`<node>:<deployment>:<start>`: the machine and home, the deployment, and which start of which replica."""
_MARK: Final = COOKIE.encode() + b"="
_PATIENCE: Final = 5.0


def cookies() -> Iterator[tuple[int, str]]:
    """The processes of this user that replicas began, with their cookies."""
    for pid in pids():
        with suppress(OSError):
            environment = Path(f"/proc/{pid}/environ").read_bytes()
            if _MARK in environment:
                found = [entry for entry in environment.split(b"\0") if entry.startswith(_MARK)]
                if found and pid != os.getpid():
                    yield pid, found[0][len(_MARK) :].decode(errors="replace")


def sweep(is_left: Callable[[str], bool]) -> int:
    """End by SIGKILL all processes whose cookie `is_left` says so of, and wait until they are gone, at most 5 s.

    How many there were. What they begin meanwhile is found, too."""
    swept: set[int] = set()
    deadline = time.monotonic() + _PATIENCE
    while left := [pid for pid, cookie in cookies() if is_left(cookie)]:
        for pid in left:
            with suppress(ProcessLookupError, PermissionError):
                os.kill(pid, signal.SIGKILL)
        swept.update(left)
        if time.monotonic() > deadline:
            break
        time.sleep(0.01)
    return len(swept)
