"""What a deployed model is asked, and what came of it. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from app.secret import Secret

MAX_MESSAGES, MAX_TEXT = 50, 10_000
"""Messages of a question, and characters of each."""
MAX_ANSWER: Final = 100_000
"""Characters of an answer; what is longer is cut off there."""
MAX_TOKENS, USUAL_TOKENS = 4_096, 512
"""Tokens of an answer that may be asked for, and that are if nothing is said."""
MAX_SECONDS, USUAL_SECONDS = 120.0, 20.0
MAX_RETRIES: Final = 10
MAX_TOLD: Final = 500
"""Characters that are told of an error."""


class Speaker(StrEnum):
    """Who says a message."""

    SYSTEM = "SYSTEM"
    USER = "USER"
    ASSISTANT = "ASSISTANT"


class CallFault(StrEnum):
    """Why a call got no answer, or no whole one."""

    TIMEOUT = "TIMEOUT"
    UNREACHABLE = "UNREACHABLE"
    TARGET_REFUSED = "TARGET_REFUSED"
    CREDENTIAL_REFUSED = "CREDENTIAL_REFUSED"
    RATE_LIMITED = "RATE_LIMITED"
    QUESTION_REFUSED = "QUESTION_REFUSED"
    MODEL_UNKNOWN = "MODEL_UNKNOWN"
    SERVER_ERROR = "SERVER_ERROR"
    UNREADABLE = "UNREADABLE"
    CANCELLED = "CANCELLED"


TRANSIENT: Final = frozenset({CallFault.UNREACHABLE, CallFault.RATE_LIMITED, CallFault.SERVER_ERROR})
"""What may be otherwise when it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a model is called: an OpenAI-compatible API, the model's name there, and the credential.

    `is_ours`: our own controller started it and says where it is, so that its address needs no permission."""

    base_url: str
    model: str
    key: Secret[str] | None = None
    is_ours: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """Messages, parameters in OpenAI's words, how long the whole may take and how often a failed call is repeated."""

    messages: tuple[tuple[Speaker, str], ...]
    parameters: Mapping[str, Any]
    seconds: float = USUAL_SECONDS
    retries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens as the server counted them; input includes cached, output includes reasoning."""

    tokens_in: int
    tokens_out: int
    tokens_cached: int = 0
    tokens_reasoning: int = 0


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of a question. Times are of the last attempt. Without `fault` it was answered.

    `message` tells people of the fault; it may repeat what was asked, so that it is for who asked only."""

    text: str = ""
    finish_reason: str | None = None
    usage: Usage | None = None
    latency_us: int | None = None
    ttft_us: int | None = None
    attempts: int = 0
    fault: CallFault | None = None
    message: str | None = None


_WORDS: Final = {
    "temperature": "temperature",
    "maxTokens": "max_tokens",
    "topP": "top_p",
    "frequencyPenalty": "frequency_penalty",
    "presencePenalty": "presence_penalty",
    "stopSequences": "stop",
}
"""Parameters of a deployment, and OpenAI's words for them. `topK` is none of OpenAI's: servers take it beside."""


def parameters_of(spec: Mapping[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """The deployment's parameters, overridden by what was asked; both by the names of the API, null is not given."""
    given = {**_given(spec.get("parameters") or {}), **_given(asked)}
    wanted = {_WORDS[name]: value for name, value in given.items() if name in _WORDS}
    if "topK" in given:
        wanted["extra_body"] = {"top_k": given["topK"]}
    return {**wanted, "max_tokens": min(wanted.get("max_tokens", USUAL_TOKENS), MAX_TOKENS)}


def _given(parameters: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if value not in (None, [])}
