"""How far a process is behind the log of events, as operators see it."""

from __future__ import annotations

import asyncio
import re

from sqlalchemy import text

from tests.conftest import Api
from tests.live.listening import happen, heard, listening, served

NAMES = "subscription { modelChanged { model { name } } }"


async def shown(api: Api) -> dict[str, float]:
    """What `/metrics` says."""
    answer = await api.client.get("/metrics", headers={"authorization": f"Bearer {api.token()}"})
    return {name: float(value) for name, value in re.findall(r"^(modelhub_live_\S+) (\S+)$", answer.text, re.MULTILINE)}


async def test_nobody_is_behind_if_nobody_listens(api: Api) -> None:
    await happen(api.database, 1, 2)
    found = await shown(api)
    assert (found["modelhub_live_log_head"], found["modelhub_live_log_lag_events"]) == (2, 0)


async def test_what_is_not_told_yet_is_counted_and_timed(api: Api) -> None:
    """Models cannot be read for a while, so that nothing can be told of them."""
    exchange = api.app.state.hub.exchange
    async with served(api) as address, listening(address, api.token(), NAMES) as talk:
        async with api.database.transaction() as session:
            await session.execute(text("lock table model in access exclusive mode"))
            await happen(api.database, 1, 2)
            await asyncio.sleep(0.3)
            lag = await exchange.lag()
            assert (lag.head, lag.events) == (2, 2)
            assert 0.3 <= lag.seconds < 10
        assert [await heard(talk) for _ in range(2)] == [{"model": None}] * 2
        async with asyncio.timeout(5):
            while (await exchange.lag()).events:
                await asyncio.sleep(0.01)
        assert (await exchange.lag()).seconds == 0
        assert (await shown(api))["modelhub_live_log_lag_events"] == 0
