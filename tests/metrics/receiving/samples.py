"""What senders send: captured from real ones, and written by hand."""

from __future__ import annotations

import gzip
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import orjson
from google.protobuf.json_format import MessageToDict
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue

CAPTURED = Path(__file__).parent / "captured"
SPANS = (CAPTURED / "otlp_traces_genai_openai.pb").read_bytes()
LITELLM: list[dict[str, Any]] = orjson.loads((CAPTURED / "litellm_generic_api.json").read_bytes())

NOW = datetime(2026, 11, 20, 16, tzinfo=UTC)
"""A little after all of it was captured."""
AT = NOW - timedelta(minutes=5)

PROTOBUF = {"content-type": "application/x-protobuf"}
JSON = {"content-type": "application/json"}
NDJSON = {"content-type": "application/x-ndjson"}
GZIP = {"content-encoding": "gzip"}


def call(name: str, **given: Any) -> dict[str, Any]:
    """A call in Model Hub's own form."""
    plain = {"occurredAt": AT.isoformat(), "provider": "openai", "model": "gpt-5", "tokensIn": 100, "tokensOut": 10}
    return {"eventId": name, **plain, **given}


def lines(*calls: Any) -> bytes:
    """Calls, one a line."""
    return b"\n".join(map(orjson.dumps, calls))


def captured_spans() -> ExportTraceServiceRequest:
    """The captured export."""
    request = ExportTraceServiceRequest()
    request.ParseFromString(SPANS)
    return request


def _value(value: Any) -> AnyValue:
    kinds = {bool: "bool_value", int: "int_value", float: "double_value", str: "string_value"}
    return AnyValue(**{kinds[type(value)]: value})


def add_span(
    request: ExportTraceServiceRequest, number: int, told: dict[str, Any], *, parent: int = 0, **columns: Any
) -> Any:
    """Add a span with these attributes, within the one with the number `parent`, to an export."""
    if not request.resource_spans:
        request.resource_spans.add().scope_spans.add()
    span = (
        request.resource_spans[0]
        .scope_spans[0]
        .spans.add(
            trace_id=bytes(15) + b"\1",
            span_id=number.to_bytes(8, "big"),
            parent_span_id=parent.to_bytes(8, "big") if parent else b"",
            start_time_unix_nano=int(AT.timestamp()) * 10**9,
            end_time_unix_nano=int(AT.timestamp()) * 10**9 + 1_500_000_000,
        )
    )
    for name, value in told.items():
        span.attributes.add(key=name, value=_value(value))
    for name, value in columns.items():
        setattr(span, name, value)
    return span


def export(*told: dict[str, Any]) -> ExportTraceServiceRequest:
    """An export of spans with these attributes."""
    request = ExportTraceServiceRequest()
    for number, each in enumerate(told, 1):
        add_span(request, number, each)
    return request


def as_json(request: ExportTraceServiceRequest) -> bytes:
    """An export in OTLP's JSON, whose ids are hexadecimal."""
    return orjson.dumps(_with_ids(MessageToDict(request), _spans(request)))


def _spans(request: ExportTraceServiceRequest) -> list[Any]:
    return [s for group in request.resource_spans for scope in group.scope_spans for s in scope.spans]


def _with_ids(written: dict[str, Any], spans: Sequence[Any]) -> dict[str, Any]:
    left = list(spans)
    for group in written.get("resourceSpans", []):
        for scope in group["scopeSpans"]:
            for span in scope["spans"]:
                span.update(_ids(left.pop(0)))
    return written


def _ids(span: Any) -> dict[str, str]:
    return {"traceId": span.trace_id.hex(), "spanId": span.span_id.hex(), "parentSpanId": span.parent_span_id.hex()}


def packed(body: bytes) -> bytes:
    """The body with gzip."""
    return gzip.compress(body, 1)
