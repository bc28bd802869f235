"""`/healthz`: the process lives. `/readyz`: it can answer, as database, migrations and Redis are there."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable
from starlette.requests import Request
from starlette.responses import JSONResponse

from app import migrate
from app.kit.db import Row, statement
from app.web.hub import Hub

PATIENCE = 2.0


async def healthz(_: Request) -> JSONResponse:
    """The process lives."""
    return JSONResponse({"status": "ok"})


async def readyz(request: Request) -> JSONResponse:
    """200 if everything this process needs is there, else 503; both name each part."""
    hub: Hub = request.app.state.hub
    parts = {"database": _database, "migrations": _migrations, "redis": _redis}
    found = dict(zip(parts, await asyncio.gather(*(_checked(check, hub) for check in parts.values())), strict=True))
    ready = all(state == "ok" for state in found.values())
    return JSONResponse({"status": "ok" if ready else "unavailable", **found}, 200 if ready else 503)


async def _checked(check: Callable[[Hub], Awaitable[str]], hub: Hub) -> str:
    try:
        return await asyncio.wait_for(check(hub), PATIENCE)
    except Exception:  # noqa: BLE001 - whatever is wrong, the part is not there
        return "unavailable"


@statement
def _revision() -> Executable:
    return text("select version_num from alembic_version")


async def _database(hub: Hub) -> str:
    await hub.database.fetch(_one(), Row)
    return "ok"


@statement
def _one() -> Executable:
    return text("select 1")


async def _migrations(hub: Hub) -> str:
    rows = await hub.database.fetch(_revision(), Row)
    return "ok" if rows and rows[0]["version_num"] == migrate.head() else "outdated"


async def _redis(hub: Hub) -> str:
    await hub.redis.ping()
    return "ok"
