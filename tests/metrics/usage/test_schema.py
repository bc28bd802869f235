"""Where the money goes, as clients see it: equal to a recount of the calls, however they are divided."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest

from app.identity.rules import Role
from app.kit.access import Clearance, Permission
from app.kit.db import Database
from app.kit.ids import global_id, parse_global_id
from app.metrics.ingest.rules import Inference
from app.metrics.jobs import roll_up
from app.metrics.rules import STEPS, Granularity, TimeRange
from tests.conftest import Api
from tests.contract.journeys import EVERYTHING, ask, somebody
from tests.metrics.recount import Questions, raw_rows
from tests.metrics.sending import A_DAY, A_MINUTE, AN_HOUR, NOW, Traffic, add_catalog, altered, call, ingest_of
from tests.metrics.test_schema import NO_RANGES, between, text_of

START = NOW - timedelta(days=2, hours=5, minutes=17)
LATER = NOW + A_DAY * 3
WIDE = between(START - AN_HOUR, NOW + AN_HOUR)

USAGE = """
query($range: TimeRangeInput!, $by: [UsageDimension!]!, $granularity: Granularity, $filter: UsageFilter,
      $order: UsageOrder, $first: Int! = 100) {
  usage(range: $range, groupBy: $by, granularity: $granularity, filter: $filter, orderBy: $order, first: $first) {
    from to granularity groupCount total { ...Figures }
    groups { model { id } provider { id } team { id } environment apiKey user useCase requestShare costShare
             figures { ...Figures } previous { ...Figures }
             series { timestamps requests tokens costUsd } } } }
