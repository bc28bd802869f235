"""Which replicas to start and which to stop, and when to try again what ended. Pure."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, islice
from typing import Any

from app.deployments.vocabulary import ReplicaState

SURGE = 1
"""So many replicas more than wanted may run while new ones take the place of old ones."""
CRASH_LOOP = 3
"""So many failures in a row, and a replica is in a crash loop."""
STABLE_SECONDS = 10.0
"""A replica that was ready for so long starts anew if it fails: earlier failures do not count."""
FIRST_PAUSE, LONGEST_PAUSE = 0.5, 60.0


@dataclass(frozen=True, slots=True)
class Slot:
    """A replica as far as it matters here; `make` tells those of one kind from others (`make_of`)."""

    number: int
    make: str
    state: ReplicaState


@dataclass(frozen=True, slots=True)
class Steps:
    """What can be done now: slots to fill, and slots to clear."""

    start: tuple[int, ...] = ()
    stop: tuple[int, ...] = ()


def make_of(version: str | None, spec: Mapping[str, Any]) -> str:
    """What of a spec a running process cannot follow: if it differs, the process is replaced."""
    resources = (spec.get("runtime") or {}).get("resources")
    return json.dumps(
        [version, spec.get("modelVersionId"), spec.get("process"), resources], sort_keys=True, default=str
    )


def steps(wanted: int, make: str, slots: Sequence[Slot]) -> Steps:
    """The steps towards `wanted` replicas of a make.

    While replicas of another make serve, at most `SURGE` more than wanted run, and never fewer serve than wanted or
    than served before. Replicas of another make that do not serve go at once."""
    living = [slot for slot in slots if slot.state is not ReplicaState.STOPPING]
    kept, surplus = _split([slot for slot in living if slot.make == make], wanted)
    others = [slot for slot in living if slot.make != make]
    serving = [slot for slot in others if slot.state is ReplicaState.READY]
    idle = [slot for slot in others if slot.state is not ReplicaState.READY]
    ready = sum(slot.state is ReplicaState.READY for slot in kept)
    replaced = serving[: max(0, ready + len(serving) - wanted)]
    room = wanted + (SURGE if serving else 0) - len(kept) - len(serving)
    starting = max(0, min(wanted - len(kept), room))
    return Steps(
        start=tuple(islice(_free(slots), starting)),
        stop=tuple(slot.number for slot in (*idle, *replaced, *surplus)),
    )


def _split(slots: Sequence[Slot], wanted: int) -> tuple[list[Slot], list[Slot]]:
    """Those to keep and those that are too many: what serves is kept, then what was there first."""
    ordered = sorted(slots, key=lambda slot: (slot.state is not ReplicaState.READY, slot.number))
    return ordered[:wanted], ordered[wanted:]


def _free(slots: Sequence[Slot]) -> Sequence[int]:
    taken = {slot.number for slot in slots}
    return [number for number in islice(count(), len(taken) + 1_000) if number not in taken]


def pause_after(failures: int) -> float:
    """Seconds until a replica is started again that failed so often in a row: at once, then ½, 1, 2, … 60."""
    return 0.0 if failures <= 1 else min(FIRST_PAUSE * 2 ** min(failures - 2, 16), LONGEST_PAUSE)
