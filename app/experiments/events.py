"""What happens to experiments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.kit.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentEvent(Event):
    """Something that happened to one experiment; `resource_id` is its key."""

    topic: ClassVar[str] = "experiment"
    resource_type: ClassVar[str] = "Experiment"
    name: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentCreated(ExperimentEvent):
    """Somebody drafted an experiment."""

    kind: ClassVar[str] = "experiment.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentUpdated(ExperimentEvent):
    """Somebody changed a draft."""

    kind: ClassVar[str] = "experiment.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentArchived(ExperimentEvent):
    """An experiment is no longer listed."""

    kind: ClassVar[str] = "experiment.archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentStarted(ExperimentEvent):
    """A draft began to take traffic."""

    kind: ClassVar[str] = "experiment.started"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentStopped(ExperimentEvent):
    """An experiment ended early."""

    kind: ClassVar[str] = "experiment.stopped"


@dataclass(frozen=True, slots=True, kw_only=True)
class ExperimentCompleted(ExperimentEvent):
    """An experiment ended as planned."""

    kind: ClassVar[str] = "experiment.completed"
