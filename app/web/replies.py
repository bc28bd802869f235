"""How an answer leaves: JSON, compressed if it is long, never kept by anybody on the way."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

import orjson
from starlette.types import Receive, Scope, Send

from app.web.compression import compressed

Headers = Iterable[tuple[bytes, bytes]]
_ALWAYS: Final = (
    (b"cache-control", b"no-store"),
    (b"vary", b"Accept, Accept-Encoding"),
    (b"x-content-type-options", b"nosniff"),
)


@dataclass(frozen=True, slots=True)
class Reply:
    """A response whose content is whole. An ASGI application, as Starlette's, without what is not needed here."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes = b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG002
        """Send it."""
        await send({"type": "http.response.start", "status": self.status, "headers": self.headers})
        await send({"type": "http.response.body", "body": self.body})


async def json_reply(
    status: int, media_type: str, content: object, asked: Mapping[bytes, bytes], more: Headers
) -> Reply:
    """Content as JSON, for a request with these headers."""
    body, coding = await compressed(encode(content), asked.get(b"accept-encoding"))
    headers = [
        (b"content-type", f"{media_type}; charset=utf-8".encode()),
        (b"content-length", b"%d" % len(body)),
        *_ALWAYS,
        *more,
    ]
    if coding:
        headers.append((b"content-encoding", coding))
    return Reply(status, headers, body)


def encode(content: object) -> bytes:
    """With orjson, but for text that is no valid Unicode and comes back in a message."""
    try:
        return orjson.dumps(content)
    except TypeError:
        return json.dumps(content).encode()
