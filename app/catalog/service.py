"""Acts on the catalog, and the condition that scopes who sees its models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import func, or_, select, update
from sqlalchemy.dialects.postgresql import Insert, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.errors import LabelTaken, ModelArchived, ModelNotFound, TransitionNotAllowed
from app.catalog.events import ModelDiscovered, VersionRegistered
from app.catalog.rules import may_become
from app.catalog.source import resolve_slug
from app.catalog.tables import LifecycleTransition, Model, ModelVersion, Provider
from app.catalog.vocabulary import ModelSource, ModelStatus, ModelType
from app.kit.access import Actor, Permission
from app.kit.errors import HubError, Rejected, RevisionConflict
from app.kit.ids import new_id
from app.kit.journal import record
from app.kit.scoping import of_levels, scope, tags

Name = tuple[str, str]
"""Provider and model as telemetry names them."""

VISIBLE = of_levels(Model.security_level)
"""Models at or below the actor's clearance; its arguments are `scope(actor)`."""


async def get_model(session: AsyncSession, actor: Actor, model_id: UUID, expected: int | None = None) -> Model:
    """The visible model, locked until the transaction ends. Raises `MODEL_NOT_FOUND`, `CONFLICT` if it moved on."""
    chosen = select(Model).where(Model.id == model_id, VISIBLE).with_for_update(key_share=True)
    model = await session.scalar(chosen, scope(actor))
    if model is None:
        raise ModelNotFound
    if expected is not None and model.revision != expected:
        raise RevisionConflict(model.revision)
    return model


async def get_open_model(session: AsyncSession, actor: Actor, model_id: UUID, expected: int | None = None) -> Model:
    """The same; an archived model is a `CONFLICT`, as it stays as it is."""
    model = await get_model(session, actor, model_id, expected)
    if model.archived_at is not None:
        raise ModelArchived
    return model


def touch(row: Model | ModelVersion) -> None:
    """Count a change."""
    row.revision += 1
    row.updated_at = func.now()  # type: ignore[assignment] - an expression of the same type


async def moment(session: AsyncSession) -> datetime:
    """The present instant by the database's clock: what is locked meanwhile happens in this order."""
    return (await session.execute(select(func.clock_timestamp()))).scalar_one()


async def follow(
    session: AsyncSession, actor: Actor, row: Model | ModelVersion, to: ModelStatus, reason: str | None
) -> LifecycleTransition:
    """Let a locked model or version go to another status, for the record. Raises `CONFLICT` with what is allowed."""
    if not may_become(row.status, to):
        raise TransitionNotAllowed(row.status, to)
    model_id, version_id = (row.id, None) if isinstance(row, Model) else (row.model_id, row.id)
    step = LifecycleTransition(
        model_id=model_id,
        model_version_id=version_id,
        from_status=row.status,
        to_status=to,
        actor=actor.name,
        reason=reason,
        occurred_at=await moment(session),
    )
    session.add(step)
    row.status = to
    return step


def about(model: Model, resource: UUID) -> dict[str, Any]:
    """What every event of a model says: its model, and the key of that part of it to which it happened."""
    named = {"resource_id": str(resource), "model_id": str(model.id), "slug": model.slug}
    return {**named, "scope_tags": tags(model.security_level)}


