"""What happens in an estate besides its events."""

from __future__ import annotations

from app.alerts.events import AlertRaised
from app.alerts.service import tags_of
from app.alerts.tables import Alert
from tests.contract.worlds import Estate


def alarm(estate: Estate) -> AlertRaised:
    """That the alert of an estate fires."""
    (fires,) = estate.all(Alert)
    said = {"severity": fires.severity, "state": fires.state, "message": fires.message}
    seen = tags_of(fires.level, fires.team_ids, of_money=False)
    return AlertRaised(resource_id=str(fires.id), rule_id=str(fires.rule_id), scope_tags=seen, **said)
