"""WebSockets (graphql-transport-ws): operations of any kind, and a credential that holds as long as it is valid."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final

from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from app.kit.errors import ErrorCode, HubError, RateLimited, TokenExpired, Unauthorized
from app.kit.tasks import ended
from app.live.groups import Frame
from app.live.metrics import LiveMetrics
from app.live.outbox import Outbox
from app.web import messages
from app.web.answering import Answer, Answering, Asked, refusing
from app.web.entrance import Caller, Entrance
from app.web.messages import Closing, Message, message_of
from app.web.origins import Origins
from app.web.pacing import Pace
from app.web.parameters import Malformed, asked_of, parameters_of
from app.web.refusals import bearer_in, bearer_token, refusal
from app.web.replies import encode
from app.web.statuses import response_to
from app.web.turnstile import Turnstile

INITIALISATION_SECONDS: Final = 10.0
MAX_OPERATIONS: Final = 100
"""At once, on one socket; as many again may be ending."""
_GONE: Final = (WebSocketDisconnect, RuntimeError)
"""What sending raises when the other side, or the server, has closed the socket meanwhile."""


class TooMany(HubError):
    """More operations at once than a socket may have."""

    code = ErrorCode.RATE_LIMIT_EXCEEDED


@dataclass(frozen=True, slots=True)
class Means:
    """What sockets work with."""

    answering: Answering
    entrance: Entrance
    turnstile: Turnstile
    pace: Pace
    metrics: LiveMetrics


class Sockets:
    """Where WebSockets are opened. An ASGI application."""

    def __init__(self, means: Means, origins: Origins) -> None:
        self._means, self._origins = means, origins

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Talk until one of the two has enough. To open a socket costs a request."""
        websocket = WebSocket(scope, receive, send)
        try:
            await self._means.turnstile.pay(websocket.client.host if websocket.client else None)
        except HubError as refused:
            await websocket.send_denial_response(response_to(refused))
        else:
            await self._open(websocket, send)

    async def _open(self, websocket: WebSocket, send: Send) -> None:
        """Pages of origins that are not allowed are not let in."""
        headers = websocket.headers
        if not self._origins.admits(headers.get("origin"), headers.get("host")):
            forbidden = refusal(403, ErrorCode.FORBIDDEN, "Pages of this origin may not use the API.")
            return await websocket.send_denial_response(forbidden)
        speaks = messages.PROTOCOL in websocket.scope["subprotocols"]
        await websocket.accept(messages.PROTOCOL if speaks else None)
        if not speaks:
            return await websocket.close(messages.SUBPROTOCOL_NOT_ACCEPTABLE, f"Speak {messages.PROTOCOL}")
        return await Socket(websocket, send, self._means).talk()


