"""Stores what senders report, and tells of each call what became of it."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import Final, NamedTuple
from weakref import WeakKeyDictionary

from app.kit.access import SYSTEM, Actor, Permission
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.rules import Inference
from app.metrics.ingest.service import Ingest, Taken
from app.metrics.receiving.admission import Gate
from app.metrics.receiving.decoding import Decoder
from app.metrics.receiving.values import Item

AT_ONCE = 2
"""Batches that one process stores at a time; the others wait."""

CONTRADICTED = "the same event id came before with other content"


class CallOutcome(StrEnum):
    """What became of a call that was reported."""

    ACCEPTED = "ACCEPTED"
    DUPLICATE = "DUPLICATE"
    CONFLICT = "CONFLICT"
    REJECTED = "REJECTED"


class Told(NamedTuple):
    """What a sender is told of one call: how it names it, what became of it, and why if it was not taken."""

    event: str
    outcome: CallOutcome
    reason: str = ""


Count = Callable[[str, CallOutcome, int], None]
"""Counts calls, by way in and outcome."""


@dataclass(slots=True)
class Receiver:
    """All ways in of one process: one ingest, and how much of it there may be at once."""

    database: Database
    ingest: Ingest
    count: Count
    gate: Gate = field(default_factory=Gate)
    decoder: Decoder = field(default_factory=Decoder)
    _storing: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))

    async def take(self, actor: Actor, way: str, items: Sequence[Item]) -> list[Told]:
        """Store what can be stored, put the rest on record, and answer for each in its order.

        When this returns, everything is committed. Raises `FORBIDDEN` and `SERVICE_UNAVAILABLE`: then all of it may be
        sent again, and nothing is counted twice."""
        actor.require(Permission.TELEMETRY_WRITE)
        places = [place for place, item in enumerate(items) if item.inference is not None]
        batch = [_sent_by(actor, item.inference) for item in items if item.inference is not None]
        async with self._storing:
            taken = await self.ingest.take(batch)
            told = _told(items, places, taken)
            await self._put_on_record(actor, way, told)
        for outcome, number in Counter(each.outcome for each in told).items():
            self.count(way, outcome, number)
        return told

    async def _put_on_record(self, actor: Actor, way: str, told: Iterable[Told]) -> None:
        faults = Counter((each.event, each.reason) for each in told if each.reason)
        if faults:
            (events, reasons), times = zip(*sorted(faults), strict=True), [n for _, n in sorted(faults.items())]
            async with self.database.driver() as connection:
                now = self.ingest.clock()
                await connection.execute(_RECORD, way, actor.id, events, reasons, times, now)


_RECORD: Final = """
insert into inference_rejected (way, sender, event, reason, times, first_at, last_at)
select $1, $2, event, reason, times, $6, $6 from unnest($3::text[], $4::text[], $5::bigint[]) as r(event, reason, times)
on conflict (way, sender, event, reason)
do update set times = inference_rejected.times + excluded.times, last_at = excluded.last_at
"""


def _sent_by(actor: Actor, inference: Inference) -> Inference:
    """Who reported it; the team of whoever is in one team only counts for calls that name none."""
    inference.reported_by = actor.credential
    inference.team_key = next(iter(actor.teams)) if actor.teams and len(actor.teams) == 1 else None
    return inference


def _told(items: Sequence[Item], places: Sequence[int], taken: Taken) -> list[Told]:
    told = [
        Told(item.event, CallOutcome.REJECTED if item.reason else CallOutcome.ACCEPTED, item.reason) for item in items
    ]
    for index in taken.repeated:
        told[places[index]] = Told(items[places[index]].event, CallOutcome.DUPLICATE)
    for index in taken.contradicted:
        told[places[index]] = Told(items[places[index]].event, CallOutcome.CONFLICT, CONTRADICTED)
    for index, reason in taken.rejected:
        told[places[index]] = Told(items[places[index]].event, CallOutcome.REJECTED, reason)
    return told


_RECEIVERS: WeakKeyDictionary[Database, Receiver] = WeakKeyDictionary()


def establish(database: Database, retention: timedelta, clock: Clock, count: Count) -> Receiver:
    """The one receiver of this process for a database; mutations find it by `receiver_of`."""
    ingest = Ingest(database, Directory(database, SYSTEM), retention, clock)
    _RECEIVERS[database] = Receiver(database, ingest, count)
    return _RECEIVERS[database]


def receiver_of(database: Database) -> Receiver:
    """The receiver that was established. Raises `SERVICE_UNAVAILABLE` in a process that takes nothing in."""
    found = _RECEIVERS.get(database)
    if found is None:
        raise Unavailable("This process takes no telemetry.")
    return found
