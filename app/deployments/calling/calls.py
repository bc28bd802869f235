"""Calls of models over OpenAI's API, each within a time and of bounded length."""

from __future__ import annotations

import asyncio
import importlib
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, suppress
from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final
from weakref import WeakKeyDictionary

from app.deployments.calling.credentials import Credentials
from app.deployments.calling.questions import (
    MAX_ANSWER,
    MAX_SECONDS,
    MAX_TOLD,
    TRANSIENT,
    CallFault,
    Endpoint,
    Outcome,
    Question,
    Usage,
)
from app.kit.db import Database
from app.kit.errors import RateLimited, Unavailable
from app.kit.targets import TargetRefused, Targets

if TYPE_CHECKING:
    import httpx2
    from openai import AsyncOpenAI

EVERYWHERE: Final = Targets((ip_network("0.0.0.0/0"), ip_network("::/0")))
AT_ONCE: Final = 20
"""Calls of one process; more are refused rather than kept waiting."""
MOST_TOKENS: Final = 100_000_000
"""More of them are a mistake of the server."""
PAUSE: Final = 0.25
"""Seconds before the first repetition; each further pause is twice as long."""
_NO_KEY: Final = "none"
_NOWHERE: Final = "http://127.0.0.1"
_STATUSES: Final = {
    400: CallFault.QUESTION_REFUSED,
    401: CallFault.CREDENTIAL_REFUSED,
    403: CallFault.CREDENTIAL_REFUSED,
    404: CallFault.MODEL_UNKNOWN,
    408: CallFault.TIMEOUT,
    413: CallFault.QUESTION_REFUSED,
    422: CallFault.QUESTION_REFUSED,
    429: CallFault.RATE_LIMITED,
}


@dataclass(slots=True)
class Calls:
    """Of one process: whom it calls, the credentials it knows, and its connections."""

    targets: Targets
    credentials: Credentials
    authorities: str | None = None
    _under_way: int = 0
    _sdk: Any = None
    _loading: asyncio.Lock = field(default_factory=asyncio.Lock)
    _clients: dict[bool, httpx2.AsyncClient] = field(default_factory=dict[bool, "httpx2.AsyncClient"])

    async def ask(self, endpoint: Endpoint, question: Question) -> AsyncGenerator[str | Outcome]:
        """The answer, piece by piece as it comes, and at last what came of it.

        What failed before the first piece is repeated, within the time of the whole, if it may go better then.
        Raises `RATE_LIMIT_EXCEEDED` while too many are called."""
        if self._under_way >= AT_ONCE:
            raise RateLimited(f"{AT_ONCE} calls of models are under way already; try again in a second.", 1)
        self._under_way += 1
        try:
            async with aclosing(self._told(endpoint, question)) as told:
                async for each in told:
                    yield each
        finally:
            self._under_way -= 1

    async def _told(self, endpoint: Endpoint, question: Question) -> AsyncGenerator[str | Outcome]:
        client = await self._client(endpoint)
        deadline = time.monotonic() + question.seconds
        for attempt in range(question.retries + 1):
            outcome = Outcome(attempts=attempt + 1)
            async with aclosing(_attempted(client, endpoint, question, outcome, deadline)) as pieces:
                async for piece in pieces:
                    yield piece
            if outcome.text or outcome.fault not in TRANSIENT or attempt == question.retries:
                break
            await asyncio.sleep(max(0.0, min(PAUSE * 2**attempt, deadline - time.monotonic())))
        yield outcome  # pyright: ignore[reportPossiblyUnboundVariable] - there is at least one attempt

    async def _client(self, endpoint: Endpoint) -> AsyncOpenAI:
        async with self._loading:
            self._sdk = self._sdk or await asyncio.to_thread(self._load)
        return self._sdk.AsyncOpenAI(
            api_key=endpoint.key.reveal() if endpoint.key else _NO_KEY,
            base_url=endpoint.base_url,
            http_client=self._clients[endpoint.is_ours],
            max_retries=0,
        )

    def _load(self) -> Any:
        """What the first call needs, which would hold up the event loop: most of a second."""
        from app.kit.outgoing import outgoing

        for is_ours, targets in ((True, EVERYWHERE), (False, self.targets)):
            self._clients[is_ours] = outgoing(targets, MAX_SECONDS, self.authorities)
        sdk = importlib.import_module("openai")
        first = sdk.AsyncOpenAI(api_key=_NO_KEY, base_url=_NOWHERE, http_client=self._clients[True])
        getattr(first.chat, "completions")  # noqa: B009 - the SDK imports the rest of itself where it is used first
        return sdk

    async def close(self) -> None:
        """Close all connections."""
        for client in self._clients.values():
            await client.aclose()


async def _attempted(
    client: AsyncOpenAI, endpoint: Endpoint, question: Question, outcome: Outcome, deadline: float
) -> AsyncGenerator[str]:
    """One attempt; fills the outcome."""
    begun = time.perf_counter_ns()
    try:
        async with aclosing(_chunks(client, endpoint, question, deadline)) as chunks:
            async for chunk in chunks:
                piece = _taken(chunk, outcome)
                if piece:
                    outcome.ttft_us = outcome.ttft_us or _since(begun)
                    yield piece
                if len(outcome.text) >= MAX_ANSWER:
                    outcome.finish_reason = "length"
                    break
    except Exception as error:  # noqa: BLE001 - whatever a server does is an outcome
        outcome.fault, outcome.message = _explained(error, endpoint)
    finally:
        outcome.latency_us = _since(begun)


