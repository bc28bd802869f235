"""What is to be said of a deployment, from what is wanted and what was observed. Pure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from app.deployments.rules import PROGRESSING, READY, SCALED_TO_ZERO, phase_of
from app.deployments.runtimes.protocol import Observation, ReplicaSeen
from app.deployments.vocabulary import ConditionStatus, Phase, ReplicaState

HEALTHY, SCALING_LIMITED = "Healthy", "ScalingLimited"
STARTING, CRASH_LOOP, COMPLETE = "Starting", "CrashLoop", "Complete"
TRUE, FALSE, UNKNOWN = ConditionStatus.TRUE, ConditionStatus.FALSE, ConditionStatus.UNKNOWN

Condition = dict[str, Any]
_Said = tuple[ConditionStatus, str, str]
"""Status, reason and message."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What is said of a deployment; `conditions` and `phase` as in its row."""

    conditions: list[Condition]
    phase: Phase
    replicas: int
    observed_generation: int
    endpoint: str | None


@dataclass(frozen=True, slots=True)
class View:
    """What was observed, as rules look at it. `wanted`: replicas; `before`: the conditions said last.

    `is_new`: these conditions speak of an older generation than the one that is wanted."""

    seen: Observation
    wanted: int
    generation: int
    before: Mapping[str, Condition]
    is_new: bool

    @property
    def current(self) -> list[ReplicaSeen]:
        """The replicas of what is wanted now, but for those that stop."""
        return [each for each in self.living if each.revision == self.generation]

    @property
    def living(self) -> list[ReplicaSeen]:
        """All replicas but for those that stop."""
        return [each for each in self.seen.replicas if each.state is not ReplicaState.STOPPING]

    @property
    def ready(self) -> int:
        """How many serve."""
        return sum(each.state is ReplicaState.READY for each in self.seen.replicas)

    @property
    def is_complete(self) -> bool:
        """Whether there are exactly the replicas that are wanted, be they healthy or not."""
        return len(self.current) == len(self.seen.replicas) == self.wanted and self.seen.revision == self.generation

    @property
    def crash(self) -> str | None:
        """Why a replica of what is wanted fails again and again; None if none does."""
        loops = [each for each in self.current if each.crash_loop and each.state is not ReplicaState.READY]
        return next((each.last_exit.reason if each.last_exit else "it fails" for each in loops), None)

    @property
    def failing(self) -> list[ReplicaSeen]:
        """Replicas that do not serve although they did, or that failed."""
        return [
            each
            for each in self.living
            if each.state in {ReplicaState.FAILED, ReplicaState.UNHEALTHY}
            or (each.state is ReplicaState.STARTING and each.restarts)
        ]

    def was(self, name: str) -> tuple[str | None, str | None]:
        """The status and the reason of a condition as said last."""
        found = self.before.get(name, {})
        return found.get("status"), found.get("reason")


def wanted_replicas(spec: Mapping[str, Any], *, deleted: bool) -> int:
    """How many replicas are to run now: within the bounds of the spec, and none while it is paused or deleted."""
    if deleted or spec.get("paused"):
        return 0
    asked = _asked(spec)
    least, most = _bounds(spec)
    return min(max(asked, least), most)


def _asked(spec: Mapping[str, Any]) -> int:
    given = (spec.get("runtime") or {}).get("replicas")
    return 1 if given is None else given


def _bounds(spec: Mapping[str, Any]) -> tuple[int, int]:
    scaling = (spec.get("runtime") or {}).get("scaling") or {}
    least, most = scaling.get("minReplicas"), scaling.get("maxReplicas")
    asked = _asked(spec)
    return asked if least is None else least, asked if most is None else most


def status_of(
    spec: Mapping[str, Any],
    seen: Observation,
    before: Sequence[Condition],
    now: datetime,
    *,
    generation: int,
    observed_generation: int,
    deleted: bool,
) -> Status:
    """What is to be said now. A condition whose status stays keeps the time of its last transition."""
    wanted = wanted_replicas(spec, deleted=deleted)
    known = {condition["type"]: condition for condition in before}
    view = View(seen, wanted, generation, known, observed_generation < generation)
    said = {name: rule(view) for name, rule in _RULES.items()} | {SCALING_LIMITED: _limited(spec)}
    conditions = [_condition(name, said[name], known.get(name), now) for name in said]
    return Status(
        conditions=conditions,
        phase=phase_of(conditions),
        replicas=view.ready,
        observed_generation=generation if seen.revision == generation else observed_generation,
        endpoint=seen.endpoint,
    )


