"""An ASGI application called directly, as a server would: thousands of times in a second or two."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

PATIENCE = 10


def scope(kind: str, headers: dict[str, str], **more: Any) -> dict[str, Any]:
    """What a server tells of a request to `/graphql`."""
    known = [(name.encode(), value.encode()) for name, value in headers.items()]
    where = {"path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "root_path": ""}
    return {"type": kind, "http_version": "1.1", "client": ("127.0.0.1", 1), "headers": known, **where, **more}


async def post(app: Any, body: bytes, headers: dict[str, str]) -> tuple[int, bytes]:
    """The status and the content of an answer."""
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await app(scope("http", headers, method="POST", scheme="http"), receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


class Line:
    """One WebSocket."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self.heard: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    async def send(self, message: dict[str, Any]) -> None:
        """What the application sends; as a server does, it tells it that a socket which it closes is closed."""
        self.heard.put_nowait(message)
        if message["type"] == "websocket.close":
            self.said.put_nowait({"type": "websocket.disconnect", "code": message["code"]})

    def say(self, text: str) -> None:
        """Send a text frame."""
        self.said.put_nowait({"type": "websocket.receive", "text": text})

    async def hear(self) -> dict[str, Any]:
        """The next message, or `{"closed": code}`."""
        message = await asyncio.wait_for(self.heard.get(), PATIENCE)
        return {"closed": message["code"]} if message["type"] == "websocket.close" else json.loads(message["text"])


@asynccontextmanager
async def opened(app: Any, token: str) -> AsyncGenerator[Line]:
    """A socket on which operations may begin."""
    line = Line()
    told = scope("websocket", {}, scheme="ws", subprotocols=["graphql-transport-ws"], extensions={})
    line.said.put_nowait({"type": "websocket.connect"})
    running = asyncio.create_task(app(told, line.said.get, line.send))
    assert (await line.heard.get())["type"] == "websocket.accept"
    line.say(json.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}))
    assert await line.hear() == {"type": "connection_ack"}
    yield line
    line.said.put_nowait({"type": "websocket.disconnect", "code": 1000})
    await asyncio.wait_for(running, PATIENCE)
