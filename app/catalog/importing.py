"""Brings the catalog up to date from the public source: models are added and refreshed, prices get a history."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import service, source
from app.catalog.events import CatalogImported
from app.catalog.price_history import Changes, Held, reconcile
from app.catalog.pricing import PriceRow, cost_per_1k_tokens
from app.catalog.tables import Model, Price
from app.catalog.vocabulary import ModelSource, ModelStatus
from app.kit.access import Actor, Permission
from app.kit.ids import new_id
from app.kit.journal import record

PRICE_SOURCE = "genai-prices"
_BATCH = 1000
_STORED = Decimal("1e-12")
"""Twelve places, as stored: a few prices of the source carry the noise of binary fractions (0.13999999999999999)."""

Report = Callable[[int, int], None]
"""Told how many models of how many are done."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import changed. Models that left the source stay in the catalog."""

    providers: int
    models: int
    models_added: int
    models_updated: int
    prices_added: int
    prices_closed: int


async def import_catalog(
    session: AsyncSession,
    actor: Actor,
    providers: Sequence[source.SourceProvider],
    report: Report = lambda _done, _total: None,
) -> Imported:
    """Add what is new, refresh what the source owns, and turn changed prices into new rows. Repeat it at will."""
    actor.require(Permission.MODELS_CREATE)
    now = datetime.now(UTC)
    ids = await service.ensure_providers(session, {p.slug: _provider_columns(p) for p in providers}, refresh=True)
    models = [(ids[provider.slug], model) for provider in providers for model in provider.models]
    added, updated = await _import_models(session, models, now)
    report(len(models) // 2, len(models))
    prices_added, prices_ended = await _import_prices(session, [model for _, model in models], now)
    report(len(models), len(models))
    result = Imported(len(ids), len(models), added, updated, prices_added, prices_ended)
    _record(session, actor, result)
    return result


def _record(session: AsyncSession, actor: Actor, result: Imported) -> None:
    if result.models_added or result.models_updated or result.prices_added:
        event = CatalogImported(
            resource_id=PRICE_SOURCE,
            models_added=result.models_added,
            models_updated=result.models_updated,
            prices_added=result.prices_added,
        )
        record(session, actor, event)


def _provider_columns(provider: source.SourceProvider) -> dict[str, Any]:
    return {"name": provider.name, "website": provider.website, "description": provider.description}


def _owned_columns(model: source.SourceModel, now: datetime) -> dict[str, Any]:
    """What the source decides about a model; the rest belongs to people."""
    return {
        "name": model.name,
        "description": model.description,
        "context_window": model.context_window,
        "model_type": model.model_type,
        "capabilities": list(model.capabilities),
        "baseline_cost_per_1k_tokens": _stored(cost_per_1k_tokens(model.prices, now)),
    }


async def _import_models(
    session: AsyncSession, models: list[tuple[UUID, source.SourceModel]], now: datetime
) -> tuple[int, int]:
    known = {m.slug.lower(): m for m in await session.scalars(select(Model))}
    new = [(provider, model) for provider, model in models if model.slug.lower() not in known]
    for batch in _batches([_new_row(provider, model, now) for provider, model in new]):
        await session.execute(insert(Model).values(batch))
    old = [(known[m.slug.lower()], m) for _, m in models if m.slug.lower() in known]
    return len(new), sum(_refresh(row, model, now) for row, model in old)


def _new_row(provider_id: UUID, model: source.SourceModel, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "slug": model.slug,
        "provider_id": provider_id,
        "status": ModelStatus.DEPRECATED if model.deprecated else ModelStatus.ACTIVE,
        "source": ModelSource.IMPORTED,
        **_owned_columns(model, now),
    }


def _refresh(row: Model, model: source.SourceModel, now: datetime) -> bool:
    wanted = {**_owned_columns(model, now), "status": _status(row, model)}
    if row.source == ModelSource.DISCOVERED:
        wanted["source"] = ModelSource.IMPORTED
    changed = {name: value for name, value in wanted.items() if getattr(row, name) != value}
    for name, value in changed.items():
        setattr(row, name, value)
    if changed:
        row.updated_at, row.revision = now, row.revision + 1
    return bool(changed)


def _status(row: Model, model: source.SourceModel) -> str:
    """What people decided stays; only an active model is deprecated, and a discovered one adopted."""
    adopted = row.source == ModelSource.DISCOVERED and row.status == ModelStatus.EXPERIMENTAL
    if not adopted and row.status != ModelStatus.ACTIVE:
        return row.status
    return ModelStatus.DEPRECATED if model.deprecated else ModelStatus.ACTIVE


async def _import_prices(session: AsyncSession, models: list[source.SourceModel], now: datetime) -> tuple[int, int]:
    """How many prices were added, and how many ended."""
    ids = {slug.lower(): key for slug, key in await session.execute(select(Model.slug, Model.id))}
    held = await _held_prices(session)
    added: list[dict[str, Any]] = []
    ended = 0
    for model in models:
        key = ids[model.slug.lower()]
        changes = reconcile(held.get(key, []), [_rounded(row) for row in model.prices], now)
        added += (_columns(key, row) for row in changes.added)
        ended += await _end(session, changes)
    for batch in _batches(added):
        await session.execute(insert(Price).values(batch))
    return len(added), ended


async def _held_prices(session: AsyncSession) -> dict[UUID, list[Held]]:
    ours = select(Price).where(Price.source == PRICE_SOURCE).order_by(Price.recorded_at, Price.id)
    held: dict[UUID, list[Held]] = defaultdict(list)
    for price in await session.scalars(ours):
        row = PriceRow(
            price.token_class,
            price.usd_per_million,
            price.effective_from,
            price.effective_to,
            price.conditions,
        )
        held[price.model_id].append(Held(row, price.id))
    return held


async def _end(session: AsyncSession, changes: Changes) -> int:
    for key, when in changes.ended:
        await session.execute(update(Price).where(Price.id == key).values(effective_to=when))
    if changes.withdrawn:
        await session.execute(delete(Price).where(Price.id.in_(changes.withdrawn)))
    return len(changes.ended) + len(changes.withdrawn)


def _rounded(row: PriceRow) -> PriceRow:
    return replace(row, usd_per_million=row.usd_per_million.quantize(_STORED))


def _stored(amount: Decimal | None) -> Decimal | None:
    return None if amount is None else amount.quantize(_STORED)


def _columns(model_id: UUID, row: PriceRow) -> dict[str, Any]:
    return {
        "id": new_id(),
        "model_id": model_id,
        "token_class": row.token_class,
        "usd_per_million": row.usd_per_million,
        "conditions": dict(row.conditions),
        "effective_from": row.effective_from,
        "effective_to": row.effective_to,
        "source": PRICE_SOURCE,
    }


def _batches(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


async def is_empty(session: AsyncSession) -> bool:
    """Whether no catalog was ever imported."""
    return not await session.scalar(select(func.count()).where(Model.source == ModelSource.IMPORTED))
