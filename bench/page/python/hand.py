"""What the same answers cost without GraphQL: Starlette, asyncpg and orjson, written for the documents of the bench."""

from __future__ import annotations

import asyncio
import os
from collections import defaultdict
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import Any

import asyncpg
import orjson
import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

SLUG = "provider-1/model-1"
MODEL = """slug, name, description, status, license, context_window as "contextWindow", popularity, rating, price,
    is_public as "isPublic", owner, created_at as "createdAt\""""
MODELS = f"select id, {MODEL} from model order by id limit $1"  # noqa: S608 - a constant
ONE_MODEL = f"select {MODEL} from model where slug = $1"  # noqa: S608 - a constant
DEPLOYMENTS = """select model_id, name, environment, phase, replicas, latency_ms as "latencyMs"
    from deployment where model_id = any($1::int[]) order by model_id, id"""
METRICS = """select model_id, requests, errors, latency_p50 as "latencyP50", latency_p95 as "latencyP95", cost, uptime
    from model_metrics where model_id = any($1::int[])"""
SAMPLES = """select label, host, unit, kind, count, errors, mean, peak, healthy, taken_at as "takenAt"
    from sample order by id limit $1"""
CHANGES = """select summary, kind, happened_at as "happenedAt", coalesce(team_id, person_id) as actor_id
    from change order by id limit $1"""
TEAMS = """select id, 'Team' as "__typename", title, area, members from team where id = any($1::int[])"""
PEOPLE = """select id, 'Person' as "__typename", name, email, city from person where id = any($1::int[])"""

Pool = Any


async def page(pool: Pool) -> dict[str, Any]:
    """Fifty models, their deployments and metrics."""
    models = [dict(row) for row in await pool.fetch(MODELS, 50)]
    keys = [model["id"] for model in models]
    deployments, metrics = await asyncio.gather(pool.fetch(DEPLOYMENTS, keys), pool.fetch(METRICS, keys))
    children = _children(deployments)
    measured = {key: one for key, (one,) in _children(metrics).items()}
    for model in models:
        key = model.pop("id")
        model["deployments"], model["metrics"] = children.get(key, []), measured.get(key)
    return {"models": models}


def _children(rows: list[Any]) -> dict[int, list[dict[str, Any]]]:
    groups: dict[int, list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        child = dict(row)
        groups[child.pop("model_id")].append(child)
    return groups


async def small(pool: Pool) -> dict[str, Any]:
    """One model."""
    row = await pool.fetchrow(ONE_MODEL, SLUG)
    return {"model": dict(row) if row else None}


async def rows(pool: Pool) -> dict[str, Any]:
    """A thousand samples."""
    return {"samples": [dict(row) for row in await pool.fetch(SAMPLES, 1000)]}


async def union(pool: Pool) -> dict[str, Any]:
    """Fifty changes and who made them."""
    changes = [dict(row) for row in await pool.fetch(CHANGES, 50)]
    keys = [change["actor_id"] for change in changes]
    actors: dict[int, dict[str, Any]] = {}
    for found in await asyncio.gather(pool.fetch(TEAMS, keys), pool.fetch(PEOPLE, keys)):
        for row in found:
            actor = dict(row)
            actors[actor.pop("id")] = actor
    for change in changes:
        change["actor"] = actors.get(change.pop("actor_id"))
    return {"changes": changes}


ANSWERS: dict[str, Callable[[Pool], Awaitable[dict[str, Any]]]] = {
    "Page": page,
    "Small": small,
    "Rows": rows,
    "Union": union,
}


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return str(value)
    raise TypeError


async def answer(request: Request) -> Response:
    """The answer to a known operation."""
    body = orjson.loads(await request.body())
    data = await ANSWERS[body["operationName"]](request.app.state.pool)
    return Response(orjson.dumps({"data": data}, default=_plain), media_type="application/json")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncGenerator[None]:
    """Hold the pool."""
    url, size = os.environ["DATABASE_URL"].replace("+asyncpg", ""), int(os.environ["POOL"])
    async with asyncpg.create_pool(url, min_size=size, max_size=size) as app.state.pool:
        yield


def main() -> None:
    """Serve until SIGTERM."""
    app = Starlette(routes=[Route("/graphql", answer, methods=["POST"])], lifespan=lifespan)
    options: dict[str, Any] = {"loop": "uvloop", "http": "httptools", "server_header": False}
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False, **options)


if __name__ == "__main__":
    main()
