"""What is read of the audit trail: pages for people, and batches for an export. All of it needs `audit:read`."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, Text, Uuid, any_, bindparam, func, select, tuple_

from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, Statement, compile_statement, statement
from app.kit.grouping import texts_parameter
from app.kit.journal import AuditEvent
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader

MAX_COUNT = 10_000
"""So far a list is counted."""

BATCH = 500
"""Rows of an export that are held at once."""


class AuditRow(Row):
    """An entry of the trail."""

    node_type = "AuditEvent"


class _Count(Row):
    """A number."""


Comparison = tuple[str, str, Any]
"""A field, an operator as `kit.filters` names them, and the value as the statement takes it."""


@dataclass(frozen=True, slots=True)
class AuditFilter:
    """Which entries: those for which every comparison holds."""

    comparisons: tuple[Comparison, ...] = ()

    def shape(self) -> Shape:
        """What about the filter changes the SQL."""
        return tuple((field, operator) for field, operator, _ in self.comparisons)

    def arguments(self) -> dict[str, Any]:
        """The values of the comparisons."""
        return {_parameter(field, operator): value for field, operator, value in self.comparisons}

    def told(self) -> dict[str, Any]:
        """The filter as it is put on record."""
        told = {f"{field}.{operator.lower()}": value for field, operator, value in self.comparisons}
        return {name: value.isoformat() if isinstance(value, datetime) else value for name, value in told.items()}


FIELDS: dict[str, Any] = {
    "actor": AuditEvent.actor_id,
    "actorName": AuditEvent.actor_name,
    "action": AuditEvent.action,
    "resourceType": AuditEvent.resource_type,
    "resource": AuditEvent.resource_id,
    "outcome": AuditEvent.outcome,
    "request": AuditEvent.request_id,
    "occurredAt": AuditEvent.occurred_at,
}
"""What each field of the filter compares."""


def _parameter(field: str, operator: str) -> str:
    return f"{field}_{operator.lower()}"


def _compared(field: str, operator: str) -> ColumnElement[bool]:
    column, name = FIELDS[field], _parameter(field, operator)
    if operator in {"CONTAINS", "STARTS_WITH"}:
        return column.ilike(bindparam(name, type_=Text))
    if operator in {"GTE", "LT"}:
        bound = bindparam(name, type_=DateTime(timezone=True))
        return column >= bound if operator == "GTE" else column < bound
    return column == any_(texts_parameter(name))


_SHOWN = [column for column in AuditEvent.__table__.columns if column.name not in {"salt", "digest", "tx", "epoch"}]


def _entries(shape: Shape) -> Selection:
    return select(*_SHOWN).where(*(_compared(field, operator) for field, operator in shape))


ENTRIES = Listing(row=AuditRow, id=AuditEvent.id, select=_entries, sorts={"OCCURRED_AT": AuditEvent.occurred_at})


@lru_cache(maxsize=256)
def _count(shape: Shape) -> Statement:
    some = _entries(shape).with_only_columns(AuditEvent.id).limit(MAX_COUNT + 1).subquery()
    return compile_statement(select(func.count().label("n")).select_from(some))


@statement
def _batch(shape: Shape) -> Selection:
    place = tuple_(bindparam("at", type_=DateTime(timezone=True)), bindparam("id", type_=Uuid))
    until = bindparam("until", type_=DateTime(timezone=True))
    later = tuple_(AuditEvent.occurred_at, AuditEvent.id) > place
    chosen = _entries(shape).where(later, AuditEvent.occurred_at < until)
    return chosen.order_by(AuditEvent.occurred_at, AuditEvent.id).limit(BATCH)


async def page_of_entries(
    read: Reader, actor: Actor, chosen: AuditFilter, order: Order, request: PageRequest
) -> Page[AuditRow]:
    """One page of the entries that match; they are counted up to 10,000."""
    actor.require(Permission.AUDIT_READ)

    async def count() -> int | None:
        found = (await read.fetch(_count(chosen.shape()), _Count, **chosen.arguments()))[0]["n"]
        return found if found <= MAX_COUNT else None

    page = await ENTRIES.page(read, order, request, chosen.shape(), chosen.arguments())
    return page.counted_by(count)


async def entries_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, AuditRow]:
    """Entries by key."""
    actor.require(Permission.AUDIT_READ)
    return await ENTRIES.by_id(read, keys, {})


async def batches(read: Reader, actor: Actor, chosen: AuditFilter) -> AsyncIterator[list[AuditRow]]:
    """All entries until now that match, oldest first, in batches; nothing is held between two of them."""
    actor.require(Permission.AUDIT_READ)
    place: dict[str, Any] = {"at": datetime(1, 1, 1, tzinfo=UTC), "id": UUID(int=0)}
    arguments = {**chosen.arguments(), "until": read.now()}
    while rows := await read.fetch(_batch(chosen.shape()), AuditRow, **arguments, **place):
        yield rows
        place = {"at": rows[-1]["occurred_at"], "id": rows[-1]["id"]}
