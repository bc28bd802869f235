"""Four calls with OpenAI's client under the instrumentation that is named: plain, streamed, refused, and an embedding.

Runs in an environment of its own, apart from the product."""

from __future__ import annotations

import sys
from contextlib import suppress
from importlib import import_module

from openai import OpenAI, RateLimitError
from opentelemetry import trace
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

SECRET = [{"role": "user", "content": "SECRET QUESTION"}]


def main(instrumentation: str) -> None:
    provider = TracerProvider()
    provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter()))
    trace.set_tracer_provider(provider)
    import_module(instrumentation).OpenAIInstrumentor().instrument()
    with trace.get_tracer("app").start_as_current_span("request") as span:
        span.set_attribute("user.id", "u42")
        call(OpenAI(max_retries=0))
    provider.shutdown()


def call(client: OpenAI) -> None:
    client.chat.completions.create(model="gpt-5", messages=SECRET)
    usage = {"include_usage": True}
    for _ in client.chat.completions.create(model="gpt-5", messages=SECRET, stream=True, stream_options=usage):
        pass
    with suppress(RateLimitError):
        client.chat.completions.create(model="rate-limited", messages=SECRET)
    client.embeddings.create(model="text-embedding-3-small", input="SECRET TEXT")


main(sys.argv[1])
