"""What subscriptions may come to: bounded at once, and what was missed is paid for."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

import pytest

from app.live.standing import MAX_COST, MAX_NUMBER, Standing, TooManySubscriptions
from app.settings import Settings
from tests.limits.asking import limited
from tests.live.listening import happen, heard, listening, served, silent
from tests.web.talking import talking

DEAR = " ".join(f"a{n}: deployments(first: 100) {{ nodes {{ id }} }}" for n in range(10))


def dear(mark: int) -> str:
    """A subscription whose events cost a little more than a thousand; one that differs for each mark."""
    return f"subscription M{mark}($after: Cursor) {{ modelChanged(after: $after) {{ cursor model {{ {DEAR} }} }} }}"


async def until(holds: Callable[[], bool]) -> None:
    """Wait for it, not long."""
    async with asyncio.timeout(5):
        while not holds():
            await asyncio.sleep(0.01)


class TestStanding:
    def test_the_same_counts_once(self) -> None:
        standing = Standing()
        for _ in range(100):
            standing.add("same", MAX_COST)
        with pytest.raises(TooManySubscriptions):
            standing.add("other", 1)
        for _ in range(100):
            standing.remove("same", MAX_COST)
        standing.add("other", 1)
        assert (standing.number, standing.cost) == (1, 1)

    def test_number(self) -> None:
        standing = Standing()
        for _ in range(MAX_NUMBER):
            standing.add("same", 1)
        with pytest.raises(TooManySubscriptions):
            standing.add("same", 1)


class TestSubscriptions:
    async def test_what_all_of_one_principal_cost_is_bounded(self, settings: Settings, tmp_path: Path) -> None:
        async with limited(settings, tmp_path) as api, served(api) as address, talking(address) as talk:
            await talk.begin(api.token())
            for mark in range(19):
                await talk.subscribe(dear(mark), str(mark))
            assert await talk.lives()
            (refused,) = await talk.ask(dear(19), "19")
            assert refused["payload"][0]["extensions"]["code"] == "RATE_LIMIT_EXCEEDED"
            [standing] = api.app.state.hub.exchange._of.values()
            await talk.subscribe(dear(0), "the same")
            await until(lambda: standing.number == 20)
            await talk.say({"type": "complete", "id": "1"})
            await until(lambda: standing.number == 19)
            await talk.subscribe(dear(19), "20")
            await until(lambda: standing.number == 20)

    async def test_what_was_missed_is_paid_for_and_waits(self, settings: Settings, tmp_path: Path) -> None:
        """Four thousand are enough for the request and three events; what happens now is told to all."""
        own = {"cost_per_minute": 5_000}
        async with limited(settings, tmp_path, principal=own) as api, served(api) as address:
            cursor = (await api.data("{ eventCursor }"))["eventCursor"]
            await happen(api.database, *range(6))
            async with listening(address, api.token(), dear(0), {"after": cursor}) as talk:
                assert len({(await heard(talk))["cursor"] for _ in range(3)}) == 3
                assert await silent(talk)
