"""Calls of a busy estate, made up: as inferences, and as exports of spans."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random
from uuid import UUID

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from app.catalog.importing import import_catalog
from app.catalog.source import providers
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.journal import Writer
from app.metrics.ingest.rules import Inference

MODELS = ("gpt-5", "gpt-5-mini", "gpt-4o", "gpt-4o-mini", "o3")
SERVICES = ("chat", "search", "triage", "mail", "code", "report")
SPANS = 512
"""In an export: what OpenTelemetry's SDKs send at once."""


async def load_catalog(database: Database) -> None:
    """The models of OpenAI with their prices."""
    found = [provider for provider in providers() if provider.slug == "openai"]
    await Writer(database).write(SYSTEM, import_catalog, found)


def inferences(random: Random, until: datetime, count: int) -> list[Inference]:
    """Calls of the two minutes before."""
    return [_inference(random, until) for _ in range(count)]


def _inference(random: Random, until: datetime) -> Inference:
    tokens_in, latency = random.randrange(5000), round(random.lognormvariate(14, 1))
    failed = random.random() < 0.02
    return Inference(
        event_id=UUID(int=random.getrandbits(128), version=4),
        occurred_at=until - timedelta(microseconds=random.randrange(120_000_000)),
        provider="openai",
        model=random.choice(MODELS),
        service=random.choice(SERVICES),
        team=random.choice(("red", "blue")),
        user=f"user-{random.randrange(2000)}",
        operation="chat",
        use_case=random.choice(("summary", "triage")),
        tokens_in=tokens_in,
        tokens_out=random.randrange(900),
        tokens_cached=random.randrange(tokens_in + 1),
        latency_us=latency,
        ttft_us=latency // 3,
        failed=failed,
        error_code="RateLimitError" if failed else None,
    )


def exports(random: Random, until: datetime, count: int) -> Iterator[bytes]:
    """Exports in protobuf, each of as many spans as an SDK sends at once."""
    for _ in range(count):
        request = ExportTraceServiceRequest()
        group = request.resource_spans.add()
        _say(group.resource, {"service.name": random.choice(SERVICES), "team": random.choice(("red", "blue"))})
        spans = group.scope_spans.add().spans
        for inference in inferences(random, until, SPANS):
            _fill(spans.add(), inference, random)
        yield request.SerializeToString()


def _fill(span: ExportTraceServiceRequest, inference: Inference, random: Random) -> None:
    start = int(inference.occurred_at.timestamp() * 1e6) * 1000
    span.trace_id, span.span_id = random.randbytes(16), random.randbytes(8)
    span.name, span.kind = f"chat {inference.model}", 3
    span.start_time_unix_nano, span.end_time_unix_nano = start, start + (inference.latency_us or 0) * 1000
    told = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": inference.model,
        "gen_ai.request.temperature": 0.2,
        "gen_ai.request.max_tokens": 900,
        "gen_ai.response.id": f"chatcmpl-{span.span_id.hex()}",
        "gen_ai.response.model": inference.model,
        "gen_ai.usage.input_tokens": inference.tokens_in,
        "gen_ai.usage.output_tokens": inference.tokens_out,
        "gen_ai.usage.cache_read.input_tokens": inference.tokens_cached,
        "gen_ai.response.time_to_first_chunk": (inference.ttft_us or 0) / 1e6,
        "server.address": "api.openai.com",
        "server.port": 443,
        "user.id": inference.user or "",
    }
    _say(span, told)
    if inference.error_code:
        _say(span, {"error.type": f"openai.{inference.error_code}"})
        span.status.code = 2


def _say(of: ExportTraceServiceRequest, told: dict[str, str | int | float]) -> None:
    kinds = {str: "string_value", int: "int_value", float: "double_value"}
    for name, value in told.items():
        setattr(of.attributes.add(key=name).value, kinds[type(value)], value)
