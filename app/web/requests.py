"""The outermost layer: every request gets an id, is counted, and shows its id in the answer."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from app.kit.errors import ErrorCode
from app.telemetry.metrics import OTHER
from app.telemetry.observer import Observer
from app.telemetry.request import CurrentRequest, accepted_id, answering
from app.web.guards import MASKED
from app.web.refusals import refusal

log = logging.getLogger("modelhub.web")

ROUTES: Final = {
    "/",
    "/graphql",
    "/healthz",
    "/readyz",
    "/metrics",
    "/audit/export",
    "/oauth/token",
    "/v1/traces",
    "/api/public/otel/v1/traces",
    "/ingest",
    "/ingest/openapi.json",
    "/ingest/litellm",
    "/ingest/inferences",
    "/sign-in",
    "/welcome",
}
METHODS: Final = {"GET", "HEAD", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"}
TRACE_HEADERS: Final = ("traceparent", "tracestate")
OURS: Final = {name.encode(): name for name in ("x-request-id", *TRACE_HEADERS)}


HTTPS_ONLY: Final = ((b"strict-transport-security", b"max-age=31536000"),)
"""For installations whose public address is HTTPS: browsers use nothing else for a year."""


class Requests:
    """ASGI middleware. `X-Request-Id` of the client is taken over if it is harmless; `headers` go with each answer."""

    def __init__(self, app: ASGIApp, observer: Observer, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        self._app = app
        self._observer = observer
        self._headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request, or one WebSocket."""
        if scope["type"] == "lifespan":
            return await self._app(scope, receive, send)
        ours = {OURS[name]: value.decode("latin-1") for name, value in scope["headers"] if name in OURS}
        with answering(CurrentRequest(accepted_id(ours.pop("x-request-id", None)), self._observer, ours)) as request:
            if scope["type"] == "http":
                return await self._counted(scope, receive, send, request.id)
            return await self._app(scope, receive, send)

    async def _counted(self, scope: Scope, receive: Receive, send: Send, request_id: str) -> None:
        metrics, begun, status = self._observer.metrics, time.perf_counter(), 0

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                message["headers"] = [*message["headers"], *self._headers, (b"x-request-id", request_id.encode())]
            await send(message)

        metrics.open_requests.inc()
        try:
            await self._app(scope, receive, send_with_id)
        except Exception:
            log.exception("a request failed unexpectedly")
            if status:
                raise
            await refusal(500, ErrorCode.INTERNAL_ERROR, MASKED)(scope, receive, send_with_id)
        finally:
            metrics.open_requests.dec()
            route, method = _label(scope["path"], ROUTES), _label(scope["method"], METHODS)
            metrics.note_request(route, method, status, time.perf_counter() - begun)


def _label(value: str, known: set[str]) -> str:
    return value if value in known else OTHER
