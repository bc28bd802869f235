"""Receivers of messages, as real servers of the loopback interface, and a courier that delivers to them."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_network
from typing import Any
from uuid import UUID

from app.alerts.channels import sealing
from app.alerts.channels.delivering import Courier, Post
from app.alerts.tables import Channel
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.sealing import Keyring
from app.kit.targets import Targets
from app.kit.tasks import ended
from app.secret import Secret
from app.settings.mail import MailServer
from tests.kit.rows import select_rows

KEYRING = Keyring([Secret(b"k" * 32)])
SECRET = Secret("mhw_of_the_test")
LOOPBACK = Targets((ip_network("127.0.0.0/8"),))

Answer = Callable[[asyncio.StreamWriter], Awaitable[None]]


@dataclass(slots=True)
class Call:
    """One request that came in."""

    headers: dict[str, str]
    body: bytes

    @property
    def said(self) -> dict[str, Any]:
        """The message."""
        return json.loads(self.body)


@dataclass(slots=True)
class Receiver:
    """What came in, and what is answered; `answer` may be changed at any time."""

    url: str
    answer: Answer
    calls: list[Call] = field(default_factory=list[Call])

    @property
    def keys(self) -> list[str]:
        """The keys of what came in, by which messages are known again."""
        return [call.headers["idempotency-key"] for call in self.calls]


def status(code: int, **headers: str) -> Answer:
    """An answer without a body."""

    async def answer(writer: asyncio.StreamWriter) -> None:
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
        writer.write(f"HTTP/1.1 {code} X\r\nContent-Length: 0\r\nConnection: close\r\n{more}\r\n".encode())

    return answer


async def silent(_: asyncio.StreamWriter) -> None:
    """No answer, ever."""
    await asyncio.sleep(3600)


async def dripping(writer: asyncio.StreamWriter) -> None:
    """An answer that would take an hour."""
    writer.write(b"HTTP/1.1 200 OK\r\nX-Long: ")
    while True:
        writer.write(b"x")
        await writer.drain()
        await asyncio.sleep(0.01)


@asynccontextmanager
async def receiver(answer: Answer | None = None) -> AsyncGenerator[Receiver]:
    """A receiver for as long as the block runs."""

    tasks = set[asyncio.Task[Any]]()

    async def take(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.current_task())  # type: ignore[arg-type] - there is one
        with suppress(asyncio.IncompleteReadError, ConnectionError), closing(writer):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")[1:-2]
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head)}
            found.calls.append(Call(headers, await reader.readexactly(int(headers["content-length"]))))
            await found.answer(writer)
            await writer.drain()

    server = await asyncio.start_server(take, "127.0.0.1", 0)
    found = Receiver("http://{}:{}/hook?key=1".format(*server.sockets[0].getsockname()), answer or status(204))
    try:
        yield found
    finally:
        server.close()
        await ended(tasks)


def webhook(to: str, kind: str = "WEBHOOK", **columns: Any) -> Channel:
    """A channel for everything, of the system."""
    key = new_id()
    kept: dict[str, Any] = {"url": sealing.sealed(KEYRING, key, "url", Secret(to)), "host": "127.0.0.1"}
    if kind == "WEBHOOK":
        kept["secret"] = sealing.sealed(KEYRING, key, "secret", SECRET)
    seen = {"level": "CONFIDENTIAL", "team_ids": None, "sees_costs": True}
    return Channel(**{"id": key, "kind": kind, "name": "Hook", **seen, **kept, **columns})


@dataclass(slots=True)
class Rounds:
    """Rounds of a courier at instants that the test chooses; without one, now."""

    database: Database
    courier: Courier
    at: datetime | None = None

    async def go(self, at: datetime | None = None) -> None:
        """One round, until nothing is under way any more."""
        self.at = at or self.at
        await self.courier.run()
        await self.courier.idle()

    async def attempts(self, channel: UUID | None = None) -> list[dict[str, Any]]:
        """The log of deliveries, oldest first."""
        rows = await select_rows(self.database, "select * from alert_attempt order by at, id")
        return [row for row in rows if channel in {None, row["channel_id"]}]

    async def later(self) -> datetime:
        """When the next attempt is due."""
        (row,) = await select_rows(self.database, "select max(next_at) as at from alert_attempt")
        return row["at"] + timedelta(milliseconds=1)


@asynccontextmanager
async def rounds(
    database: Database, *, seconds: float = 5, targets: Targets = LOOPBACK, mail: MailServer | None = None
) -> AsyncGenerator[Rounds]:
    """A courier that may call this machine, and gives up after some seconds."""
    found = Rounds(database, Courier(database, Post(KEYRING, targets, mail, "hub@example.com", seconds=seconds)))
    found.courier.clock = lambda: found.at or utc_now()
    async with found.courier.running():
        yield found
