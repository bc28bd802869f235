"""The ways in over HTTP: who may send, what is answered, what is kept and what is not."""

from __future__ import annotations

import asyncio
import os
import signal
from base64 import b64encode
from collections.abc import AsyncIterator
from decimal import Decimal

import orjson
import pytest
import pytest_asyncio
from google.rpc.status_pb2 import Status
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse

from app.embedded import EmbeddedServers
from app.identity.rules import Role
from app.metrics.receiving import admission
from app.metrics.receiving.bodies import MAX_BODY
from app.metrics.receiving.decoding import IN_A_THREAD
from app.metrics.receiving.service import receiver_of
from app.migrate import migrate
from app.settings import Settings
from tests.conftest import Api, answering
from tests.identity.people import member, signed_in, user
from tests.kit.rows import execute, price, provider, put, select_rows, team
from tests.kit.rows import model as model_row
from tests.metrics.receiving.samples import (
    GZIP,
    JSON,
    LITELLM,
    NDJSON,
    NOW,
    PROTOBUF,
    SPANS,
    as_json,
    call,
    captured_spans,
    export,
    lines,
    packed,
)
from tests.metrics.receiving.sending import LANGFUSE, LITE, NATIVE, TRACES, TYPES, WAYS, report, send, stored
from tests.servers import private_servers

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "openai", "gen_ai.request.model": "gpt-5"}


@pytest_asyncio.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    """The API shortly after the samples were captured."""
    async with answering(settings, lambda: NOW) as opened:
        yield opened


async def rejected(api: Api) -> list[tuple[str, str, str, int]]:
    """What was put on record as rejected."""
    rows = await select_rows(api.database, "select way, event, reason, times from inference_rejected order by 2, 3")
    return [(row["way"], row["event"], row["reason"], row["times"]) for row in rows]


class TestWhoMaySend:
    @pytest.mark.parametrize("way", WAYS)
    async def test_nobody_without_a_credential(self, api: Api, way: str) -> None:
        for header in ("", "Bearer", "Bearer x", "Basic", "Basic x", f"Basic {b64encode(b'a').decode()}", "Digest a"):
            headers = {**TYPES[way], "authorization": header}
            answer = await api.client.post(way, content=b"", headers=headers)
            assert answer.status_code == 401, header
            assert answer.headers["www-authenticate"].startswith("Bearer")

    @pytest.mark.parametrize("way", WAYS)
    async def test_nobody_who_may_only_look(self, api: Api, way: str) -> None:
        answer = await send(api, way, SPANS, role=Role.ANALYST)
        assert answer.status_code == 403
        if way in {TRACES, LANGFUSE}:
            status = Status.FromString(answer.content)
            assert (status.code, "telemetry:write" in status.message) == (7, True)
        else:
            assert answer.json()["errors"][0]["extensions"]["code"] == "FORBIDDEN"
        assert await stored(api) == []

    async def test_a_key_as_the_password_of_basic(self, api: Api) -> None:
        basic = b64encode(f"anything:{api.token(Role.DEVELOPER)}".encode()).decode()
        answer = await api.client.post(LANGFUSE, content=SPANS, headers={**PROTOBUF, "authorization": f"Basic {basic}"})
        assert answer.status_code == 200
        assert len(await stored(api)) == 4

    @pytest.mark.parametrize("way", WAYS)
    async def test_only_by_post(self, api: Api, way: str) -> None:
        headers = {"authorization": f"Bearer {api.token()}"}
        assert (await api.client.get(way, headers=headers)).status_code == 405


