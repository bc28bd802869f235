"""Identifiers: UUIDv7 keys in the database, opaque global ids (`Type:uuid`, base64url) in the API."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode
from uuid import UUID

from uuid_utils.compat import uuid7

from app.kit.errors import InvalidParameter

_URL_SAFE = bytes.maketrans(b"+/", b"-_")


def new_id() -> UUID:
    """A new key: ordered by time, so that indexes grow at one end."""
    return uuid7()


def global_id(type_name: str, key: UUID) -> str:
    """The id a client sees: says nothing, and names its type so that `node` needs no look-up table."""
    encoded = binascii.b2a_base64(type_name.encode() + b":" + key.bytes, newline=False)
    return encoded.translate(_URL_SAFE, b"=").decode()


def parse_global_id(text: str) -> tuple[str, UUID] | None:
    """The type and key in a global id; None if it is none of ours."""
    try:
        type_name, _, key = urlsafe_b64decode(text + "=" * (-len(text) % 4)).partition(b":")
        parsed = type_name.decode("ascii"), UUID(bytes=key)
    except (binascii.Error, ValueError):
        return None
    return parsed if global_id(*parsed) == text else None


def key_of(text: str, type_name: str, *, argument: str) -> UUID:
    """The key in an id that must be of `type_name`; `INVALID_PARAMETER` otherwise."""
    parsed = parse_global_id(text)
    if parsed is None or parsed[0] != type_name:
        raise InvalidParameter(f"`{argument}` is not the id of a {type_name}.", argument=argument)
    return parsed[1]
