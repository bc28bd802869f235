"""Spans of model calls as inferences, whichever library wrote them. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

import orjson

from app.metrics.ingest.rules import Inference, Rejected
from app.metrics.receiving import attributes as names
from app.metrics.receiving import values
from app.metrics.receiving.spans import Span, said
from app.metrics.receiving.values import Item, item, text

WAY: Final = "otlp"
MAX_ANCESTORS = 50
"""How many spans around a call are looked at for what it does not say itself."""

_TRACE_DIGITS, _SPAN_DIGITS = 32, 16

_Around = Mapping[str, Any]


def name_of(span: Span) -> str:
    """How a sender names a call: the ids of its trace and span."""
    return f"{span.trace}:{span.id}"


def items(spans: Sequence[Span]) -> list[Item]:
    """The model calls among the spans, in their order; other spans are not rejected, they are of no concern."""
    known = {(span.trace, span.id): span for span in spans}
    calls = ((span, operation_of(span)) for span in spans)
    return [
        item(name_of(span), lambda span=span, operation=operation: _inference(span, operation, known))
        for span, operation in calls
        if operation is not None
    ]


def operation_of(span: Span) -> str | None:
    """What a model was asked to do, empty if the span does not say; None for a span that is no model call."""
    told = span.attributes
    for attribute, operations in _KINDS:
        kind = told.get(attribute)
        if isinstance(kind, str):
            return operations.get(kind if attribute == names.LANGFUSE_TYPE else kind.upper())
    operation = told.get(names.OPERATION)
    if isinstance(operation, str) and operation:
        return None if operation in names.NO_MODEL_CALLS else operation
    requested = told.get(names.OPENLLMETRY_REQUEST)
    if isinstance(requested, str):
        return names.OPENLLMETRY_OPERATIONS.get(requested.lower(), "")
    return "" if _first(told, names.OF_CALL["asked"]) and _first(told, names.OF_CALL["provider"]) else None


_KINDS: Final[Sequence[tuple[str, Mapping[str, str]]]] = (
    (names.OPENINFERENCE_KIND, names.OPENINFERENCE_OPERATIONS),
    (names.LANGFUSE_TYPE, names.LANGFUSE_OPERATIONS),
    (names.OPENLLMETRY_KIND, {}),
)


def _is_id(text: str, digits: int) -> bool:
    return len(text) == digits and text.strip("0") != ""


def _inference(span: Span, operation: str, known: Mapping[tuple[str, str], Span]) -> Inference:
    told, around = span.attributes, _around(span, known)
    if not _is_id(span.trace, _TRACE_DIGITS) or not _is_id(span.id, _SPAN_DIGITS):
        raise Rejected("the span has no valid ids")
    asked, answered = _models(told)
    environment = values.environment(text("deployment.environment.name", around.get("environment")))
    return Inference(
        event_id=values.event_id(WAY, bytes.fromhex(span.trace + span.id)),
        occurred_at=values.instant("start_time_unix_nano", span.start),
        provider=values.provider(text("gen_ai.provider.name", _first(told, names.OF_CALL["provider"]))),
        model=asked,
        answered_by=answered,
        environment=environment,
        service=_deployment(told, around),
        operation=text("gen_ai.operation.name", operation),
        latency_us=(span.end - span.start) // 1000 if span.end >= span.start else None,
        ttft_us=_time_to_first_token(span),
        rating=_rating(told, around),
        accepted=values.flag("modelhub.accepted", around.get("accepted")),
        cost=_cost(told),
        pipeline_context=_context(around),
        **_tokens(told),
        **_failure(span),
        **_texts(around),
    )


def _texts(around: _Around) -> dict[str, Any]:
    return {name: text(name, around[name]) for name in around.keys() & _TEXTS}


_TEXTS = frozenset({"team", "user", "session", "use_case", "experiment", "variant", "workflow_run"})


def _context(around: _Around) -> str | None:
    """Where in a pipeline it was made: an object, written as JSON, as attributes have no objects."""
    written = around.get("pipeline_context")
    if written is None:
        return None
    return values.context(names.PIPELINE_CONTEXT, _object(written))


def _object(written: Any) -> Any:
    try:
        return orjson.loads(written) if isinstance(written, str) else None
    except ValueError:
        return None


def _first(told: Mapping[str, Any], wanted: Sequence[str]) -> Any:
    for name in wanted:
        value = told.get(name)
        if value is not None and value != "":
            return value
    return None


def _around(span: Span, known: Mapping[tuple[str, str], Span]) -> _Around:
    """What the span, the spans around it that came along, and the resource say; what is nearest wins."""
    found = said(span.attributes)
    parent, steps = known.get((span.trace, span.parent)), 0
    while parent is not None and steps < MAX_ANCESTORS:
        found = said(parent.attributes) | found
        parent, steps = known.get((span.trace, parent.parent)), steps + 1
    return span.resource | found


def _models(told: Mapping[str, Any]) -> tuple[str, str | None]:
    """The model that was asked for, and the one that answered if it has another name.

    A library that tells only the latter was most likely asked for it without its date."""
    asked = text("gen_ai.request.model", _first(told, names.OF_CALL["asked"]) or _parameters(told).get("model"))
    answered = text("gen_ai.response.model", _first(told, names.OF_CALL["answered"]))
    model = values.needed("gen_ai.request.model", asked or (answered and _DATE.sub("", answered)))
    return model, answered if answered != model else None


_DATE = re.compile(r"(?<=.)[-@](\d{4}-\d{2}-\d{2}|\d{8})$")
"""What dated names of models end in."""


def _parameters(told: Mapping[str, Any]) -> Mapping[str, Any]:
    return _details(told, names.PARAMETERS)


def _details(told: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """An object that is written as text within an attribute; empty if there is none."""
    found = _object(told.get(name))
    return found if isinstance(found, dict) else {}


def _deployment(told: Mapping[str, Any], around: _Around) -> str | None:
    named = text("modelhub.deployment.id", around.get("service"))
    address = text(names.SERVER_ADDRESS, told.get(names.SERVER_ADDRESS))
    port = told.get(names.SERVER_PORT)
    return named or (text(names.SERVER_ADDRESS, f"{address}:{port}") if address and port else address)


_USAGE_DETAILS: Final[Mapping[str, Sequence[str]]] = {
    "tokens_in": ("input", "prompt_tokens", "input_tokens"),
    "tokens_out": ("output", "completion_tokens", "output_tokens"),
    "tokens_cached": (
        *("input_cached_tokens", "cache_read_input_tokens", "input_cache_read"),
        *("prompt_tokens_details.cached_tokens", "input_tokens_details.cached_tokens"),
    ),
    "tokens_reasoning": (
        *("output_reasoning_tokens", "reasoning_tokens", "output_reasoning"),
        *("completion_tokens_details.reasoning_tokens", "output_tokens_details.reasoning_tokens"),
    ),
}
"""What Langfuse's SDK passes on: its own words, and those of OpenAI."""
_PARTS = (("tokens_in", "tokens_cached"), ("tokens_out", "tokens_reasoning"))


