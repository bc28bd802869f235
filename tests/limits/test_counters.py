"""Counters in Redis and in the process follow the same formula, to the unit."""

from __future__ import annotations

from collections.abc import AsyncIterator
from random import Random

import pytest
import pytest_asyncio
from hypothesis import given
from hypothesis import strategies as st
from redis.asyncio import Redis

from app.embedded import EmbeddedServers
from app.kit.ids import new_id
from app.limits.counters import Ask, OwnCounters, Price, SharedCounters
from app.limits.rules import Count, Unit, Window, counted, empty_at, opens_at, room

MINUTE = Window(Unit.REQUESTS, 60, 100)
A_MOMENT = 1_800_000_000_000
"""The beginning of a minute, an hour and a day."""


@pytest_asyncio.fixture
async def redis(servers: EmbeddedServers) -> AsyncIterator[Redis]:
    client = Redis.from_url(servers.urls.redis)
    yield client
    await client.aclose()


def shared(redis: Redis) -> SharedCounters:
    return SharedCounters(redis, f"test:{new_id()}:")


class TestFormula:
    @pytest.mark.parametrize(
        ("count", "elapsed", "expected"),
        [
            (Count(10, 0, 0), 0, 0),
            (Count(10, 60, 0), 0, 60),
            (Count(10, 60, 5), 15_000, 50),
            (Count(10, 60, 5), 59_999, 5.001),
            (Count(9, 60, 40), 30_000, 20),
            (Count(8, 60, 40), 0, 0),
        ],
    )
    def test_the_last_window_counts_as_far_as_it_still_lies_within(
        self, count: Count, elapsed: int, expected: float
    ) -> None:
        assert counted(MINUTE, count, 600_000 + elapsed) == pytest.approx(expected)

    @given(
        before=st.integers(0, 100),
        now=st.integers(0, 100),
        elapsed=st.integers(0, 59_999),
        units=st.integers(1, 100),
    )
    def test_it_opens_when_it_says_and_not_before(self, before: int, now: int, elapsed: int, units: int) -> None:
        count, moment = Count(10, before, now), 600_000 + elapsed
        opens = opens_at(MINUTE, count, moment, units)
        assert moment <= opens <= 720_000
        assert room(MINUTE, count, opens + 1) >= units
        assert opens == moment or room(MINUTE, count, opens - 1) < units

    def test_it_is_empty_when_nothing_of_it_lies_within_any_more(self) -> None:
        assert empty_at(MINUTE, Count(10, 5, 1), 610_000) == 720_000
        assert empty_at(MINUTE, Count(10, 5, 0), 610_000) == 660_000
        assert empty_at(MINUTE, Count(10, 0, 0), 610_000) == 610_000


def requests(number: int, times: int = 1) -> tuple[tuple[Price, int], ...]:
    return ((Price(number, 0), times),)


class TestTaking:
    async def test_no_more_than_the_limit_and_what_is_refused_is_not_counted(self, redis: Redis) -> None:
        for take in (shared(redis).take, OwnCounters().take):
            ask = Ask("a", (MINUTE,), requests(1, 40))
            grants = [(await take([ask], A_MOMENT))[0] for _ in range(3)]
            assert [grant.paid for grant in grants] == [(40,), (40,), (20,)]
            assert grants[2].counts == (Count(A_MOMENT // 60_000, 0, 100),)
            [later] = await take([ask], A_MOMENT + 90_000)
            assert later.paid == (40,)
            [rest] = await take([ask], A_MOMENT + 90_000)
            assert rest.paid == (10,)

    async def test_a_price_is_paid_whole_or_not_at_all(self, redis: Redis) -> None:
        window = Window(Unit.COST, 60, 100)
        prices = ((Price(1, 70), 1), (Price(1, 40), 2), (Price(1, 30), 1))
        for take in (shared(redis).take, OwnCounters().take):
            [grant] = await take([Ask("a", (window,), prices, ahead=Price(5, 5))], A_MOMENT)
            assert grant.paid == (1, 0, 1)
            assert (grant.ahead, grant.counts[0].now) == (Price(0, 0), 100)

    async def test_what_is_wanted_ahead_is_a_small_part_of_what_is_left(self, redis: Redis) -> None:
        for take in (shared(redis).take, OwnCounters().take):
            window = Window(Unit.REQUESTS, 60, 1000)
            [grant] = await take([Ask("a", (window,), requests(1), ahead=Price(500, 0))], A_MOMENT)
            assert (grant.paid, grant.ahead.requests, grant.counts[0].now) == ((1,), 49, 50)

    async def test_the_narrowest_window_decides_and_all_count(self, redis: Redis) -> None:
        windows = (MINUTE, Window(Unit.REQUESTS, 1, 5), Window(Unit.COST, 60, 30))
        for take in (shared(redis).take, OwnCounters().take):
            [grant] = await take([Ask("a", windows, ((Price(1, 3), 9),))], A_MOMENT)
            assert grant.paid == (5,)
            assert [count.now for count in grant.counts] == [5, 5, 15]

    async def test_subjects_do_not_share(self, redis: Redis) -> None:
        for take in (shared(redis).take, OwnCounters().take):
            grants = await take([Ask(name, (MINUTE,), requests(100)) for name in ("a", "b")], A_MOMENT)
            assert [grant.paid for grant in grants] == [(1,), (1,)]

    async def test_without_windows_there_is_no_limit(self, redis: Redis) -> None:
        for take in (shared(redis).take, OwnCounters().take):
            [grant] = await take([Ask("a", (), ((Price(7, 8), 3),), Price(1, 2))], A_MOMENT)
            assert (grant.paid, grant.ahead, grant.counts) == ((3,), Price(1, 2), ())

    async def test_what_is_over_is_forgotten(self, redis: Redis) -> None:
        counters = shared(redis)
        await counters.take([Ask("a", (MINUTE, Window(Unit.REQUESTS, 3600, 10)), requests(1))])
        left = await redis.pttl(f"{counters._prefix}a")
        assert 7_190_000 < left <= 7_200_000

    async def test_a_peek_keeps_nothing(self, redis: Redis) -> None:
        counters = shared(redis)
        [grant] = await counters.take([Ask("a", (MINUTE,))])
        assert grant.counts[0].now == 0
        assert await redis.exists(f"{counters._prefix}a") == 0

    async def test_both_give_the_same_to_the_unit(self, redis: Redis) -> None:
        windows = (Window(Unit.REQUESTS, 1, 7), Window(Unit.REQUESTS, 60, 90), Window(Unit.COST, 60, 500))
        chance = Random(7)
        for _ in range(30):
            own, other, moment = OwnCounters(), shared(redis), A_MOMENT
            for _ in range(30):
                moment += chance.choice([0, 1, 333, 1_000, 20_000, 61_000])
                prices = tuple((Price(n, chance.randrange(90)), chance.randrange(9)) for n in range(3))
                ahead = Price(chance.randrange(9), chance.randrange(300))
                asks = [Ask("a", windows, prices, ahead), Ask("b", windows[:1], prices)]
                assert await other.take(asks, moment) == await own.take(asks, moment)
