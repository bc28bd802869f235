"""The faces of alerts."""

from __future__ import annotations

from datetime import datetime

import strawberry

from app.kit.costs import ListSize
from app.kit.edges import extends
from app.kit.faces import Severity
from app.metrics.dashboard.schema import Dashboard


@strawberry.type(description="Something that needs somebody.")
class Alert:
    severity: Severity = strawberry.field(description="How grave it is.")
    message: str = strawberry.field(description="What is wrong, in a sentence for people.")
    occurred_at: datetime = strawberry.field(description="Since when.")


@extends(Dashboard)
class DashboardAlerts:
    @strawberry.field(
        description="What needs somebody now; at most 20. Empty as long as no alert rules exist.",
        directives=[ListSize(assumed_size=20)],
    )
    def alerts(self) -> list[Alert]:
        return []
