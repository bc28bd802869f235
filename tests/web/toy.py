"""A schema with what the product's does not have yet, subscriptions and deprecations, behind the product's door."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from enum import Enum
from typing import Any

import strawberry
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.routing import Route, WebSocketRoute

from app.execution.executor import BreadthFirstExecutor
from app.execution.operations import Operations
from app.kit.context import Info
from app.kit.errors import Conflict
from app.web.graphql import GraphQLDoor
from app.web.origins import Origins
from app.web.requests import Requests
from tests.conftest import Api
from tests.serving import serving


@dataclass
class Seen:
    """What happened to the sources of events."""

    opened: int = 0
    closed: int = 0
    contexts: list[int] = field(default_factory=list[int])


SEEN = Seen()


@strawberry.enum
class Colour(Enum):
    RED = "RED"
    PINK = strawberry.enum_value("PINK", deprecation_reason="Use RED. Removed after 2027-08-01.")


@strawberry.input
class Paint:
    colour: Colour = Colour.RED
    gloss: int | None = strawberry.field(default=None, deprecation_reason="It is always glossy.")


@strawberry.type
class Event:
    number: int
    who: str

    @strawberry.field
    async def context(self, info: Info) -> bool:
        """Notes the context in which it is executed."""
        SEEN.contexts.append(id(info.context))
        return True


@strawberry.type
class Query:
    @strawberry.field
    def hello(self, name: str = "world") -> str:
        return f"Hello, {name}!"

    @strawberry.field(deprecation_reason="Use `hello`. Removed after 2027-06-01. Deprecated since 2026-10-01.")
    def hi(self) -> str:
        return "Hi!"

    @strawberry.field
    def paint(self, paint: Paint) -> str:
        return str(paint.colour.value)

    @strawberry.field
    async def nap(self, seconds: float) -> bool:
        await asyncio.sleep(seconds)
        return True

    @strawberry.field
    def fail(self) -> str | None:
        raise RuntimeError("a secret of ours")


@strawberry.type
class Mutation:
    @strawberry.mutation
    def greet(self, name: str) -> str:
        return f"Good morning, {name}!"


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def count(self, info: Info, to: int = 3, seconds: float = 0) -> AsyncGenerator[Event, None]:
        """Numbers, and what becomes of those who count them."""
        SEEN.opened += 1
        try:
            for number in range(to):
                yield Event(number=number, who=info.context.actor.name)
                await asyncio.sleep(seconds)
        finally:
            SEEN.closed += 1

    @strawberry.subscription
    async def conflict(self) -> AsyncGenerator[int, None]:
        """One number, then a failure that the client can understand."""
        yield 1
        raise Conflict("Begin anew.")

    @strawberry.subscription
    async def broken(self) -> AsyncGenerator[int, None]:
        """One number, then one of ours."""
        yield 1
        raise RuntimeError("a secret of ours")


SCHEMA = strawberry.Schema(Query, Mutation, Subscription)


def toy(api: Api, **settings: Any) -> Starlette:
    """An application over the database and the keys of the API, with other settings if need be."""
    hub = api.app.state.hub
    if settings:
        hub = type(hub)(**{name: getattr(hub, name) for name in hub.__slots__} | settings)
    door = GraphQLDoor(Operations(SCHEMA, BreadthFirstExecutor), hub)
    return Starlette(
        routes=[Route("/graphql", door), WebSocketRoute("/graphql", door)],
        middleware=[Origins(hub.settings).cors(), Middleware(Requests, observer=hub.observer)],
    )


@asynccontextmanager
async def serving_toy(api: Api, **options: Any) -> AsyncGenerator[str]:
    """Where it is served, as `127.0.0.1:port`."""
    async with serving(toy(api), **options) as address:
        yield address