class Socket:
    """One of them. Messages are taken one after the other, and operations run beside each other."""

    def __init__(self, websocket: WebSocket, send: Send, means: Means) -> None:
        self._websocket, self._means = websocket, means
        self._outbox = Outbox(partial(_transmitted, send), self._overflowed)
        address = websocket.client.host if websocket.client else None
        self._caller = Caller(bearer_token(websocket), address, websocket.headers.get("user-agent"))
        self._principal: str | None = None
        self._begun = self._acknowledged = self._closed = False
        self._running: dict[str, asyncio.Task[None]] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self._watch = asyncio.create_task(self._await_begin())

    async def talk(self) -> None:
        """Until the socket is closed, by whomever."""
        self._means.metrics.sockets.inc()
        try:
            while not self._closed and (frame := await self._websocket.receive())["type"] == "websocket.receive":
                await self._handle(frame)
                await asyncio.sleep(0)  # messages that came together must not hold up everybody else
        finally:
            self._means.metrics.sockets.dec()
            await ended([self._watch, *self._tasks])
            await self._outbox.close()
            self._means.metrics.note_waiting(self._outbox.most)

    async def _handle(self, frame: Any) -> None:
        try:
            async with self._means.pace.of(len(frame.get("text") or "")):
                message = message_of(frame)
            await self._take(message)
        except RateLimited as refused:
            await self._close(messages.TRY_AGAIN_LATER, refused.code)
        except Closing as closing:
            await self._close(closing.code, closing.reason)

    async def _take(self, message: Message) -> None:
        match message.kind:
            case "connection_init":
                await self._begin(message)
            case "ping":
                await self._pong(message)
            case "subscribe":
                await self._subscribe(message)
            case "complete":
                await self._complete(message)
            case "pong":
                pass  # it needs no answer

    async def _begin(self, message: Message) -> None:
        """Take the credential, and watch it from then on."""
        if self._begun:
            raise Closing(messages.TOO_MANY_INITIALISATIONS, "Too many initialisation requests")
        self._begun, self._caller = True, _with_credential(self._caller, message.payload)
        try:
            actor = (await self._means.entrance.enter(self._caller)).caller
        except (Unauthorized, TokenExpired) as refused:
            raise Closing(messages.FORBIDDEN, refused.code) from None
        except HubError as refused:
            raise Closing(messages.TRY_AGAIN_LATER, refused.code) from None
        self._acknowledged, self._principal = True, actor.id if actor else None
        await ended([self._watch])
        self._watch = asyncio.create_task(self._await_refusal())
        await self._send({"type": "connection_ack"})

    async def _pong(self, message: Message) -> None:
        payload = {"payload": message.payload} if message.payload else {}
        await self._send({"type": "pong", **payload})

    async def _subscribe(self, message: Message) -> None:
        """Begin an operation; what is wrong with it ends it, and nothing else."""
        if not self._acknowledged:
            raise Closing(messages.UNAUTHORIZED, "Unauthorized")
        if message.id in self._running:
            raise Closing(messages.SUBSCRIBER_ALREADY_EXISTS, f"Subscriber for {message.id} already exists")
        try:
            self._run(message.id, await self._asked(message.payload))
        except Malformed as malformed:
            raise Closing(messages.BAD_REQUEST, malformed.message) from None
        except HubError as refused:
            await self._send(_said(message.id, refusing(refused)))

    async def _asked(self, payload: Mapping[str, Any]) -> Asked:
        """What a message asks for. Raises a `HubError`, which is paid for: those who go on too often are kept waiting
        here, where the next message waits with them."""
        address = self._caller.address
        await self._means.turnstile.enter(address, self._principal)
        try:
            if len(self._running) >= MAX_OPERATIONS or len(self._tasks) >= 2 * MAX_OPERATIONS:
                raise TooMany(f"A socket may have {MAX_OPERATIONS} operations at once.")
            return asked_of(parameters_of(payload))
        except HubError:
            await self._means.turnstile.pay(address)
            raise

    async def _complete(self, message: Message) -> None:
        """The client does not want to hear more of it."""
        task = self._running.pop(message.id, None)
        if task is not None:
            task.cancel()

    def _run(self, name: str, asked: Asked) -> None:
        task = asyncio.create_task(self._answer(name, asked))
        self._running[name] = task
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _answer(self, name: str, asked: Asked) -> None:
        """Run an operation with a context of its own; a credential that is no longer taken closes the socket."""
        try:
            hearer = _Operation(name, self._outbox)
            enter = partial(self._means.entrance.enter, self._caller)
            await self._means.answering.deliver(asked, enter, partial(self._tell, name), hearer)
        except (Unauthorized, TokenExpired) as refused:
            await self._close(messages.FORBIDDEN, refused.code)
        except HubError as refused:
            await self._tell(name, refusing(refused))
        if self._is_running(name):
            del self._running[name]
            await self._send({"id": name, "type": "complete"})

    async def _tell(self, name: str, answer: Answer) -> None:
        """Send an answer; one that was not executed is the last of its operation."""
        if not self._is_running(name):
            raise asyncio.CancelledError
        if not answer.is_executed:
            del self._running[name]
        await self._send(_said(name, answer))

    def _is_running(self, name: str) -> bool:
        """Whether this task still runs the operation of that name: the client may have begun another."""
        return self._running.get(name) is asyncio.current_task()

    async def _send(self, message: Mapping[str, Any]) -> None:
        if not self._closed:
            self._outbox.offer(encode(message).decode())
            await self._outbox.drained()

    def _overflowed(self) -> None:
        """The client does not keep up: let it come again with its last cursor."""
        self._means.metrics.slow.inc()
        for task in self._tasks:
            task.cancel()
        closing = asyncio.create_task(self._close(messages.TOO_SLOW, "Too slow, resume"))
        self._tasks.add(closing)
        closing.add_done_callback(self._tasks.discard)

    async def _close(self, code: int, reason: str) -> None:
        if not self._closed:
            self._closed = True
            with suppress(*_GONE):
                await self._websocket.close(code, reason)

    async def _await_begin(self) -> None:
        await asyncio.sleep(INITIALISATION_SECONDS)
        await self._close(messages.INITIALISATION_TIMEOUT, "Connection initialisation timeout")

    async def _await_refusal(self) -> None:
        refused = await self._means.entrance.is_refused(self._caller)
        await self._close(messages.FORBIDDEN, refused.code)


class _Operation:
    """A subscription on a socket, as far as it is told what many are told."""

    after: str | None = None

    def __init__(self, name: str, outbox: Outbox) -> None:
        self._name, self._outbox = name, outbox
        self._beginning = f'{{"id":{encode(name).decode()},"type":"next","payload":'

    def hear(self, frame: Frame) -> None:
        """Send it; of snapshots only the newest waits."""
        self._outbox.offer(f"{self._beginning}{frame.body}}}", self._name if frame.is_snapshot else None)

    async def room(self) -> None:
        """Wait until what was to be sent is sent."""
        await self._outbox.drained()


async def _transmitted(send: Send, text: str) -> None:
    """Send it, unless there is nobody any more."""
    with suppress(OSError, RuntimeError):  # uvicorn's ways to say that the socket is closed
        await send({"type": "websocket.send", "text": text})


def _with_credential(caller: Caller, payload: Mapping[str, Any]) -> Caller:
    """The caller with what `connection_init` brought as `authorization`, if it did, instead of the header."""
    given = {name.lower(): value for name, value in payload.items()}.get("authorization")
    return replace(caller, credential=bearer_in(given)) if isinstance(given, str) else caller


def _said(name: str, answer: Answer) -> dict[str, Any]:
    """The message of an answer."""
    if answer.is_executed:
        return {"id": name, "type": "next", "payload": answer.body()}
    return {"id": name, "type": "error", "payload": answer.body()["errors"]}
