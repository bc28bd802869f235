"""Server-sent events (the distinct connections of graphql-sse): an operation's answers, one by one, on a request."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import Final

from starlette.types import Receive, Scope, Send

from app.kit.errors import HubError
from app.kit.tasks import ended
from app.web.answering import Answer, Answering, Asked, refusing
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
    """The answers to one operation, for a client that stays. An ASGI application."""

    def __init__(self, asked: Asked, caller: Caller, answering: Answering, entrance: Entrance) -> None:
        self._asked, self._caller, self._answering, self._entrance = asked, caller, answering, entrance

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Tell until there is nothing more to tell, the client leaves, or its credential is no longer taken."""
        await send({"type": "http.response.start", "status": 200, "headers": _HEADERS})
        work = (self._told(send), self._refused(send), _left(receive), _kept_alive(send))
        tasks = [asyncio.create_task(one) for one in work]
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            await ended(tasks)
        await send({"type": "http.response.body", "body": b"event: complete\ndata:\n\n"})

    async def _told(self, send: Send) -> None:
        enter = partial(self._entrance.enter, self._caller)
        try:
            await self._answering.deliver(self._asked, enter, partial(_tell, send))
        except HubError as refusal:
            await _tell(send, refusing(refusal))

    async def _refused(self, send: Send) -> None:
        """Say so when the credential is no longer taken."""
        await _tell(send, refusing(await self._entrance.is_refused(self._caller)))


async def _tell(send: Send, answer: Answer) -> None:
    event = b"event: next\ndata: %b\n\n" % encode(answer.body())
    await send({"type": "http.response.body", "body": event, "more_body": True})


async def _left(receive: Receive) -> None:
    """Wait until the client is gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def _kept_alive(send: Send) -> None:
    while True:
        await asyncio.sleep(KEEP_ALIVE_SECONDS)
        await send({"type": "http.response.body", "body": b":\n\n", "more_body": True})
