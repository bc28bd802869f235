"""Model Hub's own form of a call, and the bodies in which calls come."""

from __future__ import annotations

import gzip
import zlib
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest

from app.metrics.ingest.rules import Inference
from app.metrics.receiving import bodies, litellm, native, otlp
from app.metrics.receiving.bodies import MAX_CONTENT, Form, TooLarge, read, unpacked
from app.metrics.receiving.spans import Unreadable
from tests.metrics.receiving.samples import AT, LITELLM, SPANS, call, lines


def one(**given: Any) -> Inference:
    (item,) = native.items([call("a", **given)])
    assert item.inference is not None, item.reason
    return item.inference


def reason(**given: Any) -> str:
    (item,) = native.items([call("a", **given)])
    assert item.inference is None
    return item.reason


class TestFields:
    def test_everything_that_can_be_said(self) -> None:
        found = one(
            environment="STAGING", deployment="chat", team="red", user="u", session="s", apiKey="gateway",
            operation="chat", useCase="triage", tokensCached=50, tokensReasoning=5, latencyMs=1234.5678,
            timeToFirstTokenMs=0.25, status="ERROR", errorCode="timeout", errorMessage="It took too long.", rating=4,
            accepted=False, confidence=0.1234567, costUsd="0.000000000001", experimentId="e", variantId="v",
            workflowRunId="run", pipelineContext={"step": "b", "attempt": 2},
        )  # fmt: skip
        assert found == Inference(
            event_id=native.id_of("a"), occurred_at=AT, provider="openai", model="gpt-5", environment="STAGING",
            service="chat", team="red", user="u", session="s", api_key="gateway", operation="chat", use_case="triage",
            tokens_in=100, tokens_out=10, tokens_cached=50, tokens_reasoning=5, latency_us=1234568, ttft_us=250,
            failed=True, error_code="timeout", error_message="It took too long.", rating=4, accepted=False,
            confidence=Decimal("0.123457"), cost=Decimal("0.000000000001"), experiment="e", variant="v",
            workflow_run="run", pipeline_context='{"attempt":2,"step":"b"}',
        )  # fmt: skip

    def test_null_is_absent(self) -> None:
        assert one(team=None, latencyMs=None, rating=None, tokensCached=None) == one()

    def test_an_id_is_taken_as_it_is_or_made_of_the_name(self) -> None:
        key = UUID(int=2**100 + 7)
        assert native.id_of(str(key)) == native.id_of(str(key).upper()) == key
        assert native.id_of("a") == native.id_of("a") != native.id_of("b")

    def test_a_failure_has_a_code_and_a_code_is_a_failure(self) -> None:
        assert one(status="ERROR").error_code == "unknown"
        assert one(errorCode="timeout").failed
        assert not one(status="OK").failed

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"eventId": None}, "eventId is missing"),
            ({"eventId": 7.5}, "eventId is not text"),
            ({"occurredAt": None}, "occurredAt is missing"),
            ({"occurredAt": "2026-11-20 16:00"}, "occurredAt is not a time with an offset (RFC 3339)"),
            ({"occurredAt": 1795188885}, "occurredAt is not a time (RFC 3339)"),
            ({"occurredAt": "9999-99-99T00:00:00Z"}, "occurredAt is not a time with an offset (RFC 3339)"),
            ({"model": ""}, "model is missing"),
            ({"provider": "  "}, "provider is missing"),
            ({"provider": ["openai"]}, "provider is not text"),
            ({"environment": "moon"}, "environment is none of DEVELOPMENT, STAGING, PRODUCTION"),
            ({"environment": []}, "environment is none of DEVELOPMENT, STAGING, PRODUCTION"),
            ({"status": "FINE"}, "status is none of OK, ERROR"),
            ({"status": {}}, "status is none of OK, ERROR"),
            ({"tokensIn": 1.5}, "tokensIn is not a whole number"),
            ({"tokensIn": "1e3"}, "tokensIn is not a whole number"),
            ({"tokensIn": [1]}, "tokensIn is not a whole number"),
            ({"latencyMs": "soon"}, "latencyMs is not a finite number"),
            ({"latencyMs": "inf"}, "latencyMs is not a finite number"),
            ({"latencyMs": 1e308}, "latencyMs is out of all proportion"),
            ({"rating": "good"}, "rating is not a whole number"),
            ({"accepted": 1}, "accepted is not true or false"),
            ({"costUsd": "EUR 3"}, "costUsd is not a number that can be held"),
            ({"costUsd": True}, "costUsd is not a number that can be held"),
            ({"costUsd": 1e30}, "costUsd is not a number that can be held"),
            ({"confidence": "1e400"}, "confidence is not a number that can be held"),
            ({"currency": "EUR", "costUsd": 3}, "has a field that is not known; see the list of fields"),
            ({"prompt": "a secret"}, "has a field that is not known; see the list of fields"),
            ({"errorMessage": "x" * 501}, "errorMessage is not one printable line of at most 500 characters"),
            ({"errorMessage": "a\nb"}, "errorMessage is not one printable line of at most 500 characters"),
            ({"user": "x" * 201}, "user is longer than 200 characters"),
            ({"user": "\x00"}, "user holds characters that cannot be printed"),
            ({"pipelineContext": "step"}, "pipelineContext is not an object"),
            ({"pipelineContext": {"a": "x" * 4096}}, "pipelineContext is longer than 4,096 bytes, or holds U+0000"),
            ({"pipelineContext": {"a": "\x00"}}, "pipelineContext is longer than 4,096 bytes, or holds U+0000"),
        ],
        ids=str,
    )  # fmt: skip
    def test_what_cannot_be_taken_is_told_without_its_value(self, given: dict[str, Any], told: str) -> None:
        assert reason(**given) == told

    @pytest.mark.parametrize("given", ["text", 7, None, ["list"]])
    def test_what_is_no_object(self, given: Any) -> None:
        assert [item.reason for item in native.items([given])] == ["is not an object"]
        assert [item.reason for item in litellm.items([given])] == ["is not an object"]