class TestNative:
    async def test_each_call_has_its_answer(self, api: Api) -> None:
        first = await report(api, call("a"), call("b", tokensIn=-1), {"eventId": "c"}, call("d"))
        assert first == {
            "accepted": 2, "duplicates": 0, "conflicts": 0, "rejected": 2,
            "results": [
                {"index": 1, "eventId": "b", "outcome": "REJECTED", "reason": "a token count is negative"},
                {"index": 2, "eventId": "c", "outcome": "REJECTED", "reason": "occurredAt is missing"},
            ],
        }  # fmt: skip
        second = await report(api, call("a"), call("d", tokensIn=7), call("e"), call("e"))
        assert second == {
            "accepted": 2 - 1, "duplicates": 2, "conflicts": 1, "rejected": 0,
            "results": [
                {"index": 0, "eventId": "a", "outcome": "DUPLICATE"},
                {"index": 1, "eventId": "d", "outcome": "CONFLICT",
                 "reason": "the same event id came before with other content"},
                {"index": 3, "eventId": "e", "outcome": "DUPLICATE"},
            ],
        }  # fmt: skip
        assert len(await stored(api)) == 3

    async def test_all_that_is_said_is_kept(self, api: Api) -> None:
        said = call(
            "a", session="s", apiKey="gateway", experimentId="e", variantId="v", workflowRunId="run", costUsd="1.25",
            pipelineContext={"step": 2}, rating=4, accepted=True, confidence="0.5", team="red", deployment="chat",
        )  # fmt: skip
        await report(api, said)
        (row,) = await stored(api)
        assert (row["session_key"], row["api_key"], row["experiment"], row["variant"]) == ("s", "gateway", "e", "v")
        assert (row["workflow_run"], row["pipeline_context"]) == ("run", {"step": 2})
        assert (row["cost"], row["cost_source"]) == (Decimal("1.25"), "REPORTED")
        assert (row["rating"], row["accepted"], row["confidence"]) == (4, True, Decimal("0.5"))
        assert (row["team"], row["deployment"]) == ("red", "chat")

    async def test_lines_and_gzip(self, api: Api) -> None:
        body = lines(call("a"), call("b")) + b"\nbroken\n"
        answer = await send(api, NATIVE, packed(body), {**NDJSON, **GZIP})
        assert (answer.json()["accepted"], answer.json()["rejected"]) == (2, 1)
        assert await rejected(api) == [("native", "", "is not an object", 1)]

    async def test_a_huge_body_is_stored_in_parts(self, api: Api) -> None:
        calls = [call(f"call-{number}", useCase="triage") for number in range(15_000)]
        body = orjson.dumps(calls)
        assert len(body) > IN_A_THREAD
        for accepted, duplicates in ((14_999, 1), (0, 15_000)):
            answer = (await send(api, NATIVE, body.replace(b"call-7777", b"call-7776"))).json()
            assert (answer["accepted"], answer["duplicates"]) == (accepted, duplicates), answer["results"][:3]

    async def test_a_huge_body_that_cannot_be_read_leaves_nothing(self, api: Api) -> None:
        calls = orjson.dumps([call(f"call-{number}") for number in range(15_000)])
        answer = await send(api, NATIVE, calls[:-1])
        assert (answer.status_code, answer.json()["errors"][0]["message"]) == (400, "The body is not JSON.")
        assert await stored(api) == []


