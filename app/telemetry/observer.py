"""What a process observes of its operations: figures always, spans if traces are on."""

from __future__ import annotations

import logging
import time
from collections.abc import Collection, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field

from app.telemetry import traces
from app.telemetry.metrics import ApiMetrics
from app.telemetry.request import CurrentRequest, answering
from app.telemetry.traces import Traces

log = logging.getLogger("modelhub.operations")


@dataclass(slots=True)
class Operation:
    """One GraphQL operation as it is seen from outside; filled while it runs."""

    request: CurrentRequest
    codes: Collection[str] = ()
    is_trusted: bool = False
    begun: float = field(default_factory=time.perf_counter)


@dataclass(frozen=True, slots=True)
class Observer:
    """Counts, traces and logs operations."""

    metrics: ApiMetrics
    traces: Traces | None = None

    @contextmanager
    def observe(self, request: CurrentRequest, actor: str | None) -> Generator[Operation]:
        """One operation. On a WebSocket several run within one request, so each has a copy of its own."""
        span = self.traces.begin(request.trace) if self.traces else None
        operation = Operation(request.copy(actor, traces.trace_id(span) if span else None))
        with answering(operation.request):
            try:
                yield operation
            finally:
                self._note(operation)
                if span:
                    traces.end(span, operation.request, operation.codes)

    def _note(self, done: Operation) -> None:
        seconds = time.perf_counter() - done.begun
        name, kind = done.request.operation, done.request.kind
        self.metrics.note_operation(name, kind, done.codes, seconds, trusted=done.is_trusted)
        told = {"type": kind, "duration_ms": round(seconds * 1000, 2)}
        code = {"code": ",".join(done.codes)} if done.codes else {}
        log.info("answered", extra={**told, **code})
