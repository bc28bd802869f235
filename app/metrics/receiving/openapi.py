"""`/ingest`: what can be sent, for people and, as OpenAPI, for machines. Made of the fields that are read."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from html import escape
from importlib.metadata import version
from typing import Any, Final

import orjson
from starlette.requests import Request
from starlette.responses import Response

from app.deployments.vocabulary import Environment
from app.metrics.ingest.rules import MAX_COST, MAX_TOKENS
from app.metrics.receiving import native
from app.metrics.receiving.bodies import MAX_BODY, MAX_CALLS, MAX_CONTENT
from app.metrics.receiving.service import CallOutcome
from app.metrics.receiving.values import MAX_CONTEXT, MAX_TEXT

A_DAY_MS = 24 * 3600 * 1000

_TEXT: Final = {"type": "string", "minLength": 1, "maxLength": MAX_TEXT}
_TOKENS: Final = {"type": "integer", "minimum": 0, "maximum": MAX_TOKENS, "default": 0}
_DURATION: Final = {"type": "number", "minimum": 0, "maximum": A_DAY_MS}

FIELDS: Final[Mapping[str, tuple[str, Mapping[str, Any]]]] = {
    "eventId": ("A name of your own for the call: it is counted once, however often it is sent.", _TEXT),
    "occurredAt": (
        "When it began, with an offset; within the retention of raw calls, 10 minutes ahead at most.",
        {"type": "string", "format": "date-time"},
    ),
    "provider": ("Who offers the model, such as `openai`.", _TEXT),
    "model": ("The model as the provider calls it. One that is not known becomes a discovered entry.", _TEXT),
    "environment": (
        "Where it was made.",
        {"type": "string", "enum": [each.value for each in Environment], "default": Environment.PRODUCTION.value},
    ),
    "deployment": ("The deployment that answered. One that is not known is recorded.", _TEXT),
    "team": ("The slug of the team that called; without it, that of the sender, if he is in one team only.", _TEXT),
    "user": ("Who called.", _TEXT),
    "session": ("The conversation it belongs to.", _TEXT),
    "apiKey": ("The name of the key it was made with, never the key itself.", _TEXT),
    "operation": ("What the model was asked to do, such as `chat`.", _TEXT),
    "useCase": ("What it was for.", _TEXT),
    "tokensIn": ("Tokens of the prompt, cached ones among them.", _TOKENS),
    "tokensOut": ("Tokens of the answer, those of reasoning among them.", _TOKENS),
    "tokensCached": ("Tokens of the prompt that came from a cache; no more than `tokensIn`.", _TOKENS),
    "tokensReasoning": ("Tokens of the answer spent on reasoning; no more than `tokensOut`.", _TOKENS),
    "latencyMs": ("Milliseconds to the whole answer.", _DURATION),
    "timeToFirstTokenMs": ("Milliseconds to the first token.", _DURATION),
    "status": ("How it ended.", {"type": "string", "enum": ["OK", "ERROR"], "default": "OK"}),
    "errorCode": ("Why it failed, in a word; a call with one has failed.", _TEXT),
    "errorMessage": (
        "Why it failed, in a line without content.",
        {"type": "string", "maxLength": native.MAX_MESSAGE},
    ),
    "rating": ("What somebody thinks of the answer.", {"type": "integer", "minimum": 1, "maximum": 5}),
    "accepted": ("Whether somebody took the answer over.", {"type": "boolean"}),
    "confidence": ("How sure the model was.", {"type": "number", "minimum": 0, "maximum": 1}),
    "costUsd": (
        f"What it cost, 0 to {MAX_COST:,} US dollars, exactly as text; without it, what our price list says.",
        {"type": ["string", "number"]},
    ),
    "experimentId": ("The id of the experiment it is part of.", _TEXT),
    "variantId": ("The name of the variant it was served by.", _TEXT),
    "workflowRunId": ("The run of a workflow it is part of.", _TEXT),
    "pipelineContext": (
        f"Where in a pipeline it was made; at most {MAX_CONTEXT:,} bytes.",
        {"type": "object", "additionalProperties": True},
    ),
}
"""What each field of a call means, and its bounds."""

REQUIRED: Final = ("eventId", *native.REQUIRED)


async def document(_: Request) -> Response:
    """The description for machines."""
    return Response(orjson.dumps(described()), media_type="application/json")


async def page(_: Request) -> Response:
    """The description for people."""
    return Response(_page(), media_type="text/html")


@cache
def described() -> dict[str, Any]:
    """The whole in OpenAPI 3.1."""
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Model Hub: taking usage in",
            "version": version("modelhub"),
            "description": "Calls of models, each taken once however often it is sent, priced and counted.",
        },
        "security": [{"apiKey": []}],
        "paths": {
            "/ingest/inferences": {"post": _operation("reportInferences", "Report calls of models.", "Call")},
            "/ingest/litellm": {
                "post": _operation("reportLiteLLM", "What LiteLLM's callback `generic_api` sends.", "LiteLLMCall")
            },
        },
        "components": {
            "securitySchemes": {"apiKey": {"type": "http", "scheme": "bearer"}},
            "schemas": {"Call": _call(), "LiteLLMCall": {"type": "object"}, "Answer": _answer()},
        },
    }


def _call() -> dict[str, Any]:
    properties = {name: {"description": told, **bounds} for name, (told, bounds) in FIELDS.items()}
    return {
        "type": "object",
        "required": list(REQUIRED),
        "additionalProperties": False,
        "properties": properties,
    }


def _answer() -> dict[str, Any]:
    count = {"type": "integer", "minimum": 0}
    result = {
        "type": "object",
        "required": ["index", "eventId", "outcome"],
        "properties": {
            "index": {"description": "Its place in the request, from 0.", **count},
            "eventId": {"description": "How you named it, cut off after 100 characters.", "type": "string"},
            "outcome": {"type": "string", "enum": [each.value for each in CallOutcome]},
            "reason": {"description": "Why it was not taken.", "type": "string"},
        },
    }
    counts = ("accepted", "duplicates", "conflicts", "rejected")
    results = {"description": "Each call that was not accepted.", "type": "array", "items": result}
    return {
        "type": "object",
        "required": [*counts, "results"],
        "properties": {**dict.fromkeys(counts, count), "results": results},
    }


def _operation(name: str, summary: str, kind: str) -> dict[str, Any]:
    one = {"$ref": f"#/components/schemas/{kind}"}
    many = {"type": "array", "items": one, "maxItems": MAX_CALLS}
    lines = {"description": "A call a line.", "type": "string"}
    return {
        "operationId": name,
        "summary": summary,
        "description": f"Needs `telemetry:write`. At most {MAX_BODY:,} bytes, {MAX_CONTENT:,} unpacked (gzip).",
        "requestBody": {
            "required": True,
            "content": {
                "application/json": {"schema": {"anyOf": [many, one]}},
                "application/x-ndjson": {"schema": lines},
            },
        },
        "responses": {
            "200": {
                "description": "What became of each call; those that could be taken are stored.",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}},
            },
            **{code: {"description": told} for code, told in _REFUSALS.items()},
        },
    }


_REFUSALS: Final = {
    "400": "The body cannot be read.",
    "401": "The key is not valid.",
    "403": "The key has not the permission.",
    "408": "The body did not come in time; send it again.",
    "413": "The body is too large; send it in parts.",
    "415": "The body is of another type.",
    "429": "More is coming in than can be stored; send it again after `Retry-After` seconds.",
    "503": "The database is away; send it again after `Retry-After` seconds.",
}


@cache
def _page() -> str:
    rows = "".join(_row(name) for name in FIELDS)
    codes = "".join(f"<tr><td>{code}<td>{escape(told)}" for code, told in _REFUSALS.items())
    return _HTML.format(rows=rows, codes=codes)


def _row(name: str) -> str:
    told, bounds = FIELDS[name]
    said = ", ".join(f"{bound} {_shown(value)}" for bound, value in bounds.items())
    needed = " <b>required</b>" if name in REQUIRED else ""
    return f"<tr><td><code>{name}</code>{needed}<td>{escape(told)}<td>{escape(said)}"


def _shown(value: Any) -> str:
    return " | ".join(map(str, value)) if isinstance(value, list) else str(value)


_HTML: Final = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Taking usage in</title>
<meta name="viewport" content="width=device-width">
<style>
body {{ font: 1rem/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 70rem; padding: 0 1rem }}
table {{ border-collapse: collapse }} td, th {{ border-bottom: 1px solid #ccc; padding: .3rem .6rem; text-align: left }}
pre {{ background: #eee; overflow: auto; padding: 1rem }}
</style>
<h1>Taking usage in</h1>
<p>Post calls of models as a JSON array, or one a line as <code>application/x-ndjson</code>, to
<code>/ingest/inferences</code>, with an API key that has <code>telemetry:write</code>. Each is taken once however often
it is sent. For machines: <a href="/ingest/openapi.json">OpenAPI</a>. OpenTelemetry and others: docs/ingest.md.
<pre>curl "$MODELHUB_URL/ingest/inferences" \\
  -H "Authorization: Bearer $MODELHUB_KEY" -H "Content-Type: application/json" \\
  -d '[{{"eventId": "1", "occurredAt": "2026-11-21T12:00:00Z", "provider": "openai", "model": "gpt-5"}}]'</pre>
<h2>A call</h2><table><tr><th>Field<th>What<th>Bounds{rows}</table>
<h2>Answers beside 200</h2><table><tr><th>Status<th>What{codes}</table></html>
"""
