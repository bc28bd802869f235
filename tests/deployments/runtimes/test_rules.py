"""Which replicas start and stop: a table of cases, and a simulation of every order of events."""

from __future__ import annotations

import random

import pytest

from app.deployments.runtimes.process.rules import SURGE, Slot, Steps, make_of, pause_after, steps
from app.deployments.vocabulary import ReplicaState

STATES = {"r": ReplicaState.READY, "s": ReplicaState.STARTING, "f": ReplicaState.FAILED, "x": ReplicaState.STOPPING}


def slots(text: str) -> list[Slot]:
    """`0nr 1os`: slot 0 runs the new make and is ready, slot 1 the old one and starts."""
    return [Slot(int(word[0]), word[1], STATES[word[2]]) for word in text.split()]


class TestSteps:
    @pytest.mark.parametrize(
        ("wanted", "found", "start", "stop"),
        [
            (2, "", (0, 1), ()),
            (2, "0nr 1ns", (), ()),
            (1, "0ns 1nr", (), (0,)),
            (1, "0nr 1nr", (), (1,)),
            (3, "0nf", (1, 2), ()),
            (0, "0nr 1or 2ns", (), (1, 0, 2)),
            (2, "0or 1or", (2,), ()),
            (2, "0or 1or 2ns", (), ()),
            (2, "0or 1or 2nr", (), (0,)),
            (2, "0ox 1or 2nr", (3,), ()),
            (2, "0of 1or", (2, 3), (0,)),
            (1, "0or 1or 2or", (), (0, 1)),
            (2, "0nx", (1, 2), ()),
            (1, "0nr 1nx", (), ()),
        ],
    )
    def test_cases(self, wanted: int, found: str, start: tuple[int, ...], stop: tuple[int, ...]) -> None:
        assert steps(wanted, "n", slots(found)) == Steps(start, stop)

    @pytest.mark.parametrize("seed", range(20))
    def test_whatever_happens_it_converges_within_bounds(self, seed: int) -> None:
        chance = random.Random(seed)
        wanted, make, now = 3, "a", [Slot(n, "a", ReplicaState.READY) for n in range(3)]
        for _ in range(60):
            if chance.random() < 0.1:
                make = chance.choice("abc")
            serving = sum(slot.state is ReplicaState.READY for slot in now)
            taken = steps(wanted, make, now)
            stopped = [slot for slot in now if slot.number in taken.stop and slot.state is ReplicaState.READY]
            assert serving - len(stopped) >= min(serving, wanted)
            now = _after(now, taken, make)
            living = [slot for slot in now if slot.state is not ReplicaState.STOPPING]
            assert len(living) <= wanted + SURGE
            now = _lived(now, chance)
        for _ in range(60):
            now = _ready(_after(now, steps(wanted, make, now), make))
        assert sorted((slot.make, slot.state) for slot in now) == [(make, ReplicaState.READY)] * wanted


def _after(now: list[Slot], taken: Steps, make: str) -> list[Slot]:
    stopped = [Slot(s.number, s.make, ReplicaState.STOPPING) if s.number in taken.stop else s for s in now]
    return stopped + [Slot(number, make, ReplicaState.STARTING) for number in taken.start]


def _lived(now: list[Slot], chance: random.Random) -> list[Slot]:
    """One of them becomes ready, fails or ends."""
    if not now:
        return now
    one = chance.choice(now)
    rest = [slot for slot in now if slot is not one]
    if one.state is ReplicaState.STOPPING:
        return rest
    return [*rest, Slot(one.number, one.make, chance.choice([ReplicaState.READY, ReplicaState.FAILED]))]


def _ready(now: list[Slot]) -> list[Slot]:
    return [Slot(s.number, s.make, ReplicaState.READY) for s in now if s.state is not ReplicaState.STOPPING]


class TestMakeOf:
    def test_numbers_pauses_and_addresses_need_no_other_process(self) -> None:
        spec = {"process": {"template": "sample"}, "runtime": {"replicas": 1}}
        other = {**spec, "runtime": {"replicas": 5, "scaling": {"maxReplicas": 9}}, "paused": True, "networking": {}}
        assert make_of("1", spec) == make_of("1", other)
        assert make_of("1", spec) != make_of("2", spec)
        assert make_of("1", spec) != make_of("1", {**spec, "process": {"template": "vllm"}})


class TestPauseAfter:
    def test_at_once_then_longer_and_longer_to_a_minute(self) -> None:
        assert [pause_after(n) for n in (1, 2, 3, 4, 9, 99, 10_000)] == [0, 0.5, 1, 2, 60, 60, 60]
