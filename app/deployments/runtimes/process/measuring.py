"""What processes use, from `/proc`; nothing where there is none."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

_PROC = Path("/proc")
_TICKS = os.sysconf("SC_CLK_TCK")
_PAGE = os.sysconf("SC_PAGE_SIZE")


@dataclass(frozen=True, slots=True)
class Use:
    """Of all processes of a session: seconds of processor time so far, of those alive, and resident bytes now.

    Memory that processes share counts for each of them."""

    cpu_seconds: float = 0.0
    memory_bytes: int = 0

    def __add__(self, other: Use) -> Use:
        return Use(self.cpu_seconds + other.cpu_seconds, self.memory_bytes + other.memory_bytes)


def use_by_session() -> dict[int, Use]:
    """What the processes of each session use together, by the id of the session."""
    found: dict[int, Use] = {}
    for pid in pids():
        seen = _use(pid)
        if seen is not None:
            session, use = seen
            found[session] = found.get(session, Use()) + use
    return found


def pids() -> Iterator[int]:
    """All processes that can be seen."""
    try:
        names = os.listdir(_PROC)  # noqa: PTH208 - pathlib takes ten times as long
    except OSError:
        return
    yield from (int(name) for name in names if name.isdigit())


def _use(pid: int) -> tuple[int, Use] | None:
    try:
        with open(f"/proc/{pid}/stat", "rb") as file:  # noqa: PTH123 - as above
            fields = file.read().rpartition(b")")[2].split()
    except OSError:
        return None
    # proc(5): from the third field on: state ppid pgrp session … utime(14) stime(15) cutime(16) cstime(17) … rss(24)
    ticks = sum(int(field) for field in fields[11:15])
    return int(fields[3]), Use(ticks / _TICKS, int(fields[21]) * _PAGE)
