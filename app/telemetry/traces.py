"""OTLP traces, if a collector is named: one span per operation, continuing the client's trace; never one per field."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

from app.settings import Settings
from app.telemetry.request import CurrentRequest

if TYPE_CHECKING:
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.trace import Span

OURS = frozenset({"INTERNAL_ERROR", "SERVICE_UNAVAILABLE"})
"""Failures that are the server's: only these make a span an error, as they do an HTTP server's."""

FLUSH_SECONDS = 2.0
EXPORTER = "opentelemetry.exporter.otlp.proto.http.trace_exporter"


class OnceAMinute(logging.Filter):
    """Lets one error a minute through, and nothing less: a collector that is away is worth no more."""

    def __init__(self) -> None:
        super().__init__()
        self._quiet_until = 0.0

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may pass."""
        if record.levelno < logging.ERROR or time.monotonic() < self._quiet_until:
            return False
        self._quiet_until = time.monotonic() + 60
        return True


def traces_of(settings: Settings) -> Traces | None:
    """Traces as the standard OTEL_… variables configure them; None if no endpoint is set.

    Loads the libraries (a tenth of a second, 18 MB) only then."""
    if settings.otlp_endpoint is None:
        return None
    from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    from opentelemetry.sdk.resources import OTELResourceDetector, Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import BatchSpanProcessor

    logging.getLogger(EXPORTER).filters = [OnceAMinute()]
    ours = Resource.create({"service.name": "modelhub", "service.version": version("modelhub")})
    provider = TracerProvider(resource=ours.merge(OTELResourceDetector().detect()), shutdown_on_exit=False)
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    return Traces(provider)


class Traces:
    """Begins and ends spans. They leave from a thread of their own: a collector that is away costs requests nothing."""

    def __init__(self, provider: TracerProvider) -> None:
        from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

        self._provider = provider
        self._tracer = provider.get_tracer("modelhub", version("modelhub"))
        self._propagator = TraceContextTextMapPropagator()

    def begin(self, headers: Mapping[str, str]) -> Span:
        """A span for an operation; a child of the `traceparent` among the headers."""
        from opentelemetry.context import Context
        from opentelemetry.trace import SpanKind

        parent = self._propagator.extract(headers, Context())
        return self._tracer.start_span("GraphQL Operation", parent, SpanKind.SERVER)

    def close(self) -> None:
        """Send what is left, and give up after two seconds."""
        leaving = threading.Thread(target=self._provider.shutdown, daemon=True)
        leaving.start()
        leaving.join(FLUSH_SECONDS)


def trace_id(span: Span) -> str:
    """By which a trace is looked up."""
    return f"{span.get_span_context().trace_id:032x}"


def end(span: Span, request: CurrentRequest, codes: Collection[str]) -> None:
    """Say what the operation was, by the conventions for GraphQL servers, and end its span."""
    from opentelemetry.trace import StatusCode

    span.update_name(request.kind)
    span.set_attributes({"graphql.operation.type": request.kind, "modelhub.request_id": request.id})
    if request.operation:
        span.set_attribute("graphql.operation.name", request.operation)
    if codes:
        span.set_attribute("error.type", ",".join(codes))
    if OURS.intersection(codes):
        span.set_status(StatusCode.ERROR)
    span.end()
