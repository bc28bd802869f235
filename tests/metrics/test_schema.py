"""Metrics as clients see them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app.identity.rules import Role
from app.kit.access import Clearance
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.ids import global_id
from app.metrics.jobs import roll_up
from app.metrics.rules import RELATIVE_ERROR, STEPS, Granularity, TimeRange, fitting
from tests.conftest import Api
from tests.metrics import recount
from tests.metrics.recount import Questions, raw_rows
from tests.metrics.sending import (
    A_DAY,
    A_MINUTE,
    A_TICK,
    AN_HOUR,
    NOW,
    Traffic,
    add_catalog,
    add_model,
    call,
    ingest_of,
    rates,
)

START = NOW - timedelta(days=2, hours=5, minutes=17)
LATER = NOW + A_DAY * 3

METRICS = """
fragment Figures on PerformanceMetrics {
  from to granularity
  requests { total successful failed successRate errorRate }
  latency { ...Times } timeToFirstToken { ...Times }
  tokens { prompt { total avgPerRequest maxPerRequest } completion { total avgPerRequest maxPerRequest }
           cached reasoning total }
  cost { total avgPerRequest costPer1kTokens projectedMonthly { expected } unpricedRequests }
  quality { avgConfidenceScore avgUserRating acceptanceRate rejectionRate }
  errors { code message count percentage lastOccurredAt }
  series { timestamps requests errors latencyAvgMs latencyP50Ms latencyP95Ms latencyP99Ms tokens costUsd }
}
fragment Times on Latency { avgMs p50Ms p95Ms p99Ms minMs maxMs relativeErrorBound }
"""

OF_MODEL = (
    "query($slug: String!, $range: TimeRangeInput!, $granularity: Granularity, $environment: Environment)"
    "{ model(by: {slug: $slug}) { metrics(range: $range, granularity: $granularity, environment: $environment)"
    "{ ...Figures } } }" + METRICS
)
OF_DEPLOYMENT = (
    "query($id: ID!, $range: TimeRangeInput!, $granularity: Granularity)"
    "{ deployment(id: $id) { metrics(range: $range, granularity: $granularity) { ...Figures } } }" + METRICS
)


def text_of(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def between(start: datetime, end: datetime) -> dict[str, str]:
    return {"from": text_of(start), "to": text_of(end)}


async def figures(api: Api, slug: str, span: dict[str, str], **more: Any) -> dict[str, Any]:
    return (await api.data(OF_MODEL, slug=slug, range=span, **more))["model"]["metrics"]


def ratio(part: Any, whole: Any) -> Any:
    return part / whole if whole else None


def true_quantile(values: Sequence[int], q: float) -> float:
    return sorted(values)[int(q * (len(values) - 1))] / 1000


def assert_times(found: dict[str, Any], rows: Sequence[Any], column: str) -> None:
    values = [row[column] for row in rows if row[column] is not None]
    assert found["relativeErrorBound"] == RELATIVE_ERROR
    if not values:
        assert {name: value for name, value in found.items() if value is not None} == {
            "relativeErrorBound": RELATIVE_ERROR
        }
        return
    assert (found["minMs"], found["maxMs"]) == (min(values) / 1000, max(values) / 1000)
    assert found["avgMs"] == pytest.approx(sum(values) / len(values) / 1000, rel=1e-12)
    for name, q in (("p50Ms", 0.5), ("p95Ms", 0.95), ("p99Ms", 0.99)):
        assert found[name] == pytest.approx(true_quantile(values, q), rel=RELATIVE_ERROR, abs=0.0011)


def assert_equal(found: dict[str, Any], rows: Sequence[Any], span: TimeRange) -> None:
    """Compare all figures with a recount of the inferences in them."""
    n, failed = len(rows), sum(row.failed for row in rows)
    assert found["requests"] == {
        "total": n, "successful": n - failed, "failed": failed,
        "successRate": ratio(n - failed, n), "errorRate": ratio(failed, n),
    }  # fmt: skip
    assert_times(found["latency"], rows, "latency_us")
    assert_times(found["timeToFirstToken"], rows, "ttft_us")
    for name, column in (("prompt", "tokens_in"), ("completion", "tokens_out")):
        values = [row[column] for row in rows]
        assert found["tokens"][name] == {
            "total": sum(values), "avgPerRequest": ratio(sum(values), n), "maxPerRequest": max(values, default=None),
        }  # fmt: skip
    tokens = sum(row.tokens_in + row.tokens_out for row in rows)
    cached, reasoning = sum(row.tokens_cached for row in rows), sum(row.tokens_reasoning for row in rows)
    others = {name: found["tokens"][name] for name in ("cached", "reasoning", "total")}
    assert others == {"cached": cached, "reasoning": reasoning, "total": tokens}
    assert_cost(found["cost"], rows)
    assert_quality(found["quality"], rows)
    assert_errors(found["errors"], rows)
    assert_series(found["series"], rows, span, Granularity(found["granularity"]))


def assert_cost(found: dict[str, Any], rows: Sequence[Any]) -> None:
    priced = [row for row in rows if row.cost is not None]
    cost, tokens = sum((row.cost for row in priced), Decimal(0)), sum(row.tokens_in + row.tokens_out for row in priced)
    assert found["unpricedRequests"] == len(rows) - len(priced)
    assert found["projectedMonthly"] is None
    if rows and not priced:
        assert (found["total"], found["avgPerRequest"], found["costPer1kTokens"]) == (None, None, None)
        return
    assert Decimal(found["total"]) == cost
    for name, whole in (("avgPerRequest", Decimal(len(priced))), ("costPer1kTokens", Decimal(tokens) / 1000)):
        if not whole:
            assert found[name] is None
        else:
            assert abs(Decimal(found[name]) - cost / whole) <= Decimal("1e-12")


def assert_quality(found: dict[str, Any], rows: Sequence[Any]) -> None:
    ratings = [row.rating for row in rows if row.rating is not None]
    confidences = [float(row.confidence) for row in rows if row.confidence is not None]
    judged = [row.accepted for row in rows if row.accepted is not None]
    assert found["avgUserRating"] == ratio(sum(ratings), len(ratings))
    assert found["avgConfidenceScore"] == pytest.approx(ratio(sum(confidences), len(confidences)))
    assert found["acceptanceRate"] == ratio(sum(judged), len(judged))
    assert found["rejectionRate"] == ratio(len(judged) - sum(judged), len(judged))


def assert_errors(found: list[dict[str, Any]], rows: Sequence[Any]) -> None:
    wanted = recount.errors(rows)
    failures = sum(count for count, _, _ in wanted.values())
    assert len(found) == len(wanted)
    assert [error["count"] for error in found] == sorted((error["count"] for error in found), reverse=True)
    for error in found:
        count, last, messages = wanted[error["code"]]
        assert (error["count"], error["lastOccurredAt"]) == (count, text_of(last))
        assert error["message"] in messages
        assert error["percentage"] == pytest.approx(100 * count / failures)
    if found:
        assert sum(error["percentage"] for error in found) == pytest.approx(100)


def assert_series(found: dict[str, Any], rows: Sequence[Any], span: TimeRange, granularity: Granularity) -> None:
    timestamps = span.points(STEPS[granularity])
    assert found["timestamps"] == list(map(text_of, timestamps))
    assert {len(column) for column in found.values()} == {len(timestamps)}
    for index, at in enumerate(timestamps):
        step = [row for row in rows if at <= row.occurred_at < at + STEPS[granularity]]
        point = {name: column[index] for name, column in found.items()}
        priced = [row.cost for row in step if row.cost is not None]
        latencies = [row.latency_us for row in step if row.latency_us is not None]
        assert (point["requests"], point["errors"]) == (len(step), sum(row.failed for row in step))
        assert point["tokens"] == sum(row.tokens_in + row.tokens_out for row in step)
        assert (point["costUsd"] and Decimal(point["costUsd"])) == (sum(priced) if priced else None)
        times = [point[f"latency{name}Ms"] for name in ("Avg", "P50", "P95", "P99")]
        if not latencies:
            assert times == [None] * 4
        else:
            assert times[0] == pytest.approx(sum(latencies) / len(latencies) / 1000)
            for q, estimate in zip((0.5, 0.95, 0.99), times[1:], strict=True):
                assert estimate == pytest.approx(true_quantile(latencies, q), rel=RELATIVE_ERROR, abs=0.0011)


NO_RANGES: list[dict[str, str]] = [
    {},
    {"from": text_of(NOW)},
    {"to": text_of(NOW)},
    {"preset": "LAST_HOUR", "from": text_of(NOW)},
    {"preset": "LAST_HOUR", **between(NOW - A_DAY, NOW)},
    between(NOW, NOW),
    between(NOW, NOW - A_TICK),
    between(NOW, NOW + timedelta(days=3661)),
    {"from": "9999-12-31T10:00:00Z", "to": "9999-12-31T23:59:59Z"},
    {"from": "0001-01-01T00:00:00Z", "to": "0001-01-02T00:00:00Z"},
]


class TestMetrics:
    async def test_equal_a_recount_for_random_ranges_of_models_and_deployments(self, api: Api) -> None:
        await add_catalog(api.database)
        random = Random(31)
        await ingest_of(api.database).take(Traffic(random, START, NOW).take(900))
        rows = await raw_rows(api.database)
        slugs = {"alpha/one", "alpha/two", "beta/one", "gamma/nobody-knows"}
        questions = await Questions.about(api.database, random, START, NOW)
        for turn in range(24):
            if turn == 12:
                await roll_up(api.database, lambda: LATER)
            span = questions.span()
            granularity = random.choice([g for g, step in STEPS.items() if span.length / step <= 400])
            ends, step = between(span.start, span.end), granularity.value
            if turn % 2:
                slug = random.choice(sorted(slugs))
                environment = random.choice([None, "STAGING", "PRODUCTION"])
                found = await figures(api, slug, ends, granularity=step, environment=environment)
                meant = [row for row in rows if slug == await slug_of(api.database, row.model_id)]
                meant = [row for row in meant if environment in {None, row.environment}]
            else:
                key = random.choice(questions.deployments)
                answer = await api.data(OF_DEPLOYMENT, id=global_id("Deployment", key), range=ends, granularity=step)
                found = answer["deployment"]["metrics"]
                meant = [row for row in rows if row.deployment_id == key]
            assert (found["from"], found["to"]) == (text_of(span.start), text_of(span.end))
            assert_equal(found, [row for row in meant if span.start <= row.occurred_at < span.end], span)

    async def test_of_what_was_never_called_have_counts_of_zero_and_no_values(self, api: Api) -> None:
        await add_model(api.database, "alpha/one")
        found = await figures(api, "alpha/one", between(NOW - AN_HOUR, NOW + A_TICK))
        span = TimeRange(NOW.replace(hour=14, second=0, microsecond=0), NOW.replace(minute=10, second=0, microsecond=0))
        assert_equal(found, [], span)
        assert found["cost"]["total"] == "0"
        assert found["errors"] == []
        assert found["requests"] == {"total": 0, "successful": 0, "failed": 0, "successRate": None, "errorRate": None}
        assert set(found["series"]["requests"]) == {0}
        assert set(found["series"]["costUsd"]) == {None}

    async def test_of_a_deployment_that_was_never_called_are_empty_too(self, api: Api) -> None:
        await add_model(api.database, "alpha/one")
        await ingest_of(api.database).take([call(Random(1), NOW, service="chat")])
        query = "{ deployments { nodes { metrics(range: {preset: LAST_HOUR}) { ...Figures } } } }" + METRICS
        (node,) = (await api.data(query))["deployments"]["nodes"]
        assert node["metrics"]["requests"]["total"] == 0
        assert len(node["metrics"]["series"]["timestamps"]) == 60

    async def test_of_unpriced_calls_have_no_cost_rather_than_none(self, api: Api) -> None:
        await ingest_of(api.database).take([call(Random(2), NOW, provider="new", model="thing")])
        cost = (await figures(api, "new/thing", between(NOW - AN_HOUR, NOW + AN_HOUR)))["cost"]
        assert cost == {"total": None, "avgPerRequest": None, "costPer1kTokens": None, "projectedMonthly": None,
                        "unpricedRequests": 1}  # fmt: skip

    async def test_cost_is_exact_to_the_last_digit(self, api: Api) -> None:
        await add_model(api.database, "alpha/one", rates(INPUT="0.123457", OUTPUT="0.1"))
        random = Random(3)
        calls = [call(random, NOW - A_MINUTE * n, tokens_in=7, tokens_out=3) for n in range(300)]
        await ingest_of(api.database).take(calls)
        cost = (await figures(api, "alpha/one", between(NOW - A_DAY, NOW + A_MINUTE)))["cost"]
        one = (7 * Decimal("0.123457") + 3 * Decimal("0.1")) / 10**6
        assert Decimal(cost["total"]) == 300 * one
        assert Decimal(cost["avgPerRequest"]) == one
        assert Decimal(cost["costPer1kTokens"]) == (one * 100).quantize(Decimal("1e-12"))

    async def test_the_granularity_fits_the_range_unless_it_is_given(self, api: Api) -> None:
        await add_model(api.database, "alpha/one")
        fits = {AN_HOUR: "ONE_MINUTE", A_DAY: "FIFTEEN_MINUTES", A_DAY * 7: "ONE_HOUR", A_DAY * 365: "ONE_DAY"}
        for length, expected in fits.items():
            end = NOW.replace(second=0, microsecond=0)
            span = TimeRange(end - length, end)
            found = await figures(api, "alpha/one", between(span.start, span.end))
            assert found["granularity"] == expected == fitting(None, span)
            assert len(found["series"]["timestamps"]) == len(span.points(STEPS[Granularity(expected)]))
            given = await figures(api, "alpha/one", between(span.start, span.end), granularity="ONE_DAY")
            assert given["granularity"] == "ONE_DAY"
            assert len(given["series"]["timestamps"]) == len(span.points(A_DAY))

    async def test_a_preset_includes_what_was_called_just_now(self, api: Api) -> None:
        await add_model(api.database, "alpha/one")
        now, random = utc_now(), Random(4)
        ats = [now, now - AN_HOUR * 2, now - A_DAY * 2, now - A_DAY * 8]
        await ingest_of(api.database, now).take([call(random, at) for at in ats])
        presets = {"LAST_HOUR": 1, "LAST_24_HOURS": 2, "LAST_7_DAYS": 3, "LAST_30_DAYS": 4, "LAST_90_DAYS": 4}
        for preset, count in presets.items():
            assert (await figures(api, "alpha/one", {"preset": preset}))["requests"]["total"] == count
        query = '{ model(by: {slug: "alpha/one"}) { metrics { requests { total } } usage { totalRequests } } }'
        model = (await api.data(query))["model"]
        assert model == {"metrics": {"requests": {"total": 2}}, "usage": {"totalRequests": 4}}

    async def test_a_range_that_is_none_is_refused(self, api: Api) -> None:
        await add_model(api.database, "alpha/one")
        dashboard = (
            "query($range: TimeRangeInput!) { dashboard(filter: {range: $range}) { summary { totalRequests } } }"
        )
        for span in NO_RANGES:
            assert await api.codes(OF_MODEL, slug="alpha/one", range=span) == ["INVALID_PARAMETER"], span
            assert await api.codes(dashboard, range=span) == ["INVALID_PARAMETER"], span

    async def test_a_granularity_with_thousands_of_points_is_refused(self, api: Api) -> None:
        await add_model(api.database, "alpha/one")
        span = between(NOW - A_DAY * 3, NOW)
        answer = await api.ask(OF_MODEL, slug="alpha/one", range=span, granularity="ONE_MINUTE")
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "INVALID_PARAMETER"
        assert error["extensions"]["details"]["argument"] == "granularity"

    async def test_need_a_credential(self, api: Api) -> None:
        query = "{ dashboard { summary { totalRequests } } }"
        assert await api.codes(query, role=None) == ["UNAUTHORIZED"]


async def slug_of(database: Database, key: UUID) -> str:
    async with database.driver() as connection:
        return await connection.fetchval("select slug from model where id = $1", key)


USAGE = """query($range: TimeRangeInput!) { model(by: {slug: "alpha/one"}) {
    usage(range: $range) { totalRequests totalCost uniqueUsers popularUseCases } } }"""


class TestUsage:
    async def test_tells_who_used_it_and_what_for(self, api: Api) -> None:
        await add_catalog(api.database)
        random = Random(5)
        await ingest_of(api.database).take(Traffic(random, START, NOW).take(800))
        stored = [
            row for row in await raw_rows(api.database) if await slug_of(api.database, row.model_id) == "alpha/one"
        ]
        span = TimeRange(START.replace(second=0, microsecond=0), NOW.replace(minute=0, second=0, microsecond=0))
        rows = [row for row in stored if span.start <= row.occurred_at < span.end]
        for _ in range(2):
            usage = (await api.data(USAGE, range=between(span.start, span.end)))["model"]["usage"]
            assert usage["totalRequests"] == len(rows)
            assert Decimal(usage["totalCost"]) == sum(row.cost for row in rows)
            assert usage["uniqueUsers"] == recount.users(rows)
            assert usage["uniqueUsers"] == pytest.approx(len({row.user_key for row in rows} - {None}), abs=2)
            assert usage["popularUseCases"] == recount.use_cases(rows)
            await roll_up(api.database, lambda: LATER)

    async def test_lists_ten_use_cases_at_most(self, api: Api) -> None:
        await add_model(api.database, "alpha/one")
        random = Random(6)
        await ingest_of(api.database).take(
            [call(random, NOW, use_case=f"case-{n:02}") for n in range(15) for _ in range(n + 1)]
        )
        usage = (await api.data(USAGE, range=between(NOW - A_DAY, NOW + A_DAY)))["model"]["usage"]
        assert usage["popularUseCases"] == [f"case-{n:02}" for n in range(14, 4, -1)]

    async def test_of_what_was_never_used_is_empty(self, api: Api) -> None:
        await add_model(api.database, "alpha/one")
        usage = (await api.data(USAGE, range=between(NOW - A_DAY, NOW)))["model"]["usage"]
        assert usage == {"totalRequests": 0, "totalCost": "0", "uniqueUsers": 0, "popularUseCases": []}


class TestLastUsedAt:
    async def test_is_the_instant_of_the_newest_call(self, api: Api) -> None:
        await add_catalog(api.database)
        random, newest = Random(7), NOW - A_MINUTE * 3
        calls = [
            call(random, at, service="chat", team=team) for at in (newest, newest - A_TICK) for team in (None, "x")
        ]
        await ingest_of(api.database).take(calls)
        (node,) = (await api.data("{ deployments { nodes { lastUsedAt } } }"))["deployments"]["nodes"]
        assert node == {"lastUsedAt": text_of(newest)}


LISTED = (
    "query($range: TimeRangeInput!) { models(first: 20) { nodes { slug metrics(range: $range) { ...Figures }"
    " usage(range: $range) { totalRequests totalCost uniqueUsers popularUseCases }"
    " deployments(first: 2) { nodes { lastUsedAt metrics(range: $range) { ...Figures } } } } } }" + METRICS
)


class TestStatements:
    async def test_their_number_does_not_depend_on_the_number_of_models(self, api: Api) -> None:
        random, counted = Random(8), {}
        for number in range(20):
            await add_model(api.database, f"alpha/model-{number:02}", rates(INPUT="1", OUTPUT="2"))
            names = [(f"model-{number:02}", service) for service in ("chat", "search")]
            await ingest_of(api.database).take(
                [call(random, NOW, model=m, service=s, user="u", use_case="sum", failed=True, error_code="x")
                 for m, s in names]
            )  # fmt: skip
            if number in {2, 19}:
                before = api.database.statements
                data = await api.data(LISTED, range=between(NOW - A_DAY, NOW + A_DAY))
                counted[number + 1] = api.database.statements - before
                nodes = data["models"]["nodes"]
                assert [len(node["deployments"]["nodes"]) for node in nodes] == [2] * (number + 1)
                assert {node["metrics"]["requests"]["total"] for node in nodes} == {2}
        assert counted[3] == counted[20] <= 13


class TestClearance:
    async def test_a_viewer_sees_nothing_of_models_above_it(self, api: Api) -> None:
        await add_model(api.database, "alpha/one", rates(INPUT="1", OUTPUT="1"))
        secret = await add_model(
            api.database, "alpha/secret", rates(INPUT="1", OUTPUT="1"), security=Clearance.RESTRICTED
        )
        random = Random(9)
        await ingest_of(api.database).take(
            [call(random, NOW, service="chat") for _ in range(2)]
            + [call(random, NOW, model="secret", service="chat") for _ in range(5)]
        )
        query = (
            "query($range: TimeRangeInput!, $id: ID!) { dashboard(filter: {range: $range}) {"
            " summary { totalModels totalRequests totalCost activeDeployments } topModels { requests model { slug } }"
            " recentActivity { message } }"
            ' model(by: {slug: "alpha/secret"}) { slug } deployments { nodes { metrics(range: $range)'
            " { requests { total } } } } narrowed: dashboard(filter: {range: $range, models: [$id]})"
            " { summary { totalRequests } topModels { requests } } }"
        )
        ask = {"range": between(NOW - A_DAY, NOW + A_DAY), "id": global_id("Model", secret)}
        one = Decimal("0.00011")
        for _ in range(2):
            seen = {role: await api.data(query, role=role, **ask) for role in (Role.ANALYST, Role.DEVELOPER)}
            for role, requests in ((Role.ANALYST, [2]), (Role.DEVELOPER, [5, 2])):
                overview = seen[role]["dashboard"]
                assert overview["summary"]["totalRequests"] == sum(requests)
                assert Decimal(overview["summary"]["totalCost"]) == sum(requests) * one
                assert overview["summary"]["totalModels"] == len(requests)
                assert overview["summary"]["activeDeployments"] == len(requests)
                assert [top["requests"] for top in overview["topModels"]] == requests
                nodes = seen[role]["deployments"]["nodes"]
                assert sorted(node["metrics"]["requests"]["total"] for node in nodes) == sorted(requests)
            assert seen[Role.ANALYST]["model"] is None
            assert seen[Role.ANALYST]["narrowed"] == {"summary": {"totalRequests": 0}, "topModels": []}
            assert seen[Role.DEVELOPER]["narrowed"]["summary"]["totalRequests"] == 5
            await roll_up(api.database, lambda: LATER)
