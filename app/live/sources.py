"""What a subscription listens to. Its resolver says it, and whoever serves subscriptions follows it."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from app.live.log import Happening


class Source:
    """Subscriptions that are served together rather than one by one."""

    def __aiter__(self) -> AsyncIterator[Any]:
        """graphql-core takes nothing else for a source of events."""
        raise NotImplementedError("It is followed for all who listen to the same at once.")


@dataclass(frozen=True, slots=True)
class Events(Source):
    """The events that match, from a cursor on, each told to those who may hear of it by its scope.

    `is_scoped` False: the permission that the resolver required is enough."""

    matches: Callable[[Happening], bool]
    after: str | None
    is_scoped: bool = True


@dataclass(frozen=True, slots=True)
class Moment:
    """When a snapshot was taken: it has everything up to the event with this cursor."""

    cursor: str
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Snapshots(Source):
    """The newest state of something, told anew when it differs."""

    value: Callable[[Moment], Any]
