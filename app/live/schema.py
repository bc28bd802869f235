"""Where the log of events ends, for those who fetch and then listen."""

from __future__ import annotations

import strawberry

from app.kit.context import Info
from app.kit.scalars import Cursor


@strawberry.type
class LiveQuery:
    @strawberry.field(
        description="The end of the log of events, read before everything else in this query: subscribe with it as "
        "`after`, and nothing falls between. Null only on error."
    )
    def event_cursor(self, info: Info) -> Cursor | None:
        info.context.actor  # noqa: B018 - refuses those without a credential
        return Cursor(info.context.event_cursor) if info.context.event_cursor else None
