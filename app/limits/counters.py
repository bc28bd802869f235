"""What was admitted, counted: for all processes in Redis, or for this one alone."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, TypeAlias

from redis.asyncio import Redis

from app.execution.recent import Recent
from app.limits.rules import SHARE, Count, Unit, Window, ahead, fitting, least_room

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
        left = _Left(least_room(seen, moment, Unit.REQUESTS), least_room(seen, moment, Unit.COST))
        paid = tuple(left.pay(price, times) for price, times in ask.prices)
        kept = left.ahead(ask.ahead) if paid == tuple(times for _, times in ask.prices) else NOTHING
        taken = {Unit.REQUESTS: left.taken_requests, Unit.COST: left.taken_cost}
        held[:] = [count.plus(taken[one.unit]) for one, count in seen]
        return Grant(paid, kept, moment, tuple(held))

    def _held(self, ask: Ask) -> _Counts:
        held = self.known.get(ask.subject)
        if held is None or len(held) != len(ask.windows):
            held = [Count() for _ in ask.windows]
            self.known.put(ask.subject, held, 1)
        return held


@dataclass(slots=True)
class _Left:
    """What the windows of a subject admit; None: anything."""

    requests: int | None
    cost: int | None
    taken_requests: int = 0
    taken_cost: int = 0

    def pay(self, price: Price, times: int) -> int:
        """Pay a price as often as there is enough; says how often."""
        paid = fitting(fitting(times, price.requests, self.requests), price.cost, self.cost)
        self._take(paid * price.requests, paid * price.cost)
        return paid

    def ahead(self, wanted: Price) -> Price:
        """Take ahead what may be."""
        kept = Price(ahead(wanted.requests, self.requests), ahead(wanted.cost, self.cost))
        self._take(kept.requests, kept.cost)
        return kept

    def _take(self, requests: int, cost: int) -> None:
        self.taken_requests += requests
        self.taken_cost += cost
        self.requests = None if self.requests is None else self.requests - requests
        self.cost = None if self.cost is None else self.cost - cost


class SharedCounters:
    """Of all processes: in Redis, by its clock, in one round trip for all that is asked at once."""

    def __init__(self, redis: Redis, prefix: str) -> None:
        self._redis = redis
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

    async def close(self) -> None:
        """Close the connections."""
        await self._redis.aclose()


def _arguments(ask: Ask) -> Iterator[Any]:
    yield len(ask.windows)
    for window in ask.windows:
        yield from (window.unit.value, window.length, window.limit)
    yield len(ask.prices)
    for price, times in ask.prices:
        yield from (price.requests, price.cost, times)
    yield from (ask.ahead.requests, ask.ahead.cost, SHARE)


def _grant(ask: Ask, moment: int, answer: Iterator[int]) -> Grant:
    paid = tuple(next(answer) for _ in ask.prices)
    kept = Price(next(answer), next(answer))
    return Grant(paid, kept, moment, tuple(Count(next(answer), next(answer), next(answer)) for _ in ask.windows))
