"""Traces: what a collector receives, and that one that is away costs nothing."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx2
import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span, Status

from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.main import build
from app.settings import Settings
from app.telemetry.traces import EXPORTER, traces_of
from tests.conftest import free_port

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
QUERY = "query Discover($secret: String!) { models(first: 1, query: $secret) { nodes { name } } }"


@dataclass
class Collector:
    """Takes traces over HTTP, as collectors do."""

    url: str
    received: list[ExportTraceServiceRequest] = field(default_factory=list[ExportTraceServiceRequest])

    def spans(self) -> list[Span]:
        return [
            span
            for each in self.received
            for of in each.resource_spans
            for scope in of.scope_spans
            for span in scope.spans
        ]

    def resource(self) -> dict[str, str]:
        return {a.key: a.value.string_value for a in self.received[0].resource_spans[0].resource.attributes}


@pytest.fixture
def collector(monkeypatch: pytest.MonkeyPatch) -> Iterator[Collector]:
    """A collector on a port of its own, named by the standard variable."""
    found = Collector("")

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            assert self.path == "/v1/traces"
            body = self.rfile.read(int(self.headers["content-length"]))
            found.received.append(ExportTraceServiceRequest.FromString(body))
            self.send_response(200)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        found.url = f"http://127.0.0.1:{server.server_address[1]}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", found.url)
        monkeypatch.setenv("OTEL_RESOURCE_ATTRIBUTES", "deployment.environment.name=test")
        try:
            yield found
        finally:
            server.shutdown()
            thread.join()


async def ask(settings: Settings, query: str, *, signed_in: bool = True, **headers: str) -> httpx2.Response:
    """Ask an API of its own, which ends afterwards and so sends what it has."""
    app = build(settings)
    if signed_in:
        headers["authorization"] = f"Bearer {issue_development_token(app.state.hub.keys, Role.ADMIN)}"
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://hub") as client,
    ):
        body = {"query": query, "variables": {"secret": "hunter2"}}
        return await client.post("/graphql", json=body, headers=headers)


class TestSpans:
    async def test_operation_is_one_span_that_continues_the_clients_trace(
        self, settings: Settings, collector: Collector
    ) -> None:
        traced = settings.model_copy(update={"otlp_endpoint": collector.url})
        parent = f"00-{TRACE}-{PARENT}-01"
        answer = await ask(traced, QUERY, **{"traceparent": parent, "x-request-id": "request-1"})  # pyright: ignore[reportArgumentType]
        assert "errors" not in answer.json()
        (span,) = collector.spans()
        assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
        assert (span.name, span.kind) == ("query", Span.SPAN_KIND_SERVER)
        assert {a.key: a.value.string_value for a in span.attributes} == {
            "graphql.operation.type": "query",
            "graphql.operation.name": "Discover",
            "modelhub.request_id": "request-1",
        }
        assert 0 < span.end_time_unix_nano - span.start_time_unix_nano < 10e9
        assert collector.resource()["service.name"] == "modelhub"
        assert collector.resource()["deployment.environment.name"] == "test"
        assert b"hunter2" not in collector.received[0].SerializeToString()

    async def test_refusal_has_its_code_and_is_no_fault_of_the_server(
        self, settings: Settings, collector: Collector
    ) -> None:
        await ask(settings.model_copy(update={"otlp_endpoint": collector.url}), QUERY, signed_in=False)
        (span,) = collector.spans()
        assert "UNAUTHORIZED" in {a.value.string_value for a in span.attributes if a.key == "error.type"}
        assert span.status.code == Status.STATUS_CODE_UNSET
        assert span.parent_span_id == b""

    async def test_sampling_follows_the_client(self, settings: Settings, collector: Collector) -> None:
        traced = settings.model_copy(update={"otlp_endpoint": collector.url})
        await ask(traced, QUERY, traceparent=f"00-{TRACE}-{PARENT}-00")
        assert collector.received == []

    @pytest.mark.parametrize("parent", ["", "x", "00-0-0-0", "00-" + "0" * 32 + "-" + PARENT + "-01"])
    async def test_nonsense_for_a_parent_begins_a_trace(
        self, settings: Settings, collector: Collector, parent: str
    ) -> None:
        await ask(settings.model_copy(update={"otlp_endpoint": collector.url}), QUERY, traceparent=parent)
        (span,) = collector.spans()
        assert span.parent_span_id == b""


class TestOff:
    def test_without_an_endpoint_there_are_none(self, settings: Settings) -> None:
        assert traces_of(settings) is None

    async def test_collector_that_is_away_costs_nothing(
        self, settings: Settings, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        nowhere = f"http://127.0.0.1:{free_port()}"
        monkeypatch.setenv("OTEL_EXPORTER_OTLP_ENDPOINT", nowhere)
        begun = time.monotonic()
        answer = await ask(settings.model_copy(update={"otlp_endpoint": nowhere}), QUERY)
        assert "errors" not in answer.json()
        assert time.monotonic() - begun < 6

    def test_collector_that_stays_away_is_told_once_a_minute(
        self, settings: Settings, caplog: pytest.LogCaptureFixture
    ) -> None:
        traces = traces_of(settings.model_copy(update={"otlp_endpoint": "http://127.0.0.1:9"}))
        assert traces
        for _ in range(3):
            logging.getLogger(EXPORTER).error("cannot export")
            logging.getLogger(EXPORTER).warning("retrying")
        traces.close()
        assert [record.getMessage() for record in caplog.records] == ["cannot export"]
