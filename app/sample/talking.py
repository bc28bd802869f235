"""Requests and answers of the sample server in OpenAI's form. Pure."""

from __future__ import annotations

import base64
import hashlib
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from app.sample.language import Answer, Wanted, answer, embedding, prompt_tokens, tokens_of

CREATED = 1_767_225_600
"""When every answer was made, as far as the answers say: the same question has the same answer."""

DEFAULT_TOKENS = 256
MAX_TOKENS = 100_000
MAX_DIMENSIONS = 4_096
CONTEXT = 8_192
_MORE_THAN_ONE = "n"
_NOT_OFFERED = ("tools", "functions")


class Refused(Exception):
    """A call that gets no answer."""

    def __init__(self, status: int, message: str, code: str | None = None) -> None:
        super().__init__(message)
        self.status, self.message, self.code = int(status), message, code

    def body(self) -> dict[str, Any]:
        """As OpenAI has it."""
        kind = "invalid_request_error" if self.status < HTTPStatus.INTERNAL_SERVER_ERROR else "server_error"
        return {"error": {"message": self.message, "type": kind, "param": None, "code": self.code}}


@dataclass(frozen=True, slots=True)
class Said:
    """An answer, and what it took."""

    id: str
    model: str
    prompt: int
    answer: Answer

    @property
    def usage(self) -> dict[str, Any]:
        made = len(self.answer.tokens)
        return {
            "prompt_tokens": self.prompt,
            "completion_tokens": made,
            "total_tokens": self.prompt + made,
            "prompt_tokens_details": {"cached_tokens": 0},
            "completion_tokens_details": {"reasoning_tokens": 0},
        }

    def head(self, kind: str) -> dict[str, Any]:
        """What an answer and each chunk of it begin with."""
        return {"id": self.id, "object": kind, "created": CREATED, "model": self.model}

    def completion(self) -> dict[str, Any]:
        """The answer as a whole."""
        message = {"role": "assistant", "content": self.answer.text, "refusal": None}
        choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": self.answer.finish_reason}
        return self.head("chat.completion") | {"choices": [choice], "usage": self.usage}


def chat(model: str, asked: dict[str, Any]) -> Said:
    """The answer to a chat request. Raises `Refused`."""
    _for_this(model, asked)
    messages = asked.get("messages")
    if not isinstance(messages, list) or not messages or not all(isinstance(one, dict) for one in messages):
        raise Refused(HTTPStatus.BAD_REQUEST, "`messages` must be a list of at least one message.")
    if asked.get(_MORE_THAN_ONE) not in {None, 1} or any(asked.get(name) for name in _NOT_OFFERED):
        raise Refused(HTTPStatus.BAD_REQUEST, "The sample server gives one answer, and calls no tools.")
    prompt = prompt_tokens(messages)
    if prompt > CONTEXT:
        raise Refused(HTTPStatus.BAD_REQUEST, f"Longer than {CONTEXT} tokens.", "context_length_exceeded")
    digest = hashlib.sha256(json.dumps([model, messages], sort_keys=True).encode()).hexdigest()
    return Said(f"chatcmpl-{digest[:24]}", model, prompt, answer(model, messages, _wanted(asked)))


def _wanted(asked: dict[str, Any]) -> Wanted:
    most = asked.get("max_completion_tokens") or asked.get("max_tokens") or DEFAULT_TOKENS
    if not isinstance(most, int) or not 1 <= most <= MAX_TOKENS:
        raise Refused(HTTPStatus.BAD_REQUEST, f"`max_tokens` must be a whole number from 1 to {MAX_TOKENS}.")
    stop = asked.get("stop") or []
    stops = [stop] if isinstance(stop, str) else stop
    return Wanted(most, tuple(str(each) for each in stops if each))


def chunks(said: Said, asked: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The answer token by token, with the usage at the end if it was asked for."""
    head = said.head("chat.completion.chunk")
    yield head | {"choices": [_choice({"role": "assistant", "content": ""})]}
    for token in said.answer.tokens:
        yield head | {"choices": [_choice({"content": token})]}
    yield head | {"choices": [_choice({}, said.answer.finish_reason)]}
    if (asked.get("stream_options") or {}).get("include_usage"):
        yield head | {"choices": [], "usage": said.usage}


def _choice(delta: dict[str, str], reason: str | None = None) -> dict[str, Any]:
    return {"index": 0, "delta": delta, "logprobs": None, "finish_reason": reason}


def embeddings(model: str, asked: dict[str, Any], usual: int) -> dict[str, Any]:
    """A vector for each text. Raises `Refused`."""
    _for_this(model, asked)
    given = asked.get("input")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts or not all(isinstance(text, str) for text in texts):
        raise Refused(HTTPStatus.BAD_REQUEST, "`input` must be a text or a list of texts.")
    dimensions = asked.get("dimensions") or usual
    if not isinstance(dimensions, int) or not 1 <= dimensions <= MAX_DIMENSIONS:
        raise Refused(HTTPStatus.BAD_REQUEST, f"`dimensions` must be a whole number from 1 to {MAX_DIMENSIONS}.")
    written = _as_base64 if asked.get("encoding_format") == "base64" else list[float]
    data = [
        {"object": "embedding", "index": at, "embedding": written(embedding(model, text, dimensions))}
        for at, text in enumerate(texts)
    ]
    count = sum(len(tokens_of(text)) for text in texts)
    usage = {"prompt_tokens": count, "total_tokens": count}
    return {"object": "list", "model": model, "data": data, "usage": usage}


def _as_base64(vector: list[float]) -> str:
    return base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()


def models(model: str) -> dict[str, Any]:
    """The one model there is."""
    return {
        "object": "list",
        "data": [{"id": model, "object": "model", "created": CREATED, "owned_by": "modelhub-sample-server"}],
    }


def _for_this(model: str, asked: dict[str, Any]) -> None:
    if asked.get("model") != model:
        raise Refused(HTTPStatus.NOT_FOUND, f"This server has `{model}` only.", "model_not_found")
