"""Who pays for a request: the principal and the address it comes from, and for some operations once more."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, Never, TypeAlias
from weakref import WeakValueDictionary

from app.execution.cost import Costs
from app.execution.operations import Operation
from app.execution.recent import Recent
from app.kit.addresses import network_of
from app.kit.errors import RateLimited
from app.limits.counters import Grant, Price
from app.limits.leases import MAX_LEASES, Full, Lease, Leases
from app.limits.policy import Limits, Policy
from app.limits.rules import Unit
from app.limits.turns import HELD, Turns

UNKNOWN: Final = "unknown"
"""The address of who has none."""
ONE: Final = Price(1, 0)
"""Of a request that costs nothing else."""
_NAMES: Final = {1: "second", 60: "minute", 3_600: "hour", 86_400: "day"}


class TooMuch(RateLimited):
    """More requests, or more cost, than are admitted within a time."""

    def __init__(self, full: Full) -> None:
        window, seconds = full.window, full.seconds()
        what = "points of cost" if window.unit is Unit.COST else "requests"
        within = _NAMES[window.seconds]
        super().__init__(f"{window.limit} {what} a {within} are admitted. Try again in {seconds} s.", seconds)
        self.details |= {"limit": window.limit, "unit": window.unit.name, "windowSeconds": window.seconds}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: the id of a principal if he is signed in, and an address."""

    principal: str | None
    address: str

    @property
    def name(self) -> str:
        """Who is held to what holds for one caller."""
        return f"principal:{self.principal}" if self.principal is not None else self.place

    @property
    def place(self) -> str:
        """The address, or the network of one subscriber."""
        return f"address:{network_of(self.address)}"


@dataclass(frozen=True, slots=True, eq=False)
class Account:
    """Of a caller, in one process: what he pays from."""

    caller: Caller
    leases: tuple[Lease, ...]
    """His own first, then that of his address."""
    turns: Turns


@dataclass(slots=True, eq=False)
class Charged:
    """A request that was paid for."""

    account: Account
    cost: int
    limits: Limiter

    async def again(self, times: int) -> None:
        """Take its cost so many times more, as soon as there is enough."""
        while True:
            try:
                return await self.limits.charge_more(self.account, times * self.cost)
            except RateLimited as full:
                await asyncio.sleep(full.details["retryAfterSeconds"])

    def told(self) -> dict[str, Any]:
        """`extensions.cost` of its answer; `remaining` and `resetAt` are null if there is no limit."""
        budget = self.account.leases[0].budget()
        if budget is None:
            return {"requested": self.cost, "remaining": None, "resetAt": None}
        return {"requested": self.cost, "remaining": budget[0], "resetAt": _text(budget[1])}


@lru_cache(100)
def _text(milliseconds: int) -> str:
    return instant(milliseconds).isoformat().replace("+00:00", "Z")


def instant(milliseconds: int) -> datetime:
    """A moment since 1970."""
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


_charged: ContextVar[Charged | None] = ContextVar("modelhub_charged", default=None)


def charged() -> Charged | None:
    """The request that is being answered here; None outside of any."""
    return _charged.get()


@contextmanager
def charged_as(request: Charged | None) -> Generator[None]:
    """Answer a request that was paid for."""
    token = _charged.set(request)
    try:
        yield
    finally:
        _charged.reset(token)


_Bill: TypeAlias = "list[tuple[Lease, Price]]"


@lru_cache(1_000)
def _price(requests: int, cost: int) -> Price:
    return Price(requests, cost)


