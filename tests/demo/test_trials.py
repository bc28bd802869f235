"""Calls of a variant's deployment take part in its experiment while that runs, and no others."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from app.demo.estate import LARKFIELD
from app.demo.trials import taking_part, trial_id
from app.kit.ids import new_id
from app.metrics.ingest.rules import Inference

ANCHOR = datetime(2096, 3, 1, tzinfo=UTC)
A_TICK = timedelta(microseconds=1)


def named(service: str | None, at: timedelta) -> tuple[str | None, str | None]:
    """The experiment and the variant of a call."""
    call = Inference(event_id=new_id(), occurred_at=ANCHOR + at, provider="acme", model="one", service=service)
    call = taking_part(call, ANCHOR)
    return call.experiment, call.variant


def test_while_it_runs() -> None:
    running, completed = LARKFIELD.experiments
    for trial in (running, completed):
        for arm in trial.variants:
            wanted = (str(trial_id(trial)), arm.name)
            assert named(arm.deployment, trial.started) == wanted
            assert named(arm.deployment, trial.started - A_TICK) == (None, None)
            last = trial.ended - A_TICK if trial.ended else timedelta(days=300)
            assert named(arm.deployment, last) == wanted
            assert trial.ended is None or named(arm.deployment, trial.ended) == (None, None)
    assert named(None, running.started) == named("code-review", running.started) == (None, None)
    assert trial_id(running) != trial_id(completed)