class TestBodies:
    def test_an_array_lines_and_a_single_call(self) -> None:
        calls = [call("a"), call("b")]
        found = native.items(calls)
        assert read(native.WAY, Form.JSON, orjson.dumps(calls)) == found
        assert read(native.WAY, Form.NDJSON, lines(*calls) + b"\n\n") == found
        assert read(native.WAY, Form.JSON, orjson.dumps(calls[0])) == found[:1]

    @pytest.mark.parametrize("broken", [b"{", b'{"eventId": NaN}', b'"\xff"', b'"\\ud800"'])
    def test_a_broken_line_takes_no_other_with_it(self, broken: bytes) -> None:
        found = read(native.WAY, Form.NDJSON, lines(call("a")) + b"\n" + broken + b"\n" + lines(call("b")))
        assert [item.reason for item in found] == ["", "is not an object", ""]

    @pytest.mark.parametrize("body", [b"", b"[", b"[{]", b"[" * 3000, b'[{"eventId": NaN}]', b"\xff\xfe"])
    def test_what_is_no_json(self, body: bytes) -> None:
        with pytest.raises(Unreadable):
            read(native.WAY, Form.JSON, body)

    def test_more_calls_than_one_request_may_hold(self) -> None:
        with pytest.raises(TooLarge):
            read(native.WAY, Form.JSON, b"[" + b"7," * bodies.MAX_CALLS + b"7]")


