"""What happens to deployments."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.kit.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentEvent(Event):
    """Something that happened to one deployment; `resource_id` is its key."""

    topic: ClassVar[str] = "deployment"
    resource_type: ClassVar[str] = "Deployment"
    model_id: str
    environment: str
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRecorded(DeploymentEvent):
    """Usage showed a deployment that nobody had told of."""

    kind: ClassVar[str] = "deployment.recorded"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentScaled(DeploymentEvent):
    """The number of replicas changed."""

    kind: ClassVar[str] = "deployment.scaled"
    replicas_from: int
    replicas_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRevised(DeploymentEvent):
    """Something else is wanted of a deployment; `revision` is the number of what is wanted from now on."""

    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentCreated(DeploymentRevised):
    """Somebody wants a model deployed."""

    kind: ClassVar[str] = "deployment.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentUpdated(DeploymentRevised):
    """Somebody wants another configuration or version."""

    kind: ClassVar[str] = "deployment.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentRolledBack(DeploymentRevised):
    """Somebody wants the configuration and version of an older revision."""

    kind: ClassVar[str] = "deployment.rolledBack"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentPaused(DeploymentRevised):
    """Nothing of it is to run for now."""

    kind: ClassVar[str] = "deployment.paused"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentResumed(DeploymentRevised):
    """It is to run again."""

    kind: ClassVar[str] = "deployment.resumed"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentDeleted(DeploymentEvent):
    """Nothing of it is to run any more."""

    kind: ClassVar[str] = "deployment.deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentStatusMoved(DeploymentEvent):
    """A worker observed another phase, or another status of a condition."""

    kind: ClassVar[str] = "deployment.statusChanged"
    phase_from: str
    phase_to: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentLimitSet(Event):
    """Somebody said how many deployments a team may have in an environment; `resource_id` is the team's key."""

    kind: ClassVar[str] = "team.deploymentLimitSet"
    topic: ClassVar[str] = "team"
    resource_type: ClassVar[str] = "Team"
    environment: str
    message: str
