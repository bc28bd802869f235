"""The messages of graphql-transport-ws, as clients may send them; with any other the socket is closed."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Final, Literal, cast

from app.web.parameters import Malformed, read_json

PROTOCOL: Final = "graphql-transport-ws"
MAX_REASON: Final = 123
"""Bytes of the reason of a close: a control frame has 125, two of them for the code."""

RESTARTING: Final = 1012
TRY_AGAIN_LATER: Final = 1013
BAD_REQUEST: Final = 4400
UNAUTHORIZED: Final = 4401
FORBIDDEN: Final = 4403
SUBPROTOCOL_NOT_ACCEPTABLE: Final = 4406
INITIALISATION_TIMEOUT: Final = 4408
SUBSCRIBER_ALREADY_EXISTS: Final = 4409
TOO_SLOW: Final = 4508
TOO_MANY_INITIALISATIONS: Final = 4429

Kind = Literal["connection_init", "ping", "pong", "subscribe", "complete"]
_KINDS: Final = {"connection_init", "ping", "pong", "subscribe", "complete"}
_WITH_ID: Final = {"subscribe", "complete"}


class Closing(Exception):
    """The socket must be closed with this code."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason.encode(errors="replace")[:MAX_REASON].decode(errors="ignore")


@dataclass(frozen=True, slots=True)
class Message:
    """One that is well formed. `id` names an operation; it is empty where there is none to name."""

    kind: Kind
    id: str = ""
    payload: dict[str, Any] = field(default_factory=dict[str, Any])


def message_of(frame: Any) -> Message:
    """The message in a frame that the server received. Raises `Closing`."""
    found = _object(frame.get("text"))
    kind = found.get("type")
    if not isinstance(kind, str) or kind not in _KINDS:
        raise Closing(BAD_REQUEST, "The message has no `type` that a client may send")
    return Message(cast("Kind", kind), _id(found) if kind in _WITH_ID else "", _payload(found))


def _object(text: str | None) -> dict[str, Any]:
    if text is None:
        raise Closing(BAD_REQUEST, "Messages are text, this one is binary")
    try:
        found = read_json(text)
    except Malformed:
        raise Closing(BAD_REQUEST, "The message is not JSON") from None
    if not isinstance(found, dict):
        raise Closing(BAD_REQUEST, "The message is not a JSON object")
    return found


def _id(found: dict[str, Any]) -> str:
    name = found.get("id")
    if not isinstance(name, str) or not name:
        raise Closing(BAD_REQUEST, "The message needs an `id`, which is text and not empty")
    return name


def _payload(found: dict[str, Any]) -> dict[str, Any]:
    payload = found.get("payload")
    if payload is None and found["type"] != "subscribe":
        return {}
    if not isinstance(payload, dict):
        raise Closing(BAD_REQUEST, "The `payload` of the message is not a JSON object")
    return payload