class TestGzip:
    def test_in_one_part_or_several(self) -> None:
        body = SPANS * 100
        assert unpacked(gzip.compress(body)) == body
        assert unpacked(gzip.compress(body[:99]) + gzip.compress(body[99:])) == body

    def test_a_bomb_is_not_unpacked(self) -> None:
        bomb = zlib.compressobj(9, zlib.DEFLATED, 31)
        packed = b"".join(bomb.compress(bytes(1 << 20)) for _ in range(MAX_CONTENT // (1 << 20) + 1)) + bomb.flush()
        assert len(packed) < MAX_CONTENT / 900
        with pytest.raises(TooLarge):
            unpacked(packed)

    def test_many_small_bombs_are_not_unpacked_either(self) -> None:
        with pytest.raises(TooLarge):
            unpacked(gzip.compress(bytes(MAX_CONTENT // 4)) * 5)

    @pytest.mark.parametrize("body", [SPANS, gzip.compress(SPANS)[:-9], gzip.compress(SPANS) + b"x", b"\x1f\x8b"])
    def test_what_is_none_or_is_cut_off(self, body: bytes) -> None:
        with pytest.raises(Unreadable):
            unpacked(body)


class TestLiteLLM:
    def test_captured_calls(self) -> None:
        plain, streamed, failed = (item.inference for item in litellm.items(LITELLM))
        assert plain is not None
        assert (plain.provider, plain.model, plain.answered_by) == ("openai", "gpt-5", None)
        assert (plain.operation, plain.environment, plain.service) == ("completion", "PRODUCTION", "prod-gpt5")
        assert (plain.team, plain.user, plain.session) == ("team-claims", "u42", None)
        assert (plain.tokens_in, plain.tokens_out, plain.tokens_cached, plain.tokens_reasoning) == (37, 8, 24, 3)
        assert (plain.latency_us, plain.ttft_us, plain.cost) == (553955, None, Decimal("0.00009925"))
        assert (plain.experiment, plain.variant, plain.failed) == ("exp1", "B", False)
        assert plain.occurred_at.isoformat() == "2026-11-20T15:35:23.564293+00:00"
        assert streamed is not None
        assert (streamed.latency_us, streamed.ttft_us) == (431900, 203863), "its own `response_time` is the first token"
        assert failed is not None
        assert (failed.failed, failed.error_code, failed.cost) == (True, "RateLimitError", None)
        assert "Traceback" not in repr(failed)

    def test_ids_are_those_of_the_call_as_those_of_the_answer_repeat(self) -> None:
        assert LITELLM[0]["id"] == LITELLM[1]["id"]
        assert len({item.inference.event_id for item in litellm.items(LITELLM) if item.inference}) == 3

    def test_a_proxy_names_deployments_groups_and_keys(self) -> None:
        about = {**LITELLM[0]["metadata"], "user_api_key_alias": "ci", "user_api_key_hash": "88dc"}
        through = {"model_id": "d-1", "model_group": "fast", "model": "openai/gpt-5", "end_user": "eve"}
        (item,) = litellm.items([{**LITELLM[0], **through, "metadata": about}])
        found = item.inference
        assert found is not None
        assert (found.service, found.model, found.answered_by) == ("d-1", "fast", "gpt-5")
        assert (found.api_key, found.user) == ("ci", "eve")

    @pytest.mark.parametrize(
        ("kind", "operation"),
        [("aembedding", "embedding"), ("anthropic_messages", "anthropic_messages"), ("completion", "completion")],
    )
    def test_operations(self, kind: str, operation: str) -> None:
        (item,) = litellm.items([{**LITELLM[0], "call_type": kind}])
        assert item.inference is not None
        assert item.inference.operation == operation

    def test_nothing_costs_nothing_only_from_the_cache(self) -> None:
        free = {**LITELLM[0], "response_cost": 0.0}
        costs = [item.inference.cost for item in litellm.items([free, {**free, "cache_hit": True}]) if item.inference]
        assert costs == [None, 0]

    @pytest.mark.parametrize(
        ("given", "told"),
        [
            ({"litellm_call_id": None}, "litellm_call_id is missing"),
            ({"model": None}, "model is missing"),
            ({"startTime": None}, "startTime is missing"),
            ({"startTime": "yesterday"}, "startTime is not a finite number"),
            ({"startTime": 1e300}, "startTime is out of all proportion"),
            ({"startTime": 1e15}, "startTime is out of all proportion"),
            ({"metadata": "none"}, "metadata is not an object"),
            ({"prompt_tokens": {}}, "prompt_tokens is not a whole number"),
            ({"response_cost": "free"}, "response_cost is not a number that can be held"),
        ],
        ids=str,
    )
    def test_what_cannot_be_taken(self, given: dict[str, Any], told: str) -> None:
        item, good = litellm.items([{**LITELLM[0], **given}, LITELLM[0]])
        assert (item.inference, item.reason) == (None, told)
        assert good.inference is not None

    def test_a_clock_that_went_back_leaves_the_latency_unknown(self) -> None:
        (item,) = litellm.items([{**LITELLM[0], "endTime": 1.0}])
        assert item.inference is not None
        assert item.inference.latency_us is None


def test_an_event_of_one_way_is_none_of_another() -> None:
    ids = {item.inference.event_id for item in otlp.items(bodies.of_protobuf(SPANS)) if item.inference}
    ids |= {item.inference.event_id for item in litellm.items(LITELLM) if item.inference}
    assert len(ids) == 7