class TestOtlp:
    @pytest.mark.parametrize("way", [TRACES, LANGFUSE])
    async def test_captured_export_is_stored_as_the_mapping_says(self, api: Api, way: str) -> None:
        acme = provider("openai")
        gpt = model_row(acme, "gpt-5")
        rates = {"INPUT": "1.25", "CACHED_INPUT": "0.125", "OUTPUT": "10"}
        await put(api.database, acme, gpt, *(price(gpt, name, usd) for name, usd in rates.items()))
        answer = await send(api, way, packed(SPANS), GZIP)
        assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-protobuf")
        assert answer.content == b"", "an empty message: all of it was taken"
        chat, streamed, limited, embedding = await stored(api)
        assert (chat["model"], chat["cost"], chat["cost_source"]) == (
            "openai/gpt-5",
            Decimal("0.00009925"),
            "PRICE_LIST",
        )
        assert (streamed["ttft_us"], streamed["cost"]) == (55304, Decimal("0.00009925"))
        assert (limited["model"], limited["source"], limited["model_status"]) == (
            *("openai/rate-limited", "DISCOVERED", "EXPERIMENTAL"),
        )
        assert (limited["cost"], limited["cost_source"], limited["error_code"]) == (None, None, "RateLimitError")
        assert embedding["model"] == "openai/text-embedding-3-small"
        assert {row["team"] for row in (chat, streamed, limited, embedding)} == {"claims"}
        assert {row["user_key"] for row in (chat, streamed, limited, embedding)} == {"u42"}
        assert {row["deployment"] for row in (chat, streamed, limited, embedding)} == {"127.0.0.1:4398"}

    async def test_json_is_answered_in_json_and_is_the_same_event(self, api: Api) -> None:
        await send(api, TRACES, SPANS)
        answer = await send(api, TRACES, as_json(captured_spans()), JSON)
        assert (answer.status_code, answer.headers["content-type"], answer.json()) == (200, "application/json", {})
        assert len(await stored(api)) == 4

    async def test_partial_success_says_how_many_and_why(self, api: Api) -> None:
        request = export(CHAT, {**CHAT, "user.id": "x" * 201}, {**CHAT, "gen_ai.usage.input_tokens": -5})
        answer = ExportTraceServiceResponse.FromString((await send(api, TRACES, request.SerializeToString())).content)
        assert answer.partial_success.rejected_spans == 2
        assert "1: user is longer than 200 characters" in answer.partial_success.error_message
        assert "1: a token count is negative" in answer.partial_success.error_message
        answer = (await send(api, TRACES, as_json(request), JSON)).json()
        assert answer["partialSuccess"]["rejectedSpans"] == "2"
        assert [times for *_, times in await rejected(api)] == [2, 2]

    @pytest.mark.parametrize(
        ("body", "headers", "status"),
        [
            (SPANS[:-1], {}, 400),
            (SPANS, {"content-type": "text/plain"}, 415),
            (SPANS, {"content-type": ""}, 415),
            (SPANS, {"content-encoding": "br"}, 415),
            (SPANS, GZIP, 400),
            (packed(bytes(40 * 1024 * 1024)), GZIP, 413),
            (bytes(MAX_BODY + 1), {}, 413),
            (b"", {}, 200),
        ],
        ids=["truncated", "type", "no type", "encoding", "no gzip", "bomb", "large", "empty"],
    )
    async def test_what_is_no_export(self, api: Api, body: bytes, headers: dict[str, str], status: int) -> None:
        answer = await send(api, TRACES, body, headers)
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/x-protobuf"
        assert "retry-after" not in answer.headers, "the same again would be as wrong"
        if status != 200:
            assert Status.FromString(answer.content).message
        assert await stored(api) == []

    async def test_what_is_no_export_in_json(self, api: Api) -> None:
        answer = await send(api, TRACES, b'{"resourceSpans": 7}', JSON)
        assert (answer.status_code, answer.json()["code"]) == (400, 3)

    async def test_an_attribute_of_10_mb_does_no_harm(self, api: Api) -> None:
        request = export(
            {**CHAT, "gen_ai.input.messages": "x" * 10_000_000}, CHAT, {**CHAT, "user.id": "x" * 10_000_000}
        )
        for body, headers in ((request.SerializeToString(), PROTOBUF), (as_json(request), JSON)):
            answer = await send(api, TRACES, packed(body), {**headers, **GZIP})
            assert answer.status_code == 200
        assert len(await stored(api)) == 2
        assert [(reason, times) for *_, reason, times in await rejected(api)] == [
            ("user is longer than 200 characters", 2)
        ]


class TestLiteLLM:
    @pytest.mark.parametrize("form", ["array", "lines", "lines that are called JSON", "single"])
    async def test_captured_calls_in_every_form_of_the_callback(self, api: Api, form: str) -> None:
        if form == "single":
            answers = [await send(api, LITE, orjson.dumps(each)) for each in LITELLM]
        else:
            body = orjson.dumps(LITELLM) if form == "array" else lines(*LITELLM)
            kind = NDJSON if form == "lines" else JSON
            answers = [await send(api, LITE, body, kind)]
        assert sum(answer.json()["accepted"] for answer in answers) == 3
        plain, streamed, failed = await stored(api)
        assert (plain["cost"], plain["cost_source"], plain["team"]) == (
            Decimal("0.00009925"),
            "REPORTED",
            "team-claims",
        )
        assert (streamed["latency_us"], streamed["ttft_us"]) == (431900, 203863)
        assert (failed["model"], failed["failed"], failed["error_code"]) == (
            "openai/rate-limited",
            True,
            "RateLimitError",
        )


