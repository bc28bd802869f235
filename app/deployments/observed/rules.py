"""How deployments do, from their phase and conditions. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Final

from app.deployments.vocabulary import ConditionStatus, Health, Phase

WINDOW: Final = timedelta(days=30)
"""How far availability looks back."""

_WORRYING: Final = {"Healthy": ConditionStatus.FALSE, "Degraded": ConditionStatus.TRUE}
_BY_PHASE: Final = {Phase.CREATING: Health.UNKNOWN, Phase.FAILED: Health.UNHEALTHY, Phase.STOPPED: None}


def health_of(phase: str, conditions: Sequence[Mapping[str, Any]]) -> Health | None:
    """How a deployment serves; None if it is not wanted to.

    While it serves it is DEGRADED if its condition `Healthy` is FALSE or `Degraded` TRUE."""
    if phase in _BY_PHASE:
        return _BY_PHASE[Phase(phase)]
    is_degraded = any(_WORRYING.get(each["type"]) == each["status"] for each in conditions)
    return Health.DEGRADED if is_degraded else Health.HEALTHY


def worst(healths: Iterable[Health | None]) -> Health | None:
    """The worst of them; None if there is none."""
    return max((health for health in healths if health), key=list(Health).index, default=None)
