"""What a process may still admit without asking the counters: taken from them a little ahead, so that most requests
cost no round trip, and never more than a small part of what is left."""

from __future__ import annotations

import asyncio
import math
import time
from asyncio import Future, Task
from collections import Counter
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, Protocol, TypeAlias

from app.execution.recent import Recent
from app.limits.counters import NOTHING, Ask, Grant, Price
from app.limits.rules import Unit, Window, empty_at, opens_at, room

LASTS: Final = 1.0
"""Seconds for which what was taken ahead may be spent."""
AHEAD: Final = 0.5
"""Seconds for which requests are taken ahead, as many as came in such a time of late; thrice as many as came since the
counters were asked last at most, as a few that come at once are no stream."""
LOOK_AGAIN: Final = 5.0
"""Seconds after which it is asked again for what was refused, however long it will take."""
ROUNDED: Final = 1
"""Milliseconds that the formula may be early: it is reckoned with inexact numbers."""
SHORT: Final = 0.001
"""Seconds; what comes within less is no faster."""
MAX_LEASES: Final = 10_000


class Counters(Protocol):
    """What leases are taken from."""

    def take(self, asks: Sequence[Ask]) -> Awaitable[list[Grant]]:
        """What there is for each."""
        ...


@dataclass(frozen=True, slots=True)
class Full:
    """A window that does not admit what was asked, and the time, by the process's clock, at which it will."""

    window: Window
    opens: float

    def seconds(self) -> int:
        """Until then: one at least."""
        return max(math.ceil(self.opens - time.monotonic()), 1)


_Waiting: TypeAlias = "tuple[Price, Future[Full | None]]"


@dataclass(slots=True, eq=False)
class Lease:
    """Of one subject."""

    subject: str
    windows: tuple[Window, ...]
    requests: int = 0
    cost: int = 0
    until: float = 0.0
    last: Grant | None = None
    """As the counters were when they were asked last."""
    left: tuple[int, int] | tuple[()] | None = None
    """What `budget` says of it, once it was asked."""
    full: Full | None = None
    refused: Price = NOTHING
    """What was refused then."""
    taken: int = 0
    """Requests that could be paid for, when the counters were asked last, without asking again."""
    asked: float = 0.0
    waiting: list[_Waiting] = field(default_factory=list["_Waiting"])

    def has(self, price: Price, now: float) -> bool:
        """Whether there is enough to pay for a request."""
        if not self.windows:
            return True
        return self.requests >= price.requests and self.cost >= price.cost and now < self.until

    def spend(self, price: Price, now: float) -> bool:
        """Pay for a request out of what there is."""
        if not self.windows:
            return True
        if self.requests < price.requests or self.cost < price.cost or now >= self.until:
            return False
        self.requests -= price.requests
        self.cost -= price.cost
        return True

    def give_back(self, price: Price) -> None:
        """What was paid for a request that was not admitted."""
        self.requests += price.requests
        self.cost += price.cost

    def closed(self, price: Price, now: float) -> Full | None:
        """Whether that much was refused a moment ago, and nothing can have changed since."""
        full, refused = self.full, self.refused
        if full is None or now >= min(full.opens, self.asked + LOOK_AGAIN):
            return None
        more = price.requests - refused.requests if full.window.unit is Unit.REQUESTS else price.cost - refused.cost
        return full if more >= 0 else None

    def ask(self, now: float) -> Ask:
        """What to ask for those who wait, and ahead."""
        prices = Counter(price for price, _ in self.waiting)
        requests = sum(price.requests * times for price, times in prices.items())
        cost = sum(price.cost * times for price, times in prices.items())
        ahead = 0 if self.full else self._ahead(requests, now - self.asked)
        self.asked = now
        return Ask(
            self.subject,
            self.windows,
            tuple(prices.items()),
            Price(ahead, math.ceil(ahead * cost / max(requests, 1))),
        )

    def _ahead(self, waiting: int, seconds: float) -> int:
        """How many requests to take ahead, by how many came within so many seconds."""
        came = max(self.taken - self.requests, 0) + waiting
        return min(int(came * AHEAD / max(seconds, SHORT)), 3 * came)

    def take(self, asked: Ask, grant: Grant, waiting: list[_Waiting], now: float) -> None:
        """Serve those who waited, in their order."""
        if now >= self.until:
            self.requests = self.cost = 0
        self.give_back(grant.ahead)
        self.taken = self.requests
        self.until, self.last, self.left, self.full = now + LASTS, grant, None, None
        paid = dict(zip((price for price, _ in asked.prices), grant.paid, strict=True))
        for price, served in waiting:
            is_paid = paid[price] > 0
            paid[price] -= is_paid
            if served.done():
                self.give_back(Price(price.requests * is_paid, price.cost * is_paid))
            else:
                served.set_result(None if is_paid or self.spend(price, now) else self._refuse(price, grant, now))

    def _refuse(self, price: Price, grant: Grant, now: float) -> Full:
        """Say which window opens last for it, and when."""
        seen = [
            (window, count, _units(window, price)) for window, count in zip(self.windows, grant.counts, strict=True)
        ]
        opens = [opens_at(window, count, grant.moment, units) for window, count, units in seen]
        last = max(range(len(opens)), key=opens.__getitem__)
        full = Full(self.windows[last], now + (opens[last] + ROUNDED - grant.moment) / 1000)
        if self.full is None:
            self.full, self.refused = full, price
        return full

    def budget(self) -> tuple[int, int] | None:
        """What is left of the cost, and when all of it is there again, in milliseconds since 1970; None if there is no
        limit. As the counters were when they were asked last, with what was spent here since."""
        if self.left is None:
            self.left = self._left()
        return (self.left[0] + self.cost, self.left[1]) if self.left else None

    def _left(self) -> tuple[int, int] | tuple[()]:
        if self.last is None:
            return ()
        moment, seen = self.last.moment, zip(self.windows, self.last.counts, strict=True)
        costs = [(room(*one, moment), empty_at(*one, moment)) for one in seen if one[0].unit is Unit.COST]
        return costs[0] if costs else ()