class TestWhatIsKept:
    async def test_nothing_of_what_was_said_to_a_model_or_by_it(self, api: Api) -> None:
        talk = {"messages": [{"role": "user", "content": "SECRET"}], "response": {"choices": ["SECRET"]}}
        fault = {"error_class": "Timeout", "error_message": "SECRET", "traceback": "SECRET"}
        lite = {
            **LITELLM[2],
            **talk,
            "error_information": fault,
            "error_str": "SECRET",
            "model_parameters": {"p": "SECRET"},
        }
        await send(api, LITE, orjson.dumps([lite]))
        told = {
            **CHAT,
            "gen_ai.prompt.0.content": "SECRET",
            "gen_ai.output.messages": "SECRET",
            "error.type": "Timeout",
        }
        request = export(told, {**told, "user.id": "SECRET" * 50})
        request.resource_spans[0].scope_spans[0].spans[0].status.message = "SECRET"
        await send(api, TRACES, request.SerializeToString())
        await report(api, call("a", prompt="SECRET"), call("b", tokensIn="SECRET"))
        assert len(await stored(api)) == 2
        tables = await select_rows(
            api.database, "select tablename as name from pg_tables where schemaname = 'public' order by 1"
        )
        for name in (table["name"] for table in tables):
            rows = await select_rows(api.database, f"select count(*) as n from {name} t where t::text ~ 'SECRET'")
            assert rows == [{"n": 0}], name

    async def test_a_call_without_a_team_belongs_to_the_only_one_of_who_sent_it(self, api: Api) -> None:
        red, ann = team("red"), user("ann", Role.DEVELOPER)
        await put(api.database, red, ann, member(red, ann))
        caller = await signed_in(api, ann)
        headers = {**JSON, "authorization": f"Bearer {caller.access}"}
        body = orjson.dumps([call("a"), call("b", team="blue")])
        assert (await api.client.post(NATIVE, content=body, headers=headers)).json()["accepted"] == 2
        assert sorted(str(row["team"]) for row in await stored(api)) == ["blue", "red"]
        assert all(row["reported_by"] for row in await stored(api))

    async def test_a_dated_name_is_the_model_that_was_asked_for_unless_it_is_known(self, api: Api) -> None:
        acme = provider("openai")
        await put(api.database, acme, model_row(acme, "gpt-5"))
        answered = [{**CHAT, "gen_ai.response.model": name} for name in ("gpt-5-2026", "gpt-5-mini")]
        await send(api, TRACES, export(*answered).SerializeToString())
        assert {row["model"] for row in await stored(api)} == {"openai/gpt-5"}
        await put(api.database, model_row(acme, "gpt-5-turbo"))
        told = {**CHAT, "gen_ai.response.model": "gpt-5-turbo", "gen_ai.usage.input_tokens": 1}
        await send(api, LANGFUSE, export({}, {}, told).SerializeToString())
        assert sorted({row["model"] for row in await stored(api)}) == ["openai/gpt-5", "openai/gpt-5-turbo"]

    async def test_usage_can_be_asked_for_at_once(self, api: Api) -> None:
        acme = provider("openai")
        gpt = model_row(acme, "gpt-5")
        await put(api.database, acme, gpt, price(gpt, "INPUT", "2"), price(gpt, "OUTPUT", "10"))
        await report(api, call("a"), call("b", rating=5))
        query = """{ model(by: {slug: "openai/gpt-5"}) { metrics(range: {preset: LAST_HOUR}) {
            requests { total } cost { total } quality { avgUserRating } } } }"""
        found = (await api.data(query))["model"]["metrics"]
        assert found["requests"]["total"] == 2
        assert Decimal(found["cost"]["total"]) == Decimal("0.0006")
        assert found["quality"]["avgUserRating"] == 5


