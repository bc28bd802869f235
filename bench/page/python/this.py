"""The product's own server over the tables of the bench: its door, its executor, its guards, its log, its reads."""

from __future__ import annotations

import asyncio
import gc
import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

import strawberry
import uvicorn
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route

from app.execution.executor import BreadthFirstExecutor
from app.execution.operations import Operations
from app.identity.authentication import Authentication
from app.kit.clock import utc_now
from app.kit.context import Info
from app.kit.edges import edge
from app.kit.nodes import Rows
from app.main import build_gate, build_hub
from app.schema import schema as product
from app.serve import COLLECTIONS, transport
from app.settings import Settings
from app.telemetry import logs
from app.web.graphql import GraphQLDoor
from app.web.requests import Requests
from bench.page.python import reads, tables
from bench.page.servers import UNLIMITED

ModelStatus = strawberry.enum(tables.ModelStatus)
DeploymentPhase = strawberry.enum(tables.DeploymentPhase)


@strawberry.type
class Deployment(Rows):
    row = reads.DeploymentRow

    name: str
    environment: str
    phase: tables.DeploymentPhase
    replicas: int
    latency_ms: float


@strawberry.type
class Metrics(Rows):
    row = reads.MetricsRow

    requests: int
    errors: int
    latency_p50: float
    latency_p95: float
    cost: Decimal
    uptime: float


@strawberry.type
class Model(Rows):
    row = reads.ModelRow

    slug: str
    name: str
    description: str
    status: tables.ModelStatus
    license: str
    context_window: int
    popularity: int
    rating: float
    price: Decimal
    is_public: bool
    owner: str | None
    created_at: datetime
    deployments: list[Deployment] = edge(reads.deployments_by_model, key="id", many=True, description="Its instances.")
    metrics: Metrics | None = edge(reads.metrics_by_model, key="id", description="What is measured of it.")


@strawberry.type
class Sample(Rows):
    row = reads.SampleRow

    label: str
    host: str
    unit: str
    kind: str
    count: int
    errors: int
    mean: float
    peak: float
    healthy: bool
    taken_at: datetime


@strawberry.type
class Team(Rows):
    row = reads.TeamRow

    title: str
    area: str
    members: int


@strawberry.type
class Person(Rows):
    row = reads.PersonRow

    name: str
    email: str
    city: str


Actor: TypeAlias = Annotated[Team | Person, strawberry.union("Actor")]


@strawberry.type
class Change(Rows):
    row = reads.ChangeRow

    summary: str
    kind: str
    happened_at: datetime
    actor: Actor | None = edge(reads.actors_by_id, key="actor_id", description="Who did it.")


@strawberry.type
class Query:
    @strawberry.field
    async def models(self, info: Info, first: int) -> list[Model]:
        return await info.context.read(reads.models, first)

    @strawberry.field
    async def model(self, info: Info, slug: str) -> Model | None:
        return await info.context.read(reads.model_by_slug, slug)

    @strawberry.field
    async def samples(self, info: Info, first: int) -> list[Sample]:
        return await info.context.read(reads.samples, first)

    @strawberry.field
    async def changes(self, info: Info, first: int) -> list[Change]:
        return await info.context.read(reads.changes, first)


def operations() -> Operations:
    """The bench's fields, executed as the product's are."""
    schema = strawberry.Schema(query=Query, config=product.config)
    return Operations(schema, BreadthFirstExecutor)


@asynccontextmanager
async def unchanged(authentication: Authentication) -> AsyncGenerator[None]:
    """Tell that nobody's permissions change, which the product hears from tables that are not there."""

    async def tell() -> None:
        while True:
            authentication.heard(authentication.epoch)
            await asyncio.sleep(1)

    telling = asyncio.create_task(tell())
    yield
    telling.cancel()


def main() -> None:
    """Serve until SIGTERM."""
    settings = Settings()
    logs.configure(settings)
    hub = build_hub(settings, utc_now)
    executed = operations()
    gate = None if UNLIMITED in os.environ else build_gate(hub, executed)
    door = Route("/graphql", GraphQLDoor(executed, hub, gate))
    requests = Middleware(Requests, observer=hub.observer)
    app = Starlette(routes=[door], middleware=[requests], lifespan=lambda _: unchanged(hub.authentication))
    gc.freeze()  # as `modelhub serve` does
    gc.set_threshold(*COLLECTIONS)
    options: dict[str, Any] = {"loop": "uvloop", **transport(settings.connections_per_address)}
    uvicorn.run(app, host=settings.host, port=settings.port, log_config=None, access_log=False, **options)


if __name__ == "__main__":
    main()