async def _chunks(client: AsyncOpenAI, endpoint: Endpoint, question: Question, deadline: float) -> AsyncGenerator[Any]:
    loop = asyncio.get_running_loop()
    until = loop.time() + deadline - time.monotonic()
    said: Any = [{"role": role.lower(), "content": text} for role, text in question.messages]
    async with asyncio.timeout_at(until):
        stream: Any = await client.chat.completions.create(
            model=endpoint.model,
            messages=said,
            stream=True,
            stream_options={"include_usage": True},
            timeout=max(0.001, deadline - time.monotonic()),
            extra_headers=_unsaid(endpoint),
            **question.parameters,
        )
    try:
        chunks: AsyncIterator[Any] = aiter(stream)
        while True:
            async with asyncio.timeout_at(until):
                chunk = await anext(chunks, None)
            if chunk is None:
                return
            yield chunk
    finally:
        with suppress(Exception):
            await stream.close()


def _unsaid(endpoint: Endpoint) -> dict[str, Any]:
    """What the environment of this process would have the SDK send to whomever it calls."""
    import openai

    names = ("OpenAI-Organization", "OpenAI-Project", *(() if endpoint.key else ("Authorization",)))
    return dict.fromkeys(names, openai.Omit())


def _taken(chunk: Any, outcome: Outcome) -> str:
    """The text that a chunk adds; notes what else it says."""
    if getattr(chunk, "usage", None) is not None:
        outcome.usage = _usage(chunk.usage)
    if not chunk.choices:
        return ""
    choice = chunk.choices[0]
    outcome.finish_reason = choice.finish_reason or outcome.finish_reason
    piece = (choice.delta.content or "")[: MAX_ANSWER - len(outcome.text)]
    outcome.text += piece
    return piece


def _usage(said: Any) -> Usage:
    """Counts that make no sense are none."""
    tokens_in, tokens_out = _count(said, "prompt_tokens"), _count(said, "completion_tokens")
    cached = _count(getattr(said, "prompt_tokens_details", None), "cached_tokens")
    reasoning = _count(getattr(said, "completion_tokens_details", None), "reasoning_tokens")
    return Usage(
        tokens_in=tokens_in,
        tokens_out=tokens_out,
        tokens_cached=min(cached, tokens_in),
        tokens_reasoning=min(reasoning, tokens_out),
    )


def _count(said: Any, name: str) -> int:
    value = getattr(said, name, None)
    return value if isinstance(value, int) and 0 <= value <= MOST_TOKENS else 0


def _since(begun: int) -> int:
    return max(1, (time.perf_counter_ns() - begun) // 1_000)


def _explained(error: Exception, endpoint: Endpoint) -> tuple[CallFault, str]:
    import openai

    if isinstance(error, openai.APIStatusError):
        usual = CallFault.SERVER_ERROR if error.status_code >= 500 else CallFault.UNREADABLE
        fault = _STATUSES.get(error.status_code, usual)
        return fault, _told(f"HTTP {error.status_code}: {_said(error)}", endpoint)
    if isinstance(error, openai.APITimeoutError | TimeoutError):
        return CallFault.TIMEOUT, "There was no whole answer within the time."
    return _of_connection(error)


def _of_connection(error: Exception) -> tuple[CallFault, str]:
    import httpx2
    import openai

    causes = [error, *_causes(error)]
    refused = next((cause for cause in causes if isinstance(cause, TargetRefused)), None)
    if refused:
        return CallFault.TARGET_REFUSED, str(refused)
    if any(isinstance(cause, httpx2.TimeoutException) for cause in causes):
        return CallFault.TIMEOUT, "There was no whole answer within the time."
    if any(isinstance(cause, httpx2.ConnectError) for cause in causes):
        return CallFault.UNREACHABLE, "Nothing answers there."
    if isinstance(error, openai.APIConnectionError) or any(isinstance(c, httpx2.TransportError) for c in causes):
        return CallFault.UNREADABLE, "The answer broke off, or is none of HTTP."
    return CallFault.UNREADABLE, "The answer is not what an OpenAI-compatible server gives."


def _causes(error: BaseException) -> list[BaseException]:
    found: list[BaseException] = []
    while (cause := error.__cause__ or error.__context__) is not None and cause not in found:
        found.append(cause)
        error = cause
    return found


def _said(error: Any) -> str:
    body = error.body if isinstance(error.body, dict) else {}
    return str(body.get("message") or "no reason was given")


def _told(text: str, endpoint: Endpoint) -> str:
    """In one printable line, of bounded length, without the credential."""
    if endpoint.key:
        text = text.replace(endpoint.key.reveal(), "…")
    return "".join(letter if letter.isprintable() else " " for letter in text)[:MAX_TOLD]


_CALLS: WeakKeyDictionary[Database, Calls] = WeakKeyDictionary()


def establish(database: Database, calls: Calls) -> None:
    """Say how this process calls models, for a database; mutations find it by `calls_of`."""
    _CALLS[database] = calls


def calls_of(database: Database) -> Calls:
    """What was established. Raises `SERVICE_UNAVAILABLE` in a process that calls no models."""
    found = _CALLS.get(database)
    if found is None:
        raise Unavailable("This process calls no models.")
    return found
