"""What `/metrics` says of usage: today's sums by provider and model type, and how late the roll-up is."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from prometheus_client import Metric

from app.kit.access import SYSTEM, Actor, Clearance
from app.kit.db import Database
from app.kit.errors import Forbidden
from app.kit.paging import Cursors
from app.kit.reading import Reader
from app.metrics import exposition, jobs
from app.metrics.exposition import families
from tests.kit.rows import add_usage, day, execute, model, provider, put

NOON = day(11, 20) + timedelta(hours=12)


async def samples(database: Database, now: datetime = NOON, actor: Actor = SYSTEM) -> dict[tuple[str, ...], float]:
    """Values by name and labels."""
    found: list[Metric] = list(await families(Reader(database, Cursors(b"k" * 32), lambda: now), actor))
    return {(sample.name, *sample.labels.values()): sample.value for family in found for sample in family.samples}


class TestUsage:
    async def test_is_todays_by_provider_and_model_type(self, database: Database) -> None:
        acme, beta = provider("acme"), provider("beta")
        chat, code, other = model(acme, "chat"), model(acme, "code", model_type="CODE"), model(beta, "chat")
        await put(database, acme, beta, chat, code, other)
        sums = {"requests": 10, "failed": 2, "cost": "0.25", "tokens_in": 100, "tokens_out": 7, "tokens_cached": 40}
        for minutes in (0, 59, 11 * 60 + 59, 12 * 60):
            await add_usage(database, chat, day(11, 20) + timedelta(minutes=minutes), **sums)
        await add_usage(database, chat, day(11, 20) - timedelta(minutes=1), requests=1000)
        await add_usage(database, code, NOON, requests=1, unpriced=1)
        await add_usage(database, other, NOON, requests=5)
        found = await samples(database)
        assert found["modelhub_usage_requests_total", "acme", "TEXT"] == 40
        assert found["modelhub_usage_errors_total", "acme", "TEXT"] == 8
        assert found["modelhub_usage_cost_usd_total", "acme", "TEXT"] == 1
        assert found["modelhub_usage_tokens_total", "acme", "TEXT", "cached"] == 160
        assert found["modelhub_usage_unpriced_total", "acme", "CODE"] == 1
        assert found["modelhub_usage_requests_total", "beta", "TEXT"] == 5

    async def test_is_the_same_before_and_after_the_roll_up_and_begins_anew_at_midnight(
        self, database: Database
    ) -> None:
        acme = provider()
        chat = model(acme, "chat")
        await put(database, acme, chat)
        for minutes in range(0, 12 * 60, 30):
            await add_usage(database, chat, day(11, 20) + timedelta(minutes=minutes), requests=1)
        assert (await samples(database))["modelhub_usage_requests_total", "acme", "TEXT"] == 24
        assert await jobs.roll_up(database, lambda: NOON) == 12
        assert (await samples(database))["modelhub_usage_requests_total", "acme", "TEXT"] == 24
        midnight = await samples(database, day(11, 21))
        assert [name for name in midnight if name[0].startswith("modelhub_usage")] == []

    async def test_is_scoped_by_clearance_and_permission(self, database: Database) -> None:
        acme = provider()
        hidden = model(acme, "hidden", security_level="RESTRICTED")
        await put(database, acme, hidden)
        await add_usage(database, hidden, NOON, requests=1)
        viewer = Actor("v", "v", SYSTEM.permissions, Clearance.INTERNAL)
        assert not any(name[0].startswith("modelhub_usage") for name in await samples(database, actor=viewer))
        with pytest.raises(Forbidden):
            await samples(database, actor=Actor("n", "n", frozenset()))

    async def test_pairs_beyond_the_limit_are_one(self, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(exposition, "MAX_PAIRS", 2)
        for slug in ("a", "b", "c", "d"):
            made = provider(slug)
            used = model(made, "m")
            await put(database, made, used)
            await add_usage(database, used, NOON, requests=3)
        found = await samples(database)
        counts = {name[1:]: value for name, value in found.items() if name[0] == "modelhub_usage_requests_total"}
        assert counts == {("a", "TEXT"): 3, ("b", "TEXT"): 3, ("other", "other"): 6}


class TestRollup:
    async def test_lag_is_the_age_of_the_oldest_mark_that_is_due(self, database: Database) -> None:
        assert (await samples(database))["modelhub_rollup_lag_seconds",] == 0
        due = "insert into rollup_dirty (grain, bucket, due_at) values "
        await execute(database, due + "(60, '2026-11-20 12:00Z', '2026-11-20 13:00:02Z')")
        waiting = await samples(database)
        assert (waiting["modelhub_rollup_lag_seconds",], waiting["modelhub_rollup_pending",]) == (0, 1)
        await execute(database, due + "(60, '2026-11-20 10:00Z', '2026-11-20 11:59:00Z')")
        late = await samples(database)
        assert (late["modelhub_rollup_lag_seconds",], late["modelhub_rollup_pending",]) == (60, 2)
        minute = "insert into rollup_dirty_minute (bucket, due_at) values ('2026-11-20 11:57Z', '2026-11-20 11:58:02Z')"
        await execute(database, minute)
        later = await samples(database)
        assert (later["modelhub_rollup_lag_seconds",], later["modelhub_rollup_pending",]) == (118, 3)
