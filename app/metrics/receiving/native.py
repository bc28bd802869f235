"""Model Hub's own form of a call: JSON whose fields are what it keeps. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from typing import Any, Final
from uuid import UUID

from app.deployments.vocabulary import Environment
from app.metrics.ingest.rules import Inference, Rejected
from app.metrics.receiving import values
from app.metrics.receiving.values import Item, item

WAY: Final = "native"
MAX_MESSAGE = 500

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_ERROR_STATUS = {"OK": False, "ERROR": True}


def id_of(name: str) -> UUID:
    """The event id that a name stands for: a UUID for itself, any other text for a UUIDv5 of it."""
    return UUID(name) if _UUID.fullmatch(name) else values.event_id(WAY, name.encode())


def _milliseconds(name: str, value: Any) -> int | None:
    found = values.number(name, value)
    return None if found is None else values.microseconds(name, found / 1000)


def _environment(name: str, value: Any) -> str:
    if not isinstance(value, str) or value not in Environment.__members__:
        raise Rejected(f"{name} is none of {', '.join(Environment)}")
    return value


def _failed(name: str, value: Any) -> bool:
    if not isinstance(value, str) or value not in _ERROR_STATUS:
        raise Rejected(f"{name} is none of {', '.join(_ERROR_STATUS)}")
    return _ERROR_STATUS[value]


def _message(name: str, value: Any) -> str:
    if not isinstance(value, str) or len(value) > MAX_MESSAGE or not value.isprintable():
        raise Rejected(f"{name} is not one printable line of at most {MAX_MESSAGE} characters")
    return value


def _confidence(name: str, value: Any) -> Decimal:
    found = values.needed(name, values.decimal(name, value))
    return found.quantize(Decimal("1e-6"))


def _rating(name: str, value: Any) -> int:
    return values.whole(name, value)


FIELDS: Final[Mapping[str, tuple[str, Callable[[str, Any], Any]]]] = {
    "occurredAt": ("occurred_at", values.time),
    "provider": ("provider", values.text),
    "model": ("model", values.text),
    "environment": ("environment", _environment),
    "deployment": ("service", values.text),
    "team": ("team", values.text),
    "user": ("user", values.text),
    "session": ("session", values.text),
    "apiKey": ("api_key", values.text),
    "operation": ("operation", values.text),
    "useCase": ("use_case", values.text),
    "tokensIn": ("tokens_in", values.whole),
    "tokensOut": ("tokens_out", values.whole),
    "tokensCached": ("tokens_cached", values.whole),
    "tokensReasoning": ("tokens_reasoning", values.whole),
    "latencyMs": ("latency_us", _milliseconds),
    "timeToFirstTokenMs": ("ttft_us", _milliseconds),
    "status": ("failed", _failed),
    "errorCode": ("error_code", values.text),
    "errorMessage": ("error_message", _message),
    "rating": ("rating", _rating),
    "accepted": ("accepted", values.flag),
    "confidence": ("confidence", _confidence),
    "costUsd": ("cost", values.decimal),
    "experimentId": ("experiment", values.text),
    "variantId": ("variant", values.text),
    "workflowRunId": ("workflow_run", values.text),
    "pipelineContext": ("pipeline_context", values.context),
}
"""What a call may say, besides `eventId`: the field of `Inference`, and how it is read. Null is absent."""

REQUIRED: Final = {"occurredAt": "occurred_at", "provider": "provider", "model": "model"}


def items(calls: Iterable[Any]) -> list[Item]:
    """The calls of a body, in its order."""
    return [item(_name(call), lambda call=call: _inference(call)) for call in calls]


def _name(call: Any) -> str:
    name = call.get("eventId") if isinstance(call, dict) else None
    return name if isinstance(name, str) else ""


def _inference(call: Any) -> Inference:
    if not isinstance(call, dict):
        raise Rejected("is not an object")
    name = values.needed("eventId", values.text("eventId", call.get("eventId")))
    found: dict[str, Any] = {"event_id": id_of(name)}
    for field, value in call.items():
        if field != "eventId" and value is not None:
            found |= _read(field, value)
    for field, attribute in REQUIRED.items():
        values.needed(field, found.get(attribute))
    if "error_code" in found:
        found["failed"] = True
    elif found.get("failed"):
        found["error_code"] = "unknown"
    return Inference(**found)


def _read(field: str, value: Any) -> dict[str, Any]:
    known = FIELDS.get(field)
    if known is None:
        raise Rejected("has a field that is not known; see the list of fields")
    return {known[0]: known[1](field, value)}
