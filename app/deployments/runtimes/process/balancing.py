"""One address for all replicas of a deployment: each connection goes to the replica that has the fewest."""

from __future__ import annotations

import asyncio
import errno
import time
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final, cast

_CONNECT_SECONDS: Final = 2.0
_QUIET_SECONDS: Final = 1.0
_SORRY: Final = b'{"error":{"message":"No replica is ready.","code":"no_replica"}}'
_NOBODY: Final = (
    b"HTTP/1.1 503 Service Unavailable\r\nRetry-After: 1\r\nConnection: close\r\n"
    b"Content-Type: application/json\r\nContent-Length: %d\r\n\r\n%b" % (len(_SORRY), _SORRY)
)


@dataclass(slots=True, eq=False)
class Target:
    """Where one replica listens, and the connections it has."""

    host: str
    port: int
    pairs: set[_Pair] = field(default_factory=set["_Pair"])

    def is_busy(self) -> bool:
        """Whether a call is under way: one that waits for an answer, or whose answer still comes."""
        return any(pair.is_busy() for pair in self.pairs)


class PortTaken(Exception):
    """Somebody else listens at the port."""


class Balancer:
    """Listens at one port. While there is no target, callers are told to come again."""

    def __init__(self, host: str) -> None:
        self._host = host
        self._server: asyncio.Server | None = None
        self._targets: dict[int, Target] = {}
        self._connecting: set[asyncio.Task[None]] = set()

    @property
    def port(self) -> int | None:
        """Where it listens."""
        return self._server.sockets[0].getsockname()[1] if self._server else None

    async def listen(self, port: int) -> None:
        """Listen at a port, 0 for one that is free; only there. Raises `PortTaken`."""
        if self._server is not None and port in {0, self.port}:
            return
        loop = asyncio.get_running_loop()
        try:
            server = await loop.create_server(lambda: _Pair(self), self._host, port, backlog=512)
        except OSError as error:
            if error.errno in {errno.EADDRINUSE, errno.EACCES}:
                raise PortTaken from error
            raise
        await self._stop_listening()
        self._server = server

    def admit(self, key: int, target: Target) -> None:
        """Give it calls from now on."""
        self._targets[key] = target

    def dismiss(self, key: int) -> None:
        """Give it no more calls; those it has go on."""
        self._targets.pop(key, None)

    def serve(self, pair: _Pair) -> None:
        """Connect a caller to a replica."""
        task = asyncio.get_running_loop().create_task(self._connect(pair))
        self._connecting.add(task)
        task.add_done_callback(self._connecting.discard)

    async def close(self) -> None:
        """Listen no more, and end all connections."""
        await self._stop_listening()
        for target in self._targets.values():
            for pair in list(target.pairs):
                pair.end()
        self._targets.clear()
        for task in list(self._connecting):
            task.cancel()

    async def _stop_listening(self) -> None:
        if self._server is not None:
            self._server.close()
            self._server = None

    async def _connect(self, pair: _Pair) -> None:
        for target in sorted(self._targets.values(), key=lambda one: len(one.pairs)):
            target.pairs.add(pair)  # counted at once, so that those who come together spread
            with suppress(OSError, TimeoutError):
                async with asyncio.timeout(_CONNECT_SECONDS):
                    await asyncio.get_running_loop().create_connection(
                        lambda: _Answers(pair, target),  # noqa: B023 - it is called before the next target
                        target.host,
                        target.port,
                    )
                return
            target.pairs.discard(pair)
        pair.refuse()


class _Pair(asyncio.Protocol):
    """A caller's connection, and the way to a replica behind it."""

    def __init__(self, balancer: Balancer) -> None:
        self._balancer = balancer
        self._caller: asyncio.Transport | None = None
        self._replica: asyncio.Transport | None = None
        self._early = b""
        self._waits_since: float | None = None
        self._heard_at = 0.0

    def is_busy(self) -> bool:
        """Whether the caller waits, or heard something a moment ago."""
        return self._waits_since is not None or time.monotonic() - self._heard_at < _QUIET_SECONDS

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._caller = cast("asyncio.Transport", transport)
        self._caller.pause_reading()
        self._balancer.serve(self)

    def joined(self, replica: asyncio.Transport) -> None:
        """The replica is there."""
        if self._caller is None or self._caller.is_closing():
            replica.abort()
            return
        self._replica = replica
        replica.write(self._early)
        self._caller.resume_reading()

    def data_received(self, data: bytes) -> None:
        self._waits_since = time.monotonic()
        if self._replica is not None:
            self._replica.write(data)
        else:
            self._early += data

    def eof_received(self) -> bool:
        if self._replica is not None and self._replica.can_write_eof():
            self._replica.write_eof()
        return True

    def answered(self, data: bytes) -> None:
        """The replica says something."""
        self._waits_since, self._heard_at = None, time.monotonic()
        if self._caller is not None and not self._caller.is_closing():
            self._caller.write(data)

    def pause_writing(self) -> None:
        if self._replica is not None:
            self._replica.pause_reading()

    def resume_writing(self) -> None:
        if self._replica is not None and not self._replica.is_closing():
            self._replica.resume_reading()

    def pace(self, *, slower: bool) -> None:
        """The replica takes no more for now, or again."""
        if self._caller is None or self._caller.is_closing():
            return
        if slower:
            self._caller.pause_reading()
        else:
            self._caller.resume_reading()

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        self._caller = None
        if self._replica is not None:
            self._replica.close()

    def refuse(self) -> None:
        """Nobody can take the call: say so, and hang up."""
        if self._caller is not None:
            self._caller.write(_NOBODY)
            self._caller.close()

    def end(self) -> None:
        """Hang up, once everything is said."""
        for transport in (self._caller, self._replica):
            if transport is not None:
                transport.close()


class _Answers(asyncio.Protocol):
    """The way from a replica to a caller."""

    def __init__(self, pair: _Pair, target: Target) -> None:
        self._pair, self._target = pair, target

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._pair.joined(cast("asyncio.Transport", transport))

    def data_received(self, data: bytes) -> None:
        self._pair.answered(data)

    def pause_writing(self) -> None:
        self._pair.pace(slower=True)

    def resume_writing(self) -> None:
        self._pair.pace(slower=False)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - asyncio names it
        self._target.pairs.discard(self._pair)
        self._pair.end()
