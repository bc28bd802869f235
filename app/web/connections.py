"""Connections under uvicorn that do not wait forever: for a request to arrive, and for a client to take its answer."""

from __future__ import annotations

import asyncio
import random
import socket
from typing import Any, Final

from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol

from app.kit.errors import HubError
from app.web.crowds import Crowd, TooManyConnections
from app.web.messages import RESTARTING
from app.web.refusals import Refusal
from app.web.statuses import response_to

REQUEST_SECONDS: Final = 30.0
"""From its first byte, or from the opening of the connection, to its last byte."""
MAX_HEAD: Final = 65_536
"""Bytes of a request that are not its body."""
TAKING_SECONDS: Final = 20.0
"""For a client to take what is waiting for it, once its buffers are full or it does not answer at all."""
RETRY_AFTER: Final = (500, 3_000)
"""Milliseconds after which a client is to come again when the server restarts: at least and at most."""
FAREWELL: Final = "farewell"
"""In the state of a request whose answer does not end by itself: gives its last bytes if the server ends."""
_USER_TIMEOUT: Final = getattr(socket, "TCP_USER_TIMEOUT", None)


class _Taking:
    """Ends a connection whose client does not take what is sent, as closing it would wait for that; and counts it."""

    transport: asyncio.Transport
    _full: asyncio.TimerHandle | None = None
    _counted: str | None = None
    """What the connection is counted for; nothing if it is that of a proxy."""

    def __init__(self, *given: Any, crowd: Crowd, **options: Any) -> None:
        super().__init__(*given, **options)
        self._crowd = crowd

    def enter(self) -> bool:
        """Count the connection, unless its address has as many as it may."""
        address: str | None = self.client[0] if self.client else None  # pyright: ignore[reportAttributeAccessIssue]
        if address is None or address in getattr(self.app, "trusted_hosts", ()):  # pyright: ignore[reportAttributeAccessIssue]
            return True
        self._counted = self._crowd.enter(address)
        return self._counted is not None

    def leave(self) -> None:
        """It is gone, or another's."""
        if self._counted is not None:
            self._crowd.leave(self._counted)
            self._counted = None

    def connection_made(self, transport: Any) -> None:
        """Let the kernel, where it can, notice a client that is gone."""
        super().connection_made(transport)  # pyright: ignore[reportAttributeAccessIssue]
        opened = transport.get_extra_info("socket")
        if _USER_TIMEOUT and opened is not None and opened.family in {socket.AF_INET, socket.AF_INET6}:
            opened.setsockopt(socket.IPPROTO_TCP, _USER_TIMEOUT, int(TAKING_SECONDS * 1000))

    def pause_writing(self) -> None:
        """From now on the client has so long."""
        super().pause_writing()  # pyright: ignore[reportAttributeAccessIssue]
        self._full = asyncio.get_running_loop().call_later(TAKING_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """It has taken it."""
        super().resume_writing()  # pyright: ignore[reportAttributeAccessIssue]
        self._taken()

    def connection_lost(self, exc: Exception | None) -> None:
        """There is nobody to wait for."""
        self._taken()
        self.leave()
        super().connection_lost(exc)  # pyright: ignore[reportAttributeAccessIssue]

    def _taken(self) -> None:
        if self._full is not None:
            self._full.cancel()
            self._full = None


def pause() -> int:
    """Milliseconds; by chance, so that not all come at once."""
    return random.randint(*RETRY_AFTER)  # noqa: S311 - no secret


class _Mailbox:
    """A queue with one reader; asyncio's takes three kilobytes, which counts with thousands of sockets."""

    __slots__ = ("_arrived", "_messages")

    def __init__(self) -> None:
        self._messages: list[Any] = []
        self._arrived: asyncio.Future[None] | None = None

    def put_nowait(self, message: Any) -> None:
        """Add it, and wake the reader."""
        self._messages.append(message)
        if self._arrived is not None and not self._arrived.done():
            self._arrived.set_result(None)

    def empty(self) -> bool:
        """Whether there is nothing to read."""
        return not self._messages

    async def get(self) -> Any:
        """The oldest message, as soon as there is one."""
        while not self._messages:
            self._arrived = asyncio.get_running_loop().create_future()
            await self._arrived
        return self._messages.pop(0)


class _Gate:
    """An event that is nearly always set, and small while it is."""

    __slots__ = ("_opening",)

    def __init__(self) -> None:
        self._opening: asyncio.Future[None] | None = None

    def set(self) -> None:
        """Let all go on."""
        if self._opening is not None:
            self._opening.set_result(None)
            self._opening = None

    def clear(self) -> None:
        """Hold up whoever comes."""
        if self._opening is None:
            self._opening = asyncio.get_running_loop().create_future()

    async def wait(self) -> None:
        """Go on at once if it is set, else when it is."""
        while self._opening is not None:
            await asyncio.shield(self._opening)


class SocketConnection(_Taking, WebSocketsSansIOProtocol):
    """A WebSocket. There may be thousands, most of them idle: what each keeps is as small as it can be."""

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        self.queue: Any = _Mailbox()
        self.writable: Any = _Gate()

    def connection_made(self, transport: Any) -> None:
        """It was a request's until now, which has just left."""
        super().connection_made(transport)
        self.enter()

    def shutdown(self) -> None:
        """The server ends: say when to come again, to each client something else."""
        if self.handshake_complete and not self.close_sent and not self.transport.is_closing():
            self.queue.put_nowait({"type": "websocket.disconnect", "code": RESTARTING})
            self.conn.send_close(RESTARTING, f"Restarting, retry after {pause()} ms")
            self.transport.write(b"".join(self.conn.data_to_send()))
            self.close_sent = True
        super().shutdown()

    def start_keepalive(self) -> None:
        """It is open: nobody needs any more what was said at the door."""
        super().start_keepalive()
        del self.request, self.response


class HttpConnection(_Taking, HttpToolsProtocol):
    """HTTP/1.1. A timer runs only while a request is on its way in pieces."""

    _is_arriving, _is_handed_on = True, False
    _late: asyncio.TimerHandle | None = None
    _beside = 0
    """Bytes of the request that are not its body, without the piece in which it began."""

    def connection_made(self, transport: Any) -> None:
        """The first request must come, too."""
        super().connection_made(transport)
        if self.enter():
            self._wait()
        else:
            self._refuse(TooManyConnections(self._crowd.most))

    def data_received(self, data: bytes) -> None:
        """More of a request."""
        self._beside += len(data)
        super().data_received(data)
        if self._is_arriving and self._beside > MAX_HEAD:
            self._give_up(431, "The headers of a request may have 64 kB at most.")
        elif self._late is None and self._is_unfinished():
            self._wait()

    def on_message_begin(self) -> None:
        """The first byte of a request is here."""
        super().on_message_begin()
        self._is_arriving, self._beside = True, 0

    def on_body(self, body: bytes) -> None:
        """More of a body, which has bounds of its own."""
        self._beside -= len(body)
        super().on_body(body)

    def on_message_complete(self) -> None:
        """The last byte of a request is here."""
        super().on_message_complete()
        self._arrived()

    def connection_lost(self, exc: Exception | None) -> None:
        """Nothing more will come."""
        self._arrived()
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """From here on it is a WebSocket's."""
        self._is_handed_on = True
        self._arrived()
        self.leave()
        super().handle_websocket_upgrade()

    def shutdown(self) -> None:
        """The server ends: an answer that would go on for ever breaks off, with what it has to say at last."""
        super().shutdown()
        cycle: Any = self.cycle
        if cycle is not None and not cycle.response_complete and FAREWELL in cycle.scope["state"]:
            self._break_off(cycle, cycle.scope["state"][FAREWELL]())

    def _break_off(self, cycle: Any, last: bytes) -> None:
        """End an answer that is not complete."""
        if cycle.response_started and cycle.chunked_encoding:
            self.transport.write(b"%x\r\n%b\r\n" % (len(last), last))
        cycle.disconnected = True
        cycle.message_event.set()
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """What is no HTTP is refused with a code, as all else."""
        self._arrived()
        self._refuse(Refusal(400, msg))

    def _wait(self) -> None:
        self._late = self.loop.call_later(REQUEST_SECONDS, self._is_late)

    def _is_unfinished(self) -> bool:
        """Whether the client has begun something: a request, or, between two, what is none."""
        if self._is_arriving or self._is_handed_on:
            return not self._is_handed_on
        return self.cycle.response_complete and self.timeout_keep_alive_task is None

    def _arrived(self) -> None:
        self._is_arriving = False
        if self._late is not None:
            self._late.cancel()
            self._late = None

    def _is_late(self) -> None:
        """Refuse the request, unless it is we who do not read on."""
        self._late = None
        if self.flow.read_paused:
            self._wait()
        else:
            self._give_up(408, "The request did not arrive in time.")

    def _give_up(self, status: int, message: str) -> None:
        """Say why, unless nothing can be said any more: nobody was asked yet, or an answer is on its way."""
        self._arrived()
        if self._is_answerable() or status == 431:
            self._refuse(Refusal(status, message))
        else:
            self.transport.close()

    def _is_answerable(self) -> bool:
        return not getattr(self.cycle, "response_started", True)

    def _refuse(self, error: HubError) -> None:
        answer = response_to(error)
        answer.headers["connection"] = "close"
        lines = [b"%s: %s\r\n" % line for line in (*self.server_state.default_headers, *answer.raw_headers)]
        self.transport.write(b"".join([STATUS_LINE[answer.status_code], *lines, b"\r\n", answer.body]))
        self.transport.close()
