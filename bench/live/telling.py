"""Events of one model as the product writes them, and the moment of each commit."""

from __future__ import annotations

import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import orjson
from redis.asyncio import Redis
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.events import ModelUpdated
from app.catalog.tables import Model, Provider
from app.kit.access import SYSTEM, Actor
from app.kit.clock import utc_now
from app.kit.db import Announcement, Database
from app.kit.ids import new_id
from app.kit.journal import Writer, cursor_text, tell
from app.live.wakeups import Wakeups
from bench.live.documents import CHANNEL
from bench.page.servers import Place

DESCRIPTION = (
    "A text model for long documents, tool calls and structured answers, with reasoning that can be seen. " * 8
)
MESSAGE = "Its description was revised."


@dataclass(slots=True)
class Teller:
    """Makes events happen; `commits` has the moment of each (`time.monotonic`)."""

    database: Database
    wakeups: Wakeups
    redis: Redis
    model: UUID
    commits: list[float] = field(default_factory=list[float])

    async def happen(self, events: int = 1) -> None:
        """So many events in one transaction; the stock server hears of them by Redis alone, right after it."""
        await Writer(self.database).write(SYSTEM, self._tell, events)
        at = utc_now().isoformat()
        cursor = cursor_text(self.model, 1, len(self.commits))
        told = {"model": str(self.model), "cursor": cursor, "at": at, "kind": ModelUpdated.kind, "message": MESSAGE}
        await self.redis.publish(CHANNEL, orjson.dumps([told] * events))

    async def _tell(self, session: AsyncSession, _: Actor, events: int) -> None:
        key = str(self.model)
        for _number in range(events):
            tell(session, ModelUpdated(resource_id=key, model_id=key, slug="bench/one", message=MESSAGE))
        session.info["bench"] = events

    def announce(self, what: Announcement) -> None:
        """After each commit."""
        self.commits.append(time.monotonic())
        self.wakeups.announce(what)


@asynccontextmanager
async def telling(place: Place) -> AsyncGenerator[Teller]:
    """A model, and who tells of it."""
    database = Database(place.database, read_connections=1, write_connections=2)
    wakeups = Wakeups(place.redis, "model_registry:")
    acme = Provider(id=new_id(), slug=f"bench-{new_id().hex}", name="Bench")
    described: dict[str, Any] = {
        "model_type": "TEXT", "status": "ACTIVE", "source": "REGISTERED", "description": DESCRIPTION,
        "tags": ["long-context", "tools", "reasoning"], "context_window": 200_000,
    }  # fmt: skip
    one = Model(id=new_id(), provider_id=acme.id, slug=f"{acme.slug}/one", name="One", **described)
    async with database.transaction() as session:
        session.add(acme)
        await session.flush()
        session.add(one)
    teller = Teller(database, wakeups, Redis.from_url(place.redis), one.id)
    database.announce = teller.announce
    try:
        async with wakeups.running():
            yield teller
    finally:
        await teller.redis.aclose()
        await database.close()
