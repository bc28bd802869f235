"""What people ask a deployed model."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from app.deployments.calling.questions import Speaker


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """A question for a deployment; `parameters` by the names of the API. `key` tells one call from another."""

    deployment_id: UUID
    messages: tuple[tuple[Speaker, str], ...]
    parameters: Mapping[str, Any]
    seconds: float | None = None
    use_case: str | None = None
    key: str | None = None
