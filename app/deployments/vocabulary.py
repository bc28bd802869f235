"""The closed lists of words about deployments."""

from __future__ import annotations

from enum import StrEnum


class Environment(StrEnum):
    """Where a deployment runs."""

    DEVELOPMENT = "DEVELOPMENT"
    STAGING = "STAGING"
    PRODUCTION = "PRODUCTION"


class Phase(StrEnum):
    """The state of a deployment in one word, derived from its conditions."""

    CREATING = "CREATING"
    RUNNING = "RUNNING"
    SCALING = "SCALING"
    FAILED = "FAILED"
    STOPPED = "STOPPED"


class Runtime(StrEnum):
    """What runs the deployment: `RECORDED` ones are only observed, through the usage they report."""

    RECORDED = "RECORDED"
    PROCESS = "PROCESS"
    EXTERNAL = "EXTERNAL"
    KUBERNETES = "KUBERNETES"


class ConditionStatus(StrEnum):
    """Whether a condition holds."""

    TRUE = "TRUE"
    FALSE = "FALSE"
    UNKNOWN = "UNKNOWN"


class Cause(StrEnum):
    """Why a revision was made."""

    CREATED = "CREATED"
    UPDATED = "UPDATED"
    SCALED = "SCALED"
    PAUSED = "PAUSED"
    RESUMED = "RESUMED"
    ROLLED_BACK = "ROLLED_BACK"


class ReplicaState(StrEnum):
    """How far a replica is."""

    STARTING = "STARTING"
    READY = "READY"
    UNHEALTHY = "UNHEALTHY"
    STOPPING = "STOPPING"
    FAILED = "FAILED"


class Health(StrEnum):
    """How something serves, the best first."""

    HEALTHY = "HEALTHY"
    UNKNOWN = "UNKNOWN"
    DEGRADED = "DEGRADED"
    UNHEALTHY = "UNHEALTHY"


class DeploymentOrderField(StrEnum):
    """What deployments can be sorted by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
