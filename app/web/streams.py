"""Server-sent events (the distinct connections of graphql-sse): an operation's answers, one by one, on a request."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from functools import partial
from typing import Final

from starlette.types import Receive, Scope, Send

from app.kit.errors import HubError
from app.kit.tasks import ended
from app.live.groups import Frame
from app.live.metrics import LiveMetrics
from app.live.outbox import Outbox
from app.web.answering import Answer, Answering, Asked, refusing
from app.web.connections import FAREWELL, pause
from app.web.entrance import Caller, Entrance
from app.web.replies import encode

KEEP_ALIVE_SECONDS: Final = 12.0
"""Whoever is between us and the client must not take the connection for dead."""
_HEADERS: Final = [
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-store"),
    (b"x-accel-buffering", b"no"),
    (b"x-content-type-options", b"nosniff"),
]


class EventStream:
    """The answers to one operation, for a client that stays. An ASGI application.

    `after` is the cursor in `Last-Event-ID`, with which browsers come again."""

    def __init__(
        self,
        asked: Asked,
        caller: Caller,
        answering: Answering,
        entrance: Entrance,
        metrics: LiveMetrics,
        after: str | None = None,
    ) -> None:
        self._asked, self._caller, self._answering, self._entrance = asked, caller, answering, entrance
        self._metrics, self._after = metrics, after

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Tell until there is nothing more to tell, the client leaves or is too slow, or its credential is no longer
        taken."""
        scope.setdefault("state", {})[FAREWELL] = farewell
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        slow = asyncio.Event()
        told = _Told(Outbox(partial(_transmitted, send), slow.set), self._after)
        work = (self._told(told), self._refused(told), _left(receive), _kept_alive(told), slow.wait())
        tasks = [asyncio.create_task(one) for one in work]
        self._metrics.streams.inc()
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._metrics.streams.dec()
            await ended(tasks)
            await told.outbox.close()
            self._metrics.note_waiting(told.outbox.most)
        if slow.is_set():
            self._metrics.slow.inc()
        else:
            await send({"type": "http.response.body", "body": b"event: complete\ndata:\n\n"})

    async def _told(self, told: _Told) -> None:
        enter = partial(self._entrance.enter, self._caller)
        try:
            await self._answering.deliver(self._asked, enter, told.tell, told)
        except HubError as refusal:
            await told.tell(refusing(refusal))

    async def _refused(self, told: _Told) -> None:
        """Say so when the credential is no longer taken."""
        await told.tell(refusing(await self._entrance.is_refused(self._caller)))


def farewell() -> bytes:
    """What a client is told when the server ends: when to come again, each something else. Its operation is not
    complete."""
    return f"retry: {pause()}\n\n".encode()


class _Told:
    """What a client is told."""

    def __init__(self, outbox: Outbox, after: str | None) -> None:
        self.outbox, self.after = outbox, after

    async def tell(self, answer: Answer) -> None:
        """An answer of its own."""
        self.outbox.offer(f"event: next\ndata: {encode(answer.body()).decode()}\n\n")
        await self.room()

    def hear(self, frame: Frame) -> None:
        """An answer for many; of snapshots only the newest waits, and they begin anew anyway."""
        if frame.is_snapshot:
            self.outbox.offer(f"event: next\ndata: {frame.body}\n\n", self)
        else:
            self.outbox.offer(f"event: next\nid: {frame.cursor}\ndata: {frame.body}\n\n")

    async def room(self) -> None:
        """Wait until what was to be sent is sent."""
        await self.outbox.drained()


async def _transmitted(send: Send, text: str) -> None:
    """Send it, unless there is nobody any more."""
    with suppress(OSError):
        await send({"type": "http.response.body", "body": text.encode(), "more_body": True})


async def _left(receive: Receive) -> None:
    """Wait until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _kept_alive(told: _Told) -> None:
    while True:
        await asyncio.sleep(KEEP_ALIVE_SECONDS)
        told.outbox.offer(":\n\n")
        await told.room()