def _flat(details: Mapping[str, Any]) -> dict[str, Any]:
    nested = ((name, value) for name, value in details.items() if isinstance(value, dict))
    return {**details, **{f"{name}.{part}": value for name, parts in nested for part, value in parts.items()}}


def _tokens(told: Mapping[str, Any]) -> dict[str, int]:
    """Tokens by class. Libraries differ in whether a part is in the whole: one that is more than the whole is not."""
    details = _flat(_details(told, names.USAGE_DETAILS)) if names.USAGE_DETAILS in told else {}
    found = {
        name: values.whole(name, _first(details, keys) if details else _first(told, names.OF_CALL[name]))
        for name, keys in _USAGE_DETAILS.items()
    }
    for total, part in _PARTS:
        if found[part] > found[total]:
            found[total] += found[part]
    return found


def _cost(told: Mapping[str, Any]) -> Any:
    """What a library says it cost. Some say 0 where they do not know, so 0 does not count."""
    given = _first(told, names.OF_CALL["cost"])
    if given is None:
        given = _details(told, names.COST_DETAILS).get("total")
    return values.decimal("llm.cost.total", given) or None


def _time_to_first_token(span: Span) -> int | None:
    seconds = values.number(names.TIME_TO_FIRST_CHUNK, span.attributes.get(names.TIME_TO_FIRST_CHUNK))
    if seconds is not None:
        return values.microseconds(names.TIME_TO_FIRST_CHUNK, seconds)
    if span.first_token_at:
        return max(span.first_token_at - span.start, 0) // 1000
    return _since(span, span.attributes.get(names.COMPLETION_START))


def _since(span: Span, written: Any) -> int | None:
    if not isinstance(written, str):
        return None
    first = values.time(names.COMPLETION_START, written.strip('"'))
    begun = values.instant("start_time_unix_nano", span.start)
    return max(round((first - begun).total_seconds() * 1_000_000), 0)


def _rating(told: Mapping[str, Any], around: _Around) -> int | None:
    """What people think, 1 to 5. A score counts only if it is called a rating: others have other scales."""
    given = around.get("rating")
    if given is None and "rating" in str(told.get(names.EVALUATION_NAME, "")).lower():
        given = told.get(names.EVALUATION_SCORE)
    return None if given is None else values.whole("modelhub.rating", given)


def _failure(span: Span) -> dict[str, Any]:
    """Whether it failed, and the last part of the error's name. What else an error says may repeat the prompt."""
    named = text(names.ERROR, span.attributes.get(names.ERROR) or span.exception)
    if not span.failed and named is None:
        return {}
    return {"failed": True, "error_code": (named or "unknown").rpartition(".")[2] or "unknown"}
