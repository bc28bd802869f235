"""What may follow what in the life of a model or version, and where one may be deployed. Pure."""

from __future__ import annotations

from app.catalog.vocabulary import ModelStatus

_S = ModelStatus

NEXT: dict[ModelStatus, tuple[ModelStatus, ...]] = {
    _S.EXPERIMENTAL: (_S.ACTIVE, _S.RETIRED),
    _S.ACTIVE: (_S.MAINTENANCE, _S.DEPRECATED),
    _S.MAINTENANCE: (_S.ACTIVE, _S.DEPRECATED),
    _S.DEPRECATED: (_S.ACTIVE, _S.RETIRED),
    _S.RETIRED: (),
}
"""The statuses that may follow each."""


def may_become(status: str, wanted: ModelStatus) -> bool:
    """Whether a model or version may go from one status to another."""
    return wanted in NEXT[ModelStatus(status)]


def is_deployable(status: str, *, to_production: bool) -> bool:
    """Whether something new may be deployed: in production only what is active, elsewhere also what is on trial."""
    return status == _S.ACTIVE or (status == _S.EXPERIMENTAL and not to_production)