class TestRejected:
    async def test_a_sender_that_never_gives_up_is_one_row(self, api: Api) -> None:
        for _ in range(5):
            await report(api, call("a", tokensIn=-1), call("b", occurredAt="1999-01-01T00:00:00Z"))
        old = "occurred_at is older than the retention of raw inferences (30 days)"
        assert await rejected(api) == [("native", "a", "a token count is negative", 5), ("native", "b", old, 5)]

    async def test_is_counted(self, api: Api) -> None:
        await report(api, call("a"), call("a"), call("a", tokensIn=1), call("b", tokensIn=-1))
        answer = await api.client.get("/metrics", headers={"authorization": f"Bearer {api.token()}"})
        for outcome in ("ACCEPTED", "DUPLICATE", "CONFLICT", "REJECTED"):
            assert f'modelhub_ingest_calls_total{{outcome="{outcome}",way="native"}} 1.0' in answer.text

    @pytest.mark.parametrize("at", ["2026-11-20T17:00:00Z", "2200-01-01T00:00:00Z", "0001-01-01T00:00:00+14:00"])
    async def test_times_that_cannot_be(self, api: Api, at: str) -> None:
        assert (await report(api, call("a", occurredAt=at)))["rejected"] == 1


class TestBackPressure:
    async def test_more_requests_than_can_be_held_are_asked_to_wait(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(admission, "MAX_REQUESTS", 2)
        arrived, go = asyncio.Event(), asyncio.Event()

        async def slowly() -> AsyncIterator[bytes]:
            yield b"["
            arrived.set()
            await go.wait()
            yield b"]"

        headers = {**JSON, "authorization": f"Bearer {api.token()}"}
        waiting = [asyncio.create_task(api.client.post(NATIVE, content=slowly(), headers=headers)) for _ in range(2)]
        await asyncio.wait_for(arrived.wait(), 5)
        await asyncio.sleep(0.05)
        assert (await send(api, LITE, b"[]")).status_code == 503, "it would not come again after a 429"
        refused = await send(api, TRACES, SPANS)
        assert (refused.status_code, Status.FromString(refused.content).code) == (429, 8)
        assert int(refused.headers["retry-after"]) >= 1
        go.set()
        assert [(await each).status_code for each in waiting] == [200, 200]
        assert (await send(api, TRACES, SPANS)).status_code == 200
        gate = receiver_of(api.database).gate
        assert (gate.requests, gate.bytes) == (0, 0)

    async def test_more_bytes_than_can_be_held_are_asked_to_wait(
        self, api: Api, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(admission, "MAX_BYTES", 1000)
        answer = await send(api, NATIVE, orjson.dumps([call("a" * 100) for _ in range(10)]))
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (429, "RATE_LIMIT_EXCEEDED")
        assert receiver_of(api.database).gate.bytes == 0
        assert (await report(api, call("a")))["accepted"] == 1


async def test_what_is_removed_from_the_catalog_is_discovered_anew(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("app.metrics.ingest.directory.REMEMBERED", -1.0)
    await report(api, call("a", model="new", team="new"))
    await execute(api.database, "delete from model", "update team set slug = 'old'")
    await report(api, call("b", model="new", team="new"))
    assert [row["team"] for row in await stored(api)] == ["new"], "the first is of a model that is no more"


class TestOutage:
    async def test_nothing_that_was_acknowledged_is_lost_and_senders_are_asked_to_come_again(self) -> None:
        with private_servers() as servers:
            await migrate(servers.urls.database)
            given = {"DATABASE_URL": servers.urls.database, "REDIS_URL": servers.urls.redis, "DEMO": False}
            settings = Settings.model_validate({**given, "MODELHUB_HOME": servers.home / "hub"})
            async with answering(settings, lambda: NOW) as api:
                sent, refused = await self.send_during(api, servers)
                events = {row["event_id"] for row in await stored(api)}
        assert refused
        assert len(sent) == len(events)

    async def send_during(self, api: Api, servers: EmbeddedServers) -> tuple[set[str], int]:
        """Send calls one after another, each until it is acknowledged, and kill Postgres in between."""
        sent: set[str] = set()
        refused = 0
        for number in range(60):
            if number == 20:
                pid = (servers.home / "postgres" / "postmaster.pid").read_text().split()[0]
                os.kill(int(pid), signal.SIGQUIT)
            async with asyncio.timeout(60):
                while (answer := await send(api, NATIVE, orjson.dumps(call(f"call-{number}")))).status_code != 200:
                    assert answer.status_code == 503, answer.text
                    assert int(answer.headers["retry-after"]) >= 1
                    refused += 1
                    await asyncio.sleep(0.05)
                    if refused > 5:
                        servers.check()  # starts it again
            sent.add(f"call-{number}")
        return sent, refused
