"""Those who listen to the same: what happens is answered and encoded once for all of them."""

from __future__ import annotations

import asyncio
import logging
import time
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from contextvars import Context
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, TypeVar

from app.kit.clock import Clock
from app.kit.errors import Unavailable
from app.kit.scalars import write_time
from app.live.log import Happening
from app.live.metrics import LiveMetrics
from app.live.sources import Moment
from app.live.tail import Tail

log = logging.getLogger("modelhub.live")
T = TypeVar("T")

AGAIN: Final = 0.3
"""Seconds until something is tried again that the database was away for."""
SHARED_FOR: Final = 1.0
"""Seconds for which an answer to an event is given to those who come later."""
MAX_ANSWERS: Final = 256
AT_ONCE: Final = 8
"""Events that are answered beside each other, and delivered after one look at the epoch of permissions."""
MOST_TOGETHER: Final = 200_000
"""Characters of what somebody missed that are offered to him without waiting."""
BACKSTOP: Final = 1.5
"""Seconds between two snapshots of the same at most."""


@dataclass(frozen=True, slots=True)
class Frame:
    """An answer as it travels, encoded. Of snapshots only the newest counts."""

    position: int
    cursor: str
    body: str
    is_snapshot: bool = False


@dataclass(slots=True, eq=False)
class Member:
    """One who listens. `hear` takes a frame at once, `room` waits until the frames before it have left.

    `position`: the last event that he has; `epoch`: that of the permissions by which he is here."""

    hear: Callable[[Frame], None]
    room: Callable[[], Awaitable[None]]
    position: int | None
    epoch: int
    pay: Callable[[int], Awaitable[None]] | None = None
    """Waits until he may hear so many more of the events that he missed."""
    at_once: int = AT_ONCE
    """How many of these are paid for together."""


@dataclass(frozen=True, slots=True)
class Means:
    """What groups work with. `confirm` reads the epoch of permissions and gives it; `pace` are the seconds between two
    snapshots of the same at least, `BACKSTOP` at most."""

    tail: Tail
    confirm: Callable[[], Awaitable[int]]
    metrics: LiveMetrics
    clock: Clock
    pace: float


Render = Callable[[Any], Awaitable[str]]
"""From a happening or the value of a snapshot to the body. Raises `SERVICE_UNAVAILABLE` if it should be repeated."""


class Group(ABC):
    """Those who listen to the same with the same scope. It works while it has members."""

    def __init__(self, means: Means, render: Render) -> None:
        self.means, self._render = means, render
        self.members: dict[Member, asyncio.Future[None]] = {}
        self.served = 0
        """Those who are members, and those who catch up."""
        self.task: asyncio.Task[None] | None = None

    @abstractmethod
    async def work(self) -> None:
        """Tell the members, again and again."""

    @abstractmethod
    async def welcome(self, member: Member) -> bool:
        """Bring somebody up to where the group is; False if his permissions may have changed meanwhile. After it
        nothing may be awaited before he is a member."""

    async def serve(self, member: Member) -> None:
        """Tell him everything until his permissions may have changed."""
        if not await self.welcome(member):
            return
        left = self.members[member] = asyncio.get_running_loop().create_future()
        if self.task is None:
            self.task = asyncio.create_task(self._work(), context=Context())
        try:
            await left
        finally:
            del self.members[member]

    async def _work(self) -> None:
        try:
            await self.work()
        except Exception as failure:  # noqa: BLE001 - it is everybody's who listens
            self.task = None
            for left in self.members.values():
                if not left.done():
                    left.set_exception(failure)

    async def deliver(self, frames: Sequence[Frame]) -> None:
        """Tell the members; those whose permissions may have changed must come anew."""
        epoch = await self.confirmed()
        self.means.metrics.delivered.inc(len(self.members) * len(frames))
        for member, left in self.members.items():
            if member.epoch == epoch:
                tell(member, frames)
            elif not left.done():
                left.set_result(None)

    async def confirmed(self) -> int:
        """The epoch of permissions, read by now at the earliest."""
        return await insisting(self.means.confirm)

    async def rendered(self, value: Any) -> str:
        """The body, as soon as it is to be had."""
        self.means.metrics.executions.inc()
        return await insisting(partial(self._render, value))


def tell(member: Member, frames: Sequence[Frame]) -> None:
    """Let him hear those that he does not have."""
    for frame in frames:
        if member.position is None or frame.position > member.position:
            member.position = frame.position
            member.hear(frame)


def parts(some: Sequence[T], size: int) -> Iterator[Sequence[T]]:
    """All of them in order, so many at a time."""
    return (some[begin : begin + size] for begin in range(0, len(some), size))


