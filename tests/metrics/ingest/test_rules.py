"""What an inference must be like to be taken."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app.metrics.ingest.rules import Inference, Rejected, check
from tests.metrics.sending import A_TICK, NOW, RETENTION, altered, call

DAY_US = 24 * 3600 * 1_000_000

BAD: list[tuple[dict[str, Any], str]] = [
    ({"occurred_at": NOW + timedelta(minutes=10, microseconds=1)}, "future"),
    ({"occurred_at": NOW - RETENTION - A_TICK}, "older than the retention of raw inferences (30 days)"),
    ({"tokens_in": -1}, "negative"),
    ({"tokens_out": -1}, "negative"),
    ({"tokens_cached": -1}, "negative"),
    ({"tokens_reasoning": -1}, "negative"),
    ({"tokens_in": 100_000_001}, "above 100,000,000"),
    ({"tokens_out": 2**40}, "above 100,000,000"),
    ({"tokens_cached": 101}, "a part is more than its whole"),
    ({"tokens_reasoning": 11}, "a part is more than its whole"),
    ({"latency_us": -1}, "latency is not within 0 to 24 hours"),
    ({"latency_us": DAY_US + 1}, "latency is not within 0 to 24 hours"),
    ({"ttft_us": -1}, "time to first token is not within 0 to 24 hours"),
    ({"rating": 0}, "rating"),
    ({"rating": 6}, "rating"),
    ({"confidence": Decimal("1.000001")}, "confidence"),
    ({"confidence": Decimal("-0.1")}, "confidence"),
    ({"confidence": Decimal("NaN")}, "confidence"),
    ({"confidence": Decimal("Infinity")}, "confidence"),
    ({"cost": Decimal("-0.01")}, "cost"),
    ({"cost": Decimal("1000000.01")}, "cost is not within 0 to 1,000,000 US dollars"),
    ({"cost": Decimal("NaN")}, "cost"),
]
"""What is wrong about a call, and a part of the reason that is given."""

GOOD: list[dict[str, Any]] = [
    {},
    {"occurred_at": NOW + timedelta(minutes=10)},
    {"occurred_at": NOW - RETENTION},
    {"tokens_in": 10**8, "tokens_cached": 10**8, "tokens_out": 10**8, "tokens_reasoning": 10**8},
    {"tokens_in": 0, "tokens_out": 0},
    {"latency_us": 0, "ttft_us": 0},
    {"latency_us": DAY_US, "ttft_us": DAY_US},
    {"rating": 1, "confidence": Decimal(0)},
    {"rating": 5, "confidence": Decimal(1)},
]


@pytest.fixture
def plain() -> Inference:
    return call(Random(1))


class TestCheck:
    @pytest.mark.parametrize(("change", "reason"), BAD, ids=str)
    def test_refuses_with_the_reason(self, plain: Inference, change: dict[str, Any], reason: str) -> None:
        with pytest.raises(Rejected) as refused:
            check(altered(plain, **change), NOW, RETENTION)
        assert reason in refused.value.message

    @pytest.mark.parametrize("change", GOOD, ids=str)
    def test_takes_what_is_within_bounds(self, plain: Inference, change: dict[str, Any]) -> None:
        check(altered(plain, **change), NOW, RETENTION)


class TestDigest:
    def test_differs_with_every_field_but_the_key_and_the_time(self, plain: Inference) -> None:
        values = {"bool": True, "int": 7, "Decimal": Decimal("0.7"), "str": "other"}
        changes = {f.name: next(v for kind, v in values.items() if kind in str(f.type)) for f in fields(Inference)
                   if f.name not in {"event_id", "occurred_at", "reported_by", "team_key"}}  # fmt: skip
        for digest in (Inference.digest, Inference.first_digest):
            digests = {digest(replace(plain, **{name: value})) for name, value in changes.items()}
            assert len(digests | {digest(plain)}) == len(changes) + 1

    def test_is_the_same_for_the_same_call_at_any_time(self, plain: Inference) -> None:
        later: datetime = NOW + timedelta(days=1)
        assert altered(plain, occurred_at=later).digest() == altered(plain).digest() == plain.digest()

    def test_does_not_tell_by_whom_it_was_reported(self, plain: Inference) -> None:
        key = UUID(int=7)
        assert altered(plain, reported_by=key, team_key=key).digest() == plain.digest()

    def test_is_what_it_was_when_calls_said_less(self) -> None:
        at = datetime(2026, 1, 1, tzinfo=UTC)
        said = Inference(
            event_id=UUID(int=1), occurred_at=at, provider="openai", model="gpt-5", team="red", tokens_in=3
        )
        assert said.first_digest().hex() == "d5bd6d6458d9184cc44ef4f88aff919e"
