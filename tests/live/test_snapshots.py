"""Snapshots: the newest state at once, told anew only when it is different."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from app.identity.rules import Role
from app.kit.db import Announcement
from app.settings import Settings
from tests.conftest import Api, answering
from tests.kit.rows import add_usage, gid, model, provider, put
from tests.live.listening import happen, heard, listening, served, silent
from tests.live.test_streams import refused

DASHBOARD = (
    "subscription { dashboardChanged { cursor occurredAt dashboard { summary { totalRequests totalModels } } } }"
)

METRICS = """subscription ($id: ID!, $range: TimeRangeInput!) { modelMetricsChanged(modelId: $id, range: $range) {
    model { name } metrics { requests { total } } } }"""


@pytest_asyncio.fixture
async def address(api: Api) -> AsyncIterator[str]:
    async with served(api) as found:
        yield found


async def test_dashboard_is_told_at_once_and_when_it_differs(api: Api, address: str) -> None:
    of = provider()
    one = model(of, "one")
    async with listening(address, api.token(), DASHBOARD) as talk:
        first = await heard(talk)
        assert first["dashboard"]["summary"] == {"totalRequests": 0, "totalModels": 0}
        await happen(api.database, 1)
        assert await silent(talk, 0.6)
        await put(api.database, of, one)
        bucket = (datetime.now(UTC) - timedelta(hours=1)).replace(second=0, microsecond=0)
        await add_usage(api.database, one, bucket, requests=7)
        api.database.announce(Announcement.USAGE)
        second = await heard(talk)
        while second["dashboard"]["summary"]["totalRequests"] == 0:
            second = await heard(talk)
        assert second["dashboard"]["summary"] == {"totalRequests": 7, "totalModels": 1}
        assert second["occurredAt"] > first["occurredAt"]
        assert second["cursor"] != first["cursor"]


async def test_is_seen_without_an_announcement(api: Api, address: str) -> None:
    of = provider()
    async with listening(address, api.token(), DASHBOARD) as talk:
        await heard(talk)
        await put(api.database, of, model(of, "one"))
        assert (await heard(talk, 3))["dashboard"]["summary"]["totalModels"] == 1


async def test_those_who_come_later_get_it_at_once_and_share_it(api: Api, address: str) -> None:
    exchange = api.app.state.hub.exchange
    async with AsyncExitStack() as stack:
        for _ in range(5):
            talk = await stack.enter_async_context(listening(address, api.token(), DASHBOARD))
            assert (await heard(talk))["dashboard"]["summary"]["totalModels"] == 0
        assert len(exchange.groups) == 1


async def test_are_no_more_frequent_than_the_setting_says(settings: Settings) -> None:
    of = provider()
    async with (
        answering(settings.model_copy(update={"snapshot_ms": 1000})) as api,
        served(api) as address,
        listening(address, api.token(), DASHBOARD) as talk,
    ):
        await heard(talk)
        begun = time.monotonic()
        await put(api.database, of, model(of, "one"))
        api.database.announce(Announcement.USAGE)
        await heard(talk)
        assert time.monotonic() - begun > 0.8


async def test_metrics_of_a_model(api: Api, address: str) -> None:
    of = provider()
    one = model(of, "one")
    await put(api.database, of, one)
    async with AsyncExitStack() as stack:
        day, week = [
            await stack.enter_async_context(
                listening(address, api.token(), METRICS, {"id": gid(one), "range": {"preset": preset}})
            )
            for preset in ("LAST_24_HOURS", "LAST_7_DAYS")
        ]
        for talk in (day, week):
            assert await heard(talk) == {"model": {"name": "one"}, "metrics": {"requests": {"total": 0}}}
        now = datetime.now(UTC).replace(second=0, microsecond=0)
        await add_usage(api.database, one, now - timedelta(days=2), requests=4)
        assert (await heard(week))["metrics"] == {"requests": {"total": 4}}
        await add_usage(api.database, one, now - timedelta(hours=1), requests=3)
        assert (await heard(day))["metrics"] == {"requests": {"total": 3}}
        assert (await heard(week))["metrics"] == {"requests": {"total": 7}}


async def test_metrics_of_a_model_that_may_not_be_seen_are_unknown(api: Api, address: str) -> None:
    of = provider()
    secret = model(of, "secret", security_level="RESTRICTED")
    await put(api.database, of, secret)
    await add_usage(api.database, secret, datetime.now(UTC).replace(second=0, microsecond=0), requests=3)
    of_nobody = {"id": gid(secret), "range": {"preset": "LAST_24_HOURS"}}
    async with listening(address, api.token(Role.VIEWER), METRICS, of_nobody) as talk:
        assert await heard(talk) == {"model": None, "metrics": None}


async def test_bad_range_is_refused(api: Api, address: str) -> None:
    async with refused(address, api.token(), METRICS, id=gid(model(provider(), "one")), range={}) as code:
        assert code == "INVALID_PARAMETER"
