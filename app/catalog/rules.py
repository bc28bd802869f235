"""The life of a model or version, where one may be deployed, what people decide, and how texts are bounded. Pure."""

from __future__ import annotations

from app.catalog.vocabulary import ModelStatus

MAX_LABEL, MAX_REASON = 100, 1_000

CURATED = frozenset(
    {"name", "description", "context_window", "model_type", "capabilities", "baseline_cost_per_1k_tokens", "status"}
)
"""The columns of a model that imports fill as long as people do not decide them."""

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


def fault_of_text(value: str, most: int) -> str | None:
    """What is wrong with a text that has no blanks around it; None if nothing is."""
    if not value:
        return "This is blank."
    return f"This may have {most:,} characters at most." if len(value) > most else None


def fault_of_label(label: str) -> str | None:
    """What is wrong with the label of a version."""
    return fault_of_text(label, MAX_LABEL)


def fault_of_reason(reason: str | None) -> str | None:
    """What is wrong with a reason; it need not be given."""
    return None if reason is None else fault_of_text(reason.strip(), MAX_REASON)
