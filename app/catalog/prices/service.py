"""Acts on prices that people set, and on what models cost by them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.events import ModelPriced
from app.catalog.price_book import Recording, believed, price_row, store, supersede
from app.catalog.price_history import Changes, by_kind, kind_of, lay_over
from app.catalog.prices.rules import WantedPrice, faults_of
from app.catalog.pricing import MANUAL, PriceRow, cost_per_1k_tokens
from app.catalog.rules import fault_of_reason
from app.catalog.service import about, get_open_model, refuse, touch
from app.catalog.tables import Model, Price
from app.kit.access import Actor, Permission
from app.kit.clock import utc_now
from app.kit.errors import HubError, Invalid
from app.kit.journal import record


@dataclass(frozen=True, slots=True, kw_only=True)
class SetPrice:
    """What a model is to cost from a time (None: now) until another (None: until somebody says otherwise)."""

    model_id: UUID
    prices: Sequence[WantedPrice]
    effective_from: datetime | None = None
    effective_to: datetime | None = None
    reason: str | None = None
    expected_revision: int | None = None


async def set_price(session: AsyncSession, actor: Actor, wanted: SetPrice) -> UUID:
    """Set or withdraw prices of a model; what was set before for the same time is superseded.

    Where every price is already what it is to be, nothing is written. Raises `INVALID_PARAMETER` with all faults."""
    actor.require(Permission.MODELS_UPDATE)
    model = await get_open_model(session, actor, wanted.model_id, wanted.expected_revision)
    book = (await believed(session, Price.model_id == model.id)).get(model.id, [])
    now = max([utc_now(), *(price.recorded_at for price in book)])
    begin = wanted.effective_from or now
    refuse(_faults(wanted, begin))
    changes = _changes(book, wanted, begin)
    if changes:
        recording = Recording(MANUAL, actor.name, now, wanted.reason)
        await store(session, supersede(model.id, book, changes, recording))
        _follows(model, (await believed(session, Price.model_id == model.id)).get(model.id, ()), now)
        touch(model)
        before = [_plain(price_row(price)) for price in book if price.superseded_at]
        after = [_plain(row) for row in (*changes.added, *changes.remaining)]
        event = _event(model, len(wanted.prices))
        record(session, actor, event, before={"prices": before}, after={"prices": after}, reason=wanted.reason)
    return model.id


def _faults(wanted: SetPrice, begin: datetime) -> Iterable[HubError]:
    yield from faults_of(wanted.prices, begin, wanted.effective_to)
    if (message := fault_of_reason(wanted.reason)) is not None:
        yield Invalid(message, "reason")


def _changes(book: Iterable[Price], wanted: SetPrice, begin: datetime) -> Changes:
    own = by_kind(price_row(price) for price in book if price.source == MANUAL)
    changes = Changes()
    for price in wanted.prices:
        row = price.row(begin, wanted.effective_to)
        changes.add(lay_over(own[kind_of(row)], row, price.usd_per_million))
    return changes


def _event(model: Model, count: int) -> ModelPriced:
    message = f"{model.name}: {count} {'price was' if count == 1 else 'prices were'} set"
    return ModelPriced(**about(model, model.id), prices=count, message=message)


def _plain(row: PriceRow) -> dict[str, Any]:
    """A price as JSON can hold it."""
    return {
        "tokenClass": row.token_class,
        "usdPerMillion": f"{row.usd_per_million:f}",
        "conditions": dict(row.conditions),
        "effectiveFrom": row.effective_from and row.effective_from.isoformat(),
        "effectiveTo": row.effective_to and row.effective_to.isoformat(),
    }


async def follow_prices(session: AsyncSession, actor: Actor, keys: Sequence[UUID], now: datetime) -> int:
    """Let models cost what their prices say at `now`; how many cost something else than before."""
    actor.require(Permission.MODELS_UPDATE)
    models = await session.scalars(select(Model).where(Model.id.in_(keys)).order_by(Model.id).with_for_update())
    books = await believed(session, Price.model_id.in_(keys))
    return sum(_follows(model, books[model.id], now) for model in models if model.id in books)


def _follows(model: Model, book: Iterable[Price], now: datetime) -> bool:
    before, cost = model.baseline_cost_per_1k_tokens, cost_per_1k_tokens(map(price_row, book), now)
    model.baseline_cost_per_1k_tokens = cost
    return before != cost
