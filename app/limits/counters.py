"""What was admitted, counted: for all processes in Redis, or for this one alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from redis.asyncio import Redis

from app.execution.recent import Recent
from app.limits.rules import SHARE, Count, Unit, Window, granted, least_room

MAX_SUBJECTS: Final = 10_000
"""That one process counts by itself."""
_TAKE: Final = Path(__file__).with_name("take.lua").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the windows of a subject: what is needed, and what is wanted besides to be spent later."""

    subject: str
    windows: tuple[Window, ...]
    requests: int = 0
    cost: int = 0
    more_requests: int = 0
    more_cost: int = 0


@dataclass(frozen=True, slots=True)
class Grant:
    """What was given, at a moment in milliseconds since 1970, and what the windows have counted after it."""

    requests: int
    cost: int
    moment: int
    counts: tuple[Count, ...]


_Counts: TypeAlias = "list[Count]"


@dataclass(slots=True)
class OwnCounters:
    """Of one process."""

    known: Recent[str, _Counts] = field(default_factory=lambda: Recent[str, _Counts](MAX_SUBJECTS, MAX_SUBJECTS))

    def take(self, asks: Sequence[Ask], moment: int | None = None) -> list[Grant]:
        """What there is for each."""
        now = time.time_ns() // 1_000_000 if moment is None else moment
        return [self._taken(ask, now) for ask in asks]

    def _taken(self, ask: Ask, moment: int) -> Grant:
        held = self._held(ask)
        counts = [count.at(moment // one.length) for one, count in zip(ask.windows, held, strict=True)]
        seen = list(zip(ask.windows, counts, strict=True))
        requests = granted(ask.requests, ask.more_requests, least_room(seen, moment, Unit.REQUESTS))
        cost = granted(ask.cost, ask.more_cost, least_room(seen, moment, Unit.COST))
        held[:] = [count.plus(requests if one.unit is Unit.REQUESTS else cost) for one, count in seen]
        return Grant(requests, cost, moment, tuple(held))

    def _held(self, ask: Ask) -> _Counts:
        held = self.known.get(ask.subject)
        if held is None or len(held) != len(ask.windows):
            held = [Count() for _ in ask.windows]
            self.known.put(ask.subject, held, 1)
        return held


class SharedCounters:
    """Of all processes: in Redis, by its clock, in one round trip for all that is asked at once."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._script = redis.register_script(_TAKE)
        self._prefix = f"{prefix}limits:"

    async def take(self, asks: Sequence[Ask], moment: int | None = None) -> list[Grant]:
        """What there is for each. Raises what the client of Redis raises."""
        arguments: list[Any] = [-1 if moment is None else moment]
        for ask in asks:
            arguments += _arguments(ask)
        keys = [self._prefix + ask.subject for ask in asks]
        answer = iter(await self._script(keys, arguments))
        now = next(answer)
        return [_grant(ask, now, answer) for ask in asks]


def _arguments(ask: Ask) -> Iterator[Any]:
    yield from (ask.requests, ask.cost, ask.more_requests, ask.more_cost, SHARE, len(ask.windows))
    for window in ask.windows:
        yield from (window.unit.value, window.length, window.limit)


def _grant(ask: Ask, moment: int, answer: Iterator[int]) -> Grant:
    requests, cost = next(answer), next(answer)
    counts = tuple(Count(next(answer), next(answer), next(answer)) for _ in ask.windows)
    return Grant(requests, cost, moment, counts)
