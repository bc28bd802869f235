"""A client that speaks graphql-transport-ws, well or badly."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

from websockets.asyncio.client import ClientConnection, connect
from websockets.typing import Subprotocol

PROTOCOL = Subprotocol("graphql-transport-ws")
PATIENCE = 5


class Talk:
    """One socket, from the client's side."""

    def __init__(self, connection: ClientConnection) -> None:
        self.connection = connection

    async def say(self, message: Any) -> None:
        """Send a message: text and bytes as they are, anything else as JSON."""
        await self.connection.send(message if isinstance(message, str | bytes) else json.dumps(message))

    async def hear(self) -> dict[str, Any]:
        """The next message."""
        return json.loads(await asyncio.wait_for(self.connection.recv(), PATIENCE))

    async def begin(self, token: str | None = None) -> None:
        """Initialise the connection."""
        payload = {"payload": {"authorization": f"Bearer {token}"}} if token else {}
        await self.say({"type": "connection_init", **payload})
        assert await self.hear() == {"type": "connection_ack"}

    async def subscribe(self, query: str, name: str = "1", **more: Any) -> None:
        """Begin an operation."""
        await self.say({"type": "subscribe", "id": name, "payload": {"query": query, **more}})

    async def ask(self, query: str, name: str = "1", **more: Any) -> list[dict[str, Any]]:
        """All messages of an operation, which is the only one."""
        await self.subscribe(query, name, **more)
        heard = [await self.hear()]
        while heard[-1]["type"] == "next":
            heard.append(await self.hear())
        assert {message["id"] for message in heard} == {name}
        return heard

    async def lives(self) -> bool:
        """Whether the other side still answers."""
        await self.say({"type": "ping", "payload": {"still": "there"}})
        while (heard := await self.hear())["type"] != "pong":
            pass
        return heard == {"type": "pong", "payload": {"still": "there"}}

    async def closed(self) -> tuple[int | None, str | None]:
        """The code and the reason with which the other side closes."""
        await asyncio.wait_for(self.connection.wait_closed(), PATIENCE)
        return self.connection.close_code, self.connection.close_reason


@asynccontextmanager
async def talking(address: str, **options: Any) -> AsyncGenerator[Talk]:
    """A socket on which nothing was said yet."""
    chosen: dict[str, Any] = {"subprotocols": [PROTOCOL], "compression": None, **options}
    async with connect(f"ws://{address}/graphql", **chosen) as one:
        yield Talk(one)
