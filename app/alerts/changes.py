"""What happens to alerts, as subscribers hear of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from typing import Annotated, Any, cast

import strawberry

from app.alerts import events, reads
from app.alerts.schema import Alert
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge
from app.kit.faces import Severity
from app.live.faces import AfterCursor, Event, Heard
from app.live.log import Happening
from app.live.sources import Events


def _alert(event: Happening) -> Any:
    return event.subject


def _message(event: Happening, alert: Any) -> str | None:
    return event.payload["message"] if alert is not None else None


@strawberry.type(description="An alert fires (API: `alert:new`).")
class AlertRaised(Heard, Event):
    alert: Alert | None = edge(
        reads.alerts_by_id, key=_alert, description="The alert as it is now; null if you may no longer see it."
    )
    message: str | None = edge(
        reads.alerts_by_id,
        key=_alert,
        show=_message,
        description="What was wrong then, in a sentence for people; null if you may no longer see the alert.",
    )


@strawberry.type(description="An alert came to another state, or somebody took it on.")
class AlertChanged(Heard, Event):
    kind: str = strawberry.field(
        description="What happened: `alert.pending`, `alert.raised`, `alert.resolved`, `alert.cleared`, "
        "`alert.failed` or `alert.acknowledged`. New kinds may be added."
    )
    alert: Alert | None = edge(
        reads.alerts_by_id, key=_alert, description="The alert as it is now; null if you may no longer see it."
    )
    message: str | None = edge(
        reads.alerts_by_id,
        key=_alert,
        show=_message,
        description="The state then, in a sentence for people; null if you may no longer see the alert.",
    )


@strawberry.type
class AlertSubscription:
    @strawberry.subscription(
        description="Event stream: alerts that begin to fire, as far as you may see them. The UI's socket event "
        "`alert:new`. Needs `analytics:read`."
    )
    async def alert_raised(
        self,
        info: Info,
        after: AfterCursor = None,
        severity: Annotated[
            list[Severity] | None, strawberry.argument(description="Only those so grave; by default all.")
        ] = None,
    ) -> AsyncGenerator[AlertRaised, None]:
        info.context.actor.require(Permission.ANALYTICS_READ)
        wanted = {one.value for one in Severity if severity is None or one in severity}

        def matches(event: Happening) -> bool:
            return event.kind == events.AlertRaised.kind and event.payload["severity"] in wanted

        return cast("Any", Events(matches, after))

    @strawberry.subscription(
        description="Event stream: every change of the alerts you may see, and who took them on. Needs "
        "`analytics:read`."
    )
    async def alert_changed(self, info: Info, after: AfterCursor = None) -> AsyncGenerator[AlertChanged, None]:
        info.context.actor.require(Permission.ANALYTICS_READ)

        def matches(event: Happening) -> bool:
            return event.topic == events.AlertEvent.topic

        return cast("Any", Events(matches, after))