fragment Figures on UsageFigures { requests failed tokensIn tokensOut unpricedRequests cost }
"""

COLUMNS = {
    "MODEL": "model_id",
    "PROVIDER": "provider_id",
    "TEAM": "team_id",
    "ENVIRONMENT": "environment",
    "API_KEY": "api_key",
    "USER": "user_key",
    "USE_CASE": "use_case",
}


def keyed(random: Random, calls: Sequence[Inference]) -> list[Inference]:
    """The calls, made with some key or none."""
    return [altered(each, api_key=random.choice([None, "ci", "=cmd()", "laptop"])) for each in calls]


def figures(rows: Sequence[Any]) -> dict[str, Any]:
    costs = [row.cost for row in rows if row.cost is not None]
    return {
        "requests": len(rows),
        "failed": sum(row.failed for row in rows),
        "tokensIn": sum(row.tokens_in for row in rows),
        "tokensOut": sum(row.tokens_out for row in rows),
        "unpricedRequests": len(rows) - len(costs),
        "cost": sum(costs, Decimal(0)) if costs or not rows else None,
    }


def exact(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "cost": None if told["cost"] is None else Decimal(told["cost"])}


def divided(rows: Sequence[Any], by: Sequence[str], span: TimeRange) -> dict[tuple[Any, ...], list[Any]]:
    groups: dict[tuple[Any, ...], list[Any]] = defaultdict(list)
    for row in rows:
        if span.start <= row.occurred_at < span.end:
            groups[tuple(row[COLUMNS[dimension]] for dimension in by)].append(row)
    return groups


def key_of(group: dict[str, Any], by: Sequence[str]) -> tuple[Any, ...]:
    labels = {"API_KEY": "apiKey", "USER": "user", "USE_CASE": "useCase", "ENVIRONMENT": "environment"}
    return tuple(_key(group[labels.get(dimension, dimension.lower())]) for dimension in by)


def _key(told: Any) -> Any:
    parsed = parse_global_id(told["id"]) if isinstance(told, dict) else None
    return parsed[1] if parsed else told


def assert_usage(found: dict[str, Any], rows: Sequence[Any], by: Sequence[str], span: TimeRange) -> None:
    """Compare every figure with a recount."""
    groups, before = divided(rows, by, span), divided(rows, by, span.before())
    everything = figures([row for those in groups.values() for row in those])
    assert exact(found["total"]) == everything
    assert found["groupCount"] == len(groups) == len(found["groups"])
    assert {key_of(group, by) for group in found["groups"]} == groups.keys()
    for group in found["groups"]:
        key = key_of(group, by)
        assert exact(group["figures"]) == figures(groups[key])
        assert exact(group["previous"]) == figures(before.get(key, []))
        assert group["requestShare"] == pytest.approx(len(groups[key]) / everything["requests"])
        cost = figures(groups[key])["cost"] or 0
        assert group["costShare"] == (pytest.approx(float(cost / everything["cost"])) if everything["cost"] else None)
        assert_series(group["series"], groups[key], span, Granularity(found["granularity"]))
    costs = [exact(group["figures"])["cost"] or 0 for group in found["groups"]]
    assert costs == sorted(costs, reverse=True)


def assert_series(found: dict[str, Any], rows: Sequence[Any], span: TimeRange, granularity: Granularity) -> None:
    timestamps = span.points(STEPS[granularity])
    assert found["timestamps"] == list(map(text_of, timestamps))
    for index, at in enumerate(timestamps):
        step = figures([row for row in rows if at <= row.occurred_at < at + STEPS[granularity]])
        cost = found["costUsd"][index]
        assert found["requests"][index] == step["requests"]
        assert found["tokens"][index] == step["tokensIn"] + step["tokensOut"]
        assert (cost and Decimal(cost)) == (step["cost"] if step["requests"] else None)


async def estate(database: Database, seed: int, count: int = 600) -> list[Any]:
    await add_catalog(database)
    random = Random(seed)
    await ingest_of(database).take(keyed(random, Traffic(random, START, NOW).take(count)))
    return await raw_rows(database)


DIVISIONS = [
    ["MODEL"],
    ["TEAM", "API_KEY"],
    ["USER"],
    ["USE_CASE", "PROVIDER"],
    ["ENVIRONMENT", "TEAM"],
    ["PROVIDER", "MODEL", "TEAM", "ENVIRONMENT"],
]


class TestUsage:
    async def test_equals_a_recount_however_it_is_divided_and_whatever_was_rolled_up(self, api: Api) -> None:
        rows = await estate(api.database, 51)
        questions = await Questions.about(api.database, Random(3), START, NOW)
        for turn, by in enumerate(DIVISIONS * 2):
            if turn == len(DIVISIONS):
                await roll_up(api.database, lambda: LATER)
            span = questions.span()
            span = TimeRange(span.start + (span.length // 2 // A_MINUTE) * A_MINUTE, span.end)
            step = "ONE_HOUR" if turn % 2 else "ONE_DAY"
            given: dict[str, Any] = {"range": between(span.start, span.end), "by": by, "granularity": step}
            found = (await api.data(USAGE, **given))["usage"]
            assert (datetime.fromisoformat(found["from"]), datetime.fromisoformat(found["to"])) == (
                span.start,
                span.end,
            )
            assert_usage(found, rows, by, span)

    async def test_of_a_part_of_the_estate(self, api: Api) -> None:
        rows = [
            row for row in await estate(api.database, 52, 300) if row.team == "red" and row.environment == "STAGING"
        ]
        span = TimeRange(START.replace(second=0, microsecond=0), NOW.replace(second=0, microsecond=0) + A_MINUTE)
        part = {"teams": ["red"], "environments": ["STAGING"]}
        given: dict[str, Any] = {"range": between(span.start, span.end), "filter": part, "granularity": "ONE_DAY"}
        for by in (["USER"], ["MODEL", "USE_CASE"]):
            assert_usage((await api.data(USAGE, **given, by=by))["usage"], rows, by, span)

    async def test_the_first_groups_tell_of_all_of_them(self, api: Api) -> None:
        rows = await estate(api.database, 53, 300)
        whole = figures(rows)
        for order, figure in (("REQUESTS", ("requests",)), ("TOKENS", ("tokensIn", "tokensOut")), ("COST", ("cost",))):
            given: dict[str, Any] = {"range": WIDE, "by": ["USER"], "order": order, "first": 3}
            found = (await api.data(USAGE, **given))["usage"]
            groups = divided(rows, ["USER"], TimeRange(START, NOW)).values()
            sizes = sorted((sum(figures(those)[name] or 0 for name in figure) for those in groups), reverse=True)
            told = [sum(Decimal(group["figures"][name] or 0) for name in figure) for group in found["groups"]]
            assert told == sizes[:3]
            assert (found["groupCount"], exact(found["total"])) == (len(groups), whole)

    async def test_without_calls_is_empty(self, api: Api) -> None:
        found = (await api.data(USAGE, range=WIDE, by=["MODEL"]))["usage"]
        assert (found["groups"], found["groupCount"]) == ([], 0)
        assert exact(found["total"]) == figures([])

    @pytest.mark.parametrize("by", [[], ["MODEL", "MODEL"], ["USER", "API_KEY"], ["USE_CASE", "TEAM", "USER"]])
    async def test_what_cannot_be_divided_so_is_refused(self, api: Api, by: list[str]) -> None:
        assert await api.codes(USAGE, range=WIDE, by=by) == ["INVALID_PARAMETER"]

    async def test_what_is_out_of_bounds_is_refused(self, api: Api) -> None:
        for first in (0, 101, -1):
            assert await api.codes(USAGE, range=WIDE, by=["TEAM"], first=first) == ["INVALID_PARAMETER"]
        for span in NO_RANGES[:2]:
            assert await api.codes(USAGE, range=span, by=["TEAM"]) == ["INVALID_PARAMETER"]

    async def test_the_number_of_statements_does_not_depend_on_the_number_of_groups(self, api: Api) -> None:
        await estate(api.database, 54, 200)
        counted = list[int]()
        for first in (2, 60):
            before = api.database.statements
            found = await api.data(USAGE, range=WIDE, by=["MODEL", "PROVIDER", "TEAM", "USER"], first=first)
            counted.append(api.database.statements - before)
            assert len(found["usage"]["groups"]) == first
        assert counted == [6, 6]


BY_USER = """query($range: TimeRangeInput!) {
  usage(range: $range, groupBy: [USER]) { groups { user figures { requests } } } }"""
BY_TEAM = """query($range: TimeRangeInput!) {
  usage(range: $range, groupBy: [TEAM]) { groups { team { slug } figures { requests } } } }"""


class TestVisibility:
    async def test_people_and_costs_are_told_of_with_costs_read_only(self, api: Api) -> None:
        await estate(api.database, 55, 30)
        actor = somebody(EVERYTHING - {Permission.COSTS_READ})
        for by in ("USER", "API_KEY"):
            query = f"query($range: TimeRangeInput!) {{ usage(range: $range, groupBy: [{by}]) {{ groupCount }} }}"
            assert (await ask(api, actor, query, {"range": WIDE})).codes() == {"FORBIDDEN"}
        answer = await ask(api, actor, USAGE, {"range": WIDE, "by": ["TEAM"], "first": 1})
        assert answer.codes() == {"FORBIDDEN"}
        assert answer.data["usage"]["total"]["cost"] is None
        assert answer.data["usage"]["groups"][0]["series"]["costUsd"] is None
        ordered = await ask(api, actor, USAGE, {"range": WIDE, "by": ["TEAM"], "order": "COST"})
        assert ordered.data["usage"] is None

    async def test_members_see_what_their_team_called_and_what_their_deployments_answered_without_whose_it_was(
        self, api: Api
    ) -> None:
        await add_catalog(api.database)
        random, ingest = Random(56), ingest_of(api.database)
        for who, user, service, times in (
            ("red", "ann", "red-chat", 3),
            ("blue", "bob", "red-chat", 5),
            ("blue", "bob", None, 7),
            (None, "eve", None, 2),
        ):
            await ingest.take([call(random, NOW, team=who, user=user, service=service) for _ in range(times)])
        async with api.database.driver() as connection:
            red = await connection.fetchval("select id from team where slug = 'red'")
        member = somebody(teams=frozenset({red}))
        for _ in range(2):
            for actor, users, teams in (
                (member, {"ann": 3, "eve": 2, None: 5}, {"red": 3, None: 5 + 2}),
                (somebody(), {"ann": 3, "bob": 12, "eve": 2}, {"red": 3, "blue": 12, None: 2}),
            ):
                found = await ask(api, actor, BY_USER, {"range": WIDE})
                assert {g["user"]: g["figures"]["requests"] for g in found.data["usage"]["groups"]} == users
                found = await ask(api, actor, BY_TEAM, {"range": WIDE})
                summed: dict[Any, int] = defaultdict(int)
                for group in found.data["usage"]["groups"]:
                    summed[group["team"] and group["team"]["slug"]] += group["figures"]["requests"]
                assert summed == teams
            await roll_up(api.database, lambda: LATER)

    async def test_clearance_holds(self, api: Api) -> None:
        rows = await estate(api.database, 57, 100)
        low = somebody(clearance=Clearance.INTERNAL)
        seen = [row for row in rows if row.security_level in low.levels()]
        assert 0 < len(seen) < len(rows)
        answer = await ask(api, low, USAGE, {"range": WIDE, "by": ["USE_CASE"], "granularity": "ONE_DAY"})
        span = TimeRange(datetime.fromisoformat(answer.data["usage"]["from"]),
                         datetime.fromisoformat(answer.data["usage"]["to"]))  # fmt: skip
        assert_usage(answer.data["usage"], seen, ["USE_CASE"], span)


async def file(api: Api, query: str, role: Role = Role.ADMIN) -> Any:
    return await api.client.get(f"/usage/export?{query}", headers={"authorization": f"Bearer {api.token(role)}"})


def between_text(span: TimeRange) -> str:
    return f"from={text_of(span.start)}&to={text_of(span.end)}"


class TestExport:
    async def test_has_all_groups_with_exact_sums_and_no_formulas(self, api: Api) -> None:
        rows = await estate(api.database, 58)
        span = TimeRange(START.replace(second=0, microsecond=0), NOW.replace(second=0, microsecond=0) + A_MINUTE)
        answer = await file(api, f"groupBy=TEAM,API_KEY&{between_text(span)}")
        assert (answer.status_code, answer.headers["content-type"]) == (200, "text/csv; charset=utf-8")
        assert answer.headers["content-disposition"].endswith('.csv"')
        lines = list(csv.DictReader(io.StringIO(answer.text)))
        assert '"\'=cmd()"' in answer.text
        groups: dict[tuple[str, str], list[Any]] = defaultdict(list)
        for row in rows:
            groups[row.team or "", (row.api_key or "").replace("=", "'=")].append(row)
        found = {(line["team"], line["api_key"]): line for line in lines}
        assert found.keys() == groups.keys()
        for key, line in found.items():
            wanted = figures(groups[key])
            assert (int(line["requests"]), int(line["failed"])) == (wanted["requests"], wanted["failed"])
            assert (int(line["tokens_in"]), int(line["tokens_out"])) == (wanted["tokensIn"], wanted["tokensOut"])
            assert int(line["unpriced_requests"]) == wanted["unpricedRequests"]
            assert Decimal(line["cost_usd"]) == wanted["cost"]

    async def test_by_time_adds_up_to_the_same(self, api: Api) -> None:
        rows = await estate(api.database, 59, 300)
        span = TimeRange(START.replace(second=0, microsecond=0), NOW.replace(second=0, microsecond=0) + A_MINUTE)
        answer = await file(api, f"groupBy=MODEL&groupBy=PROVIDER&granularity=ONE_HOUR&{between_text(span)}")
        lines = list(csv.DictReader(io.StringIO(answer.text)))
        assert [line["from"] for line in lines] == sorted(line["from"] for line in lines)
        assert sum(int(line["requests"]) for line in lines) == len(rows)
        assert sum(Decimal(line["cost_usd"] or 0) for line in lines) == figures(rows)["cost"]
        unpriced = [line for line in lines if line["model"] == "gamma/nobody-knows"]
        assert {(line["provider"], line["cost_usd"]) for line in unpriced} == {("gamma", "")}

    async def test_narrowed(self, api: Api) -> None:
        rows = await estate(api.database, 60, 200)
        keys = {row.provider: global_id("Model", row.model_id) for row in rows}
        query = f"groupBy=ENVIRONMENT&from={text_of(START)}&to={text_of(NOW + A_DAY)}"
        for given, meant in ((f"model={keys['beta']}", "beta"), ("provider=gamma", "gamma")):
            lines = list(csv.DictReader(io.StringIO((await file(api, f"{query}&{given}")).text)))
            assert sum(int(line["requests"]) for line in lines) == sum(row.provider == meant for row in rows)

    async def test_needs_a_credential_and_to_see_costs(self, api: Api) -> None:
        assert (await api.client.get("/usage/export?groupBy=TEAM")).status_code == 401
        refused = await file(api, "groupBy=TEAM", Role.VIEWER)
        assert (refused.status_code, refused.json()["errors"][0]["extensions"]["code"]) == (403, "FORBIDDEN")
        assert (await file(api, "groupBy=TEAM", Role.ANALYST)).status_code == 200

    @pytest.mark.parametrize(
        "query",
        ["", "groupBy=", "groupBy=SIZE", "groupBy=USER,API_KEY", "groupBy=TEAM&what=1", "groupBy=TEAM&preset=EVER",
         "groupBy=TEAM&from=2026-01-01", "groupBy=TEAM&from=x&to=y", "groupBy=TEAM&granularity=ONE_YEAR",
         "groupBy=TEAM&model=x", "groupBy=TEAM&environment=MOON", "groupBy=TEAM&preset=LAST_HOUR&preset=LAST_HOUR",
         "groupBy=TEAM&preset=LAST_90_DAYS&granularity=ONE_MINUTE"],
    )  # fmt: skip
    async def test_what_is_no_question_is_refused(self, api: Api, query: str) -> None:
        answer = await file(api, query)
        assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (400, "INVALID_PARAMETER")


class TestNothingIsCountedTwice:
    async def test_when_calls_come_again_and_late(self, api: Api) -> None:
        await add_catalog(api.database)
        random = Random(61)
        calls = keyed(random, Traffic(random, START, NOW, minutes=20).take(200))
        for part in (calls[:120], calls[60:], calls):
            await ingest_of(api.database).take(part)
            await roll_up(api.database, lambda: LATER)
        rows = await raw_rows(api.database)
        assert len(rows) == 200
        span = TimeRange(START.replace(second=0, microsecond=0), NOW.replace(second=0, microsecond=0) + A_MINUTE)
        given: dict[str, Any] = {"range": between(span.start, span.end), "by": ["API_KEY"], "granularity": "ONE_DAY"}
        assert_usage((await api.data(USAGE, **given))["usage"], rows, ["API_KEY"], span)
