"""Brings the catalog up to date from the public source: models are added and refreshed, prices get a history."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, insert, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import service, source
from app.catalog.events import CatalogImported
from app.catalog.price_book import Recording, believed, price_row, store, supersede
from app.catalog.price_history import reconcile
from app.catalog.pricing import PriceRow, cost_per_1k_tokens
from app.catalog.tables import LifecycleTransition, Model, Price
from app.catalog.vocabulary import ModelSource, ModelStatus
from app.kit.access import Actor, Permission
from app.kit.clock import utc_now
from app.kit.ids import new_id
from app.kit.journal import record

PRICE_SOURCE = "genai-prices"
_BATCH = 1000
_IMPORTING = 0x696D706F
"""The advisory lock of imports: a second one waits and then finds nothing to do."""
_STORED = Decimal("1e-12")
"""Twelve places, as stored: a few prices of the source carry the noise of binary fractions (0.13999999999999999)."""

_FOLLOWS_PRICES = {"baseline_cost_per_1k_tokens"}

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
    await session.execute(select(func.pg_advisory_xact_lock(_IMPORTING)))
    now = utc_now()
    ids = await service.ensure_providers(session, {p.slug: _provider_columns(p) for p in providers}, refresh=True)
    models = [(ids[provider.slug], model) for provider in providers for model in provider.models]
    added, updated = await _import_models(session, actor, models, now)
    report(len(models) // 2, len(models))
    prices_added, prices_ended = await _import_prices(session, actor, [model for _, model in models])
    report(len(models), len(models))
    result = Imported(len(ids), len(models), added, updated, prices_added, prices_ended)
    _record(session, actor, result)
    return result


def _record(session: AsyncSession, actor: Actor, result: Imported) -> None:
    if result.models_added or result.models_updated or result.prices_added or result.prices_closed:
        event = CatalogImported(
            resource_id=PRICE_SOURCE,
            models_added=result.models_added,
            models_updated=result.models_updated,
            prices_added=result.prices_added,
            prices_ended=result.prices_closed,
        )
        record(session, actor, event)


def _provider_columns(provider: source.SourceProvider) -> dict[str, Any]:
    return {"name": provider.name, "website": provider.website, "description": provider.description}


def _owned_columns(model: source.SourceModel, own: Iterable[Price], now: datetime) -> dict[str, Any]:
    """What the source decides about a model, but for its `own` prices; the rest belongs to people."""
    prices = [*map(_rounded, model.prices), *map(price_row, own)]
    return {
        "name": model.name,
        "description": model.description,
        "context_window": model.context_window,
        "model_type": model.model_type,
        "capabilities": list(model.capabilities),
        "baseline_cost_per_1k_tokens": cost_per_1k_tokens(prices, now),
    }


async def _import_models(
    session: AsyncSession, actor: Actor, models: list[tuple[UUID, source.SourceModel]], now: datetime
) -> tuple[int, int]:
    known = {m.slug.lower(): m for m in await session.scalars(select(Model))}
    new = [(provider, model) for provider, model in models if model.slug.lower() not in known]
    for batch in _batches([_new_row(provider, model, now) for provider, model in new]):
        await session.execute(insert(Model).values(batch))
    old = [(known[m.slug.lower()], m) for _, m in models if m.slug.lower() in known]
    own, now = await _lock_stale(session, old, now), utc_now()
    statuses = {row.id: row.status for row, _ in old}
    updated = sum(_refresh(row, _stale(row, model, own.get(row.id, []), now)) for row, model in old)
    session.add_all(_step(row, statuses[row.id], actor, now) for row, _ in old if row.status != statuses[row.id])
    return len(new), updated


async def _lock_stale(
    session: AsyncSession, old: Iterable[tuple[Model, source.SourceModel]], now: datetime
) -> dict[UUID, list[Price]]:
    """Lock the models that have to change, as they are by now: people may edit them meanwhile. Their own prices."""
    own = await believed(session, Price.source != PRICE_SOURCE)
    stale = [row.id for row, model in old if _stale(row, model, own.get(row.id, []), now)]
    locked = select(Model).where(Model.id.in_(stale)).order_by(Model.id).with_for_update(key_share=True)
    await session.scalars(locked, execution_options={"populate_existing": True})
    return await believed(session, Price.source != PRICE_SOURCE) if stale else own


def _step(row: Model, before: str, actor: Actor, now: datetime) -> LifecycleTransition:
    said = {"actor": actor.name, "reason": f"By the import of {PRICE_SOURCE}.", "occurred_at": now}
    return LifecycleTransition(model_id=row.id, from_status=before, to_status=row.status, **said)


def _new_row(provider_id: UUID, model: source.SourceModel, now: datetime) -> dict[str, Any]:
    return {
        "id": new_id(),
        "slug": model.slug,
        "provider_id": provider_id,
        "status": ModelStatus.DEPRECATED if model.deprecated else ModelStatus.ACTIVE,
        "source": ModelSource.IMPORTED,
        **_owned_columns(model, (), now),
    }


def _stale(row: Model, model: source.SourceModel, own: Sequence[Price], now: datetime) -> dict[str, Any]:
    """The columns that say something else than the source, with what it says; those that people decide stay."""
    wanted = {**_owned_columns(model, own, now), "status": _status(row, model)}
    if row.source == ModelSource.DISCOVERED:
        wanted["source"] = ModelSource.IMPORTED
    decided = set(row.curated) - (_FOLLOWS_PRICES if own or model.prices else set())
    return {name: value for name, value in wanted.items() if name not in decided and getattr(row, name) != value}


def _refresh(row: Model, columns: Mapping[str, Any]) -> bool:
    for name, value in columns.items():
        setattr(row, name, value)
    if columns:
        service.touch(row)
    return bool(columns)


def _status(row: Model, model: source.SourceModel) -> str:
    """What people decided stays; only an active model is deprecated, and a discovered one adopted."""
    adopted = row.source == ModelSource.DISCOVERED and row.status == ModelStatus.EXPERIMENTAL
    if not adopted and row.status != ModelStatus.ACTIVE:
        return row.status
    return ModelStatus.DEPRECATED if model.deprecated else ModelStatus.ACTIVE


async def _import_prices(session: AsyncSession, actor: Actor, models: list[source.SourceModel]) -> tuple[int, int]:
    """How many prices were added, and how many ended."""
    ids = {slug.lower(): key for slug, key in await session.execute(select(Model.slug, Model.id))}
    held = await believed(session, Price.source == PRICE_SOURCE)
    recording = Recording(PRICE_SOURCE, actor.name, utc_now())
    rows: list[dict[str, Any]] = []
    added = ended = 0
    for model in models:
        key = ids[model.slug.lower()]
        prices = held.get(key, [])
        changes = reconcile(map(price_row, prices), map(_rounded, model.prices), recording.at)
        rows += supersede(key, prices, changes, recording)
        added, ended = added + len(changes.added), ended + len(changes.remaining) + len(changes.withdrawn)
    await store(session, rows)
    return added, ended


def _rounded(row: PriceRow) -> PriceRow:
    return replace(row, usd_per_million=row.usd_per_million.quantize(_STORED))


def _batches(rows: list[dict[str, Any]]) -> Iterable[list[dict[str, Any]]]:
    return (rows[start : start + _BATCH] for start in range(0, len(rows), _BATCH))


async def is_empty(session: AsyncSession) -> bool:
    """Whether no catalog was ever imported."""
    return not await session.scalar(select(func.count()).where(Model.source == ModelSource.IMPORTED))
