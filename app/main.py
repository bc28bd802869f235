"""The composition root of the API process: builds pools and doors; nothing else constructs them."""

from __future__ import annotations

import logging
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route, WebSocketRoute

from app import migrate
from app.kit.db import Database
from app.kit.paging import Cursors
from app.kit.secrets import load_keys
from app.schema import schema
from app.settings import Settings
from app.web.graphql import GraphQLDoor
from app.web.health import healthz, readyz
from app.web.hub import Hub
from app.web.pages import graphiql_assets

log = logging.getLogger("modelhub")


def build_hub(settings: Settings) -> Hub:
    """Everything one API process holds. Needs `database_url` and `redis_url`."""
    keys = load_keys(settings.home, settings.secret)
    database = Database(
        settings.database_url or "",
        read_connections=settings.read_connections,
        write_connections=settings.write_connections,
    )
    return Hub(settings, database, connect_redis(settings.redis_url or ""), keys, Cursors(keys.cursors))


def connect_redis(url: str) -> Redis:
    """A client that survives a restart of the server; `from_url` alone would not retry."""
    return Redis.from_url(url, retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=1), 5), socket_connect_timeout=3)


def build(settings: Settings) -> Starlette:
    """The application."""
    hub = build_hub(settings)
    door = GraphQLDoor(schema, hub)
    application = Starlette(
        routes=[
            Route("/", to_graphiql),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/graphql", door),
            WebSocketRoute("/graphql", door),
            graphiql_assets(),
        ],
        lifespan=_lifespan,
    )
    application.state.hub = hub
    return application


async def to_graphiql(_: Request) -> RedirectResponse:
    """Until the dashboard is there, the front door leads to GraphiQL."""
    return RedirectResponse("/graphql")


@asynccontextmanager
async def _lifespan(application: Starlette) -> AsyncGenerator[None]:
    hub: Hub = application.state.hub
    await migrate.refuse_mismatch(hub.settings.database_url or "")
    try:
        yield
    finally:
        await hub.database.close()
        await hub.redis.aclose()
