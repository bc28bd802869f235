"""Providers, teams and the estate, beside the period before, as clients see them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import pytest

from app.catalog.tables import Model
from app.identity.rules import Role
from app.kit.access import Clearance, Permission
from app.kit.db import Database
from app.kit.ids import global_id, new_id
from app.metrics.jobs import roll_up
from app.metrics.rules import TimeRange
from tests.conftest import Api
from tests.contract.journeys import EVERYTHING, ask, somebody
from tests.contract.worlds import NOW as PRESENT
from tests.kit.rows import add_usage, deployment, execute, model, provider, put, team
from tests.metrics.recount import Questions, raw_rows
from tests.metrics.sending import A_DAY, A_MINUTE, AN_HOUR, NOW, Traffic, add_catalog, add_model, call, ingest_of, rates
from tests.metrics.test_schema import METRICS, assert_equal, between

START = NOW - timedelta(days=2, hours=5, minutes=17)
LATER = NOW + A_DAY * 3

COMPARED = "{ ...Figures tokensPerSecond previous { ...Figures tokensPerSecond previous { from to } } } }"
OF_ESTATE = (
    "query($range: TimeRangeInput!, $granularity: Granularity, $filter: UsageFilter)"
    "{ metrics(range: $range, granularity: $granularity, filter: $filter)" + COMPARED + METRICS
)
OF_NODE = (
    "query($range: TimeRangeInput!, $granularity: Granularity, $id: ID!) { node(id: $id) {"
    "... on Provider { metrics(range: $range, granularity: $granularity)" + COMPARED +
    "... on Team { metrics(range: $range, granularity: $granularity)" + COMPARED + "} }" + METRICS
)  # fmt: skip


def assert_speed(found: dict[str, Any], rows: list[Any]) -> None:
    timed = [row for row in rows if row.latency_us and row.tokens_out and not row.failed]
    seconds = sum(row.latency_us for row in timed) / 1_000_000
    expected = sum(row.tokens_out for row in timed) / seconds if timed else None
    assert found["tokensPerSecond"] == pytest.approx(expected)


def assert_compared(found: dict[str, Any], rows: list[Any], span: TimeRange) -> None:
    """Compare the figures of a period and of the one before with a recount."""
    for told, period in ((found, span), (found["previous"], span.before())):
        those = [row for row in rows if period.start <= row.occurred_at < period.end]
        assert (datetime.fromisoformat(told["from"]), datetime.fromisoformat(told["to"])) == (period.start, period.end)
        assert_equal(told, those, period)
        assert_speed(told, those)
    assert found["previous"]["previous"]["to"] == found["previous"]["from"]


class TestMetrics:
    async def test_of_estate_providers_and_teams_equal_a_recount_and_so_does_the_period_before(self, api: Api) -> None:
        await add_catalog(api.database)
        random = Random(41)
        await ingest_of(api.database).take(Traffic(random, START, NOW).take(700))
        rows = await raw_rows(api.database)
        questions = await Questions.about(api.database, random, START, NOW)
        asked = list(_asked(questions))
        for turn, (query, given, meant) in enumerate(asked * 2):
            if turn == len(asked):
                await roll_up(api.database, lambda: LATER)
            span = _later_half(questions.span())
            variables: dict[str, Any] = {**given, "range": between(span.start, span.end), "granularity": "ONE_DAY"}
            data = await api.data(query, **variables)
            found = data["metrics"] if "metrics" in data else data["node"]["metrics"]
            assert_compared(found, [row for row in rows if meant(row)], span)

    async def test_of_the_estate_without_any_calls_are_empty(self, api: Api) -> None:
        found = (await api.data(OF_ESTATE, range=between(NOW - A_DAY, NOW)))["metrics"]
        assert found["requests"]["total"] == found["previous"]["requests"]["total"] == 0
        assert found["tokensPerSecond"] is None

    async def test_clearance_holds_for_providers_too(self, api: Api) -> None:
        await add_model(api.database, "alpha/one")
        await add_model(api.database, "alpha/secret", security=Clearance.RESTRICTED)
        random = Random(1)
        calls = [call(random, NOW, model=name, team="red") for name in ("one", "secret", "secret")]
        await ingest_of(api.database).take(calls)
        query = (
            "query($range: TimeRangeInput!) { metrics(range: $range) { requests { total } }"
            "providers { metrics(range: $range) { requests { total } } }"
            "teams { nodes { metrics(range: $range) { requests { total } } } } }"
        )
        span = between(NOW - A_DAY, NOW + A_DAY)
        everything = somebody(teams=None)
        for actor, count in ((everything, 3), (somebody(clearance=Clearance.INTERNAL), 1)):
            data = (await ask(api, actor, query, {"range": span})).data
            assert data["metrics"]["requests"]["total"] == count
            nodes = [*data["providers"], *data["teams"]["nodes"]]
            assert [node["metrics"]["requests"]["total"] for node in nodes] == [count, count]

    async def test_filters_are_bounded(self, api: Api) -> None:
        span = between(NOW - A_DAY, NOW)
        assert await api.codes(OF_ESTATE, range=span, filter={"teams": ["x"] * 101}) == ["INVALID_PARAMETER"]
        assert await api.codes(OF_ESTATE, range=span, filter={"models": ["x"]}) == ["INVALID_PARAMETER"]


def _asked(questions: Questions) -> list[tuple[str, dict[str, Any], Callable[[Any], bool]]]:
    first, named = questions.providers[0], questions.teams[-1]
    narrowed = {"environments": ["STAGING"], "providers": ["alpha", "gamma"]}
    return [
        (OF_ESTATE, {}, lambda _: True),
        (OF_ESTATE, {"filter": narrowed}, lambda r: r.environment == "STAGING" and r.provider in {"alpha", "gamma"}),
        (OF_NODE, {"id": global_id("Provider", first)}, lambda row: row.provider_id == first),
        (OF_NODE, {"id": global_id("Team", named)}, lambda row: row.team_id == named),
    ]


def _later_half(span: TimeRange) -> TimeRange:
    """So that there is something in the period before, too."""
    return TimeRange(span.start + (span.length // 2 // A_MINUTE) * A_MINUTE, span.end)


INSIGHTS = """query($range: TimeRangeInput) { metrics(range: $range) { insights {
    type rule severity message recommendation deployment { name } } }
  models { nodes { slug metrics(range: $range) { insights { rule deployment { name } } } } }
  deployments { nodes { name metrics(range: $range) { insights { rule } } } } }"""
DAYS = {"range": {"preset": "LAST_24_HOURS"}}


async def trouble(database: Database) -> Model:
    """A model with two deployments in trouble: one is slow, dear and failing, the other is not called."""
    own = provider("acme")
    one = model(own, "one")
    chat, idle = deployment(one, "chat"), deployment(one, "idle")
    stopped = deployment(one, "stopped", phase="STOPPED")
    await put(database, own, one, chat, idle, stopped)
    for hours, times, failed in ((30, 1, 0), (3, 4, 60)):
        slow = {"latency_count": 100, "latency_sum_us": times * 10**7, "latency_min_us": 1, "latency_max_us": 10**7}
        sums = {"requests": 100, "failed": failed, "unpriced": failed, "cost": 2 * times}
        buckets = {"latency_buckets": [425 + 64 * times], "latency_counts": [100]}
        at = PRESENT - AN_HOUR * hours
        await add_usage(database, one, at, deployment_id=chat.id, **slow, **sums, **buckets)
    return one


class TestInsights:
    async def test_tell_what_got_worse_and_what_nobody_uses(self, api: Api) -> None:
        await trouble(api.database)
        data = (await ask(api, somebody(), INSIGHTS, DAYS)).data
        rules = ["ERROR_SPIKE", "LATENCY_REGRESSION", "COST_SPIKE", "PRICE_UNKNOWN", "UNUSED_DEPLOYMENT"]
        told = data["metrics"]["insights"]
        assert [insight["rule"] for insight in told] == rules
        assert [insight["type"] for insight in told] == ["QUALITY", "PERFORMANCE", "COST", "COST", "USAGE"]
        assert [insight["severity"] for insight in told] == ["CRITICAL", "HIGH", "HIGH", "MEDIUM", "LOW"]
        assert told[-1]["message"] == "idle (PRODUCTION) was not called."
        assert [insight["deployment"] for insight in told] == [None] * 4 + [{"name": "idle"}]
        assert all(insight["recommendation"] for insight in told)
        (node,) = data["models"]["nodes"]
        assert [insight["rule"] for insight in node["metrics"]["insights"]] == rules
        of = {node["name"]: [i["rule"] for i in node["metrics"]["insights"]] for node in data["deployments"]["nodes"]}
        assert of == {"chat": rules[:-1], "idle": ["UNUSED_DEPLOYMENT"], "stopped": []}

    async def test_what_was_spent_only_with_costs_and_what_is_deployed_only_with_deployments(self, api: Api) -> None:
        await trouble(api.database)
        for missing, hidden in (
            (Permission.COSTS_READ, "COST_SPIKE"),
            (Permission.DEPLOYMENTS_READ, "UNUSED_DEPLOYMENT"),
        ):
            query = "query($range: TimeRangeInput) { metrics(range: $range) { insights { rule message } } }"
            answer = await ask(api, somebody(EVERYTHING - {missing}), query, DAYS)
            assert answer.errors == []
            rules = {insight["rule"] for insight in answer.data["metrics"]["insights"]}
            assert len(rules) == 4
            assert hidden not in rules

    async def test_only_of_ones_own_teams_is_told_that_nobody_uses_a_deployment(self, api: Api) -> None:
        """Of others not every call is seen: this one is called, by somebody else."""
        one, ours, blue = await trouble(api.database), team("red"), team("blue")
        mine = deployment(one, "mine", team_id=ours.id)
        await put(api.database, ours, blue, mine)
        shared = await _deployment(api.database, "idle")
        await add_usage(api.database, one, PRESENT - AN_HOUR, deployment_id=shared, team_id=blue.id, requests=1)
        query = "{ metrics { insights { rule message } } }"
        found = {}
        for name, teams in (("member", frozenset({ours.id})), ("stranger", frozenset({new_id()})), ("all", None)):
            data = (await ask(api, somebody(teams=teams), query)).data
            found[name] = [i["message"] for i in data["metrics"]["insights"] if i["rule"] == "UNUSED_DEPLOYMENT"]
        mine_only = ["mine (PRODUCTION) was not called."]
        assert found == {"member": mine_only, "stranger": [], "all": mine_only}

    async def test_nothing_is_unused_in_less_than_a_day_or_before_it_was_there(self, api: Api) -> None:
        await trouble(api.database)
        query = "query($range: TimeRangeInput) { metrics(range: $range) { insights { rule } } }"
        hour = {"range": {"preset": "LAST_HOUR"}}
        assert (await ask(api, somebody(), query, hour)).data["metrics"]["insights"] == []
        await execute(api.database, f"update deployment set created_at = '{PRESENT - AN_HOUR}'")
        rules = [i["rule"] for i in (await ask(api, somebody(), query, DAYS)).data["metrics"]["insights"]]
        assert "UNUSED_DEPLOYMENT" not in rules


async def _deployment(database: Database, name: str) -> UUID:
    async with database.driver() as connection:
        return await connection.fetchval("select id from deployment where name = $1", name)


LISTED = """query($range: TimeRangeInput) {
  providers { metrics(range: $range) { ...Told } } teams { nodes { metrics(range: $range) { ...Told } } } }
  fragment Told on PerformanceMetrics { requests { total } previous { requests { total } } insights { rule } }"""


class TestStatements:
    async def test_their_number_does_not_depend_on_how_many_there_are(self, api: Api) -> None:
        random, counted = Random(8), list[int]()
        for number in range(12):
            name = f"p{number:02}"
            await add_model(api.database, f"{name}/one", rates(INPUT="1", OUTPUT="2"))
            await ingest_of(api.database).take([call(random, NOW, provider=name, team=f"t{number:02}", service="chat")])
            if number in {1, 11}:
                before = api.database.statements
                data = await api.data(LISTED, range=between(NOW - A_DAY, NOW + A_DAY), role=Role.ADMIN)
                counted.append(api.database.statements - before)
                for nodes in (data["providers"], data["teams"]["nodes"]):
                    assert [node["metrics"]["requests"]["total"] for node in nodes] == [1] * (number + 1)
        assert counted == [10, 10]
