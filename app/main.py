"""The composition root of the API process: builds pools and doors; nothing else constructs them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from typing import Final

from prometheus_client.core import Metric
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff
from redis.exceptions import RedisError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route, WebSocketRoute

from app import migrate
from app.execution.executor import BreadthFirstExecutor, StandardExecutor
from app.kit.access import Actor
from app.kit.clock import Clock, utc_now
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.kit.paging import Cursors
from app.kit.presence import present
from app.kit.reading import Reader
from app.kit.secrets import load_keys
from app.metrics.exposition import families
from app.schema import schema
from app.settings import Execution, Settings
from app.telemetry.metrics import ApiMetrics, DatabaseMetrics, process_registry
from app.telemetry.observer import Observer
from app.telemetry.scraping import Exposition
from app.telemetry.traces import traces_of
from app.web.graphql import GraphQLDoor
from app.web.health import healthz, readyz
from app.web.hub import Hub
from app.web.metrics import MetricsPage
from app.web.pages import graphiql_assets
from app.web.requests import Requests

EXECUTORS: Final = {Execution.BREADTH_FIRST: BreadthFirstExecutor, Execution.STANDARD: StandardExecutor}

log = logging.getLogger("modelhub")


def build_hub(settings: Settings, clock: Clock) -> Hub:
    """Everything one API process holds. Needs `database_url` and `redis_url`."""
    keys = load_keys(settings.home, settings.secret)
    database = Database(
        settings.database_url or "",
        read_connections=settings.read_connections,
        write_connections=settings.write_connections,
    )
    redis = connect_redis(settings.redis_url or "")
    observer = Observer(ApiMetrics(process_registry()), traces_of(settings))
    return Hub(settings, database, redis, keys, Cursors(keys.cursors), observer, clock)


def connect_redis(url: str) -> Redis:
    """A client that survives a restart of the server; `from_url` alone would not retry."""
    return Redis.from_url(url, retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=1), 5), socket_connect_timeout=3)


def build(settings: Settings, clock: Clock = utc_now) -> Starlette:
    """The application; `clock` tells what now is to those who ask."""
    hub = build_hub(settings, clock)
    door = GraphQLDoor(schema.executed_by(EXECUTORS[settings.execution]), hub)
    page = MetricsPage(exposition(hub), settings.metrics_token, hub.keys)
    application = Starlette(
        routes=[
            Route("/", to_graphiql),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", page.answer),
            Route("/graphql", door),
            WebSocketRoute("/graphql", door),
            graphiql_assets(),
        ],
        middleware=[Middleware(Requests, observer=hub.observer)],
        lifespan=_lifespan,
    )
    application.state.hub = hub
    return application


def exposition(hub: Hub) -> Exposition:
    """What `/metrics` shows: this process, and the database and Redis behind it."""
    hub.observer.metrics.registry.register(DatabaseMetrics(hub.database))

    async def database(actor: Actor) -> Iterable[Metric]:
        return await families(Reader(hub.database, hub.cursors, hub.clock), actor)

    async def redis(_: Actor) -> Iterable[Metric]:
        try:
            await hub.redis.ping()
        except RedisError as error:
            raise Unavailable("Redis cannot be reached.") from error
        return ()

    return Exposition(hub.observer.metrics.registry, {"database": database, "redis": redis})


async def to_graphiql(_: Request) -> RedirectResponse:
    """Until the dashboard is there, the front door leads to GraphiQL."""
    return RedirectResponse("/graphql")


@asynccontextmanager
async def _lifespan(application: Starlette) -> AsyncGenerator[None]:
    hub: Hub = application.state.hub
    url = hub.settings.database_url or ""
    await migrate.refuse_mismatch(url)
    try:
        async with present(url, "modelhub serve"):
            yield
    finally:
        if hub.observer.traces:
            await asyncio.to_thread(hub.observer.traces.close)
        await hub.database.close()
        await hub.redis.aclose()
