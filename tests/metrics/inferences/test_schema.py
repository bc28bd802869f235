"""Single calls as clients see them: which failed, and why; of no more than one may see."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from random import Random
from typing import Any

import orjson
import pytest

from app.identity.rules import Role
from app.kit.access import Clearance, Permission
from app.kit.clock import utc_now
from app.kit.ids import global_id
from app.metrics.inferences.reads import MANY
from tests.conftest import Api
from tests.contract.journeys import EVERYTHING, ask, somebody
from tests.kit.rows import execute
from tests.metrics.receiving.samples import LITELLM, export
from tests.metrics.receiving.sending import LITE, TRACES, report, send
from tests.metrics.recount import raw_rows
from tests.metrics.sending import A_DAY, A_TICK, AN_HOUR, NOW, Traffic, add_catalog, altered, call, ingest_of
from tests.metrics.test_schema import NO_RANGES, between, text_of

START = NOW - timedelta(days=2, hours=5)
WIDE = between(START - AN_HOUR, NOW + AN_HOUR)
PAGE = """
query($range: TimeRangeInput!, $filter: InferenceFilter, $first: Int, $after: String, $last: Int, $before: String) {
  inferences(range: $range, filter: $filter, first: $first, after: $after, last: $last, before: $before) {
    totalCount pageInfo { hasNextPage endCursor startCursor hasPreviousPage }
    nodes { id eventId occurredAt environment operation useCase tokensIn tokensOut tokensCached tokensReasoning status
            errorCode errorMessage latencyMs timeToFirstTokenMs rating accepted confidence cost costSource user apiKey
            session experimentId variantId workflowRunId pipelineContext
            model { slug } provider { slug } deployment { name } team { slug } } } }
