"""Cursors of the log of events as clients give them back."""

from __future__ import annotations

from base64 import urlsafe_b64decode
from dataclasses import dataclass
from uuid import UUID

from app.kit.errors import ErrorCode, HubError, InvalidParameter
from app.kit.journal import GOVERNANCE_STREAM

_LENGTH = 26


class CursorExpired(HubError):
    """What follows a cursor cannot be told completely any more."""

    code = ErrorCode.CURSOR_EXPIRED

    def __init__(self) -> None:
        super().__init__("The cursor is older than the log of events, or of before a restore. Fetch anew, and go on.")


@dataclass(frozen=True, slots=True)
class Place:
    """A position in the log of an installation; a restore begins another epoch."""

    epoch: UUID
    position: int


def read_cursor(text: str) -> Place:
    """Where a cursor points. Raises `INVALID_PARAMETER`."""
    try:
        raw = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except ValueError:
        raw = b""
    if len(raw) != _LENGTH or int.from_bytes(raw[16:18], "big") != GOVERNANCE_STREAM:
        raise InvalidParameter("`after` is not a cursor of events.", argument="after")
    return Place(UUID(bytes=raw[:16]), int.from_bytes(raw[18:], "big"))