def _units(window: Window, price: Price) -> int:
    """What a price takes of a window; what is more than it can ever hold waits until it is empty."""
    return min(price.requests if window.unit is Unit.REQUESTS else price.cost, window.limit)


@dataclass(slots=True)
class Leases:
    """Of one process. What many ask for at once is asked of the counters at once."""

    counters: Counters
    known: Recent[str, Lease] = field(default_factory=lambda: Recent[str, Lease](MAX_LEASES, MAX_LEASES))
    _pending: dict[Lease, None] = field(default_factory=dict[Lease, None])
    _asking: Task[None] | None = None

    def of(self, subject: str, windows: tuple[Window, ...]) -> Lease:
        """That of a subject."""
        lease = self.known.get(subject)
        if lease is None:
            lease = Lease(subject, windows)
            self.known.put(subject, lease, 1)
        return lease

    async def pay(self, lease: Lease, price: Price) -> Full | None:
        """Pay for a request, or say what keeps it from being admitted."""
        now = time.monotonic()
        if lease.spend(price, now):
            return None
        full = lease.closed(price, now)
        return full if full is not None else await self._served(lease, price)

    async def pay_all(self, bill: Sequence[tuple[Lease, Price]]) -> list[Full | None]:
        """The same of several that are known neither to be there nor to be refused."""
        return await asyncio.gather(*[self._served(lease, price) for lease, price in bill])

    async def look(self, lease: Lease) -> Grant:
        """As the counters are at this moment, with what is left of what was taken ahead here."""
        [grant] = await self.counters.take([Ask(lease.subject, lease.windows)])
        return replace(grant, ahead=Price(lease.requests, lease.cost)) if time.monotonic() < lease.until else grant

    def _served(self, lease: Lease, price: Price) -> Future[Full | None]:
        served: Future[Full | None] = asyncio.get_running_loop().create_future()
        lease.waiting.append((price, served))
        self._pending[lease] = None
        if self._asking is None or self._asking.done():
            self._asking = asyncio.create_task(self._ask_all())
        return served

    async def _ask_all(self) -> None:
        while self._pending:
            leases, self._pending = list(self._pending), {}
            waiting = [lease.waiting for lease in leases]
            now = time.monotonic()
            asks = [lease.ask(now) for lease in leases]
            for lease in leases:
                lease.waiting = []
            try:
                grants = await self.counters.take(asks)
            except BaseException as error:
                _fail(waiting, error)
                raise
            for lease, ask, grant, those in zip(leases, asks, grants, waiting, strict=True):
                lease.take(ask, grant, those, time.monotonic())


def _fail(waiting: list[list[_Waiting]], error: BaseException) -> None:
    for those in waiting:
        for _, served in those:
            if not served.done():
                served.set_exception(error) if isinstance(error, Exception) else served.cancel()