def plain(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Values as JSON has them, for the audit trail: exact numbers, times and keys as text."""
    return {name: str(value) if isinstance(value, Decimal | UUID | date) else value for name, value in columns.items()}


def refuse(faults: Iterable[HubError]) -> None:
    """Raise all that is wrong, if anything is."""
    found = list(faults)
    if found:
        raise Rejected(*found)


async def add_version(
    session: AsyncSession,
    actor: Actor,
    model: Model,
    *,
    label: str,
    description: str | None = None,
    configuration: Mapping[str, Any] | None = None,
) -> UUID:
    """Give a locked model an EXPERIMENTAL version, for the record. Raises `CONFLICT` if the label is taken."""
    said = {"label": label, "description": description, "configuration": dict(configuration or {})}
    row = {"id": new_id(), "model_id": model.id, "status": ModelStatus.EXPERIMENTAL, "is_demo": model.is_demo, **said}
    new = insert(ModelVersion).values(row).on_conflict_do_nothing().returning(ModelVersion.id)
    key = await session.scalar(new)
    if key is None:
        raise LabelTaken(label)
    message = f"{model.name} got the version {label}"
    event = VersionRegistered(**about(model, key), label=label, message=message)
    record(session, actor, event, after=said)
    return key


async def discover_models(
    session: AsyncSession, actor: Actor, names: Iterable[Name], *, is_demo: bool = False
) -> dict[Name, Model]:
    """The models that telemetry names, by slug, then by the source's own matching of aliases and dated names.

    What nobody knows becomes an `EXPERIMENTAL`, unpriced entry, so that no usage is lost."""
    wanted = set(names)
    found = await find_models(session, actor, wanted)
    return {**found, **await _add_discovered(session, actor, sorted(wanted - found.keys()), is_demo)}


async def find_models(session: AsyncSession, actor: Actor, names: Iterable[Name]) -> dict[Name, Model]:
    """Those of the models that telemetry names that are known, found as `discover_models` finds them."""
    actor.require(Permission.TELEMETRY_WRITE)
    wanted = {name: _slugs(name) for name in names}
    known = await _by_slug(session, {slug for slugs in wanted.values() for slug in slugs})
    found = {name: known.get(slugs[0]) or known.get(slugs[-1]) for name, slugs in wanted.items()}
    return {name: model for name, model in found.items() if model}


def _slugs(name: Name) -> tuple[str, str]:
    given = "/".join(name).lower()
    return given, (resolve_slug(*name) or given).lower()


async def _by_slug(session: AsyncSession, slugs: set[str]) -> dict[str, Model]:
    found = await session.scalars(select(Model).where(func.lower(Model.slug).in_(slugs)))
    return {model.slug.lower(): model for model in found}


async def _add_discovered(session: AsyncSession, actor: Actor, names: list[Name], is_demo: bool) -> dict[Name, Model]:
    if not names:
        return {}
    providers = await ensure_providers(session, {name[0].lower(): {"name": name[0]} for name in names})
    rows = {"/".join(name).lower(): _discovered(providers[name[0].lower()], name, is_demo) for name in names}
    new = insert(Model).values([rows[slug] for slug in sorted(rows)]).on_conflict_do_nothing().returning(Model)
    for model in await session.scalars(new):
        heard = tags(model.security_level)
        record(session, actor, ModelDiscovered(resource_id=str(model.id), slug=model.slug, scope_tags=heard))
    known = await _by_slug(session, set(rows))
    return {name: known["/".join(name).lower()] for name in names}


def _discovered(provider_id: UUID, name: Name, is_demo: bool) -> dict[str, Any]:
    return {
        "id": new_id(),
        "slug": f"{name[0].lower()}/{name[1]}",
        "name": name[1],
        "provider_id": provider_id,
        "model_type": ModelType.TEXT,
        "status": ModelStatus.EXPERIMENTAL,
        "source": ModelSource.DISCOVERED,
        "is_demo": is_demo,
    }


async def ensure_providers(
    session: AsyncSession, providers: Mapping[str, Mapping[str, Any]], *, refresh: bool = False
) -> dict[str, UUID]:
    """The ids of providers by slug; those unknown so far are added with the columns given.

    `refresh` gives these columns to the known ones too."""
    rows = [{"id": new_id(), "slug": slug, **columns} for slug, columns in sorted(providers.items())]
    new = insert(Provider).values(rows)
    await session.execute(_refreshing(new) if refresh else new.on_conflict_do_nothing())
    found = await session.execute(select(Provider.slug, Provider.id).where(Provider.slug.in_(providers)))
    return {row.slug: row.id for row in found}


def _refreshing(new: Insert) -> Insert:
    given = {name: new.excluded[name] for name in ("name", "website", "description")}
    changed = or_(*(getattr(Provider, name).is_distinct_from(value) for name, value in given.items()))
    return new.on_conflict_do_update(index_elements=["slug"], set_={**given, "updated_at": func.now()}, where=changed)


async def set_usage(session: AsyncSession, actor: Actor, used: Mapping[UUID, tuple[int, float | None]]) -> None:
    """Replace every model's popularity (requests) and observed latency (milliseconds on average, None if unknown).

    Models without requests have neither."""
    actor.require(Permission.TELEMETRY_WRITE)
    known = or_(Model.popularity.is_not(None), Model.observed_latency_ms.is_not(None))
    nothing: dict[str, Any] = {"popularity": None, "observed_latency_ms": None}
    await session.execute(update(Model).where(known, Model.id.not_in(used)).values(nothing))
    for model_id, (requests, latency) in sorted(used.items()):
        other = Model.popularity.is_distinct_from(requests) | Model.observed_latency_ms.is_distinct_from(latency)
        values = {"popularity": requests, "observed_latency_ms": latency}
        await session.execute(update(Model).where(Model.id == model_id, other).values(values))
