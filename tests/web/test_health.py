"""Health: `/healthz` and `/readyz`, with each part away in turn."""

from __future__ import annotations

import time
from typing import Any

import httpx2
import pytest

from app.main import build
from app.migrate import SchemaMismatch
from app.settings import Settings
from tests.conftest import Api, free_port
from tests.kit.rows import execute

READY = {"status": "ok", "database": "ok", "migrations": "ok", "redis": "ok"}


async def ready(client: httpx2.AsyncClient) -> tuple[int, dict[str, Any]]:
    """What `/readyz` says, and that it does not take long."""
    begun = time.monotonic()
    answer = await client.get("/readyz")
    assert time.monotonic() - begun < 5
    return answer.status_code, answer.json()


class TestHealthz:
    async def test_lives(self, api: Api) -> None:
        answer = await api.client.get("/healthz")
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})


class TestReadyz:
    async def test_is_ready_when_everything_is_there(self, api: Api) -> None:
        assert await ready(api.client) == (200, READY)

    @pytest.mark.parametrize("change", ["update alembic_version set version_num = 'x'", "delete from alembic_version"])
    async def test_outdated_schema_is_named(self, api: Api, change: str) -> None:
        await execute(api.database, change)
        assert await ready(api.client) == (503, {**READY, "status": "unavailable", "migrations": "outdated"})

    async def test_database_without_a_schema_is_named(self, api: Api) -> None:
        await execute(api.database, "drop table alembic_version")
        assert await ready(api.client) == (503, {**READY, "status": "unavailable", "migrations": "unavailable"})

    async def test_dead_redis_is_named_in_time(self, settings: Settings) -> None:
        dead = settings.model_copy(update={"redis_url": f"redis://127.0.0.1:{free_port()}/0"})
        app = build(dead)
        async with (
            app.router.lifespan_context(app),
            httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hub") as client,
        ):
            assert await ready(client) == (503, {**READY, "status": "unavailable", "redis": "unavailable"})
            assert (await client.get("/healthz")).status_code == 200

    async def test_dead_database_is_named_in_time(self, settings: Settings) -> None:
        url = f"postgresql+asyncpg://x@127.0.0.1:{free_port()}/x"
        app = build(settings.model_copy(update={"database_url": url}))
        client = httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hub")
        async with client:
            code, found = await ready(client)
        assert (code, found["database"], found["migrations"], found["redis"]) == (
            503, "unavailable", "unavailable", "ok",
        )  # fmt: skip
        await app.state.hub.database.close()
        await app.state.hub.redis.aclose()


class TestStart:
    async def test_refuses_a_database_at_another_revision(self, api: Api, settings: Settings) -> None:
        await execute(api.database, "update alembic_version set version_num = 'newer'")
        app = build(settings)
        with pytest.raises(SchemaMismatch, match="newer"):
            async with app.router.lifespan_context(app):
                pass
        await app.state.hub.database.close()
        await app.state.hub.redis.aclose()
