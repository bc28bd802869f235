"""What people ask of deployments."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.deployments.vocabulary import Environment, Runtime

_Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Creation:
    """A model is to be deployed. `configuration` has the members of a spec."""

    name: str
    model_id: UUID
    version_id: UUID | None
    team_id: UUID | None
    environment: Environment
    runtime: Runtime
    configuration: _Json = field(default_factory=dict[str, Any])
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something is to become other of a deployment; `expected_revision` is its `generation`."""

    deployment_id: UUID
    reason: str | None = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update(Change):
    """Another configuration: `patch` has the members that change, null for what is taken away. `version`: another
    version, or none, in a tuple; an empty one leaves it."""

    patch: _Json
    version: tuple[UUID | None, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Scaling(Change):
    """Another number of replicas."""

    replicas: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RollBack(Change):
    """The configuration and version of an older revision."""

    to: int
