"""The phase of a deployment from its conditions. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.deployments.vocabulary import ConditionStatus, Phase

READY, PROGRESSING = "Ready", "Progressing"
SCALED_TO_ZERO = "ScaledToZero"


def phase_of(conditions: Sequence[Mapping[str, Any]]) -> Phase:
    """RUNNING while `Ready`, or SCALING while also `Progressing`; not ready is STOPPED if scaled to zero, else FAILED.

    Until readiness is known, and while it comes up again, it is CREATING."""
    found = {condition["type"]: condition for condition in conditions}
    progressing = _status(found, PROGRESSING) == ConditionStatus.TRUE
    ready = _status(found, READY)
    if ready == ConditionStatus.TRUE:
        return Phase.SCALING if progressing else Phase.RUNNING
    if ready == ConditionStatus.FALSE and found[READY].get("reason") == SCALED_TO_ZERO:
        return Phase.STOPPED
    return Phase.CREATING if ready == ConditionStatus.UNKNOWN or progressing else Phase.FAILED


def _status(found: Mapping[str, Mapping[str, Any]], name: str) -> ConditionStatus:
    return ConditionStatus(found[name]["status"]) if name in found else ConditionStatus.UNKNOWN
