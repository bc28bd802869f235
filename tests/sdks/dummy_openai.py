"""A server that answers as OpenAI's does: always the same, with usage; `rate-limited` is never answered."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import orjson
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

USAGE = {
    "prompt_tokens": 37,
    "completion_tokens": 8,
    "total_tokens": 45,
    "prompt_tokens_details": {"cached_tokens": 24},
    "completion_tokens_details": {"reasoning_tokens": 3},
}
ANSWER: dict[str, Any] = {"id": "chatcmpl-1", "created": 1795188885, "model": "gpt-5-2026-10-01"}
SAID = "SECRET ANSWER"


async def chat(request: Request) -> Response:
    """A completion."""
    asked = await request.json()
    if asked["model"] == "rate-limited":
        return JSONResponse({"error": {"message": "SECRET", "type": "rate_limit_error"}}, 429)
    if asked.get("stream"):
        return StreamingResponse(_chunks(), media_type="text/event-stream")
    message = {"role": "assistant", "content": SAID}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    return JSONResponse({**ANSWER, "object": "chat.completion", "choices": [choice], "usage": USAGE})


async def _chunks() -> AsyncIterator[bytes]:
    chunk = {**ANSWER, "object": "chat.completion.chunk"}
    delta = {"role": "assistant", "content": SAID}
    yield _event({**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": None}], "usage": None})
    yield _event({**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}], "usage": None})
    yield _event({**chunk, "choices": [], "usage": USAGE})
    yield b"data: [DONE]\n\n"


def _event(said: Any) -> bytes:
    return b"data: " + orjson.dumps(said) + b"\n\n"


async def embeddings(request: Request) -> Response:
    """An embedding."""
    model = (await request.json())["model"]
    data = [{"object": "embedding", "index": 0, "embedding": [0.5] * 8}]
    usage = {"prompt_tokens": 5, "total_tokens": 5}
    return JSONResponse({"object": "list", "model": model, "data": data, "usage": usage})


app = Starlette(
    routes=[
        Route("/v1/chat/completions", chat, methods=["POST"]),
        Route("/v1/embeddings", embeddings, methods=["POST"]),
    ]
)
