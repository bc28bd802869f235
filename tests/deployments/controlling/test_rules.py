"""What is said of a deployment: tables of what was observed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.deployments.controlling.rules import Status, status_of, stopped_worker, transitions, wanted_replicas
from app.deployments.rules import phase_of
from app.deployments.runtimes.protocol import Exit, Observation, Problem, ReplicaSeen
from app.deployments.vocabulary import Phase, ReplicaState

NOW = datetime(2026, 11, 22, tzinfo=UTC)
STATES = {
    "r": ReplicaState.READY,
    "s": ReplicaState.STARTING,
    "f": ReplicaState.FAILED,
    "u": ReplicaState.UNHEALTHY,
    "x": ReplicaState.STOPPING,
}


def observed(text: str, revision: int = 2, problem: Problem | None = None) -> Observation:
    """`2r 1x`: a ready replica of revision 2, and one of revision 1 that stops; `2l` fails again and again."""
    replicas = tuple(_replica(slot, int(word[0]), word[1]) for slot, word in enumerate(text.split()))
    return Observation(revision=revision, replicas=replicas, problem=problem)


def _replica(slot: int, revision: int, letter: str) -> ReplicaSeen:
    loops = letter == "l"
    ended = Exit(code=3, reason="ended with exit code 3", at=NOW) if letter in "fl" else None
    state = ReplicaState.FAILED if loops else STATES[letter]
    return ReplicaSeen(slot=slot, revision=revision, state=state, crash_loop=loops, last_exit=ended)


def say(
    seen: Observation,
    before: Status | None = None,
    *,
    replicas: int = 2,
    paused: bool = False,
    deleted: bool = False,
    now: datetime = NOW,
) -> Status:
    """What is said of generation 2."""
    spec: dict[str, Any] = {"runtime": {"replicas": replicas}, "paused": paused}
    return status_of(
        spec,
        seen,
        before.conditions if before else [],
        now,
        generation=2,
        observed_generation=before.observed_generation if before else 0,
        deleted=deleted,
    )


def shown(status: Status) -> str:
    """The phase, and the conditions with their reasons."""
    told = [f"{each['type'][0]}={each['status'][0]}/{each['reason']}" for each in status.conditions]
    return " ".join([status.phase, *told[:3]])


PORT_TAKEN = Problem(reason="PortTaken", message="Something else listens there.")
RUNNING = say(observed("2r 2r"))
CASES = [
    ("", None, {}, "CREATING R=U/Starting P=T/ScalingUp H=U/Starting"),
    ("2s 2s", None, {}, "CREATING R=U/Starting P=T/Starting H=U/Starting"),
    ("2s 2r", None, {}, "SCALING R=T/ReplicasReady P=T/Starting H=T/ChecksPass"),
    ("2r 2r", None, {}, "RUNNING R=T/ReplicasReady P=F/Complete H=T/ChecksPass"),
    ("2f 2s", None, {}, "CREATING R=U/Starting P=T/Starting H=F/ReplicasFail"),
    ("2l 2s", None, {}, "FAILED R=F/CrashLoop P=F/CrashLoop H=F/ReplicasFail"),
    ("2f 2r", RUNNING, {}, "RUNNING R=T/ReplicasReady P=F/Complete H=F/ReplicasFail"),
    ("2u 2f", RUNNING, {}, "FAILED R=F/NoReplicaReady P=F/Complete H=F/ReplicasFail"),
    ("", RUNNING, {}, "CREATING R=F/NoReplicaReady P=T/ScalingUp H=U/Starting"),
    ("2r 2r 2s", RUNNING, {"replicas": 3}, "RUNNING R=T/ReplicasReady P=F/Complete H=T/ChecksPass"),
    ("1r 1r 2s", None, {}, "SCALING R=T/ReplicasReady P=T/RollingOut H=T/ChecksPass"),
    ("1r 1r 2l", None, {}, "RUNNING R=T/ReplicasReady P=F/CrashLoop H=F/ReplicasFail"),
    ("2r 2r 2x", RUNNING, {}, "SCALING R=T/ReplicasReady P=T/ScalingDown H=T/ChecksPass"),
    ("2x 2x", RUNNING, {"paused": True}, "STOPPED R=F/ScaledToZero P=T/ScalingDown H=U/ScaledToZero"),
    ("", RUNNING, {"paused": True}, "STOPPED R=F/ScaledToZero P=F/Complete H=U/ScaledToZero"),
    ("", RUNNING, {"deleted": True}, "STOPPED R=F/ScaledToZero P=F/Complete H=U/ScaledToZero"),
]


class TestStatusOf:
    @pytest.mark.parametrize(("text", "before", "given", "expected"), CASES)
    def test_cases(self, text: str, before: Status | None, given: dict[str, Any], expected: str) -> None:
        assert shown(say(observed(text), before, **given)) == expected

    def test_a_problem_is_said_where_nothing_serves_and_beside_what_serves(self) -> None:
        assert shown(say(observed("", problem=PORT_TAKEN))) == "FAILED R=F/PortTaken P=F/PortTaken H=F/PortTaken"
        told = shown(say(observed("1r 1r", problem=PORT_TAKEN)))
        assert told == "RUNNING R=T/ReplicasReady P=F/PortTaken H=F/PortTaken"

    def test_the_time_of_a_condition_is_that_of_its_last_transition(self) -> None:
        later = say(observed("2r 2f"), RUNNING, now=NOW + timedelta(minutes=1))
        assert [each["type"] for each in transitions(RUNNING.conditions, later.conditions)] == ["Healthy"]
        times = {each["type"]: each["lastTransitionAt"] for each in later.conditions}
        assert times["Ready"] == NOW.isoformat() < times["Healthy"]

    def test_what_was_observed_of_an_older_generation_is_not_taken_for_the_newer(self) -> None:
        assert say(observed("1r 1r", revision=1)).observed_generation == 0
        assert say(observed("2s", revision=2)).observed_generation == 2

    def test_a_replica_that_comes_and_goes_in_a_crash_loop_makes_no_transitions(self) -> None:
        looping = say(observed("2l"), replicas=1)
        seen = observed("2l").replicas[0]
        starting = Observation(
            revision=2,
            replicas=(
                ReplicaSeen(slot=0, revision=2, state=ReplicaState.STARTING, crash_loop=True, restarts=4,
                            last_exit=seen.last_exit),
            ),
        )  # fmt: skip
        assert transitions(looping.conditions, say(starting, looping, replicas=1).conditions) == []


class TestStoppedWorker:
    def test_nobody_knows_and_what_is_not_ready_is_not_made_so(self) -> None:
        conditions = stopped_worker(RUNNING.conditions, NOW)
        assert {each["type"]: each["status"] for each in conditions}["Ready"] == "UNKNOWN"
        assert phase_of(conditions) == Phase.CREATING


class TestWantedReplicas:
    @pytest.mark.parametrize(
        ("spec", "replicas"),
        [
            ({}, 1),
            ({"runtime": {"replicas": 0}}, 0),
            ({"runtime": {"replicas": 9, "scaling": {"maxReplicas": 4}}}, 4),
            ({"runtime": {"replicas": 1, "scaling": {"minReplicas": 2, "maxReplicas": 4}}}, 2),
            ({"runtime": {"replicas": 3}, "paused": True}, 0),
        ],
    )
    def test_within_bounds_and_none_while_paused(self, spec: dict[str, Any], replicas: int) -> None:
        assert wanted_replicas(spec, deleted=False) == replicas
        assert wanted_replicas(spec, deleted=True) == 0
