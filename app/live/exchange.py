"""Where subscriptions find those who listen to the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncGenerator, Callable, Generator, Hashable
from contextlib import asynccontextmanager, contextmanager
from functools import partial
from typing import Final

from app.kit.access import Actor
from app.kit.errors import ErrorCode, HubError
from app.kit.scoping import hears
from app.live.cursors import read_cursor
from app.live.groups import EventGroup, Group, Means, Member, Render, SnapshotGroup, stopped
from app.live.sources import Events, Snapshots, Source

MAX_OF_ONE: Final = 10_000
"""Subscriptions of one principal at once in one process."""


class TooManySubscriptions(HubError):
    """More than one principal may have."""

    code = ErrorCode.RATE_LIMIT_EXCEEDED


class Exchange:
    """Of one process."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.groups: dict[Hashable, Group] = {}
        self._of: Counter[str] = Counter()

    @contextmanager
    def counted(self, principal: str) -> Generator[None]:
        """One subscription of a principal more during the block. Raises `RATE_LIMIT_EXCEEDED`."""
        if self._of[principal] >= MAX_OF_ONE:
            raise TooManySubscriptions(f"You may have {MAX_OF_ONE} subscriptions at once.")
        self._of[principal] += 1
        self.means.metrics.members.inc()
        try:
            yield
        finally:
            self.means.metrics.members.dec()
            self._of[principal] -= 1
            if not self._of[principal]:
                del self._of[principal]

    async def position(self, source: Source) -> int | None:
        """The position after which a subscription wants to hear. Raises `CURSOR_EXPIRED`, `INVALID_PARAMETER`."""
        if not isinstance(source, Events) or source.after is None:
            return None
        return await self.means.tail.log.position_of(read_cursor(source.after))

    async def serve(
        self, key: Hashable, source: Source, listeners: Actor, rendering: Callable[[], Render], member: Member
    ) -> None:
        """Tell somebody what a source has, together with all who have the same key, until he must come anew."""
        make = partial(self._made, source, listeners, rendering)
        async with self.means.tail.followed(), self._group(key, make) as group:
            await group.serve(member)

    def _made(self, source: Source, listeners: Actor, rendering: Callable[[], Render]) -> Group:
        render = rendering()
        if isinstance(source, Snapshots):
            return SnapshotGroup(self.means, render, source.value)
        if not isinstance(source, Events):
            raise TypeError(source)
        matches, is_scoped = source.matches, source.is_scoped

        return EventGroup(
            self.means,
            render,
            lambda event: matches(event) and (not is_scoped or hears(listeners, event.scope_tags)),
        )

    @asynccontextmanager
    async def _group(self, key: Hashable, make: Callable[[], Group]) -> AsyncGenerator[Group]:
        group = self.groups.get(key)
        if group is None:
            group = self.groups[key] = make()
        group.served += 1
        self.means.metrics.groups.set(len(self.groups))
        try:
            yield group
        finally:
            group.served -= 1
            if not group.served:
                del self.groups[key]
                self.means.metrics.groups.set(len(self.groups))
                await stopped(group)