def stopped_worker(before: Sequence[Condition], now: datetime) -> list[Condition]:
    """The conditions of what ran on a worker that has ended: nobody looks after it."""
    known = {condition["type"]: condition for condition in before}
    said = (UNKNOWN, "WorkerStopped", "The worker that runs it has stopped; the next one to start takes it up.")
    return [_condition(name, said, known.get(name), now) for name in (READY, HEALTHY)] + [
        condition for condition in before if condition["type"] not in {READY, HEALTHY}
    ]


def transitions(before: Sequence[Condition], after: Sequence[Condition]) -> list[Condition]:
    """The conditions of `after` whose status is another than before."""
    known = {condition["type"]: condition["status"] for condition in before}
    return [condition for condition in after if known.get(condition["type"]) != condition["status"]]


def _condition(name: str, said: _Said, before: Condition | None, now: datetime) -> Condition:
    status, reason, message = said
    stays = before is not None and before["status"] == status.value
    since = before.get("lastTransitionAt") if before is not None and stays else now.isoformat()
    told = {"status": status.value, "reason": reason, "message": message}
    return {"type": name, **told, "lastTransitionAt": since}


def _ready(view: View) -> _Said:
    if not view.wanted:
        return FALSE, SCALED_TO_ZERO, "None is wanted to run."
    count = f"{view.ready} of {view.wanted} replicas are ready."
    if view.ready:
        return TRUE, "ReplicasReady", count
    if view.seen.problem is not None:
        return FALSE, view.seen.problem.reason, view.seen.problem.message
    if view.crash is not None:
        return FALSE, CRASH_LOOP, f"No replica stays up; the last one {view.crash}."
    status, reason = view.was(READY)
    begins = view.is_new or status in {None, UNKNOWN.value} or reason == SCALED_TO_ZERO
    return (UNKNOWN, STARTING, count) if begins and status != TRUE.value else (FALSE, "NoReplicaReady", count)


def _progressing(view: View) -> _Said:
    if not view.seen.replicas and not view.wanted:
        return FALSE, COMPLETE, "Nothing runs."
    if view.seen.problem is not None:
        return FALSE, view.seen.problem.reason, view.seen.problem.message
    if view.crash is not None:
        return FALSE, CRASH_LOOP, f"Revision {view.generation} does not come up; a replica {view.crash}."
    if view.is_complete:
        return _completing(view)
    return TRUE, _step(view), f"{len(view.current)} of {view.wanted} replicas run revision {view.generation}."


def _completing(view: View) -> _Said:
    """All are there: it is done when all serve for the first time, and stays so while some are healed."""
    status, _ = view.was(PROGRESSING)
    done = view.ready == view.wanted or (status == FALSE.value and not view.is_new)
    if done:
        return FALSE, COMPLETE, f"Revision {view.generation} is rolled out."
    return TRUE, STARTING, f"{view.ready} of {view.wanted} replicas of revision {view.generation} are ready."


def _step(view: View) -> str:
    if len(view.current) < len(view.living):
        return "RollingOut" if view.wanted else "Stopping"
    return "ScalingUp" if len(view.living) < view.wanted else "ScalingDown"


def _healthy(view: View) -> _Said:
    if not view.wanted:
        return UNKNOWN, SCALED_TO_ZERO, "None is wanted to run."
    if view.seen.problem is not None:
        return FALSE, view.seen.problem.reason, view.seen.problem.message
    if view.failing:
        return FALSE, "ReplicasFail", _failure(view.failing)
    if not view.ready:
        return UNKNOWN, STARTING, "No replica has been ready yet."
    return TRUE, "ChecksPass", "All replicas that are up pass their health checks."


def _failure(failing: Sequence[ReplicaSeen]) -> str:
    """How many fail, and why the first does."""
    first = failing[0]
    why = "fails its health checks" if first.state is ReplicaState.UNHEALTHY else "ended"
    told = first.last_exit.reason if first.last_exit and first.state is not ReplicaState.UNHEALTHY else why
    others = f"; so do {len(failing) - 1} others" if len(failing) > 1 else ""
    return f"Replica {first.slot} {told}{others}."


def _limited(spec: Mapping[str, Any]) -> _Said:
    asked, (least, most) = _asked(spec), _bounds(spec)
    if least <= asked <= most:
        return FALSE, "WithinBounds", "The wanted replicas are within the bounds."
    return TRUE, "OutOfBounds", f"{asked} replicas are wanted, but {least} to {most} are allowed."


_RULES: Final[dict[str, Callable[[View], _Said]]] = {READY: _ready, PROGRESSING: _progressing, HEALTHY: _healthy}
