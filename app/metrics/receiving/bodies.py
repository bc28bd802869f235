"""The bodies of requests: unpacked within bounds, and read as calls. Pure."""

from __future__ import annotations

import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from enum import StrEnum
from typing import Any, Final

import orjson

from app.kit.errors import HubError
from app.metrics.receiving import litellm, native, otlp
from app.metrics.receiving.spans import Unreadable, of_json, of_protobuf
from app.metrics.receiving.values import Item

MAX_BODY = 16 * 1024 * 1024
"""Bytes of a body as it is sent."""
MAX_CONTENT = 32 * 1024 * 1024
"""Bytes of a body that is unpacked."""
MAX_CALLS = 50_000

_GZIP = 31
"""What zlib calls its format with a head and a checksum."""


class TooLarge(HubError):
    """More than one request may hold; it is to be sent in parts."""

    status = 413


class WrongType(HubError):
    """A content type or encoding that is not taken here."""

    status = 415


class TooSlow(HubError):
    """A body that did not come in time."""

    status = 408


class Form(StrEnum):
    """How a body is written."""

    PROTOBUF = "PROTOBUF"
    JSON = "JSON"
    NDJSON = "NDJSON"


def unpacked(body: bytes) -> bytes:
    """What was compressed with gzip. Raises `TooLarge` before it takes more memory than allowed, and `Unreadable`."""
    content, rest = bytearray(), body
    while rest:
        member = zlib.decompressobj(_GZIP)
        try:
            content += member.decompress(rest, MAX_CONTENT + 1 - len(content))
        except zlib.error as error:
            raise Unreadable("The body is not gzip.") from error
        if len(content) > MAX_CONTENT:
            raise TooLarge(f"The body unpacks to more than {MAX_CONTENT:,} bytes.")
        if not member.eof:
            raise Unreadable("The body ends before its gzip data does.")
        rest = member.unused_data
    return bytes(content)


def read(way: str, form: Form, content: bytes) -> list[Item]:
    """The calls in a body. Raises `Unreadable` and `TooLarge`."""
    if way == otlp.WAY:
        found = otlp.items(of_protobuf(content) if form is Form.PROTOBUF else of_json(content))
    else:
        found = _READERS[way](_objects(_true_form(way, form, content), content))
    if len(found) > MAX_CALLS:
        raise TooLarge(f"One request may hold {MAX_CALLS:,} calls.")
    return found


def _true_form(way: str, form: Form, content: bytes) -> Form:
    """LiteLLM calls its lines JSON too; they begin with an object, and go on after its line."""
    first, _, rest = content.lstrip().partition(b"\n")
    if way != litellm.WAY or not first.startswith(b"{") or not rest.strip():
        return form
    try:
        orjson.loads(first)
    except ValueError:
        return form
    return Form.NDJSON


_READERS: Final[Mapping[str, Callable[[Iterable[Any]], list[Item]]]] = {
    native.WAY: native.items,
    litellm.WAY: litellm.items,
}


def _objects(form: Form, content: bytes) -> Iterable[Any]:
    if form is Form.NDJSON:
        return _lines(content)
    try:
        found = orjson.loads(content)
    except ValueError as error:
        raise Unreadable("The body is not JSON.") from error
    return found if isinstance(found, list) else [found]


def _lines(content: bytes) -> Iterator[Any]:
    """Each line by itself: one that is broken takes no other with it."""
    for line in content.split(b"\n"):
        if line.strip():
            try:
                yield orjson.loads(line)
            except ValueError:
                yield BROKEN


BROKEN: Final = "a broken line"
"""Stands for a line that cannot be read; no reader takes it for an object."""
