"""What a revision wants, read from its JSON: API's `DeploymentConfig` with a few members more. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class External:
    """An endpoint that somebody else runs; `credential` names where the secret is, and is none itself."""

    base_url: str
    credential: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a runtime is to make true. `template` or `external` says by whom it is run."""

    replicas: int
    is_paused: bool
    model_version_id: UUID | None
    template: str | None
    external: External | None
    port: int | None
    host: str | None
    path: str | None

    @property
    def running(self) -> int:
        """How many replicas are to run now."""
        return 0 if self.is_paused else self.replicas


def wanted_of(spec: Mapping[str, Any]) -> Wanted:
    """The spec of a revision, in words."""
    runtime, networking = spec.get("runtime") or {}, spec.get("networking") or {}
    version = spec.get("modelVersionId")
    return Wanted(
        replicas=runtime.get("replicas") or 0,
        is_paused=bool(spec.get("paused")),
        model_version_id=UUID(version) if version else None,
        template=(spec.get("process") or {}).get("template"),
        external=_external_of(spec.get("external")),
        port=networking.get("port"),
        host=networking.get("host"),
        path=networking.get("path"),
    )


def _external_of(spec: Mapping[str, Any] | None) -> External | None:
    return External(base_url=spec["baseUrl"], credential=spec.get("credential")) if spec else None
