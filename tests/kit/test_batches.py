"""Keys that are asked for together go into one call, each once."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import pytest

from app.kit.batches import Asked


class Calls:
    """A batch that doubles keys, but does not know 0, and refuses negative ones."""

    def __init__(self) -> None:
        self.made: list[list[int]] = []

    async def double(self, keys: list[int]) -> Mapping[int, int]:
        self.made.append(keys)
        await asyncio.sleep(0.01)
        if min(keys) < 0:
            raise ValueError("negative")
        return {key: 2 * key for key in keys if key}


async def test_those_of_one_turn_are_one_call() -> None:
    calls = Calls()
    asked = Asked(calls.double)
    found = await asyncio.gather(asked.values([1, 2, 2]), asked.values([2, 3]), asked.values([0]))
    assert calls.made == [[1, 2, 3, 0]]
    assert [one.get(2) for one in found] == [4, 4, 4]
    assert 0 not in found[2]


async def test_what_is_known_or_on_its_way_is_not_asked_for_again() -> None:
    calls = Calls()
    asked = Asked(calls.double)
    first = asyncio.create_task(asked.values([1, 0]))
    await asyncio.sleep(0.005)
    assert (await asked.values([1, 2]))[1] == 2
    await first
    assert (await asked.values([0, 2])).get(0) is None
    assert calls.made == [[1, 0], [2]]


async def test_failure_is_told_to_all_and_forgotten() -> None:
    calls = Calls()
    asked = Asked(calls.double)
    results = await asyncio.gather(asked.values([-1]), asked.values([1]), return_exceptions=True)
    assert [str(result) for result in results] == ["negative", "negative"]
    assert (await asked.values([1]))[1] == 2
    assert calls.made == [[-1, 1], [1]]


async def test_one_who_stops_waiting_does_not_stop_the_call() -> None:
    calls = Calls()
    asked = Asked(calls.double)
    impatient, patient = (asyncio.create_task(asked.values([1])) for _ in range(2))
    await asyncio.sleep(0.005)
    impatient.cancel()
    assert (await patient)[1] == 2
    with pytest.raises(asyncio.CancelledError):
        await impatient
    assert calls.made == [[1]]
