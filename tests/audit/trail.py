"""Entries of the audit trail for tests."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar

from sqlalchemy.ext.asyncio import AsyncSession

from app.kit.access import Actor, Permission
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.journal import Event, Origin, Writer, record

ANN = Actor(id="ann", name="Ann", permissions=frozenset(Permission), on_behalf_of="boss@example.com")
START = datetime.fromisoformat("2026-01-01T00:00:00+00:00")


class Happened(Event):
    """Something."""

    kind: ClassVar[str] = "thing.happened"
    topic: ClassVar[str] = "thing"
    resource_type: ClassVar[str] = "Thing"


async def _note(session: AsyncSession, actor: Actor, given: list[dict[str, Any]]) -> None:
    for values in given:
        record(session, actor, Happened(resource_id=values.pop("resource_id", "7")), **values)


async def happen(
    database: Database, count: int = 1, *, actor: Actor = ANN, at: datetime | None = None, **told: Any
) -> None:
    """Put entries on record, by default now, else a second apart from a time on."""
    for number in range(count):
        moment = at + timedelta(seconds=number) if at else utc_now()
        writer = Writer(database, Origin("a-request", "192.0.2.7"), lambda moment=moment: moment)
        await writer.write(actor, _note, [dict(told)])
