"""Snapshots: the newest state at once, told anew only when it is different."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta

import pytest_asyncio

from app.kit.db import Announcement
from app.settings import Settings
from tests.conftest import Api, answering
from tests.kit.rows import add_usage, gid, model, provider, put
from tests.live.listening import happen, heard, listening, served, silent

DASHBOARD = (
    "subscription { dashboardChanged { cursor occurredAt dashboard { summary { totalRequests totalModels } } } }"
)


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
    query = "subscription($id: ID!) { modelMetricsChanged(modelId: $id) { model { metrics { requests { total } } } } }"
    async with listening(address, api.token(), query, {"id": gid(one)}) as talk:
        assert await heard(talk) == {"model": {"metrics": {"requests": {"total": 0}}}}
        bucket = (datetime.now(UTC) - timedelta(hours=1)).replace(second=0, microsecond=0)
        await add_usage(api.database, one, bucket, requests=3)
        assert await heard(talk) == {"model": {"metrics": {"requests": {"total": 3}}}}