async def insisting(work: Callable[[], Awaitable[Any]]) -> Any:
    """What work gives, repeated while the database is away."""
    while True:
        try:
            return await work()
        except Unavailable:
            await asyncio.sleep(AGAIN)


class EventGroup(Group):
    """Hears each event that is for it, in order."""

    def __init__(self, means: Means, render: Render, admits: Callable[[Happening], bool]) -> None:
        super().__init__(means, render)
        self._admits = admits
        self.delivered = means.tail.position
        self._answers: OrderedDict[int, tuple[float, asyncio.Task[str]]] = OrderedDict()

    async def work(self) -> None:
        """Some events after the other."""
        while True:
            for some in parts(await insisting(partial(self.means.tail.next, self.delivered)), AT_ONCE):
                await self._tell(list(filter(self._admits, some)))
                self.delivered = some[-1].position

    async def _tell(self, events: Sequence[Happening]) -> None:
        if events:
            await self.deliver(await self._frames(events))
        for event in events:
            self.means.metrics.note_delay(event.recorded_at, self.means.clock())

    async def welcome(self, member: Member) -> bool:
        """Tell him what he has missed, page by page, at the pace at which he takes it."""
        position = self.delivered if member.position is None else member.position
        while position < self.delivered:
            page = await insisting(partial(self.means.tail.past, position))
            missed = [event for event in page if event.position <= self.delivered]
            for some in parts(missed, member.at_once):
                if not await self._replay(member, list(filter(self._admits, some))):
                    return False
                position = member.position = some[-1].position
        member.position = position
        return True

    async def _replay(self, member: Member, events: Sequence[Happening]) -> bool:
        if member.pay and events:
            await member.pay(len(events))
        frames = await self._frames(events)
        is_little = sum(len(frame.body) for frame in frames) <= MOST_TOGETHER
        for some in parts(frames, AT_ONCE if is_little else 1):
            await member.room()
            if member.epoch != await self.confirmed():
                return False
            self.means.metrics.replayed.inc(len(some))
            tell(member, some)
        return True

    async def _frames(self, events: Sequence[Happening]) -> list[Frame]:
        return await asyncio.gather(*map(self._frame, events))

    async def _frame(self, event: Happening) -> Frame:
        """Those who ask for the same within a second share one answer, and one that is on its way."""
        now = time.monotonic()
        begun, answer = self._answers.get(event.position, (0.0, None))
        if answer is None or (answer.done() and now - begun > SHARED_FOR) or answer.cancelled():
            answer = asyncio.create_task(self.rendered(event), context=Context())
            self._answers[event.position] = now, answer
            if len(self._answers) > MAX_ANSWERS:
                self._answers.popitem(last=False)
        return Frame(event.position, event.cursor, await asyncio.shield(answer))


class SnapshotGroup(Group):
    """Hears of a state when it differs from what was told last."""

    def __init__(self, means: Means, render: Render, value: Callable[[Moment], Any]) -> None:
        super().__init__(means, render)
        self._value = value
        self._number = 0
        self._last: tuple[str, Frame] | None = None
        self._joined = asyncio.Event()

    async def welcome(self, member: Member) -> bool:
        """He gets the state as soon as the group works."""
        member.position = None
        self._joined.set()
        return True

    async def work(self) -> None:
        """Snapshot by snapshot, not too often."""
        while True:
            self._joined.clear()
            await self._look()
            await asyncio.sleep(self.means.pace)
            await self._something()

    async def _something(self) -> None:
        """Wait until a member came, something was written, or for a while."""
        if not self._joined.is_set():
            await self.means.tail.stirred(BACKSTOP - self.means.pace)

    async def _look(self) -> None:
        moment = Moment((await insisting(self.means.tail.log.end)).cursor, self.means.clock())
        body = await self.rendered(self._value(moment))
        essence = essence_of(body, moment)
        if self._last is None or essence != self._last[0]:
            self._number += 1
            self._last = essence, Frame(self._number, moment.cursor, body, is_snapshot=True)
        if any(member.position != self._number for member in self.members):
            await self.deliver([self._last[1]])


def essence_of(body: str, moment: Moment) -> str:
    """What of a snapshot's data would make a difference: not when it was taken."""
    data = body.partition(',"extensions":')[0]
    return data.replace(moment.cursor, "").replace(write_time(moment.occurred_at), "")


async def stopped(group: Group) -> None:
    """End the work of a group that nobody listens to."""
    if group.task is not None:
        group.task.cancel()
        with suppress(asyncio.CancelledError):
            await group.task
