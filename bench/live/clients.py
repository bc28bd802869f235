"""Many WebSockets in one process, which count what they hear and when: as cheap as they can be, since they share the
machine with the server."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from app.serve import take_descriptors

_OPENING = (
    "GET /graphql HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: graphql-transport-ws\r\n\r\n"
)
_TEXT, _CLOSE, _PING, _PONG = 0x1, 0x8, 0x9, 0xA
_LONG, _LONGER = 126, 127
AT_ONCE = 100
"""Sockets that are opened at the same time."""


class Unexpected(Exception):
    """A server said what it should not, or closed sockets."""


@dataclass(slots=True)
class Crowd:
    """What all have heard: for each event, in order, when it came, to each of them (`time.monotonic`)."""

    size: int
    heard: int = 0
    last_at: float = 0.0
    arrivals: list[list[float]] = field(default_factory=list[list[float]])
    bytes_of_one: int = 0
    closed: int = 0
    wanted: int = 0
    reached: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, number: int, size: int) -> None:
        """One of them has heard its event of this number."""
        self.last_at = time.monotonic()
        while len(self.arrivals) <= number:
            self.arrivals.append([])
        self.arrivals[number].append(self.last_at)
        self.heard += 1
        self.bytes_of_one = size
        if self.heard == self.wanted:
            self.reached.set()

    def forget(self) -> None:
        """What was heard so far does not count."""
        self.heard, self.arrivals = 0, []

    async def have(self, events: int, seconds: float) -> None:
        """Wait until all have heard so many. Raises `TimeoutError`."""
        self.wanted = events * self.size
        if self.heard < self.wanted:
            self.reached.clear()
            async with asyncio.timeout(seconds):
                await self.reached.wait()


class Client(asyncio.Protocol):
    """One socket with one subscription."""

    def __init__(self, crowd: Crowd, host: str, token: str, query: str) -> None:
        self._crowd, self._host, self._query = crowd, host, query
        self._token = token
        self._buffer = b""
        self._is_open = False
        self._events = 0
        self.acknowledged: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: Any) -> None:
        """Ask for a WebSocket."""
        self.transport = transport
        transport.write(_OPENING.format(host=self._host).encode())

    def forget(self) -> None:
        """What it heard so far does not count."""
        self._events = 0

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - the given signature
        """Nothing more will come."""
        self._crowd.closed += 1

    def data_received(self, data: bytes) -> None:
        """Take the frames that are whole."""
        self._buffer += data
        if not self._is_open:
            self._open()
        while self._is_open and (frame := self._frame()):
            self._take(*frame)

    def _open(self) -> None:
        head, end, rest = self._buffer.partition(b"\r\n\r\n")
        if end:
            _expect(head.startswith(b"HTTP/1.1 101"), head)
            self._is_open, self._buffer = True, rest
            self._say({"type": "connection_init", "payload": {"authorization": f"Bearer {self._token}"}})

    def _frame(self) -> tuple[int, bytes] | None:
        """The next one, if it is whole: its opcode and what it carries."""
        buffer = self._buffer
        if len(buffer) < 2:
            return None
        begin, size = 2, buffer[1]
        if size >= _LONG:
            begin = 4 if size == _LONG else 10
            size = int.from_bytes(buffer[2:begin], "big")
        if len(buffer) < begin + size:
            return None
        self._buffer = buffer[begin + size :]
        return buffer[0] & 0xF, buffer[begin : begin + size]

    def _take(self, opcode: int, payload: bytes) -> None:
        if opcode == _PING:
            self._send(_PONG, payload)
        elif opcode == _CLOSE:
            self.transport.close()
        elif self.acknowledged.done():
            _expect(b'"next"' in payload[:60] and b'"errors"' not in payload, payload)
            self._crowd.note(self._events, len(payload))
            self._events += 1
        else:
            _expect(b"connection_ack" in payload, payload)
            self._say({"type": "subscribe", "id": "1", "payload": {"query": self._query}})
            self.acknowledged.set_result(None)

    def _say(self, message: Any) -> None:
        self._send(_TEXT, json.dumps(message).encode())

    def _send(self, opcode: int, payload: bytes) -> None:
        """A frame with a mask of zeros, which changes nothing."""
        size = len(payload)
        head = bytes([0x80 | size]) if size < _LONG else bytes([0x80 | _LONG]) + size.to_bytes(2, "big")
        self.transport.write(bytes([0x80 | opcode]) + head + bytes(4) + payload)


def _expect(is_so: bool, heard: bytes) -> None:
    if not is_so:
        raise Unexpected(heard.decode(errors="replace"))


async def gathered(host: str, token: str, queries: Sequence[str]) -> tuple[Crowd, list[Client]]:
    """One client for each query, all acknowledged."""
    take_descriptors()
    crowd, clients = Crowd(len(queries)), list[Client]()
    address, _, port = host.partition(":")
    loop = asyncio.get_running_loop()
    for begin in range(0, len(queries), AT_ONCE):
        made = [Client(crowd, host, token, query) for query in queries[begin : begin + AT_ONCE]]
        await asyncio.gather(*(loop.create_connection(lambda one=one: one, address, int(port)) for one in made))
        await asyncio.gather(*(one.acknowledged for one in made))
        clients += made
    return crowd, clients
