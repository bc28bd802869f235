"""What all events have, as faces of domains show them."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import strawberry

from app.kit.scalars import Cursor
from app.live.log import Happening


@strawberry.interface(
    description="Something that happened, or a state as it was at a moment. It may come twice, but never with another "
    "cursor, and never before what came earlier."
)
class Event:
    cursor: Cursor = strawberry.field(
        description="Its position in the log of events: give it as `after` to go on from here, whatever happened to "
        "the connection."
    )
    occurred_at: datetime = strawberry.field(description="When it happened.")


class Heard:
    """A face whose values are events of the log: mix it in."""

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Whatever the subscription has chosen."""
        return isinstance(value, Happening)


AfterCursor = Annotated[
    Cursor | None,
    strawberry.argument(
        description="The cursor of the last event you have, as a variable: you get all that followed, then what is "
        "new. By default only what is new. `CURSOR_EXPIRED` if some of it is no longer kept: fetch anew."
    ),
]
