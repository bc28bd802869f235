"""What happens to channels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from app.kit.journal import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannelEvent(Event):
    """Something that happened to a channel; `resource_id` is its key."""

    topic: ClassVar[str] = "alert_channel"
    resource_type: ClassVar[str] = "AlertChannel"
    name: str
    revision: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannelCreated(AlertChannelEvent):
    """Somebody made a channel."""

    kind: ClassVar[str] = "alert_channel.created"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannelUpdated(AlertChannelEvent):
    """Somebody changed a channel."""

    kind: ClassVar[str] = "alert_channel.updated"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannelDeleted(AlertChannelEvent):
    """A channel is told nothing any more."""

    kind: ClassVar[str] = "alert_channel.deleted"


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertChannelTested(AlertChannelEvent):
    """Somebody had a channel told that it works."""

    kind: ClassVar[str] = "alert_channel.tested"
