"""A span as far as it is looked at, read out of OTLP's two encodings. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import orjson
from google.protobuf.message import DecodeError
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.kit.errors import HubError
from app.metrics.receiving.attributes import EXCEPTION, FIRST_TOKEN_EVENTS, INHERITS, WANTED

Attributes: TypeAlias = dict[str, Any]
"""Values are texts, whole and other numbers, and truth values; arrays and objects are left out."""

OF_RESOURCE: Final = frozenset(INHERITS)
FAILED = 2
"""`STATUS_CODE_ERROR`."""
MAX_DEPTH = 100


class Unreadable(HubError):
    """A body that is not what it should be; it is not to be sent again."""

    status = 400


@dataclass(slots=True)
class Span:
    """One span. Ids are hexadecimal, times nanoseconds since 1970; `first_token_at` is 0 if no event tells it.

    `resource` is what the resource says of all calls, by `INHERITED`."""

    trace: str
    id: str
    parent: str
    start: int
    end: int
    failed: bool
    attributes: Attributes
    resource: Attributes
    first_token_at: int = 0
    exception: str = ""


def of_protobuf(body: bytes) -> list[Span]:
    """The spans of a request in protobuf. Raises `Unreadable`."""
    request = ExportTraceServiceRequest()
    try:
        request.ParseFromString(body)
    except (DecodeError, RecursionError) as error:
        raise Unreadable("The body is not an ExportTraceServiceRequest in protobuf.") from error
    return list(_of_message(request))


def _of_message(request: Any) -> Iterator[Span]:
    for group in request.resource_spans:
        resource = said(_picked(group.resource.attributes, OF_RESOURCE))
        for scope in group.scope_spans:
            for span in scope.spans:
                read = Span(
                    *(span.trace_id.hex(), span.span_id.hex(), span.parent_span_id.hex()),
                    *(span.start_time_unix_nano, span.end_time_unix_nano, span.status.code == FAILED),
                    *(_picked(span.attributes, WANTED), resource),
                )
                for event in span.events:
                    _note(read, event.name, event.time_unix_nano, lambda event=event: _exception(event.attributes))
                yield read


def said(attributes: Attributes) -> Attributes:
    """What attributes say, by `INHERITED`, of calls within what has them."""
    found: dict[str, tuple[int, Any]] = {}
    for attribute in attributes.keys() & INHERITS.keys():
        name, rank = INHERITS[attribute]
        value = attributes[attribute]
        if value != "" and (name not in found or rank < found[name][0]):
            found[name] = rank, value
    return {name: value for name, (_, value) in found.items()}


def _picked(attributes: Iterable[Any], wanted: frozenset[str]) -> Attributes:
    found: Attributes = {}
    for pair in attributes:
        key = pair.key
        if key in wanted:
            kind = pair.value.WhichOneof("value")
            if kind in _SCALARS:
                found[key] = getattr(pair.value, kind)
    return found


_SCALARS = frozenset({"string_value", "int_value", "double_value", "bool_value"})


def _exception(attributes: Iterable[Any]) -> Any:
    return _picked(attributes, frozenset({EXCEPTION})).get(EXCEPTION)


def _note(span: Span, name: str, at: int, exception: Any) -> None:
    if name in FIRST_TOKEN_EVENTS:
        span.first_token_at = min(span.first_token_at or at, at)
    elif name == "exception":
        found = exception()
        span.exception = found if isinstance(found, str) else ""


def of_json(body: bytes) -> list[Span]:
    """The spans of a request in OTLP's JSON: ids are hexadecimal, 64-bit numbers may be text. Raises `Unreadable`."""
    try:
        return list(_of_object(orjson.loads(body)))
    except (ValueError, TypeError, AttributeError, KeyError, RecursionError, OverflowError) as error:
        raise Unreadable("The body is not an ExportTraceServiceRequest in JSON.") from error


def _of_object(request: Mapping[str, Any]) -> Iterator[Span]:
    for group in request.get("resourceSpans") or ():
        resource = said(_chosen((group.get("resource") or {}).get("attributes"), OF_RESOURCE))
        for scope in group.get("scopeSpans") or ():
            for span in scope.get("spans") or ():
                yield _span(span, resource)


def _span(span: Mapping[str, Any], resource: Attributes) -> Span:
    status = (span.get("status") or {}).get("code")
    read = Span(
        *(_hex(span.get("traceId")), _hex(span.get("spanId")), _hex(span.get("parentSpanId"))),
        *(int(span.get("startTimeUnixNano") or 0), int(span.get("endTimeUnixNano") or 0)),
        status in {FAILED, "STATUS_CODE_ERROR"},
        _chosen(span.get("attributes"), WANTED),
        resource,
    )
    for event in span.get("events") or ():
        told = event.get("attributes")
        at = int(event.get("timeUnixNano") or 0)
        _note(read, event.get("name", ""), at, lambda told=told: _chosen(told, frozenset({EXCEPTION})).get(EXCEPTION))
    return read


def _hex(text: str | None) -> str:
    if text and not _HEX.fullmatch(text):
        raise ValueError(text)
    return (text or "").lower()


_HEX = re.compile("[0-9a-fA-F]+")


def _chosen(attributes: Iterable[Mapping[str, Any]] | None, wanted: frozenset[str]) -> Attributes:
    found: Attributes = {}
    for pair in attributes or ():
        key = pair["key"]
        if key in wanted:
            for kind, value in (pair.get("value") or {}).items():
                if kind in _READERS:
                    found[key] = _READERS[kind](value)
    return found


def _plain(kind: type | tuple[type, ...]) -> Any:
    def read(value: Any) -> Any:
        if not isinstance(value, kind):
            raise TypeError(type(value))
        return value

    return read


_READERS: Final[Mapping[str, Any]] = {
    "stringValue": _plain(str),
    "intValue": int,
    "doubleValue": float,
    "boolValue": _plain(bool),
}
