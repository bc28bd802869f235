"""What happens to the audit trail."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.kit.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditExported(Event):
    """Somebody began to take the trail, or a part of it, away."""

    kind: ClassVar[str] = "audit.exported"
    topic: ClassVar[str] = "audit"
    resource_type: ClassVar[str] = "AuditTrail"
    form: str
    comparisons: int
