"""The phase of a deployment from its conditions: a table of cases."""

from __future__ import annotations

import pytest

from app.deployments.rules import phase_of
from app.deployments.vocabulary import Phase

CASES = [
    ("", Phase.CREATING),
    ("Degraded=TRUE", Phase.CREATING),
    ("Ready=UNKNOWN", Phase.CREATING),
    ("Ready=UNKNOWN Progressing=TRUE", Phase.CREATING),
    ("Progressing=TRUE", Phase.CREATING),
    ("Ready=FALSE Progressing=TRUE", Phase.CREATING),
    ("Ready=TRUE", Phase.RUNNING),
    ("Ready=TRUE Progressing=FALSE", Phase.RUNNING),
    ("Ready=TRUE Progressing=UNKNOWN", Phase.RUNNING),
    ("Ready=TRUE Degraded=TRUE", Phase.RUNNING),
    ("Ready=TRUE Progressing=TRUE", Phase.SCALING),
    ("Progressing=TRUE Ready=TRUE", Phase.SCALING),
    ("Ready=FALSE", Phase.FAILED),
    ("Ready=FALSE/QuotaExhausted", Phase.FAILED),
    ("Ready=FALSE/ScaledToZero", Phase.STOPPED),
    ("Ready=FALSE/ScaledToZero Progressing=FALSE", Phase.STOPPED),
]


def conditions(text: str) -> list[dict[str, str | None]]:
    """`Type=STATUS/Reason` as the table holds it."""
    found: list[dict[str, str | None]] = []
    for word in text.split():
        kind, _, state = word.partition("=")
        status, _, reason = state.partition("/")
        found.append({"type": kind, "status": status, "reason": reason or None})
    return found


class TestPhaseOf:
    @pytest.mark.parametrize(("text", "phase"), CASES)
    def test_phase_follows_from_the_conditions(self, text: str, phase: Phase) -> None:
        assert phase_of(conditions(text)) is phase

    def test_condition_without_a_reason_is_no_scaling_to_zero(self) -> None:
        assert phase_of([{"type": "Ready", "status": "FALSE"}]) is Phase.FAILED

    def test_every_phase_can_be_reached(self) -> None:
        assert {phase for _, phase in CASES} == set(Phase)
