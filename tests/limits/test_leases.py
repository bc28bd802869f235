"""What a process takes ahead: most requests ask nobody, and never is more admitted than there is."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest

from app.limits.counters import Ask, Grant, OwnCounters, Price
from app.limits.leases import Full, Lease, Leases
from app.limits.rules import Unit, Window

ONE = Price(1, 0)
DAY = 86_400


@dataclass
class Counting:
    """Counters that remember how often they were asked, and answer when they are let."""

    counters: OwnCounters = field(default_factory=OwnCounters)
    trips: int = 0
    pause: float = 0

    async def take(self, asks: Sequence[Ask]) -> list[Grant]:
        self.trips += 1
        await asyncio.sleep(self.pause)
        return await self.counters.take(asks)


def requests(limit: int, seconds: int = DAY) -> tuple[Window, ...]:
    return (Window(Unit.REQUESTS, seconds, limit),)


async def pay(leases: Leases, subject: str, windows: tuple[Window, ...], times: int, price: Price = ONE) -> int:
    """How many of so many requests, one after another, are admitted."""
    lease = leases.of(subject, windows)
    return sum([await leases.pay(lease, price) is None for _ in range(times)])


class TestExactness:
    @pytest.mark.parametrize("limit", [1, 7, 100, 3_000])
    async def test_exactly_as_many_as_there_are(self, limit: int) -> None:
        assert await pay(Leases(OwnCounters()), "a", requests(limit), limit + 200) == limit

    async def test_two_processes_admit_no_more_than_one(self) -> None:
        shared = OwnCounters()
        both = Leases(shared), Leases(shared)
        admitted = 0
        for turn in range(3_000):
            admitted += await pay(both[turn % 2], "a", requests(2_000), 1)
        assert 1_995 <= admitted <= 2_000

    async def test_many_at_once_are_served_in_their_order(self) -> None:
        leases = Leases(Counting(pause=0.01))
        lease = leases.of("a", requests(30))
        results = await asyncio.gather(*(leases.pay(lease, ONE) for _ in range(100)))
        assert [full is None for full in results] == [True] * 30 + [False] * 70

    async def test_a_cheap_one_is_admitted_where_a_dear_one_is_not(self) -> None:
        leases = Leases(OwnCounters())
        lease = leases.of("a", (Window(Unit.COST, DAY, 100),))
        paid = [await leases.pay(lease, Price(1, cost)) is None for cost in (60, 50, 30, 50, 10, 1)]
        assert paid == [True, False, True, False, True, False]

    async def test_what_was_paid_for_somebody_who_left_is_there_for_the_next(self) -> None:
        leases = Leases(Counting(pause=0.02))
        lease = leases.of("a", requests(2))
        gone = [asyncio.create_task(leases.pay(lease, ONE)) for _ in range(2)]
        await asyncio.sleep(0.01)
        gone[0].cancel()
        assert await gone[1] is None
        assert await leases.pay(lease, ONE) is None
        assert await leases.pay(lease, ONE) is not None


class TestTrips:
    async def test_a_busy_caller_costs_few(self) -> None:
        counting = Counting()
        leases = Leases(counting)
        assert await pay(leases, "a", requests(1_000_000), 2_000) == 2_000
        assert counting.trips < 40

    async def test_who_comes_seldom_takes_nothing_ahead(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.limits.leases.AHEAD", 0.01)
        counters = OwnCounters()
        leases = Leases(counters)
        for _ in range(5):
            await pay(leases, "a", requests(1_000), 1)
            await asyncio.sleep(0.02)
        [grant] = await counters.take([Ask("a", requests(1_000))])
        assert grant.counts[0].now == 5

    async def test_as_much_is_taken_ahead_as_comes_in_a_while(self) -> None:
        leases, now = Leases(OwnCounters()), time.monotonic()
        lease = leases.of("a", requests(1_000_000))
        lease.taken, lease.asked = 100, now - 0.25
        lease.waiting = [(ONE, asyncio.get_running_loop().create_future())]
        assert lease.ask(now).ahead == Price(202, 0)
        lease.taken, lease.requests, lease.asked = 300, 250, now
        assert lease.ask(now).ahead == Price(153, 0)

    async def test_leases_of_one_subject_are_served_beside_each_other(self) -> None:
        leases = Leases(Counting(pause=0.01))
        first, second = leases.of("a", requests(10)), Lease("a", requests(10))
        assert await leases.pay_all([(first, ONE), (second, Price(9, 0))]) == [None, None]
        assert await leases.pay(second, ONE) is not None

    async def test_all_who_wait_go_together(self) -> None:
        counting = Counting(pause=0.01)
        leases = Leases(counting)
        subjects = [leases.of(f"s{n}", requests(1_000)) for n in range(10)]
        assert await asyncio.gather(*(leases.pay(lease, ONE) for lease in subjects * 20)) == [None] * 200
        assert counting.trips <= 2

    async def test_who_was_refused_asks_no_more_until_there_is_room(self) -> None:
        counting = Counting()
        leases = Leases(counting)
        assert await pay(leases, "a", requests(5), 1_000) == 5
        assert counting.trips <= 6

    async def test_where_there_is_no_limit_nobody_is_asked(self) -> None:
        counting = Counting()
        assert await pay(Leases(counting), "a", (), 100) == 100
        assert counting.trips == 0

    async def test_a_failure_reaches_all_who_wait_and_the_next_one_asks_anew(self) -> None:
        class Broken(Counting):
            async def take(self, asks: Sequence[Ask]) -> list[Grant]:
                if self.trips == 0:
                    self.trips = 1
                    raise RuntimeError("broken")
                return await super().take(asks)

        leases = Leases(Broken())
        lease = leases.of("a", requests(10))
        results = await asyncio.gather(*(leases.pay(lease, ONE) for _ in range(3)), return_exceptions=True)
        assert [type(result) for result in results] == [RuntimeError] * 3
        with pytest.raises(RuntimeError):
            await leases._asking  # type: ignore[misc]
        assert await leases.pay(lease, ONE) is None


class TestRefusal:
    async def test_says_which_window_and_when_it_opens(self) -> None:
        leases = Leases(OwnCounters())
        lease = leases.of("a", (Window(Unit.REQUESTS, 1, 3), Window(Unit.REQUESTS, DAY, 1_000)))
        refused = [full for _ in range(9) if (full := await leases.pay(lease, ONE))]
        full = refused[-1]
        assert full.window.seconds == 1
        assert 0 < full.opens - time.monotonic() < 2
        await asyncio.sleep(full.opens - time.monotonic() + 0.005)
        assert await leases.pay(lease, ONE) is None

    def test_waits_are_told_in_whole_seconds_one_at_least(self) -> None:
        window = requests(1)[0]
        assert Full(window, time.monotonic() - 5).seconds() == 1
        assert Full(window, time.monotonic() + 3.2).seconds() == 4

    async def test_what_can_never_be_paid_is_refused(self) -> None:
        leases = Leases(OwnCounters())
        lease = leases.of("a", requests(5))
        assert await leases.pay(lease, Price(6, 0)) is not None
        assert await leases.pay(lease, Price(5, 0)) is None
