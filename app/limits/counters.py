"""What was admitted, counted: for all processes in Redis, or for this one alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Final, TypeAlias

from redis.asyncio import Redis

from app.execution.recent import Recent
from app.limits.rules import Count, Unit, Window, ahead, fitting, room

MAX_SUBJECTS: Final = 10_000
"""That one process counts by itself."""
_TAKE: Final = Path(__file__).with_name("take.lua").read_text(encoding="utf-8")


@dataclass(frozen=True, slots=True)
class Price:
    """Of a request."""

    requests: int
    cost: int


NOTHING: Final = Price(0, 0)


@dataclass(frozen=True, slots=True)
class Ask:
    """What is asked of the windows of a subject: to pay prices so many times each, and what is wanted ahead."""

    subject: str
    windows: tuple[Window, ...]
    prices: tuple[tuple[Price, int], ...] = ()
    ahead: Price = NOTHING


@dataclass(frozen=True, slots=True)
class Grant:
    """How many times each price was paid, what was taken ahead (nothing unless all was paid), at a moment in
    milliseconds since 1970, and what the windows have counted after it."""

    paid: tuple[int, ...]
    ahead: Price
    moment: int
    counts: tuple[Count, ...]


_Counts: TypeAlias = "list[Count]"


@dataclass(slots=True)
class OwnCounters:
    """Of one process. Its `take` waits for nothing; it is asked as those of all processes are."""

    known: Recent[str, _Counts] = field(default_factory=lambda: Recent[str, _Counts](MAX_SUBJECTS, MAX_SUBJECTS))

    async def take(self, asks: Sequence[Ask], moment: int | None = None) -> list[Grant]:
        """What there is for each."""
        now = time.time_ns() // 1_000_000 if moment is None else moment
        return [self._taken(ask, now) for ask in asks]

    def _taken(self, ask: Ask, moment: int) -> Grant:
        held = self._held(ask)
        counts = [count.at(moment // one.length) for one, count in zip(ask.windows, held, strict=True)]
        left = _Left([(one, room(one, count, moment)) for one, count in zip(ask.windows, counts, strict=True)])
        paid = tuple(left.pay(price, times) for price, times in ask.prices)
        kept = left.ahead(ask.ahead) if paid == tuple(times for _, times in ask.prices) else NOTHING
        held[:] = [count.plus(left.taken[one.unit]) for one, count in zip(ask.windows, counts, strict=True)]
        return Grant(paid, kept, moment, tuple(held))

    def _held(self, ask: Ask) -> _Counts:
        held = self.known.get(ask.subject)
        if held is None or len(held) != len(ask.windows):
            held = [Count() for _ in ask.windows]
            self.known.put(ask.subject, held, 1)
        return held


@dataclass(slots=True)
class _Left:
    """What is left of the windows of a subject, and what is taken of it."""

    rooms: list[tuple[Window, int]]
    taken: dict[Unit, int] = field(default_factory=lambda: dict.fromkeys(Unit, 0))

    def pay(self, price: Price, times: int) -> int:
        """Pay a price as often as there is enough; says how often."""
        for unit, units in ((Unit.REQUESTS, price.requests), (Unit.COST, price.cost)):
            left = min((room for _, room in self._of(unit)), default=None)
            times = fitting(times, units, left)
        self._take(Price(times * price.requests, times * price.cost))
        return times

    def ahead(self, wanted: Price) -> Price:
        """Take ahead what may be."""
        kept = Price(ahead(wanted.requests, self._of(Unit.REQUESTS)), ahead(wanted.cost, self._of(Unit.COST)))
        self._take(kept)
        return kept

    def _of(self, unit: Unit) -> list[tuple[Window, int]]:
        return [(window, room - self.taken[unit]) for window, room in self.rooms if window.unit is unit]

    def _take(self, price: Price) -> None:
        self.taken[Unit.REQUESTS] += price.requests
        self.taken[Unit.COST] += price.cost


class SharedCounters:
    """Of all processes: in Redis, by its clock, in one round trip for all that is asked at once."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
        self._script = redis.register_script(_TAKE)
        self._prefix = f"{prefix}limits:"

    async def take(self, asks: Sequence[Ask], moment: int | None = None) -> list[Grant]:
        """What there is for each. Raises what the client of Redis raises."""
        words = [str(-1 if moment is None else moment), *map(_words, asks)]
        keys = [self._prefix + ask.subject for ask in asks]
        answer = map(int, (await self._script(keys, [" ".join(words)])).split())
        now = next(answer)
        return [_grant(ask, now, answer) for ask in asks]

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


def _words(ask: Ask) -> str:
    """What the script is to know of it."""
    prices = [f"{price.requests} {price.cost} {times}" for price, times in ask.prices]
    wanted = f"{ask.ahead.requests} {ask.ahead.cost}"
    return " ".join([_of_windows(ask.windows), str(len(prices)), *prices, wanted])


@lru_cache(1_000)
def _of_windows(windows: tuple[Window, ...]) -> str:
    each = [f"{one.unit.value} {one.length} {one.limit} {one.share}" for one in windows]
    return " ".join([str(len(each)), *each])


def _grant(ask: Ask, moment: int, answer: Iterator[int]) -> Grant:
    paid = tuple(next(answer) for _ in ask.prices)
    kept = Price(next(answer), next(answer))
    return Grant(paid, kept, moment, tuple(Count(next(answer), next(answer), next(answer)) for _ in ask.windows))