"""


async def traffic(api: Api, count: int = 90) -> list[Any]:
    """Random calls of workflows; those that are stored, newest first."""
    await add_catalog(api.database)
    random = Random(71)
    calls = [
        altered(each, workflow_run=random.choice([None, "run-1", "RUN%2"]), api_key=random.choice([None, "ci"]))
        for each in Traffic(random, START, NOW).take(count)
    ]
    await ingest_of(api.database).take(calls)
    return sorted(await raw_rows(api.database), key=lambda row: (row.occurred_at, row.event_id), reverse=True)


def shown(row: Any) -> dict[str, Any]:
    """What must be told of a stored call."""
    return {
        "id": global_id("Inference", row.event_id),
        "eventId": str(row.event_id),
        "occurredAt": text_of(row.occurred_at),
        "environment": row.environment,
        "operation": row.operation,
        "useCase": row.use_case,
        **{f"tokens{of.title()}": row[f"tokens_{of}"] for of in ("in", "out", "cached", "reasoning")},
        "status": "ERROR" if row.failed else "OK",
        "errorCode": row.error_code,
        "errorMessage": row.error_message,
        "latencyMs": None if row.latency_us is None else row.latency_us / 1000,
        "timeToFirstTokenMs": None if row.ttft_us is None else row.ttft_us / 1000,
        "rating": row.rating,
        "accepted": row.accepted,
        "confidence": None if row.confidence is None else float(row.confidence),
        "costSource": row.cost_source,
        "user": row.user_key,
        "apiKey": row.api_key,
        "session": None,
        "experimentId": None,
        "variantId": None,
        "workflowRunId": row.workflow_run,
        "pipelineContext": None,
        "provider": {"slug": row.provider},
        "team": row.team and {"slug": row.team},
    }


def assert_told(node: dict[str, Any], row: Any) -> None:
    assert {name: node[name] for name in shown(row)} == shown(row)
    assert (node["cost"] is None) == (row.cost is None)
    assert (node["deployment"] is None) == (row.deployment_id is None)


async def all_pages(api: Api, first: int, **given: Any) -> list[dict[str, Any]]:
    nodes, after = list[dict[str, Any]](), None
    while True:
        page = (await api.data(PAGE, range=WIDE, first=first, after=after, **given))["inferences"]
        nodes += page["nodes"]
        after = page["pageInfo"]["endCursor"]
        if not page["pageInfo"]["hasNextPage"]:
            assert page["totalCount"] == len(nodes)
            return nodes


FILTERS: list[tuple[dict[str, Any], Callable[[Any], bool]]] = [
    ({"status": {"eq": "ERROR"}}, lambda row: row.failed),
    ({"status": {"in": ["OK", "ERROR"]}}, lambda _: True),
    ({"errorCode": {"eq": "timeout"}}, lambda row: row.error_code == "timeout"),
    ({"errorCode": {"contains": "IME"}}, lambda row: row.error_code == "timeout"),
    ({"workflowRunId": {"eq": "run-1"}}, lambda row: row.workflow_run == "run-1"),
    ({"workflowRunId": {"startsWith": "run%"}}, lambda row: row.workflow_run == "RUN%2"),
    ({"environment": {"in": ["STAGING"]}}, lambda row: row.environment == "STAGING"),
    ({"team": {"eq": "red"}, "status": {"eq": "OK"}}, lambda row: row.team == "red" and not row.failed),
    ({"team": {"startsWith": "B"}}, lambda row: row.team == "blue"),
    ({"useCase": {"in": ["triage", "code"]}}, lambda row: row.use_case in {"triage", "code"}),
    ({"user": {"contains": "user-1"}}, lambda row: (row.user_key or "").startswith("user-1")),
]


_COPIED = "model_id, provider_id, environment, tokens_in, tokens_out, tokens_cached, tokens_reasoning, failed"
_MORE = f"""
insert into inference (occurred_at, event_id, {_COPIED})
select occurred_at, gen_random_uuid(), {_COPIED} from (select * from inference limit 1) i, generate_series(1, {{}})
"""


class TestInferences:
    async def test_are_told_as_they_are_stored_newest_first_page_by_page(self, api: Api) -> None:
        rows = await traffic(api)
        nodes = await all_pages(api, 25)
        assert len(nodes) == 90
        for node, row in zip(nodes, rows, strict=True):
            assert_told(node, row)
        end = (await api.data(PAGE, range=WIDE, last=7))["inferences"]
        assert [node["eventId"] for node in end["nodes"]] == [str(row.event_id) for row in rows[-7:]]
        before = (await api.data(PAGE, range=WIDE, last=5, before=end["pageInfo"]["startCursor"]))["inferences"]
        assert [node["eventId"] for node in before["nodes"]] == [str(row.event_id) for row in rows[-12:-7]]

    async def test_oldest_first_on_demand(self, api: Api) -> None:
        rows = await traffic(api, 20)
        query = """query($range: TimeRangeInput!) {
          inferences(range: $range, orderBy: {field: OCCURRED_AT}) { nodes { eventId } } }"""
        nodes = (await api.data(query, range=WIDE))["inferences"]["nodes"]
        assert [node["eventId"] for node in nodes] == [str(row.event_id) for row in reversed(rows)]

    async def test_by_what_they_have(self, api: Api) -> None:
        rows = await traffic(api)
        one, served = rows[0].model_id, next(row.deployment_id for row in rows if row.deployment_id)
        for given, meant in (
            *FILTERS,
            ({"model": {"eq": global_id("Model", one)}}, lambda row: row.model_id == one),
            ({"deployment": {"eq": global_id("Deployment", served)}}, lambda row: row.deployment_id == served),
        ):
            wanted = [str(row.event_id) for row in rows if meant(row)]
            assert wanted, given
            assert [node["eventId"] for node in await all_pages(api, 100, filter=given)] == wanted, given

    async def test_a_range_holds_its_first_instant_and_not_its_last(self, api: Api) -> None:
        await add_catalog(api.database)
        at = NOW.replace(minute=0, second=0, microsecond=0)
        random = Random(9)
        calls = [call(random, each) for each in (at - A_TICK, at, at + A_TICK, at + AN_HOUR)]
        await ingest_of(api.database, NOW + A_DAY).take(calls)
        page = (await api.data(PAGE, range=between(at, at + AN_HOUR)))["inferences"]
        assert [node["occurredAt"] for node in page["nodes"]] == [text_of(at + A_TICK), text_of(at)]

    async def test_what_is_no_question_is_refused(self, api: Api) -> None:
        for given in ({"model": {"eq": "x"}}, {"status": {}}, {"user": {"eq": None}}):
            assert await api.codes(PAGE, range=WIDE, filter=given) == ["INVALID_PARAMETER"]
        for span in NO_RANGES[:2]:
            assert await api.codes(PAGE, range=span) == ["INVALID_PARAMETER"]
        assert await api.codes(PAGE, range=WIDE, first=101) == ["INVALID_PARAMETER"]
        assert await api.codes(PAGE, range=WIDE, after="x") == ["INVALID_PARAMETER"]

    async def test_are_counted_up_to_a_bound(self, api: Api) -> None:
        await ingest_of(api.database).take([call(Random(2), NOW - AN_HOUR)])
        query = "query($range: TimeRangeInput!) { inferences(range: $range) { totalCount } }"
        for more, expected in ((MANY - 1, MANY), (1, None)):
            await execute(api.database, _MORE.format(more))
            assert (await api.data(query, range=WIDE))["inferences"]["totalCount"] == expected

    async def test_the_number_of_statements_does_not_depend_on_how_many_are_shown(self, api: Api) -> None:
        await traffic(api)
        counted = list[int]()
        for first in (3, 80):
            before = api.database.statements
            assert len((await api.data(PAGE, range=WIDE, first=first))["inferences"]["nodes"]) == first
            counted.append(api.database.statements - before)
        assert counted == [6, 6]


ONE = "query($event: String!) { inference(eventId: $event) { id eventId errorCode model { slug } } }"


class TestInference:
    async def test_is_found_by_what_its_sender_calls_it(self, api: Api) -> None:
        now = utc_now()
        await report(api, {"eventId": "mine", "occurredAt": now.isoformat(), "provider": "openai", "model": "a",
                           "errorCode": "away"})  # fmt: skip
        lite = {**LITELLM[0], "startTime": now.timestamp(), "endTime": now.timestamp() + 1}
        await send(api, LITE, orjson.dumps([lite]))
        request = export({"gen_ai.operation.name": "chat", "gen_ai.provider.name": "x", "gen_ai.request.model": "c"})
        span = request.resource_spans[0].scope_spans[0].spans[0]
        span.start_time_unix_nano = int(now.timestamp() * 10**9)
        await send(api, TRACES, request.SerializeToString())
        names = ("mine", lite["litellm_call_id"], f"{span.trace_id.hex()}:{span.span_id.hex()}")
        found = [(await api.data(ONE, event=name))["inference"] for name in names]
        assert [one["errorCode"] for one in found] == ["away", None, None]
        assert (found[0]["model"]["slug"], found[2]["model"]["slug"]) == ("openai/a", "x/c")
        for one in found:
            assert (await api.data(ONE, event=one["eventId"]))["inference"] == one
            assert (await api.data("query($id: ID!) { node(id: $id) { id } }", id=one["id"]))["node"]["id"] == one["id"]

    async def test_that_nobody_reported_is_null(self, api: Api) -> None:
        assert (await api.data(ONE, event="never"))["inference"] is None

    @pytest.mark.parametrize("event", ["", "x" * 201])
    async def test_by_what_is_no_name_is_refused(self, api: Api, event: str) -> None:
        assert await api.codes(ONE, event=event) == ["INVALID_PARAMETER"]

    async def test_needs_analytics(self, api: Api) -> None:
        actor = somebody(EVERYTHING - {Permission.ANALYTICS_READ})
        assert (await ask(api, actor, ONE, {"event": "x"})).codes() == {"FORBIDDEN"}
        assert await api.codes(ONE, event="x", role=None) == ["UNAUTHORIZED"]


class TestVisibility:
    async def test_people_are_told_of_with_costs_read_only(self, api: Api) -> None:
        await traffic(api, 30)
        actor = somebody(EVERYTHING - {Permission.COSTS_READ})
        for field in ("user", "apiKey", "session", "cost"):
            query = f"query($range: TimeRangeInput!) {{ inferences(range: $range) {{ nodes {{ id {field} }} }} }}"
            answer = await ask(api, actor, query, {"range": WIDE})
            assert answer.codes() == {"FORBIDDEN"}
            assert {node[field] for node in answer.data["inferences"]["nodes"]} == {None}
        by_user = await ask(api, actor, PAGE, {"range": WIDE, "filter": {"user": {"eq": "user-1"}}})
        assert (by_user.data, by_user.codes()) == (None, {"FORBIDDEN"})

    async def test_of_another_team_only_what_ones_own_deployment_answered_and_not_for_whom(self, api: Api) -> None:
        await add_catalog(api.database)
        random, ingest = Random(5), ingest_of(api.database)
        for who, user, service in (("red", "ann", "chat"), ("blue", "bob", "chat"), ("blue", "bob", None)):
            await ingest.take([call(random, NOW, team=who, user=user, service=service, failed=True, error_code="x")])
        async with api.database.driver() as connection:
            red = await connection.fetchval("select id from team where slug = 'red'")
        member = somebody(teams=frozenset({red}))
        answer = await ask(api, member, PAGE, {"range": WIDE})
        told = [(node["user"], node["team"]) for node in answer.data["inferences"]["nodes"]]
        assert sorted(told, key=str) == sorted([("ann", {"slug": "red"}), (None, None)], key=str)
        for user, count in (("ann", 1), ("bob", 0)):
            found = await ask(api, member, PAGE, {"range": WIDE, "filter": {"user": {"eq": user}}})
            assert found.data["inferences"]["totalCount"] == count
        everything = await ask(api, somebody(), PAGE, {"range": WIDE})
        assert everything.data["inferences"]["totalCount"] == 3

    async def test_clearance_holds(self, api: Api) -> None:
        rows = await traffic(api)
        low = somebody(clearance=Clearance.INTERNAL)
        answer = await ask(api, low, PAGE, {"range": WIDE, "first": 100})
        seen = {node["eventId"] for node in answer.data["inferences"]["nodes"]}
        assert seen == {str(row.event_id) for row in rows if row.security_level in low.levels()}
        hidden = next(row for row in rows if str(row.event_id) not in seen)
        assert (await ask(api, low, ONE, {"event": str(hidden.event_id)})).data["inference"] is None

    async def test_viewers_see_which_calls_failed_and_why(self, api: Api) -> None:
        await ingest_of(api.database).take([call(Random(1), NOW, failed=True, error_code="timeout")])
        query = "query($range: TimeRangeInput!) { inferences(range: $range) { nodes { status errorCode } } }"
        found = await api.data(query, role=Role.VIEWER, range=WIDE)
        assert found["inferences"]["nodes"] == [{"status": "ERROR", "errorCode": "timeout"}]
