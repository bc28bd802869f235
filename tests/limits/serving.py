"""API processes with limits of a test's own, and clients that cost next to nothing."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.embedded import stop
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.secrets import load_keys
from app.settings import Settings
from tests.conftest import free_port, wait_for


@dataclass(frozen=True, slots=True)
class Hub:
    """A running API process."""

    port: int
    process: subprocess.Popen[bytes]

    def worked(self) -> float:
        """Seconds for which any of its threads had a processor: what else the machine does is not in them."""
        seen = 0
        for thread in Path(f"/proc/{self.process.pid}/task").iterdir():
            with suppress(OSError):
                seen += int((thread / "schedstat").read_text().split()[0])
        return seen / 1e9

    def memory(self) -> int:
        """Of the process, in bytes."""
        pages = Path(f"/proc/{self.process.pid}/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")


@contextmanager
def serving(settings: Settings, number: int = 1) -> Generator[list[Hub]]:
    """That many processes of an installation, until the block ends."""
    hubs: list[Hub] = []
    try:
        for _ in range(number):
            port = free_port()
            command = [sys.executable, "-m", "app", "serve"]
            silent = subprocess.DEVNULL
            process = subprocess.Popen(command, env=_environment(settings, port), stdout=silent, stderr=silent)
            hubs.append(Hub(port, process))
        for hub in hubs:
            wait_for(f"http://127.0.0.1:{hub.port}/readyz", hub.process)
        yield hubs
    finally:
        for hub in hubs:
            stop(hub.process)


def _environment(settings: Settings, port: int) -> dict[str, str]:
    given = {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "MODEL_REGISTRY_REDIS_PREFIX": settings.redis_prefix,
        "MODELHUB_HOME": settings.home,
        "MODELHUB_LIMITS": settings.limits,
        "MODELHUB_LOG_LEVEL": "error",
        "HOST": "127.0.0.1",
        "PORT": port,
        "DEMO": "0",
    }
    return {**os.environ, **{name: str(value) for name, value in given.items()}}


def token_for(settings: Settings, role: Role = Role.ADMIN) -> str:
    """What a client of the installation signs with."""
    return issue_development_token(load_keys(settings.home, settings.secret), role)


def request(query: str, token: str, **more: Any) -> bytes:
    """A POST of an operation as it goes over the wire."""
    return posted(json.dumps({"query": query, **more}), token)


def posted(content: str, token: str) -> bytes:
    """A POST of anything."""
    body = content.encode()
    head = f"POST /graphql HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer {token}\r\n"
    return f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


class Client:
    """One connection that is kept open."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader, self._writer = reader, writer

    @classmethod
    async def to(cls, port: int) -> Client:
        """A client of a process."""
        return cls(*await asyncio.open_connection("127.0.0.1", port))

    async def send(self, content: bytes) -> bytes:
        """The body of the answer to a request."""
        self._writer.write(content)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = next(line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:"))
        return await self._reader.readexactly(int(length.partition(b":")[2]))

    def close(self) -> None:
        """Leave."""
        self._writer.close()


async def together(port_of: Callable[[int], int], number: int, act: Callable[[Client], Awaitable[Any]]) -> list[Any]:
    """What that many clients bring home, all at once."""
    clients = await asyncio.gather(*(Client.to(port_of(n)) for n in range(number)))
    try:
        return list(await asyncio.gather(*(act(client) for client in clients)))
    finally:
        for client in clients:
            client.close()
