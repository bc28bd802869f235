"""Acts on the catalog, and the condition that scopes who sees its models."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import Text, any_, bindparam, func, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.events import ModelDiscovered
from app.catalog.source import resolve_slug
from app.catalog.tables import Model, Provider
from app.catalog.vocabulary import ModelSource, ModelStatus, ModelType
from app.kit.access import Actor, Permission
from app.kit.ids import new_id
from app.kit.journal import record

Name = tuple[str, str]
"""Provider and model as telemetry names them."""

VISIBLE = Model.security_level == any_(bindparam("levels", type_=ARRAY(Text)))
"""Models at or below the actor's clearance; its argument is `scope(actor)`."""


def scope(actor: Actor) -> dict[str, Any]:
    """The arguments of `VISIBLE`."""
    return {"levels": actor.levels()}


async def discover_models(
    session: AsyncSession, actor: Actor, names: Iterable[Name], *, is_demo: bool = False
) -> dict[Name, Model]:
    """The models that telemetry names, by slug, then by the source's own matching of aliases and dated names.

    What nobody knows becomes an `EXPERIMENTAL`, unpriced entry, so that no usage is lost."""
    actor.require(Permission.TELEMETRY_WRITE)
    wanted = {name: _slugs(name) for name in names}
    known = await _by_slug(session, {slug for slugs in wanted.values() for slug in slugs})
    found = {name: known.get(slugs[0]) or known.get(slugs[-1]) for name, slugs in wanted.items()}
    unknown = sorted(name for name, model in found.items() if model is None)
    return {
        **{n: m for n, m in found.items() if m},
        **await _add_discovered(session, actor, unknown, is_demo),
    }


def _slugs(name: Name) -> tuple[str, str]:
    given = "/".join(name).lower()
    return given, (resolve_slug(*name) or given).lower()


async def _by_slug(session: AsyncSession, slugs: set[str]) -> dict[str, Model]:
    found = await session.scalars(select(Model).where(func.lower(Model.slug).in_(slugs)))
    return {model.slug.lower(): model for model in found}


async def _add_discovered(session: AsyncSession, actor: Actor, names: list[Name], is_demo: bool) -> dict[Name, Model]:
    if not names:
        return {}
    providers = await ensure_providers(session, {provider: {"name": provider} for provider, _ in names})
    added: dict[Name, Model] = {}
    for provider, name in names:
        model = _discovered(providers[provider], provider, name, is_demo)
        session.add(model)
        record(session, actor, ModelDiscovered(resource_id=str(model.id), slug=model.slug))
        added[provider, name] = model
    await session.flush()
    return added


def _discovered(provider_id: UUID, provider: str, name: str, is_demo: bool) -> Model:
    return Model(
        id=new_id(),
        slug=f"{provider}/{name}",
        name=name,
        provider_id=provider_id,
        model_type=ModelType.TEXT,
        status=ModelStatus.EXPERIMENTAL,
        source=ModelSource.DISCOVERED,
        is_demo=is_demo,
    )


async def ensure_providers(session: AsyncSession, providers: Mapping[str, Mapping[str, Any]]) -> dict[str, UUID]:
    """The ids of providers by slug; those unknown so far are added with the columns given."""
    rows = [{"id": new_id(), "slug": slug, **columns} for slug, columns in sorted(providers.items())]
    await session.execute(insert(Provider).values(rows).on_conflict_do_nothing())
    found = await session.execute(select(Provider.slug, Provider.id).where(Provider.slug.in_(providers)))
    return {row.slug: row.id for row in found}


async def set_popularity(session: AsyncSession, actor: Actor, requests: Mapping[UUID, int]) -> None:
    """Replace every model's popularity; models without requests have none."""
    actor.require(Permission.TELEMETRY_WRITE)
    stale = Model.popularity.is_not(None) & Model.id.not_in(requests)
    await session.execute(update(Model).where(stale).values(popularity=None))
    for model_id, count in sorted(requests.items()):
        changed = (Model.id == model_id) & Model.popularity.is_distinct_from(count)
        await session.execute(update(Model).where(changed).values(popularity=count))
