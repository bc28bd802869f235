"""Stock Strawberry with the product's subscription, as its documentation shows it: each subscriber is answered by
himself, from SQLAlchemy's ORM and aiodataloader.

As `frugal` its subscribers share what is read for an event, which its documentation does not show."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncGenerator, Callable, Coroutine
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeAlias
from uuid import UUID

import orjson
import strawberry
import uvicorn
from aiodataloader import DataLoader
from redis.asyncio import Redis
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from starlette.applications import Starlette
from starlette.routing import Route, WebSocketRoute
from strawberry.asgi import GraphQL
from strawberry.extensions import ParserCache, ValidationCache

from app.catalog import tables
from app.serve import take_descriptors
from bench.live.documents import CHANNEL

IS_FRUGAL = sys.argv[1:] == ["frugal"]

Sessions: TypeAlias = "async_sessionmaker[AsyncSession]"
Load: TypeAlias = "Callable[[list[UUID]], Coroutine[Any, Any, list[Any]]]"


class Loaders:
    """Those of one event: what a socket keeps of an earlier one is out of date."""

    def __init__(self, sessions: Sessions) -> None:
        self.models = DataLoader(_by_id(sessions, tables.Model))
        self.providers = DataLoader(_by_id(sessions, tables.Provider))


def _by_id(sessions: Sessions, table: Any) -> Load:
    async def load(keys: list[UUID]) -> list[Any]:
        async with sessions() as session:
            found = {row.id: row for row in await session.scalars(select(table).where(table.id.in_(keys)))}
        return [found.get(key) for key in keys]

    return load


@strawberry.type
class Provider:
    slug: str
    name: str


@strawberry.type
class Model:
    row: strawberry.Private[tables.Model]
    loaders: strawberry.Private[Loaders]
    id: strawberry.ID
    slug: str
    name: str
    description: str | None
    model_type: str
    status: str
    tags: list[str]
    capabilities: list[str]
    context_window: int | None
    security_level: str
    source: str
    revision: int
    is_demo: bool
    created_at: datetime
    updated_at: datetime

    @strawberry.field
    async def provider(self) -> Provider | None:
        return await self.loaders.providers.load(self.row.provider_id)


_SCALARS = (
    *("id", "slug", "name", "description", "model_type", "status", "tags", "capabilities", "context_window"),
    *("security_level", "source", "revision", "is_demo", "created_at", "updated_at"),
)


@strawberry.type
class ModelChanged:
    model_id: strawberry.Private[UUID]
    loaders: strawberry.Private[Loaders]
    cursor: str
    occurred_at: datetime
    kind: str
    message: str

    @strawberry.field
    async def model(self) -> Model | None:
        row = await self.loaders.models.load(self.model_id)
        scalars: dict[str, Any] = {name: getattr(row, name) for name in _SCALARS}
        return Model(row=row, loaders=self.loaders, **scalars)


def _changed(loaders: Loaders, model: str, at: str, **more: str) -> ModelChanged:
    occurred_at = datetime.fromisoformat(at)
    return ModelChanged(model_id=UUID(model), loaders=loaders, occurred_at=occurred_at, **more)


class Hub:
    """Hands what Redis tells to a queue for each subscriber."""

    def __init__(self) -> None:
        engine = create_async_engine(os.environ["DATABASE_URL"], pool_size=int(os.environ["POOL"]), max_overflow=0)
        self.sessions = async_sessionmaker(engine, expire_on_commit=False)
        self.queues = set[asyncio.Queue[Any]]()

    async def listen(self) -> None:
        """For ever."""
        async with Redis.from_url(os.environ["REDIS_URL"], socket_timeout=None).pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            while True:
                message = await pubsub.get_message(ignore_subscribe_messages=True, timeout=5)
                for told in orjson.loads(message["data"] or b"[]") if message else ():
                    shared = Loaders(self.sessions)
                    for queue in self.queues:
                        queue.put_nowait((told, shared if IS_FRUGAL else Loaders(self.sessions)))


HUB = Hub()


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def model_changed(self) -> AsyncGenerator[ModelChanged, None]:
        queue = asyncio.Queue[Any]()
        HUB.queues.add(queue)
        try:
            while True:
                told, loaders = await queue.get()
                yield _changed(loaders, **told)
        finally:
            HUB.queues.discard(queue)


@strawberry.type
class Query:
    @strawberry.field
    def listeners(self) -> int:
        return len(HUB.queues)


@asynccontextmanager
async def _listening(_: Starlette) -> AsyncGenerator[None]:
    task = asyncio.create_task(HUB.listen())
    yield
    task.cancel()


def main() -> None:
    """Serve until SIGTERM."""
    take_descriptors()
    schema = strawberry.Schema(Query, subscription=Subscription, extensions=[ParserCache, ValidationCache])
    door: Any = GraphQL(schema, graphql_ide=None)
    routes = [Route("/graphql", door), WebSocketRoute("/graphql", door)]
    options: dict[str, Any] = {"loop": "uvloop", "http": "httptools", "ws_per_message_deflate": False}
    app = Starlette(routes=routes, lifespan=_listening)
    uvicorn.run(app, host="127.0.0.1", port=int(os.environ["PORT"]), log_config=None, access_log=False, **options)


if __name__ == "__main__":
    main()
