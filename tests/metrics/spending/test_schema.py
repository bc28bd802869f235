"""What is spent unusually, and what a month is likely to cost, through the API."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest_asyncio

from app.catalog.tables import Model
from app.identity.rules import Role
from app.settings import Settings
from tests.conftest import Api, answering
from tests.kit.rows import add_usage, model, provider, put, team

NOW = datetime(2096, 3, 14, 12, 30, tzinfo=UTC)
TODAY = NOW.replace(hour=0, minute=0)
UNUSUAL = """query ($filter: DashboardFilter) { dashboard(filter: $filter) { unusualSpend {
    scope provider { slug } model { name } environment team { slug } spent usual factor from to } } }"""
PROJECTED = "{ models { nodes { name metrics { cost { total projectedMonthly { low expected high } } } } } }"


@pytest_asyncio.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    """The API at half past twelve."""
    async with answering(settings, lambda: NOW) as opened:
        yield opened


async def spend(api: Api, of: Model, ago: int, hour: int, usd: str, **columns: Any) -> None:
    """What calls of an hour cost, some days ago."""
    at = TODAY - timedelta(days=ago) + timedelta(hours=hour)
    await add_usage(api.database, of, at, requests=1, cost=Decimal(usd), **columns)


async def test_unusual_spend_is_told_by_whom(api: Api) -> None:
    of, crew = provider(), team("crew")
    dear, plain = model(of, "dear"), model(of, "plain")
    await put(api.database, of, crew, dear, plain)
    for ago in range(1, 8):
        await spend(api, dear, ago, 3, "10", team_id=crew.id)
        await spend(api, dear, ago, 12, "999", team_id=crew.id)
        await spend(api, plain, ago, 3, "10", environment="STAGING")
    await spend(api, dear, 0, 3, "50", team_id=crew.id)
    await spend(api, dear, 0, 12, "999", team_id=crew.id)
    await spend(api, plain, 0, 3, "10", environment="STAGING")
    found = (await api.data(UNUSUAL))["dashboard"]["unusualSpend"]
    told = [(one["scope"], one["spent"], one["usual"], one["factor"]) for one in found]
    assert told[:2] in (
        [("TOTAL", "60", "20", 3), ("PROVIDER", "60", "20", 3)],
        [("PROVIDER", "60", "20", 3), ("TOTAL", "60", "20", 3)],
    )
    assert {one[0] for one in told[2:]} == {"MODEL", "ENVIRONMENT", "TEAM"}
    assert {one[1:] for one in told[2:]} == {("50", "10", 5)}
    named = {one["scope"]: (one["provider"], one["model"], one["environment"], one["team"]) for one in found}
    assert named == {
        "TOTAL": (None, None, None, None),
        "PROVIDER": ({"slug": "acme"}, None, None, None),
        "MODEL": (None, {"name": "dear"}, None, None),
        "ENVIRONMENT": (None, None, "PRODUCTION", None),
        "TEAM": (None, None, None, {"slug": "crew"}),
    }
    assert {(one["from"], one["to"]) for one in found} == {("2096-03-14T00:00:00Z", "2096-03-14T12:00:00Z")}
    assert (await api.data(UNUSUAL, filter={"environments": ["STAGING"]}))["dashboard"]["unusualSpend"] == []
    answer = await api.ask(UNUSUAL, role=Role.VIEWER)
    assert answer["data"] == {"dashboard": {"unusualSpend": None}}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]


async def test_the_month_is_projected_from_the_days_of_each_model(api: Api) -> None:
    of = provider()
    used, fresh, other = (model(of, name) for name in ("used", "fresh", "other"))
    await put(api.database, of, used, fresh, other)
    for ago in range(1, 30):
        await spend(api, used, ago, 9, "10")
    await spend(api, used, 0, 9, "5")
    await spend(api, fresh, 1, 9, "5")
    nodes = (await api.data(PROJECTED))["models"]["nodes"]
    found = {node["name"]: node["metrics"]["cost"]["projectedMonthly"] for node in nodes}
    assert (found["fresh"], found["other"]) == (None, None)
    left = Decimal(10) * Decimal("11.5") / 24 + 170
    assert abs(Decimal(found["used"]["expected"]) - (135 + left)) < Decimal("0.01")
    assert Decimal(found["used"]["low"]) < Decimal(found["used"]["expected"]) < Decimal(found["used"]["high"])
