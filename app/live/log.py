"""The log of events as it is read: by position, in the order of the commits, without gaps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.kit.db import Database, Row, statement
from app.kit.errors import InvalidParameter
from app.kit.journal import GOVERNANCE_STREAM, cursor_text
from app.live.cursors import CursorExpired, Place

PAGE = 500
"""Events that are read at once."""


@dataclass(frozen=True, slots=True)
class Happening:
    """One event, with its place in the log."""

    position: int
    cursor: str
    topic: str
    kind: str
    scope_tags: Sequence[str]
    payload: dict[str, Any]
    audit_id: UUID | None
    occurred_at: datetime
    recorded_at: datetime

    @property
    def subject(self) -> UUID:
        """The key of what it happened to."""
        return UUID(self.payload["resource_id"])


@dataclass(frozen=True, slots=True)
class End:
    """Where the log ends, and the position of the oldest event that is kept; 0 and 1 of an empty one."""

    epoch: UUID
    head: int
    oldest: int

    @property
    def cursor(self) -> str:
        """That of the last event."""
        return cursor_text(self.epoch, GOVERNANCE_STREAM, self.head)


@dataclass(frozen=True, slots=True)
class Lag:
    """What of the log was not told yet: the last position, how many events, and for how many seconds the oldest of them
    has been there."""

    head: int
    events: int
    seconds: float


class _Row(Row):
    """An event, or the end of the log."""


@statement
def _end() -> Executable:
    return text(
        """
        select s.epoch, s.head, coalesce((select min(position) from event where stream = s.id), s.head + 1) as oldest
        from event_stream s where s.id = :stream
        """
    )


@statement
def _after() -> Executable:
    return text(
        f"""
        select s.epoch, e.position, e.topic, e.kind, e.scope_tags, e.payload, e.audit_id, e.occurred_at,
               e.recorded_at
        from event e join event_stream s on s.id = e.stream
        where e.stream = :stream and e.position > :position order by e.position limit {PAGE}
        """  # noqa: S608 - a constant
    )


@statement
def _lag() -> Executable:
    return text(
        """
        select s.head, greatest(s.head - coalesce(cast(:position as bigint), s.head), 0) as events, cast(coalesce(
            (select extract(epoch from clock_timestamp() - e.recorded_at) from event e
             where e.stream = s.id and e.position > :position order by e.position limit 1), 0) as float8) as seconds
        from event_stream s where s.id = :stream
        """
    )


@statement
def _forget() -> Executable:
    return text(
        """
        delete from event where stream = :stream and position < (
            select coalesce(min(position), 0) from event
            where stream = :stream and recorded_at >= cast(:before as timestamptz))
        """
    )


async def forget(database: Database, before: datetime) -> None:
    """Keep no events that were recorded before, and those after without a gap; the newest ones stay in any case."""
    await database.fetch(_forget(), _Row, stream=GOVERNANCE_STREAM, before=before)


class Log:
    """That of one installation. Every read raises `SERVICE_UNAVAILABLE` while the database is away."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def end(self) -> End:
        """Where it ends."""
        (row,) = await self._database.fetch(_end(), _Row, stream=GOVERNANCE_STREAM)
        return End(row["epoch"], row["head"], row["oldest"])

    async def after(self, position: int) -> list[Happening]:
        """What follows a position, at most 500 events. Raises `CURSOR_EXPIRED` if some of it is gone."""
        rows = await self._database.fetch(_after(), _Row, stream=GOVERNANCE_STREAM, position=position)
        if rows and rows[0]["position"] != position + 1:
            raise CursorExpired
        return [_happening(row) for row in rows]

    async def lag(self, position: int | None) -> Lag:
        """Of who has told everything up to a position; None: nobody wants to be told."""
        (row,) = await self._database.fetch(_lag(), _Row, stream=GOVERNANCE_STREAM, position=position)
        return Lag(row["head"], row["events"], row["seconds"])

    async def position_of(self, place: Place) -> int:
        """The position of a cursor, after which everything is there. Raises `CURSOR_EXPIRED`."""
        end = await self.end()
        if place.epoch != end.epoch or place.position < end.oldest - 1:
            raise CursorExpired
        if place.position > end.head:
            raise InvalidParameter("`after` is not a cursor of events.", argument="after")
        return place.position


def _happening(row: Any) -> Happening:
    cursor = cursor_text(row["epoch"], GOVERNANCE_STREAM, row["position"])
    names = ("topic", "kind", "scope_tags", "payload", "audit_id", "occurred_at", "recorded_at")
    return Happening(row["position"], cursor, *(row[name] for name in names))
