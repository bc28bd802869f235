"""Clients that listen, and acts that make something happen."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.access import SYSTEM, Actor
from app.kit.db import Database
from app.kit.journal import Event, Writer, tell
from app.kit.scoping import tags
from tests.conftest import Api
from tests.serving import serving
from tests.web.talking import Talk, talking

MODELS = "subscription($after: Cursor) { modelChanged(after: $after) { cursor kind message } }"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted(Event):
    """Something that a test tells; it is nobody's model."""

    kind: ClassVar[str] = "model.noted"
    topic: ClassVar[str] = "model"
    resource_type: ClassVar[str] = "Model"
    number: int


NOBODY = "00000000-0000-0000-0000-000000000000"


async def _tell(session: AsyncSession, _: Actor, numbers: tuple[int, ...], level: str | None) -> None:
    for number in numbers:
        tell(session, Noted(resource_id=NOBODY, number=number, scope_tags=tags(level)))


async def happen(database: Database, *numbers: int, level: str | None = None) -> None:
    """One transaction with so many events."""
    await Writer(database).write(SYSTEM, _tell, numbers, level)


async def heard(talk: Talk, seconds: float = 5) -> Any:
    """The data of the next event."""
    message = json.loads(await asyncio.wait_for(talk.connection.recv(), seconds))
    assert message["type"] == "next", message
    assert "errors" not in message["payload"], message
    (data,) = message["payload"]["data"].values()
    return data


async def silent(talk: Talk, seconds: float = 0.3) -> bool:
    """Whether nothing comes."""
    try:
        await asyncio.wait_for(talk.connection.recv(), seconds)
    except TimeoutError:
        return True
    return False


@asynccontextmanager
async def listening(
    address: str, token: str, query: str = MODELS, variables: dict[str, Any] | None = None
) -> AsyncGenerator[Talk]:
    """A socket with one subscription, which is in force."""
    async with talking(address) as talk:
        await talk.begin(token)
        await talk.subscribe(query, variables=variables or {})
        assert await talk.lives()
        yield talk


@asynccontextmanager
async def served(api: Api) -> AsyncGenerator[str]:
    """Where the API is served."""
    async with serving(api.app) as address:
        yield address
