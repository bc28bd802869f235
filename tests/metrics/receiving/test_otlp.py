"""Spans of real instrumentations become the records that they stand for, in both encodings."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import orjson
import pytest

from app.metrics.ingest.rules import Inference
from app.metrics.receiving import otlp
from app.metrics.receiving.spans import Unreadable, of_json, of_protobuf
from app.metrics.receiving.values import Item
from tests.metrics.receiving.samples import AT, SPANS, add_span, as_json, captured_spans, export

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5"}


def items(request: Any) -> list[Item]:
    """What an export gives, which is the same in both encodings."""
    found = otlp.items(of_protobuf(request.SerializeToString()))
    assert otlp.items(of_json(as_json(request))) == found
    return found


def one(told: dict[str, Any], **columns: Any) -> Inference:
    """The inference that a span with these attributes stands for."""
    request = export()
    add_span(request, 1, told, **columns)
    (item,) = items(request)
    assert item.inference is not None, item.reason
    return item.inference


class TestCaptured:
    def test_gives_the_four_calls_and_nothing_for_the_span_around_them(self) -> None:
        found = [item.inference for item in items(captured_spans())]
        chat, streamed, limited, embedding = found
        assert chat == Inference(
            event_id=UUID("e6f8319f-4ca6-56f8-8d12-0076af745991"),
            occurred_at=datetime(2026, 11, 20, 15, 34, 45, 232413, UTC),
            provider="openai",
            model="gpt-5",
            answered_by="gpt-5-2026-10-01",
            environment="PRODUCTION",
            service="127.0.0.1:4398",
            team="claims",
            user="u42",
            operation="chat",
            tokens_in=37,
            tokens_out=8,
            tokens_cached=24,
            tokens_reasoning=3,
            latency_us=62398,
        )
        assert streamed is not None
        assert (streamed.ttft_us, streamed.latency_us, streamed.tokens_in) == (55304, 94534, 37)
        assert limited is not None
        assert (limited.model, limited.failed, limited.error_code) == ("rate-limited", True, "RateLimitError")
        assert (limited.tokens_in, limited.answered_by, limited.error_message) == (0, None, None)
        assert embedding is not None
        assert (embedding.operation, embedding.model, embedding.tokens_in) == (
            "embeddings",
            "text-embedding-3-small",
            5,
        )

    def test_names_each_call_by_trace_and_span(self) -> None:
        assert items(captured_spans())[0].event == "4edd6c37b969d0ae8c109ed3b00da5d3:1b0fb4baef0ddb0a"

    def test_holds_only_what_is_wanted(self) -> None:
        for span in of_protobuf(SPANS):
            assert "gen_ai.response.id" not in span.attributes


DIALECTS = {
    "OpenTelemetry": {
        **CHAT,
        "gen_ai.response.model": "gpt-5-2026-10-01",
        "gen_ai.usage.input_tokens": 30,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.usage.cache_read.input_tokens": 20,
        "gen_ai.usage.reasoning.output_tokens": 2,
    },
    "OpenTelemetry before 1.37": {
        "gen_ai.operation.name": "chat",
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt-5",
        "gen_ai.response.model": "gpt-5-2026-10-01",
        "gen_ai.usage.prompt_tokens": 30,
        "gen_ai.usage.completion_tokens": 7,
        "gen_ai.usage.cache_read_input_tokens": 20,
        "gen_ai.usage.reasoning_tokens": 2,
    },
    "OpenLLMetry": {
        "llm.request.type": "chat",
        "gen_ai.system": "OpenAI",
        "gen_ai.request.model": "gpt-5",
        "gen_ai.response.model": "gpt-5-2026-10-01",
        "gen_ai.usage.input_tokens": 30,
        "gen_ai.usage.output_tokens": 7,
        "gen_ai.usage.cache_read_input_tokens": 20,
        "gen_ai.usage.reasoning_tokens": 2,
        "gen_ai.prompt.0.content": "a secret",
    },
    "OpenInference": {
        "openinference.span.kind": "LLM",
        "llm.system": "openai",
        "llm.invocation_parameters": '{"model": "gpt-5", "temperature": 1}',
        "llm.model_name": "gpt-5-2026-10-01",
        "llm.token_count.prompt": 30,
        "llm.token_count.completion": 7,
        "llm.token_count.prompt_details.cache_read": 20,
        "llm.token_count.completion_details.reasoning": 2,
        "input.value": "a secret",
    },
    "Langfuse": {
        "langfuse.observation.type": "generation",
        "gen_ai.system": "openai",
        "langfuse.observation.model.name": "gpt-5-2026-10-01",
        "langfuse.observation.usage_details": (
            '{"input": 30, "output": 7, "input_cached_tokens": 20, "output_reasoning_tokens": 2}'
        ),
        "langfuse.observation.input": "a secret",
    },
}


class TestDialects:
    @pytest.mark.parametrize("dialect", DIALECTS)
    def test_say_the_same(self, dialect: str) -> None:
        found = one(DIALECTS[dialect])
        assert found == one(DIALECTS["OpenTelemetry"])
        assert (found.tokens_in, found.tokens_out, found.tokens_cached, found.tokens_reasoning) == (30, 7, 20, 2)
        assert (found.operation, found.model, found.answered_by) == ("chat", "gpt-5", "gpt-5-2026-10-01")
        assert "secret" not in repr(found)

    @pytest.mark.parametrize(
        "told",
        [
            {"gen_ai.operation.name": "execute_tool", "gen_ai.request.model": "gpt-5"},
            {"gen_ai.operation.name": "invoke_agent", "gen_ai.request.model": "gpt-5", "gen_ai.usage.input_tokens": 9},
            {"openinference.span.kind": "AGENT", "llm.model_name": "gpt-5"},
            {"openinference.span.kind": "CHAIN"},
            {"traceloop.span.kind": "workflow", "gen_ai.request.model": "gpt-5", "gen_ai.system": "openai"},
            {"langfuse.observation.type": "span", "gen_ai.request.model": "gpt-5"},
            {"http.request.method": "POST"},
            {},
        ],
        ids=str,
    )
    def test_spans_that_are_no_model_call_are_of_no_concern(self, told: dict[str, Any]) -> None:
        assert items(export(told)) == []

    def test_langfuse_tells_costs_and_the_first_token(self) -> None:
        first = (AT + timedelta(milliseconds=250)).isoformat()
        found = one(
            {
                **DIALECTS["Langfuse"],
                "langfuse.observation.cost_details": '{"input": 0.1, "total": 0.25}',
                "langfuse.observation.completion_start_time": f'"{first}"',
                "langfuse.environment": "staging",
                "langfuse.user.id": "u1",
                "langfuse.session.id": "s1",
            }
        )
        assert (found.cost, found.ttft_us, found.environment) == (Decimal("0.25"), 250_000, "STAGING")
        assert (found.user, found.session) == ("u1", "s1")

    def test_langfuse_passes_on_what_openai_says(self) -> None:
        said = {"prompt_tokens": 30, "completion_tokens": 7, "prompt_tokens_details": {"cached_tokens": 20}}
        details = orjson.dumps({**said, "completion_tokens_details": {"reasoning_tokens": 2}}).decode()
        found = one({**DIALECTS["Langfuse"], "langfuse.observation.usage_details": details})
        assert found == one(DIALECTS["Langfuse"])

    def test_a_dated_name_alone_was_most_likely_asked_for_without_its_date(self) -> None:
        told = {"langfuse.observation.type": "generation", "langfuse.observation.model.name": "gpt-5-2026-10-01"}
        found = one(told)
        assert (found.provider, found.model, found.answered_by) == ("unknown", "gpt-5", "gpt-5-2026-10-01")
        assert one({**told, "langfuse.observation.model.name": "gpt-5"}).answered_by is None


class TestWhatIsAround:
    def test_what_is_nearest_wins(self) -> None:
        request = export({"user.id": "far", "session.id": "far", "modelhub.use_case": "far"})
        add_span(request, 2, {"user.id": "near", "session.id": "near"}, parent=1)
        add_span(request, 3, {**CHAT, "user.id": "own"}, parent=2)
        for name, value in {"team": "red", "modelhub.use_case": "resource", "deployment.environment": "dev"}.items():
            request.resource_spans[0].resource.attributes.add(key=name).value.string_value = value
        (item,) = items(request)
        found = item.inference
        assert found is not None
        assert (found.user, found.session, found.use_case, found.team) == ("own", "near", "far", "red")
        assert found.environment == "DEVELOPMENT"

    def test_spans_that_contain_each_other_do_not_matter(self) -> None:
        request = export()
        add_span(request, 1, CHAT, parent=2)
        add_span(request, 2, {"user.id": "u"}, parent=1)
        (item,) = items(request)
        assert item.inference is not None
        assert item.inference.user == "u"

    def test_experiments_and_workflows(self) -> None:
        told = {"feature_flag.key": "exp1", "feature_flag.result.variant": "B", "modelhub.workflow_run": "run-7"}
        found = one({**CHAT, **told})
        assert (found.experiment, found.variant, found.workflow_run) == ("exp1", "B", "run-7")
        ours = one({**CHAT, **told, "modelhub.experiment": "ours", "modelhub.variant": "A"})
        assert (ours.experiment, ours.variant) == ("ours", "A")

    def test_a_named_deployment_goes_before_the_address(self) -> None:
        address = {"server.address": "api.example.com", "server.port": 443}
        assert one({**CHAT, **address}).service == "api.example.com:443"
        assert one({**CHAT, **address, "modelhub.deployment.id": "chat-prod"}).service == "chat-prod"


class TestFigures:
    @pytest.mark.parametrize("name", ["First Token Stream Event", "gen_ai.content.completion.chunk"])
    def test_first_token_by_the_first_such_event(self, name: str) -> None:
        request = export()
        span = add_span(request, 1, CHAT)
        for after in (700, 300, 900):
            span.events.add(name=name, time_unix_nano=span.start_time_unix_nano + after * 1_000_000)
        (item,) = items(request)
        assert item.inference is not None
        assert item.inference.ttft_us == 300_000

    def test_parts_that_are_more_than_the_whole_are_added_to_it(self) -> None:
        found = one({**CHAT, "gen_ai.usage.input_tokens": 10, "gen_ai.usage.cache_read.input_tokens": 90})
        assert (found.tokens_in, found.tokens_cached) == (100, 90)

    def test_a_clock_that_went_back_leaves_the_latency_unknown(self) -> None:
        assert one(CHAT, end_time_unix_nano=1).latency_us is None

    def test_cost_of_a_library_counts_unless_it_is_nothing(self) -> None:
        assert one({**CHAT, "llm.cost.total": 9.925e-05}).cost == Decimal("0.00009925")
        assert one({**CHAT, "llm.cost.total": 0.0}).cost is None

    def test_scores_count_as_ratings_only_if_they_are_called_so(self) -> None:
        assert one({**CHAT, "gen_ai.evaluation.name": "User rating", "gen_ai.evaluation.score.value": 4.0}).rating == 4
        assert one({**CHAT, "gen_ai.evaluation.name": "relevance", "gen_ai.evaluation.score.value": 1.0}).rating is None
        assert one({**CHAT, "modelhub.rating": 2, "modelhub.accepted": False}).rating == 2

    def test_failures_have_the_last_part_of_the_errors_name(self) -> None:
        assert one({**CHAT, "error.type": "openai.APITimeoutError"}).error_code == "APITimeoutError"
        request = export()
        span = add_span(request, 1, CHAT)
        span.status.code = 2
        span.status.message = "a secret"
        event = span.events.add(name="exception")
        event.attributes.add(key="exception.type").value.string_value = "httpx.ReadTimeout"
        event.attributes.add(key="exception.stacktrace").value.string_value = "a secret"
        (item,) = items(request)
        assert item.inference is not None
        assert (item.inference.failed, item.inference.error_code) == (True, "ReadTimeout")
        assert "secret" not in repr(item)


BAD = [
    ({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai"}, "gen_ai.request.model is missing"),
    ({**CHAT, "gen_ai.usage.input_tokens": "many"}, "tokens_in is not a whole number"),
    ({**CHAT, "gen_ai.usage.input_tokens": 1.5}, "tokens_in is not a whole number"),
    ({**CHAT, "gen_ai.usage.input_tokens": True}, "tokens_in is not a whole number"),
    ({**CHAT, "gen_ai.response.time_to_first_chunk": float("inf")}, "is not a finite number"),
    ({**CHAT, "gen_ai.response.time_to_first_chunk": 1e300}, "out of all proportion"),
    ({**CHAT, "llm.cost.total": 1e300}, "llm.cost.total is not a number that can be held"),
    ({**CHAT, "user.id": "x" * 201}, "user is longer than 200 characters"),
    ({**CHAT, "user.id": "a\nb"}, "user holds characters that cannot be printed"),
    ({**CHAT, "user.id": 1.5}, "user is not text"),
    ({**CHAT, "modelhub.accepted": "yes"}, "modelhub.accepted is not true or false"),
]


class TestRejected:
    @pytest.mark.parametrize(("told", "reason"), BAD, ids=str)
    def test_says_why_without_repeating_values(self, told: dict[str, Any], reason: str) -> None:
        item, good = otlp.items(of_protobuf(export(told, CHAT).SerializeToString()))
        assert reason in item.reason
        assert item.inference is None
        assert good.inference is not None

    @pytest.mark.parametrize("ids", [{"span_id": bytes(8)}, {"trace_id": bytes(16)}, {"span_id": b"\1"}], ids=str)
    def test_spans_without_valid_ids(self, ids: dict[str, Any]) -> None:
        request = export()
        add_span(request, 1, CHAT, **ids)
        assert [item.reason for item in items(request)] == ["the span has no valid ids"]

    def test_times_out_of_all_proportion(self) -> None:
        request = export()
        add_span(request, 1, CHAT, start_time_unix_nano=2**64 - 1, end_time_unix_nano=2**64 - 1)
        (item,) = items(request)
        assert item.inference is not None, "2554 can be written; that it is in the future is said by who knows the time"

    @pytest.mark.parametrize("body", [SPANS[:-1], SPANS[:700], b"\xff" * 20, b"{}"], ids=len)
    def test_what_is_no_protobuf(self, body: bytes) -> None:
        with pytest.raises(Unreadable):
            of_protobuf(body)

    @pytest.mark.parametrize(
        "written",
        [
            "[]",
            "{",
            "7",
            "null",
            '{"resourceSpans": 7}',
            '{"resourceSpans": [[]]}',
            '{"resourceSpans": {"scopeSpans": []}}',
            '{"resourceSpans": [{"scopeSpans": [{"spans": [{"traceId": "xyz"}]}]}]}',
            '{"resourceSpans": [{"scopeSpans": [{"spans": [{"startTimeUnixNano": "soon"}]}]}]}',
            '{"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": {"gen_ai.system": 7}}]}]}]}',
            '{"resourceSpans": [{"scopeSpans": [{"spans": [{"attributes": [{"key": ["team"]}]}]}]}]}',
            '{"resourceSpans": [{"resource": {"attributes": [{"key": "team", "value": {"stringValue": 7}}]}}]}',
            "[" * 5000 + "]" * 5000,
        ],
        ids=lambda text: text[:60],
    )
    def test_what_is_no_export_in_json(self, written: str) -> None:
        with pytest.raises(Unreadable):
            of_json(written.encode())

    def test_numbers_in_json_may_be_text_or_not(self) -> None:
        written = orjson.loads(as_json(captured_spans()))
        span = written["resourceSpans"][0]["scopeSpans"][0]["spans"][0]
        assert isinstance(span["startTimeUnixNano"], str)
        span["startTimeUnixNano"] = int(span["startTimeUnixNano"])
        assert otlp.items(of_json(orjson.dumps(written))) == items(captured_spans())

    def test_ids_in_json_may_be_in_capitals(self) -> None:
        written = orjson.loads(as_json(captured_spans()))
        for span in written["resourceSpans"][0]["scopeSpans"][0]["spans"]:
            span["traceId"] = span["traceId"].upper()
        for span in written["resourceSpans"][0]["scopeSpans"][1]["spans"]:
            span["traceId"] = span["traceId"].upper()
        assert otlp.items(of_json(orjson.dumps(written))) == items(captured_spans())


def test_same_span_is_the_same_event_and_another_another() -> None:
    first, second = (item.inference for item in items(export(CHAT, CHAT)))
    assert first is not None
    assert second is not None
    assert first.event_id != second.event_id
    assert replace(second, event_id=first.event_id) == first == one(CHAT)
