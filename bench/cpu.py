"""Processor time of this process and all below it: unlike the clock, it says the same on a machine that is busy."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

_TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


def spent_ms() -> float:
    """Milliseconds so far, in steps of ten, of all that run and all that ended."""
    processes = dict(_processes())
    family = {os.getpid()}
    while grown := {pid for pid, (parent, _) in processes.items() if parent in family} - family:
        family |= grown
    return sum(processes[pid][1] for pid in family if pid in processes)


def _processes() -> Iterator[tuple[int, tuple[int, float]]]:
    """Each process with its parent and its time."""
    for place in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = place.read_text().rpartition(")")[2].split()
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended meanwhile
        yield int(place.parent.name), (int(fields[1]), sum(map(int, fields[11:15])) * 1000 / _TICKS_PER_SECOND)
