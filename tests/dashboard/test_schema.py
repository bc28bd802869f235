"""The dashboard through the API, against numbers that can be added up by hand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.tables import Model
from app.deployments.events import DeploymentEvent, DeploymentRecorded, DeploymentScaled
from app.deployments.tables import Deployment
from app.identity.rules import Role
from app.identity.tables import Team
from app.kit.access import SYSTEM, Actor
from app.kit.ids import global_id, new_id
from app.kit.journal import Event, Writer, tell
from app.metrics.dashboard.schema import KINDS
from app.metrics.events import ErrorsBurst, ModelFirstUsed
from tests.conftest import Api
from tests.kit.rows import add_usage, deployment, execute, gid, model, provider, put, select_rows, team

SUMMARY = """query ($filter: DashboardFilter) { dashboard(filter: $filter) { eventCursor alerts { message } summary {
    totalModels activeDeployments totalRequests requestsPerHour successRate totalCost costPerDay costPerRequest
    unpricedRequests avgLatencyMs avgRating deprecatedModelsDeployed modelsWithoutOwner } } }"""

TOP = """query ($filter: DashboardFilter) { dashboard(filter: $filter) { topModels {
    requests cost rating model { name } } } }"""

ACTIVITY = """query ($filter: DashboardFilter) { dashboard(filter: $filter) { recentActivity {
    type message occurredAt model { name } deployment { name } } } }"""


@dataclass(frozen=True, slots=True)
class Estate:
    """Models `a` (used most), `b` (deprecated, used) and `secret`; who they belong to, and since when."""

    now: datetime
    a: Model
    b: Model
    secret: Model
    crew: Team
    served: Deployment


@pytest.fixture
async def estate(api: Api) -> Estate:
    """Usage an hour ago: 80 calls of `a`, 20 of `b`, 1,000 of a model that viewers may not see; and old usage."""
    acme, zeta, crew = provider("acme"), provider("zeta"), team("crew")
    a = model(acme, "a", owner="ann")
    b = model(zeta, "b", status="DEPRECATED")
    secret = model(zeta, "secret", security_level="RESTRICTED", owner="eve")
    idle, retired = model(acme, "idle"), model(acme, "retired", status="RETIRED")
    served = deployment(a, "a-prod", team_id=crew.id)
    others = [
        deployment(a, "a-stage", environment="STAGING", phase="STOPPED"),
        deployment(b, "b-prod", phase="SCALING"),
        deployment(b, "b-stage", environment="STAGING", phase="RUNNING"),
        deployment(retired, "r", phase="FAILED"),
        deployment(secret, "s"),
    ]
    await put(api.database, acme, zeta, crew, a, b, secret, idle, retired, served, *others)
    now = datetime.now(UTC)
    then = (now - timedelta(hours=1)).replace(second=0, microsecond=0)
    await add_usage(
        api.database, a, then, deployment_id=served.id, team_id=crew.id, requests=80, failed=4, unpriced=30,
        cost=Decimal("2.5"), latency_count=80, latency_sum_us=8_000_000, rating_count=4, rating_sum=14,
    )  # fmt: skip
    await add_usage(
        api.database, b, then, environment="STAGING", requests=20, failed=6, cost=Decimal("0.000000000007"),
        latency_count=20, latency_sum_us=12_000_000, rating_count=1, rating_sum=1,
    )  # fmt: skip
    await add_usage(api.database, secret, then, requests=1000, failed=1000, unpriced=1000)
    await add_usage(api.database, a, then - timedelta(days=2), requests=500, cost=Decimal(100))
    return Estate(now, a, b, secret, crew, served)


async def summary(api: Api, chosen: Any = None, role: Role = Role.ANALYST) -> dict[str, Any]:
    """The summary, as an analyst sees it."""
    return (await api.data(SUMMARY, role=role, filter=chosen))["dashboard"]["summary"]


class TestSummary:
    async def test_adds_up_what_may_be_seen(self, api: Api, estate: Estate) -> None:
        assert await summary(api) == {
            "totalModels": 4,
            "activeDeployments": 3,
            "totalRequests": 100,
            "requestsPerHour": 100 / 24,
            "successRate": 0.9,
            "totalCost": "2.500000000007",
            "costPerDay": "2.500000000007",
            "costPerRequest": "0.035714285714",
            "unpricedRequests": 30,
            "avgLatencyMs": 200.0,
            "avgRating": 3.0,
            "deprecatedModelsDeployed": 1,
            "modelsWithoutOwner": 2,
        }

    async def test_those_who_may_see_more_have_other_numbers(self, api: Api, estate: Estate) -> None:
        found = await summary(api, role=Role.DEVELOPER)
        assert (found["totalModels"], found["activeDeployments"], found["totalRequests"]) == (5, 4, 1100)

    async def test_nothing_at_all_is_zero_or_null(self, api: Api) -> None:
        found = await summary(api)
        zero = {"totalModels", "activeDeployments", "totalRequests", "requestsPerHour", "unpricedRequests",
                "deprecatedModelsDeployed", "modelsWithoutOwner"}  # fmt: skip
        assert {name for name, value in found.items() if value == 0} == zero
        money = {"totalCost": "0", "costPerDay": "0"}
        assert {name: value for name, value in found.items() if name not in zero} == {
            **dict.fromkeys(("successRate", "costPerRequest", "avgLatencyMs", "avgRating")), **money,
        }  # fmt: skip

    async def test_calls_that_could_not_be_priced_cost_an_unknown_sum(self, api: Api) -> None:
        acme = provider()
        made = model(acme, "a")
        await put(api.database, acme, made)
        await add_usage(api.database, made, datetime.now(UTC) - timedelta(hours=1), requests=5, unpriced=5)
        found = await summary(api)
        assert (found["totalCost"], found["costPerDay"], found["costPerRequest"]) == (None, None, None)
        assert (found["totalRequests"], found["unpricedRequests"]) == (5, 5)

    async def test_filters_narrow_usage_and_deployments(self, api: Api, estate: Estate) -> None:
        a, b, secret = gid(estate.a), gid(estate.b), gid(estate.secret)
        for chosen, requests, deployed in [
            ({"models": [a]}, 80, 1),
            ({"models": [b]}, 20, 2),
            ({"models": [a, b]}, 100, 3),
            ({"models": [secret]}, 0, 0),
            ({"providers": ["acme"]}, 80, 1),
            ({"providers": ["nobody"]}, 0, 0),
            ({"environments": ["STAGING"]}, 20, 1),
            ({"environments": ["PRODUCTION", "STAGING"]}, 100, 3),
            ({"teams": ["crew"]}, 80, 1),
            ({"teams": ["nobody"]}, 0, 0),
            ({"providers": ["acme"], "environments": ["STAGING"]}, 0, 0),
            ({"range": {"preset": "LAST_7_DAYS"}}, 600, 3),
            ({"range": {"preset": "LAST_HOUR"}, "models": [a]}, None, 1),
        ]:
            found = await summary(api, chosen)
            assert found["activeDeployments"] == deployed, chosen
            assert requests is None or found["totalRequests"] == requests

    async def test_rates_refer_to_the_length_of_the_range(self, api: Api, estate: Estate) -> None:
        found = await summary(api, {"range": {"preset": "LAST_7_DAYS"}})
        assert found["requestsPerHour"] == 600 / (7 * 24)
        assert Decimal(found["costPerDay"]) == (Decimal("102.500000000007") / 7).quantize(Decimal("1e-12"))

    async def test_bad_filters_are_refused(self, api: Api, estate: Estate) -> None:
        bad: list[Any] = [
            {"models": ["garbage"]},
            {"models": [gid(estate.crew)]},
            *({name: ["x"] * 101} for name in ("models", "providers", "teams")),
            {"range": {}},
            {"range": {"from": "2026-01-01T00:00:00Z"}},
        ]
        for chosen in bad:
            assert await api.codes(SUMMARY, filter=chosen) == ["INVALID_PARAMETER"], chosen

    async def test_unknown_model_is_no_error(self, api: Api, estate: Estate) -> None:
        found = await summary(api, {"models": [global_id("Model", new_id())]})
        assert (found["totalRequests"], found["totalModels"]) == (0, 0)


class TestTopModels:
    async def test_most_used_come_first_and_hidden_ones_not_at_all(self, api: Api, estate: Estate) -> None:
        found = (await api.data(TOP, role=Role.ANALYST))["dashboard"]["topModels"]
        assert found == [
            {"requests": 80, "cost": "2.5", "rating": 3.5, "model": {"name": "a"}},
            {"requests": 20, "cost": "0.000000000007", "rating": 1.0, "model": {"name": "b"}},
        ]
        found = (await api.data(TOP))["dashboard"]["topModels"]
        assert found[0] == {"requests": 1000, "cost": None, "rating": None, "model": {"name": "secret"}}

    async def test_are_ten_at_most_and_ties_are_stable(self, api: Api) -> None:
        acme = provider()
        made = [model(acme, f"m{n:02}") for n in range(12)]
        await put(api.database, acme, *made)
        for n, one in enumerate(made):
            await add_usage(api.database, one, datetime.now(UTC) - timedelta(hours=1), requests=5 + (n == 7))
        found = [top["model"]["name"] for top in (await api.data(TOP))["dashboard"]["topModels"]]
        assert found == ["m07", *(f"m{n:02}" for n in range(12) if n != 7)][:10]

    async def test_filters_narrow_them(self, api: Api, estate: Estate) -> None:
        found = await api.data(TOP, filter={"environments": ["STAGING"]})
        assert [top["model"]["name"] for top in found["dashboard"]["topModels"]] == ["b"]


class TestRecentActivity:
    async def tell(self, api: Api, *events: Event) -> None:
        """Put events into the log."""

        async def act(session: AsyncSession, _: Actor) -> None:
            for event in events:
                tell(session, event)

        await Writer(api.database).write(SYSTEM, act)

    def all_kinds(self, estate: Estate, of: Model, served: Deployment, ago: timedelta) -> list[Event]:
        """One event of each kind, a minute apart, the first one oldest."""
        minute = timedelta(minutes=1)
        at = [estate.now - ago + minute * n for n in range(4)]
        key, model_id = str(served.id), str(of.id)
        served_there: dict[str, Any] = {"resource_id": key, "model_id": model_id, "environment": served.environment}
        return [
            DeploymentRecorded(**served_there, message="appeared", occurred_at=at[0]),
            DeploymentScaled(**served_there, message="scaled", replicas_from=1, replicas_to=2, occurred_at=at[1]),
            ModelFirstUsed(resource_id=model_id, model_id=model_id, message="first used", occurred_at=at[2]),
            ErrorsBurst(resource_id=key, model_id=model_id, failed=9, requests=10, message="burst", occurred_at=at[3]),
        ]

    async def test_shows_every_kind_newest_first(self, api: Api, estate: Estate) -> None:
        await self.tell(api, *self.all_kinds(estate, estate.a, estate.served, timedelta(hours=3)))
        found = (await api.data(ACTIVITY))["dashboard"]["recentActivity"]
        assert [(one["type"], one["message"], one["deployment"]) for one in found] == [
            ("ERROR", "burst", {"name": "a-prod"}),
            ("REQUEST", "first used", None),
            ("SCALING", "scaled", {"name": "a-prod"}),
            ("DEPLOYMENT", "appeared", {"name": "a-prod"}),
        ]
        assert {one["model"]["name"] for one in found} == {"a"}

    def test_every_event_of_deployments_is_one_of_its_kinds(self) -> None:
        left = [DeploymentEvent]
        for each in left:
            left += each.__subclasses__()
        assert {each.kind for each in left if hasattr(each, "kind")} <= KINDS.keys()

    async def test_what_happened_to_hidden_models_is_not_told(self, api: Api, estate: Estate) -> None:
        (row,) = await select_rows(api.database, "select id from deployment where name = 's'")
        hidden = deployment(estate.secret, "s", id=row["id"])
        await self.tell(api, *self.all_kinds(estate, estate.secret, hidden, timedelta(hours=3)))
        assert (await api.data(ACTIVITY, role=Role.VIEWER))["dashboard"]["recentActivity"] == []
        assert len((await api.data(ACTIVITY))["dashboard"]["recentActivity"]) == 4

    async def test_is_of_the_range_and_of_the_filter(self, api: Api, estate: Estate) -> None:
        await self.tell(api, *self.all_kinds(estate, estate.a, estate.served, timedelta(days=3)))
        cases: list[tuple[Any, int]] = [
            (None, 0),
            ({"range": {"preset": "LAST_7_DAYS"}}, 4),
            ({"range": {"preset": "LAST_7_DAYS"}, "models": [gid(estate.a)]}, 4),
            ({"range": {"preset": "LAST_7_DAYS"}, "models": [gid(estate.b)]}, 0),
            ({"range": {"preset": "LAST_7_DAYS"}, "providers": ["zeta"]}, 0),
            ({"range": {"preset": "LAST_7_DAYS"}, "environments": ["PRODUCTION"]}, 3),
            ({"range": {"preset": "LAST_7_DAYS"}, "environments": ["STAGING"]}, 0),
            ({"range": {"preset": "LAST_7_DAYS"}, "teams": ["crew"]}, 3),
        ]
        for chosen, expected in cases:
            found = (await api.data(ACTIVITY, filter=chosen))["dashboard"]["recentActivity"]
            assert len(found) == expected, chosen

    async def test_is_twenty_at_most(self, api: Api, estate: Estate) -> None:
        for hours in range(1, 7):
            await self.tell(api, *self.all_kinds(estate, estate.a, estate.served, timedelta(hours=hours)))
        found = (await api.data(ACTIVITY))["dashboard"]["recentActivity"]
        times = [one["occurredAt"] for one in found]
        assert (len(found), times) == (20, sorted(times, reverse=True))

    async def test_event_of_something_that_is_gone_is_left_out(self, api: Api, estate: Estate) -> None:
        await self.tell(api, *self.all_kinds(estate, estate.a, estate.served, timedelta(hours=3)))
        await execute(api.database, f"delete from deployment where id = '{estate.served.id}'")
        found = (await api.data(ACTIVITY))["dashboard"]["recentActivity"]
        assert {one["deployment"] and one["deployment"]["name"] for one in found} == {None}


class TestEventCursor:
    async def cursor(self, api: Api) -> str | None:
        """The end of the log."""
        return (await api.data("{ dashboard { eventCursor } }"))["dashboard"]["eventCursor"]

    async def test_is_null_without_events_and_moves_with_each(self, api: Api) -> None:
        async def act(session: AsyncSession, _: Actor) -> None:
            tell(session, ModelFirstUsed(resource_id="x", model_id=str(new_id()), message="m"))

        assert await self.cursor(api) is None
        seen: list[str | None] = []
        for _ in range(3):
            await Writer(api.database).write(SYSTEM, act)
            seen.append(await self.cursor(api))
        assert None not in seen
        assert len(set(seen)) == 3
        assert await self.cursor(api) == seen[-1]


class TestAlerts:
    async def test_are_empty_as_long_as_there_are_no_rules(self, api: Api, estate: Estate) -> None:
        assert (await api.data(SUMMARY))["dashboard"]["alerts"] == []
