"""What senders are answered, in the form that each way in expects."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any, Final

import orjson
from google.protobuf.json_format import MessageToJson
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from starlette.responses import Response

from app.kit.errors import ErrorCode
from app.metrics.receiving.bodies import Form
from app.metrics.receiving.service import CallOutcome, Told

MAX_REASONS = 5
"""How many different reasons an OTLP answer tells."""

MEDIA_TYPES: Final = {Form.PROTOBUF: "application/x-protobuf", Form.JSON: "application/json"}
_CODES: Final = {
    ErrorCode.UNAUTHORIZED: 16,
    ErrorCode.TOKEN_EXPIRED: 16,
    ErrorCode.FORBIDDEN: 7,
    ErrorCode.RATE_LIMIT_EXCEEDED: 8,
    ErrorCode.SERVICE_UNAVAILABLE: 14,
    ErrorCode.INTERNAL_ERROR: 13,
}
"""Codes of gRPC; everything else is 3, INVALID_ARGUMENT."""


def of_items(told: Sequence[Told]) -> Response:
    """How many calls had which outcome, and of each that was not accepted which, and why."""
    counts = Counter(each.outcome for each in told)
    results = [_result(index, each) for index, each in enumerate(told) if each.outcome is not CallOutcome.ACCEPTED]
    body = {**{_plural(outcome): counts[outcome] for outcome in CallOutcome}, "results": results}
    return Response(orjson.dumps(body), media_type="application/json")


def _plural(outcome: CallOutcome) -> str:
    word = outcome.value.lower()
    return f"{word}s" if outcome in {CallOutcome.DUPLICATE, CallOutcome.CONFLICT} else word


def _result(index: int, told: Told) -> dict[str, Any]:
    reason = {"reason": told.reason} if told.reason else {}
    return {"index": index, "eventId": told.event, "outcome": told.outcome.value, **reason}


def of_export(told: Sequence[Told], form: Form) -> Response:
    """The answer to an export of spans, with how many were rejected and why."""
    answer = ExportTraceServiceResponse()
    reasons = Counter(each.reason for each in told if each.reason)
    if reasons:
        answer.partial_success.rejected_spans = reasons.total()
        most = (f"{number}: {reason}" for reason, number in reasons.most_common(MAX_REASONS))
        answer.partial_success.error_message = "; ".join(most)
    return _written(answer, form, 200)


def of_failed_export(status: int, code: ErrorCode, message: str, form: Form) -> Response:
    """Why an export was refused as a whole."""
    return _written(Status(code=_CODES.get(code, 3), message=message), form, status)


def _written(message: Any, form: Form, status: int) -> Response:
    content = MessageToJson(message, indent=None) if form is Form.JSON else message.SerializeToString()
    return Response(content, status, media_type=MEDIA_TYPES[form])
