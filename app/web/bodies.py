"""Bodies of requests: JSON in UTF-8, of a bounded length."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from typing import Final

from starlette.requests import ClientDisconnect
from starlette.types import Receive

from app.web.parameters import MAX_BODY
from app.web.refusals import Refusal

_USUAL: Final = {b"application/json", b"application/json; charset=utf-8", b"application/json;charset=utf-8"}
_TOO_LONG: Final = f"A request may have {MAX_BODY} bytes at most."
_CLOSE: Final = ((b"connection", b"close"),)


def check_content(headers: Mapping[bytes, bytes]) -> None:
    """Refuse (415) what is no JSON in UTF-8: pages of other origins can send JSON only after a preflight."""
    kind = headers.get(b"content-type", b"")
    if kind not in _USUAL and not _is_json(kind.decode("latin-1")):
        raise Refusal(415, "Send `Content-Type: application/json`, in UTF-8.", ((b"accept-post", b"application/json"),))
    if headers.get(b"content-encoding", b"identity").lower() != b"identity":
        raise Refusal(415, "Send the body as it is, without `Content-Encoding`.", ((b"accept-encoding", b"identity"),))


def _is_json(kind: str) -> bool:
    message = Message()
    message["content-type"] = kind
    charset = message.get_param("charset", "utf-8")
    return message.get_content_type() == "application/json" and str(charset).lower() in {"utf-8", "utf8"}


async def body_of(receive: Receive, headers: Mapping[bytes, bytes]) -> bytes:
    """The whole body. Refuses one that is too long (413) as soon as that is known."""
    if int(headers.get(b"content-length", b"0")[:18]) > MAX_BODY:
        raise Refusal(413, _TOO_LONG, _CLOSE)
    message = await receive()
    body = message.get("body", b"")
    if message.get("more_body"):
        body = await _rest(receive, bytearray(body))
    elif message["type"] == "http.disconnect":
        raise ClientDisconnect
    return body


async def _rest(receive: Receive, body: bytearray) -> bytes:
    """The body that begins so."""
    is_whole = False
    while not is_whole:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ClientDisconnect
        body += message.get("body", b"")
        is_whole = not message.get("more_body", False)
        if len(body) > MAX_BODY:
            raise Refusal(413, _TOO_LONG, _CLOSE)
    return bytes(body)
