"""A wire between the API and Redis that can be cut, or go silent, and be whole again."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress


class Wire:
    """Leads connections on to a Unix socket as long as it is whole."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._connected: set[asyncio.StreamWriter] = set()
        self.is_whole = True
        self.is_silent = False

    def cut(self) -> None:
        """Lose all connections, and take no new ones."""
        self.is_whole = False
        for writer in self._connected:
            writer.close()

    def mend(self) -> None:
        """Lead on again."""
        self.is_silent = False
        self.is_whole = True

    async def connect(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        if not self.is_whole:
            writer.close()
            return
        from_redis, to_redis = await asyncio.open_unix_connection(self._path)
        self._connected |= {writer, to_redis}
        await asyncio.gather(self._pump(reader, to_redis), self._pump(from_redis, writer))

    async def _pump(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(ConnectionError):
            while heard := await source.read(65_536):
                if not self.is_silent:
                    sink.write(heard)
        sink.close()
        self._connected.discard(sink)


@asynccontextmanager
async def wire_to(redis_url: str) -> AsyncGenerator[tuple[Wire, str]]:
    """A wire, and the address at its end."""
    wire = Wire(redis_url.removeprefix("unix://"))
    server = await asyncio.start_server(wire.connect, "127.0.0.1", 0)
    try:
        yield wire, f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
    finally:
        server.close()
        wire.cut()
        await asyncio.sleep(0.05)
