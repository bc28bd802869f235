"""Channels as they are shown."""

from __future__ import annotations

from datetime import datetime
from typing import TypeVar

import strawberry

from app.alerts import reads, words  # noqa: F401 - `words` publishes the enums
from app.alerts.vocabulary import ChannelKind, DigestPeriod
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.nodes import Node, Rows, fetched_by, row_of

T = TypeVar("T")


@strawberry.type(
    description="Where notifications go. It is told only what its owner might see when he made it. Visible to those "
    "with `analytics:read` who see as much; one that is told costs only with `costs:read`."
)
class AlertChannel(Rows, Node):
    row = reads.ChannelRow

    kind: ChannelKind = strawberry.field(description="What it is.")
    name: str = strawberry.field(description="The name people use.")
    is_enabled: bool = strawberry.field(description="Whether it is told anything.")
    digest: DigestPeriod | None = strawberry.field(
        description="How often it is told of everything at once; null: of each incident as it happens."
    )
    revision: int = strawberry.field(description="Rises with every change; for optimistic locking.")
    deleted_at: datetime | None = strawberry.field(description="When it was deleted; null if it was not.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it last changed.")

    @strawberry.field(description="Who made it, by his name then.")
    def owner(self) -> str:
        return row_of(self)["owner_name"]

    @strawberry.field(
        description="The host that a webhook or Slack URL leads to; the rest of it is secret. Null for other kinds, "
        "and with an error without `alerts:manage`."
    )
    def host(self, info: Info) -> str | None:
        return for_managers(info, row_of(self)["host"])

    @strawberry.field(description="E-mail addresses, 20 at most; none of other kinds, and without `alerts:manage`.")
    def recipients(self, info: Info) -> list[str]:
        return row_of(self)["recipients"] if info.context.actor.may(Permission.ALERTS_MANAGE) else []


def for_managers(info: Info, value: T) -> T:
    """A value, if the actor may manage alerts. Raises `FORBIDDEN`."""
    info.context.actor.require(Permission.ALERTS_MANAGE)
    return value


fetched_by("AlertChannel", reads.channels_by_id)
