"""Where subscriptions find those who listen to the same."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Hashable
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from app.kit.access import Actor
from app.kit.scoping import hears
from app.live.cursors import read_cursor
from app.live.groups import EventGroup, Group, Means, Member, Render, SnapshotGroup, stopped
from app.live.log import Lag
from app.live.sources import Events, Snapshots, Source
from app.live.standing import Standing


class Exchange:
    """Of one process."""

    def __init__(self, means: Means) -> None:
        self.means = means
        self.groups: dict[Hashable, Group] = {}
        self._of: dict[str, Standing] = {}

    @contextmanager
    def counted(self, principal: str, key: Hashable, cost: int) -> Generator[None]:
        """One subscription of a principal more during the block; an event of those with this key costs so much. Raises
        `RATE_LIMIT_EXCEEDED`."""
        standing = self._of.setdefault(principal, Standing())
        standing.add(key, cost)
        self.means.metrics.members.inc()
        try:
            yield
        finally:
            self.means.metrics.members.dec()
            standing.remove(key, cost)
            if not standing.number:
                del self._of[principal]

    async def lag(self) -> Lag:
        """How far this process is behind the log. Raises `SERVICE_UNAVAILABLE`."""
        return await self.means.tail.log.lag(self.told())

    def told(self) -> int | None:
        """The position up to which all who listen were told everything; None: nobody listens. Those who still catch up
        with what they missed are told at their own pace, and do not count."""
        if not self.means.tail.is_followed:
            return None
        working = (one for one in self.groups.values() if isinstance(one, EventGroup) and one.task is not None)
        return min((one.delivered for one in working), default=self.means.tail.position)

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
