"""Stock Strawberry as its documentation shows it: SQLAlchemy's ORM, aiodataloader, parser and validation caches."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Coroutine
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

import strawberry
import uvicorn
from aiodataloader import DataLoader
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from bench.page.python import tables

Sessions: TypeAlias = "async_sessionmaker[AsyncSession]"
Load: TypeAlias = "Callable[[list[int]], Coroutine[Any, Any, list[Any]]]"

ModelStatus = strawberry.enum(tables.ModelStatus)
DeploymentPhase = strawberry.enum(tables.DeploymentPhase)


@strawberry.type
class Deployment:
    name: str
    environment: str
    phase: tables.DeploymentPhase
    replicas: int
    latency_ms: float


@strawberry.type
class Metrics:
    requests: int
    errors: int
    latency_p50: float
    latency_p95: float
    cost: Decimal
    uptime: float


@strawberry.type
class Model:
    id: strawberry.Private[int]
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

    @strawberry.field
    async def deployments(self, info: strawberry.Info) -> list[Deployment]:
        return await info.context["deployments"].load(self.id)

    @strawberry.field
    async def metrics(self, info: strawberry.Info) -> Metrics | None:
        return await info.context["metrics"].load(self.id)


@strawberry.type
class Sample:
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
class Team:
    title: str
    area: str
    members: int

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, tables.Team)


@strawberry.type
class Person:
    name: str
    email: str
    city: str

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return isinstance(value, tables.Person)


Actor: TypeAlias = Annotated[Team | Person, strawberry.union("Actor")]


@strawberry.type
class Change:
    team_id: strawberry.Private[int | None]
    person_id: strawberry.Private[int | None]
    summary: str
    kind: str
    happened_at: datetime

    @strawberry.field
    async def actor(self, info: strawberry.Info) -> Actor | None:
        if self.team_id is not None:
            return await info.context["teams"].load(self.team_id)
        return await info.context["people"].load(self.person_id)


@strawberry.type
class Query:
    @strawberry.field
    async def models(self, info: strawberry.Info, first: int) -> list[Model]:
        return await _first(info, tables.Model, first)

    @strawberry.field
    async def model(self, info: strawberry.Info, slug: str) -> Model | None:
        async with info.context["sessions"]() as session:
            return await session.scalar(select(tables.Model).where(tables.Model.slug == slug))

    @strawberry.field
    async def samples(self, info: strawberry.Info, first: int) -> list[Sample]:
        return await _first(info, tables.Sample, first)

    @strawberry.field
    async def changes(self, info: strawberry.Info, first: int) -> list[Change]:
        return await _first(info, tables.Change, first)


async def _first(info: strawberry.Info, table: Any, first: int) -> list[Any]:
    async with info.context["sessions"]() as session:
        return list(await session.scalars(select(table).order_by(table.id).limit(first)))


def _by_id(sessions: Sessions, table: Any, key: Any) -> Load:
    async def load(keys: list[int]) -> list[Any]:
        async with sessions() as session:
            found = {getattr(row, key.key): row for row in await session.scalars(select(table).where(key.in_(keys)))}
        return [found.get(wanted) for wanted in keys]

    return load


def _deployments(sessions: Sessions) -> Load:
    deployments = tables.Deployment

    async def load(keys: list[int]) -> list[list[tables.Deployment]]:
        groups: dict[int, list[tables.Deployment]] = defaultdict(list)
        async with sessions() as session:
            chosen = select(deployments).where(deployments.model_id.in_(keys)).order_by(deployments.id)
            for row in await session.scalars(chosen):
                groups[row.model_id].append(row)
        return [groups[key] for key in keys]

    return load


class Server(GraphQL[dict[str, Any], None]):
    """A fresh set of loaders for each request."""

    def __init__(self, sessions: Sessions) -> None:
        super().__init__(strawberry.Schema(Query, extensions=[ParserCache, ValidationCache]), graphql_ide=None)
        self._sessions = sessions

    async def get_context(self, request: Any, response: Any) -> dict[str, Any]:  # noqa: ARG002 - the given signature
        sessions = self._sessions
        loads = {
            "deployments": _deployments(sessions),
            "metrics": _by_id(sessions, tables.Metrics, tables.Metrics.model_id),
            "teams": _by_id(sessions, tables.Team, tables.Team.id),
            "people": _by_id(sessions, tables.Person, tables.Person.id),
        }
        return {"sessions": sessions, **{name: DataLoader(load) for name, load in loads.items()}}


def main() -> None:
    """Serve until SIGTERM."""
    engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=int(os.environ["POOL"]), max_overflow=0)
    server = Server(async_sessionmaker(engine, expire_on_commit=False))
    options: dict[str, Any] = {"loop": "uvloop", "http": "httptools", "server_header": False}
    uvicorn.run(server, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False, **options)


if __name__ == "__main__":
    main()
