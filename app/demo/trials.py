"""Which calls of the demo's traffic take part in its experiments: those of a variant's deployment while it runs."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid5

from app.demo.estate import LARKFIELD, Experiment
from app.metrics.ingest.rules import Inference

NAMESPACE = UUID("6f0b1a52-3c7e-4d1b-9a64-2f8f5f0c7d11")


def trial_id(made: Experiment) -> UUID:
    """The key of an experiment of the demo, the same wherever it is loaded."""
    return uuid5(NAMESPACE, made.name)


_ARMS = {
    arm.deployment: (trial, str(trial_id(trial)), arm.name) for trial in LARKFIELD.experiments for arm in trial.variants
}


def taking_part(inference: Inference, anchor: datetime) -> Inference:
    """The call, with the variant that answered it if it is part of an experiment."""
    trial, key, name = _ARMS.get(inference.service or "", (None, None, None))
    if trial is not None:
        at = inference.occurred_at - anchor
        if trial.started <= at and (trial.ended is None or at < trial.ended):
            inference.experiment, inference.variant = key, name
    return inference
