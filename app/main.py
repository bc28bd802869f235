"""The composition root of the API process: builds pools and doors; nothing else constructs them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator, Iterable, Sequence
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Final

from prometheus_client.core import Metric
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialWithJitterBackoff, NoBackoff
from redis.exceptions import RedisError
from sqlalchemy.pool import NullPool
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route, WebSocketRoute

from app import migrate
from app.alerts.channels import sealing
from app.audit.endpoints import export
from app.deployments import site
from app.deployments.calling import calls
from app.deployments.calling.credentials import read_credentials
from app.deployments.runtimes.templates import read_templates
from app.execution.cost import Costs
from app.execution.executor import BreadthFirstExecutor, StandardExecutor
from app.execution.operations import Operations
from app.identity.authentication import Authentication
from app.identity.epoch import follow, read_epoch
from app.identity.signing.keys import SigningKeys
from app.kit.access import Actor
from app.kit.clock import Clock, utc_now
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.kit.latest import Latest
from app.kit.paging import Cursors
from app.kit.presence import present
from app.kit.reading import Reader
from app.kit.sealing import load_keyring
from app.kit.secrets import load_keys
from app.kit.targets import Targets
from app.kit.tasks import ended
from app.kit.tls import open_engine, reason
from app.limits.charging import Limiter
from app.limits.counters import SharedCounters
from app.limits.failover import PATIENCE, Failover
from app.limits.leases import Leases
from app.limits.policy import read_policy
from app.live.exchange import Exchange
from app.live.groups import Means
from app.live.log import Log
from app.live.metrics import LiveMetrics, WakeupMetrics, lag_families
from app.live.tail import Tail
from app.live.wakeups import Wakeups
from app.metrics.exposition import families
from app.metrics.receiving import openapi
from app.metrics.receiving.endpoints import Endpoints, refused_export
from app.metrics.receiving.service import establish
from app.metrics.usage.endpoints import export as export_usage
from app.schema import schema
from app.settings import Execution, Settings
from app.telemetry.metrics import ApiMetrics, DatabaseMetrics, process_registry
from app.telemetry.observer import Observer
from app.telemetry.scraping import Exposition
from app.telemetry.traces import traces_of
from app.web.account import account_pages
from app.web.crowds import Forwarded
from app.web.downloads import signed_in
from app.web.gate import Gate
from app.web.graphql import GraphQLDoor
from app.web.health import healthz, readyz
from app.web.hub import Hub
from app.web.metrics import MetricsPage
from app.web.nowhere import nowhere, refused
from app.web.oauth import TokenDoor
from app.web.origins import Origins
from app.web.pages import as_page, graphiql_assets
from app.web.requests import HTTPS_ONLY, Requests
from app.web.senders import sending
from app.web.trusted import TrustedDocuments
from app.web.turnstile import Turnstile

EXECUTORS: Final = {Execution.BREADTH_FIRST: BreadthFirstExecutor, Execution.STANDARD: StandardExecutor}

log = logging.getLogger("modelhub")


def build_hub(settings: Settings, clock: Clock) -> Hub:
    """Everything one API process holds. Needs `database_url` and `redis_url`.

    Raises `BadTemplates` and `BadCredentials`."""
    keys = load_keys(settings.home, settings.secret)
    database = Database(
        settings.database_url or "",
        read_connections=settings.read_connections,
        write_connections=settings.write_connections,
    )
    redis = connect_redis(settings.redis_url or "")
    observer = Observer(ApiMetrics(process_registry()), traces_of(settings))
    keyring = load_keyring(settings)
    signing = SigningKeys(keys, keyring, settings.is_production)
    authentication = Authentication(database, signing, takes_development_tokens=not settings.is_production)
    wakeups = Wakeups(settings.redis_url or "", settings.redis_prefix)
    site.establish(database, site_of(settings))
    calls.establish(database, calls_of(settings))
    sealing.establish(database, keyring)
    return Hub(
        *(settings, database, redis, keys, Cursors(keys.cursors), observer, clock),
        authentication=authentication,
        signing=signing,
        counters=Failover(SharedCounters(connect_for_limits(settings.redis_url or ""), settings.redis_prefix)),
        exchange=_exchange(database, authentication, wakeups, observer, clock, settings.snapshot_ms / 1000),
        wakeups=wakeups,
    )


def site_of(settings: Settings) -> site.Site:
    """What the operator allows deployments."""
    templates = read_templates(settings.templates, with_sample=not settings.is_production)
    return site.Site(templates=templates, most=settings.deployments_per_team)


def calls_of(settings: Settings) -> calls.Calls:
    """How models are called, and whom."""
    authorities = str(settings.authorities) if settings.authorities else None
    return calls.Calls(Targets(settings.private_targets), read_credentials(settings.credentials), authorities)


def connect_for_limits(url: str) -> Redis:
    """A client that does not try again: who waits for it is a request, which itself looks at the time."""
    return Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=PATIENCE, socket_timeout=None)


def _exchange(
    database: Database, authentication: Authentication, wakeups: Wakeups, observer: Observer, clock: Clock, pace: float
) -> Exchange:
    async def epoch() -> int:
        value = await read_epoch(database)
        authentication.heard(value)
        return value

    tail, metrics = Tail(Log(database)), LiveMetrics(observer.metrics.registry)
    wakeups.listen(tail.heard)
    observer.metrics.registry.register(WakeupMetrics(wakeups))
    database.announce = wakeups.announce
    return Exchange(Means(tail, Latest(epoch), metrics, clock, pace))


def connect_redis(url: str) -> Redis:
    """A client that survives a restart of the server; `from_url` alone would not retry."""
    return Redis.from_url(url, retry=Retry(ExponentialWithJitterBackoff(base=0.05, cap=1), 5), socket_connect_timeout=3)


async def tell_if_away(url: str) -> None:
    """A line of the log if Redis does not answer, with the reason; nothing that is kept depends on it."""
    client = Redis.from_url(url, socket_connect_timeout=3, socket_timeout=3)
    try:
        await client.ping()
    except (RedisError, OSError) as error:
        log.warning("Redis cannot be reached: %s", reason(error))
    finally:
        await client.aclose()


def build(settings: Settings, clock: Clock = utc_now) -> Starlette:
    """The application; `clock` tells what now is to those who ask."""
    hub = build_hub(settings, clock)
    operations = Operations(schema, EXECUTORS[settings.execution])
    gate = build_gate(hub, operations)
    door = GraphQLDoor(operations, hub, gate)
    page = MetricsPage(exposition(hub), settings.metrics_token, hub.authentication.actor_of, gate.turnstile)
    application = Starlette(
        routes=[
            Route("/graphql", door),
            Route("/", to_graphiql),
            Route("/healthz", healthz),
            Route("/readyz", readyz),
            Route("/metrics", page.answer),
            Route("/oauth/token", TokenDoor(hub, gate.turnstile).answer, methods=["POST"]),
            WebSocketRoute("/graphql", door),
            Route("/audit/export", signed_in(door.entrance, export)),
            Route("/usage/export", signed_in(door.entrance, export_usage)),
            *ways_in(hub, gate.turnstile),
            *account_pages(),
            graphiql_assets(),
        ],
        middleware=[
            Origins(settings).cors(),
            Middleware(Requests, observer=hub.observer, headers=_always(settings)),
            Middleware(Forwarded, most=settings.connections_per_address),
        ],
        exception_handlers={HTTPException: refused},
        lifespan=_lifespan,
    )
    application.router.default = nowhere
    application.state.hub = hub
    return application


def _always(settings: Settings) -> Sequence[tuple[bytes, bytes]]:
    return HTTPS_ONLY if settings.public_url and settings.public_url.startswith("https:") else ()


def build_gate(hub: Hub, operations: Operations) -> Gate:
    """What stands before every operation. Raises `BadPolicy`."""
    settings = hub.settings
    limiter = Limiter(read_policy(settings.limits), Leases(hub.counters), Costs(operations.schema))
    return Gate(operations, limiter, TrustedDocuments(settings.documents), settings.free_documents)


def ways_in(hub: Hub, turnstile: Turnstile) -> Iterable[Route]:
    """Where tools send telemetry to."""
    count, retention = hub.observer.metrics.note_calls, timedelta(days=hub.settings.raw_retention_days)
    endpoints = Endpoints(establish(hub.database, retention, hub.clock, count))
    traces = sending(hub.authentication, turnstile, endpoints.traces, refused_export)
    yield Route("/v1/traces", traces, methods=["POST"])
    yield Route("/api/public/otel/v1/traces", traces, methods=["POST"])
    yield Route("/ingest", as_page(openapi.page))
    yield Route("/ingest/openapi.json", openapi.document)
    yield Route("/ingest/litellm", sending(hub.authentication, turnstile, endpoints.litellm), methods=["POST"])
    yield Route("/ingest/inferences", sending(hub.authentication, turnstile, endpoints.inferences), methods=["POST"])


def exposition(hub: Hub) -> Exposition:
    """What `/metrics` shows: this process, and the database and Redis behind it."""
    hub.observer.metrics.registry.register(DatabaseMetrics(hub.database))

    async def database(actor: Actor) -> Iterable[Metric]:
        lag = await hub.exchange.lag()
        return [*await families(Reader(hub.database, hub.cursors, hub.clock), actor), *lag_families(lag)]

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
async def _following(hub: Hub, url: str) -> AsyncGenerator[None]:
    """Hear of every change of who may do what, on a connection of its own, and of keys that are to sign."""
    await hub.signing.load(hub.database)
    engine = open_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
    following = follow(engine, hub.authentication.heard), hub.signing.follow(hub.database)
    followers = [asyncio.create_task(each) for each in following]
    try:
        yield
    finally:
        await ended(followers)
        await engine.dispose()


@asynccontextmanager
async def _lifespan(application: Starlette) -> AsyncGenerator[None]:
    hub: Hub = application.state.hub
    url = hub.settings.database_url or ""
    await migrate.refuse_mismatch(url)
    try:
        async with present(url, "modelhub serve"), _following(hub, url), hub.wakeups.running():
            yield
    finally:
        if hub.observer.traces:
            await asyncio.to_thread(hub.observer.traces.close)
        await calls.calls_of(hub.database).close()
        await hub.database.close()
        await hub.counters.close()
        await hub.redis.aclose()