@dataclass(slots=True)
class Limiter:
    """Of one process."""

    policy: Policy
    leases: Leases
    costs: Costs
    accounts: Recent[tuple[str | None, str], Account] = field(
        default_factory=lambda: Recent[tuple[str | None, str], Account](MAX_LEASES, MAX_LEASES)
    )

    turns: WeakValueDictionary[str, Turns] = field(default_factory=WeakValueDictionary[str, Turns])

    def account(self, principal: str | None, address: str) -> Account:
        """That of a principal, if somebody is signed in, at an address."""
        known = self.accounts.get((principal, address))
        if known is None:
            known = self._opened(Caller(principal, address))
            self.accounts.put((principal, address), known, 1)
        return known

    async def charge(self, account: Account, operation: Operation, variables: Mapping[str, Any]) -> Charged:
        """Take the price of a request. Raises `QUERY_TOO_COMPLEX` or `RATE_LIMIT_EXCEEDED`."""
        cost = self.costs.of(operation, variables)
        bill = _plain(account, _price(1, cost))
        if self.policy.operations:
            bill += self._calls(account, operation)
        await self._settle(bill)
        return Charged(account, cost, self)

    async def charge_failed(self, account: Account) -> None:
        """Take the price of a request that came to nothing, such as one that is no GraphQL. Raises as `charge`."""
        await self._settle(_plain(account, ONE))

    async def charge_more(self, account: Account, cost: int) -> None:
        """Take more cost for a request that was paid for already. Raises `RATE_LIMIT_EXCEEDED`."""
        await self._settle(_plain(account, _price(0, cost)))

    def closed(self, account: Account) -> list[Full]:
        """What is known here to keep even one request more from being admitted now."""
        suspects = [lease for lease in account.leases if lease.full]
        if not suspects:
            return []
        now = time.monotonic()
        return [full for lease in suspects if not lease.has(ONE, now) and (full := lease.closed(ONE, now))]

    async def refuse_closed(self, account: Account) -> None:
        """Raise `RATE_LIMIT_EXCEEDED` if nothing more is admitted now, as far as is known here. Takes nothing."""
        closed = self.closed(account)
        if closed:
            await _refuse(closed)

    async def look(self, account: Account) -> tuple[Limits, Grant]:
        """The limits of a caller, and how much of them is spent at this moment; what is taken ahead is `ahead`."""
        return self._limits(account.caller), await self.leases.look(account.leases[0])

    def _opened(self, caller: Caller) -> Account:
        limits = self._limits(caller)
        own = self.leases.of(caller.name, limits.windows)
        turns = self.turns.setdefault(caller.name, Turns(limits.operations_at_once, limits.operations_waiting))
        if caller.principal is None:
            return Account(caller, (own,), turns)
        return Account(caller, (own, self.leases.of(caller.place, self.policy.address.windows)), turns)

    def _limits(self, caller: Caller) -> Limits:
        return self.policy.address if caller.principal is None else self.policy.of(caller.principal)

    def _calls(self, account: Account, operation: Operation) -> Iterator[tuple[Lease, Price]]:
        """What fields at the root of an operation cost that have limits of their own."""
        for name, times in self.costs.roots(operation).items():
            limits = self.policy.operations.get(name)
            if limits is not None:
                yield self.leases.of(f"{account.caller.name}:{name}", limits.windows), Price(times, 0)

    async def _settle(self, bill: _Bill) -> None:
        now = time.monotonic()
        unpaid = [each for each in bill if not each[0].spend(each[1], now)]
        if unpaid:
            await self._pay(bill, unpaid, now)

    async def _pay(self, bill: _Bill, unpaid: _Bill, now: float) -> None:
        """Pay what is not paid yet; if it cannot be, give back what was."""
        refused = {id(lease): full for lease, price in unpaid if (full := lease.closed(price, now))}
        if refused:
            _give_back(bill, {id(lease) for lease, _ in unpaid})
        else:
            results = await self.leases.pay_all(unpaid)
            refused = {id(lease): full for (lease, _), full in zip(unpaid, results, strict=True) if full is not None}
            if not refused:
                return
            _give_back(bill, set(refused))
        await _refuse(refused.values())


def _plain(account: Account, price: Price) -> _Bill:
    return [(lease, price) for lease in account.leases]


async def _refuse(closed: Iterable[Full]) -> Never:
    """Say, after a while, what keeps a request from being admitted the longest."""
    await asyncio.sleep(HELD)
    raise TooMuch(max(closed, key=lambda full: full.opens))


def _give_back(bill: _Bill, unpaid: set[int]) -> None:
    for lease, price in bill:
        if id(lease) not in unpaid:
            lease.give_back(price)
