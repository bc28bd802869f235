"""Clients as people use them report what the mapping says, and nothing of what was said to a model or by it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from tests.kit.rows import model, price, provider, put, select_rows
from tests.metrics.receiving.sending import stored
from tests.sdks.conftest import ROOT, Place, python_of

HERE = ROOT / "tests" / "sdks" / "programs"
OPENLLMETRY = "opentelemetry.instrumentation.openai"
INSTRUMENTATIONS = (
    "opentelemetry.instrumentation.genai.openai",
    OPENLLMETRY,
    "openinference.instrumentation.openai",
)
COST = Decimal("0.00009925")
"""13 tokens at 1.25, 24 at 0.125 and 8 at 10 US dollars a million."""


async def add_prices(place: Place) -> None:
    """What gpt-5 costs."""
    acme = provider("openai")
    gpt = model(acme, "gpt-5")
    rates = {"INPUT": "1.25", "CACHED_INPUT": "0.125", "OUTPUT": "10"}
    await put(place.api.database, acme, gpt, *(price(gpt, name, usd) for name, usd in rates.items()))


async def assert_nothing_was_said(place: Place) -> None:
    """No table holds a word of a question or an answer."""
    tables = await select_rows(place.api.database, "select tablename as n from pg_tables where schemaname = 'public'")
    for name in (table["n"] for table in tables):
        found = await select_rows(place.api.database, f"select count(*) as n from {name} t where t::text ~ 'SECRET'")
        assert found == [{"n": 0}], name


def tokens(row: dict[str, Any]) -> tuple[int, ...]:
    return row["tokens_in"], row["tokens_out"], row["tokens_cached"], row["tokens_reasoning"]


@pytest.mark.parametrize("instrumentation", INSTRUMENTATIONS)
async def test_opentelemetry(place: Place, instrumentation: str) -> None:
    await add_prices(place)
    environment = {
        "OTEL_EXPORTER_OTLP_ENDPOINT": place.hub,
        "OTEL_EXPORTER_OTLP_HEADERS": f"Authorization=Bearer%20{place.key}",
        "OTEL_EXPORTER_OTLP_COMPRESSION": "gzip",
        "OTEL_RESOURCE_ATTRIBUTES": "service.name=claims-bot,deployment.environment.name=staging,team=claims",
        "OPENAI_BASE_URL": f"{place.openai}/v1",
        "OPENAI_API_KEY": "sk-dummy",
        "TRACELOOP_TELEMETRY": "false",
    }
    await place.run(python_of("opentelemetry"), HERE / "openai_calls.py", instrumentation, environment=environment)
    rows = await stored(place.api)
    assert [row["model"] for row in rows] == [
        *("openai/gpt-5", "openai/gpt-5", "openai/rate-limited", "openai/text-embedding-3-small"),
    ]
    plain, streamed, limited, embedding = rows
    assert tokens(plain) == (37, 8, 24, 3)
    reasoning = 0 if instrumentation == OPENLLMETRY else 3  # it does not tell while it streams
    assert tokens(streamed) == (37, 8, 24, reasoning)
    assert (plain["cost"], streamed["cost"]) == (COST, COST)
    assert streamed["ttft_us"] is not None
    assert 0 < streamed["ttft_us"] <= streamed["latency_us"]
    assert (limited["failed"], limited["error_code"], tokens(limited)) == (True, "RateLimitError", (0, 0, 0, 0))
    assert (embedding["operation"], embedding["tokens_in"], embedding["failed"]) == ("embeddings", 5, False)
    assert {(row["team"], row["user_key"], row["environment"]) for row in rows} == {("claims", "u42", "STAGING")}
    assert {row["operation"] for row in rows} == {"chat", "embeddings"}
    await assert_nothing_was_said(place)


async def test_litellm(place: Place) -> None:
    environment = {
        "GENERIC_LOGGER_ENDPOINT": f"{place.hub}/ingest/litellm",
        "GENERIC_LOGGER_HEADERS": f"Authorization=Bearer {place.key}",
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",
        "OPENAI_BASE_URL": f"{place.openai}/v1",
        "OPENAI_API_KEY": "sk-dummy",
    }
    await place.run(python_of("litellm"), HERE / "litellm_calls.py", environment=environment)
    rows = await stored(place.api)
    assert len(rows) == 3 * 3, "three calls in each of three forms"
    for plain, streamed, limited in (rows[n : n + 3] for n in (0, 3, 6)):
        assert tokens(plain) == tokens(streamed) == (37, 8, 24, 3)
        assert (plain["cost"], plain["cost_source"], plain["ttft_us"]) == (COST, "REPORTED", None)
        assert 0 < streamed["ttft_us"] <= streamed["latency_us"]
        assert (limited["failed"], limited["error_code"]) == (True, "RateLimitError")
    told = ("team", "user_key", "environment", "deployment", "experiment", "variant", "operation")
    assert {tuple(row[name] for name in told) for row in rows} == {
        ("claims", "u42", "PRODUCTION", "prod-gpt5", "exp1", "B", "completion")
    }
    await assert_nothing_was_said(place)
