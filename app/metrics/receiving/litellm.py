"""LiteLLM's `StandardLoggingPayload`, as its callback `generic_api` sends it. Pure.

Taken are names, numbers and times; messages, responses, parameters and tracebacks are not looked at."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any, Final

from app.metrics.ingest.rules import Inference, Rejected
from app.metrics.receiving import values
from app.metrics.receiving.values import Item, item, text

WAY: Final = "litellm"

_ASYNCHRONOUS = frozenset(
    f"a{name}"
    for name in (
        *("completion", "text_completion", "embedding", "image_generation", "image_edit", "moderation", "rerank"),
        *("transcription", "speech", "responses", "generate_content", "batch_completion", "realtime", "ocr"),
    )
)

_SAID: Final = "metadata.requester_metadata"
_NOTHING: Mapping[str, Any] = {}


def items(calls: Iterable[Any]) -> list[Item]:
    """The calls of a body, in its order."""
    return [item(_name(call), lambda call=call: _inference(call)) for call in calls]


def _name(call: Any) -> str:
    name = call.get("litellm_call_id") if isinstance(call, dict) else None
    return name if isinstance(name, str) else ""


def _inference(call: Any) -> Inference:
    if not isinstance(call, dict):
        raise Rejected("is not an object")
    name = values.needed("litellm_call_id", text("litellm_call_id", call.get("litellm_call_id")))
    about, tags = _object(call, "metadata"), _tags(call)
    provider = values.provider(text("custom_llm_provider", call.get("custom_llm_provider")))
    asked, answered = _models(call)
    said = _object(about, "requester_metadata")
    experiment, _, variant = tags.get("experiment", "").partition(":")
    return Inference(
        event_id=values.event_id(WAY, name.encode()),
        provider=provider,
        model=asked,
        answered_by=answered,
        environment=values.environment(tags.get("env")),
        service=_deployment(call, about),
        team=text("metadata.user_api_key_team_id", about.get("user_api_key_team_id")),
        user=_user(call, about),
        session=text("session_id", call.get("session_id")),
        api_key=_api_key(about),
        operation=_operation(call),
        use_case=text("request_tags", tags.get("use_case")),
        experiment=text("request_tags", experiment) or text(f"{_SAID}.experiment", said.get("experiment")),
        variant=text("request_tags", variant) or text(f"{_SAID}.variant", said.get("variant")),
        cost=_cost(call),
        **_pipeline(about, tags),
        **_times(call),
        **_tokens(call, about),
        **_failure(call),
    )


def _object(of: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    found = of.get(name)
    if found is not None and not isinstance(found, dict):
        raise Rejected(f"{name} is not an object")
    return found or _NOTHING


def _tags(call: Mapping[str, Any]) -> dict[str, str]:
    """Tags of the form `word:value`, by their words; those that people use for other things are left alone."""
    given = call.get("request_tags")
    tags = [tag for tag in given if isinstance(tag, str)] if isinstance(given, list) else []
    return dict(reversed([(word, rest) for word, colon, rest in (tag.partition(":") for tag in tags) if colon]))


def _models(call: Mapping[str, Any]) -> tuple[str, str | None]:
    """The model that was asked for, by the name the gateway gives it, and the one it stands for."""
    model, group = text("model", call.get("model")), text("model_group", call.get("model_group"))
    provider, _, rest = (model or "").partition("/")
    if rest and provider == call.get("custom_llm_provider"):
        model = rest
    asked = values.needed("model", group or model)
    return asked, model if model != asked else None


def _deployment(call: Mapping[str, Any], about: Mapping[str, Any]) -> str | None:
    named = _object(about, "requester_metadata").get("deployment")
    return (
        text("model_id", call.get("model_id"))
        or text("metadata.requester_metadata.deployment", named)
        or text("api_base", call.get("api_base"))
    )


def _pipeline(about: Mapping[str, Any], tags: Mapping[str, str]) -> dict[str, str | None]:
    """Where in a workflow it was made, by the metadata of whoever called, or by a tag."""
    told = _object(about, "requester_metadata")
    name, context = "metadata.requester_metadata", told.get("pipeline_context")
    run = text(f"{name}.workflow_run_id", told.get("workflow_run_id"))
    return {
        "workflow_run": run or text("request_tags", tags.get("workflow_run")),
        "pipeline_context": None if context is None else values.context(f"{name}.pipeline_context", context),
    }


def _user(call: Mapping[str, Any], about: Mapping[str, Any]) -> str | None:
    names = "user_api_key_end_user_id", "user_api_key_user_id"
    found = (text(f"metadata.{name}", about.get(name)) for name in names)
    return text("end_user", call.get("end_user")) or next((user for user in found if user), None)


def _api_key(about: Mapping[str, Any]) -> str | None:
    found = (text(f"metadata.{name}", about.get(name)) for name in ("user_api_key_alias", "user_api_key_hash"))
    return next((key for key in found if key), None)


def _operation(call: Mapping[str, Any]) -> str | None:
    kind = text("call_type", call.get("call_type"))
    return kind[1:] if kind in _ASYNCHRONOUS else kind


def _times(call: Mapping[str, Any]) -> dict[str, Any]:
    """When it began, and how long it took. Where the clock went back meanwhile, nobody knows how long."""
    names = "startTime", "endTime", "completionStartTime"
    begun, ended, first = (values.number(name, call.get(name)) for name in names)
    start = values.needed("startTime", begun)
    occurred_at = values.instant("startTime", round(start * 1_000_000) * 1000)
    latency = None if ended is None else ended - start
    ttft = first - start if first is not None and call.get("stream") else None
    return {
        "occurred_at": occurred_at,
        "latency_us": _duration("endTime", latency),
        "ttft_us": _duration("completionStartTime", ttft),
    }


def _duration(name: str, seconds: float | None) -> int | None:
    return values.microseconds(name, seconds) if seconds is not None and seconds >= 0 else None


def _tokens(call: Mapping[str, Any], about: Mapping[str, Any]) -> dict[str, int]:
    usage = _object(about, "usage_object")
    cached = _object(usage, "prompt_tokens_details").get("cached_tokens")
    reasoning = _object(usage, "completion_tokens_details").get("reasoning_tokens")
    return {
        "tokens_in": values.whole("prompt_tokens", call.get("prompt_tokens")),
        "tokens_out": values.whole("completion_tokens", call.get("completion_tokens")),
        "tokens_cached": values.whole("cached_tokens", cached),
        "tokens_reasoning": values.whole("reasoning_tokens", reasoning),
    }


def _cost(call: Mapping[str, Any]) -> Decimal | None:
    """What LiteLLM says it cost. It says 0 where it does not know, so 0 counts only for answers from its cache."""
    cost = values.decimal("response_cost", call.get("response_cost"))
    return cost if cost or call.get("cache_hit") is True else None


def _failure(call: Mapping[str, Any]) -> dict[str, Any]:
    if call.get("status") != "failure":
        return {}
    about = _object(call, "error_information")
    codes = (text(f"error_information.{name}", about.get(name)) for name in ("error_class", "error_code"))
    return {"failed": True, "error_code": next((code for code in codes if code), "unknown")}
