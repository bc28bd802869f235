"""What is entered in the audit trail, as subscribers hear of it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from operator import attrgetter
from typing import Any, cast

import strawberry

from app.audit import reads
from app.audit.schema import AuditEvent
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge
from app.live.faces import AfterCursor, Event, Heard
from app.live.log import Happening
from app.live.sources import Events


@strawberry.type(description="Something was entered in the audit trail.")
class AuditEventRecorded(Heard, Event):
    audit_event: AuditEvent | None = edge(
        reads.entries_by_id, key=attrgetter("audit_id"), description="The entry. Null only on error."
    )


@strawberry.type
class AuditSubscription:
    @strawberry.subscription(
        description="Event stream: each entry of the audit trail, also of what was denied. Needs `audit:read`."
    )
    async def audit_event_recorded(
        self, info: Info, after: AfterCursor = None
    ) -> AsyncGenerator[AuditEventRecorded, None]:
        info.context.actor.require(Permission.AUDIT_READ)
        return cast("Any", Events(_is_on_record, after, is_scoped=False))


def _is_on_record(event: Happening) -> bool:
    return event.audit_id is not None
