"""What usage shows, told once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.kit.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelFirstUsed(Event):
    """A model was called for the first time; `resource_id` is its key."""

    kind: ClassVar[str] = "model.first_used"
    topic: ClassVar[str] = "usage"
    resource_type: ClassVar[str] = "Model"
    model_id: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorsBurst(Event):
    """A deployment failed conspicuously within an hour; `resource_id` is its key."""

    kind: ClassVar[str] = "errors.burst"
    topic: ClassVar[str] = "usage"
    resource_type: ClassVar[str] = "Deployment"
    model_id: str
    failed: int
    requests: int
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallsRepriced(Event):
    """What calls of a model cost within an hour was worked out anew; `resource_id` is the model's key."""

    kind: ClassVar[str] = "calls.repriced"
    topic: ClassVar[str] = "usage"
    resource_type: ClassVar[str] = "Model"
    model_id: str
    hour: str
    calls: int
