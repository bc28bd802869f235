"""Prices as stored: what we believe of a model now, and how it comes to be believed no longer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.price_history import Changes
from app.catalog.pricing import MANUAL, PriceRow
from app.catalog.tables import Price
from app.kit.ids import new_id

_BATCH = 1000


@dataclass(frozen=True, slots=True)
class Recording:
    """Whose word a price is, who recorded it, and when; the reason he gave."""

    source: str
    actor: str
    at: datetime
    reason: str | None = None


def price_row(stored: Any) -> PriceRow:
    """A stored price, however it was read, as prices are reckoned with."""
    return PriceRow(
        stored.token_class,
        stored.usd_per_million.normalize(),
        stored.effective_from,
        stored.effective_to,
        stored.conditions,
        stored.source == MANUAL,
        stored.id,
    )


async def believed(session: AsyncSession, *conditions: ColumnElement[bool]) -> dict[UUID, list[Price]]:
    """The prices that no other superseded, by model."""
    chosen = select(Price).where(Price.superseded_at.is_(None), *conditions).order_by(Price.recorded_at, Price.id)
    books: defaultdict[UUID, list[Price]] = defaultdict(list)
    for price in await session.scalars(chosen):
        books[price.model_id].append(price)
    return books


def supersede(model_id: UUID, held: Iterable[Price], changes: Changes, recording: Recording) -> list[dict[str, Any]]:
    """End our belief in what changed; gives the rows to insert in its place.

    What remains of a price keeps its source, author and reason."""
    known = {price.id: price for price in held}
    for row in (*changes.withdrawn, *changes.remaining):
        _of(known, row).superseded_at = recording.at
    new = (_columns(row, recording.source, recording.actor, recording.reason) for row in changes.added)
    old = (_remainder(row, _of(known, row)) for row in changes.remaining)
    return [{"model_id": model_id, "recorded_at": recording.at, **columns} for columns in (*new, *old)]


async def store(session: AsyncSession, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows of prices, however many."""
    for start in range(0, len(rows), _BATCH):
        await session.execute(insert(Price).values(rows[start : start + _BATCH]))


def _of(known: dict[UUID, Price], row: PriceRow) -> Price:
    if row.key is None:
        raise ValueError(row)
    return known[row.key]


def _remainder(row: PriceRow, price: Price) -> dict[str, Any]:
    return _columns(row, price.source, price.recorded_by, price.reason)


def _columns(row: PriceRow, source: str, actor: str | None, reason: str | None) -> dict[str, Any]:
    return {
        "id": new_id(),
        "token_class": row.token_class,
        "usd_per_million": row.usd_per_million,
        "conditions": dict(row.conditions),
        "effective_from": row.effective_from,
        "effective_to": row.effective_to,
        "source": source,
        "recorded_by": actor,
        "reason": reason,
    }
