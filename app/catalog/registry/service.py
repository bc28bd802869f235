"""Acts on models: each checks, writes, and records what happened, in one transaction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from sqlalchemy import func, select, text
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import events
from app.catalog.errors import ModelAlreadyExists, ModelNotFound, NotRetired
from app.catalog.registry import rules
from app.catalog.registry.commands import Archival, Change, Labelling, Registration, Transition, Update
from app.catalog.rules import CURATED, fault_of_label, fault_of_reason, fault_of_text
from app.catalog.service import (
    VISIBLE,
    about,
    add_version,
    follow,
    get_model,
    get_open_model,
    moment,
    plain,
    refuse,
    scope,
    touch,
)
from app.catalog.tables import Model, Price, Provider
from app.catalog.vocabulary import ModelSource, ModelStatus
from app.identity.epoch import raise_epoch
from app.kit.access import Actor, Clearance, Permission
from app.kit.errors import Conflict, HubError, Invalid, Missing
from app.kit.ids import new_id
from app.kit.journal import record

_NAMING_REPLACEMENTS = 0x7265706C
"""The advisory lock of those who name a replacement, so that two at once do not make a circle."""

_CHAIN = text(
    """
    with recursive chain as (
        select replacement_id as id from model where id = :start
        union select m.replacement_id from model m join chain c on m.id = c.id)
    select exists (select from chain where id = :model)
    """
)


async def register_model(session: AsyncSession, actor: Actor, wanted: Registration) -> UUID:
    """Enter an EXPERIMENTAL model. Raises `MODEL_ALREADY_EXISTS` if its slug is taken in any case."""
    actor.require(Permission.MODELS_CREATE)
    columns = rules.trimmed({"security_level": Clearance.INTERNAL, **wanted.columns})
    faults = [*_faults_of_registration(wanted), *_faults(actor, columns)]
    refuse([*faults, *await _faults_of_replacement(session, actor, columns)])
    model = await _insert(session, wanted.slug, await _provider(session, actor, wanted), columns)
    event = events.ModelRegistered(**about(model, model.id), message=f"{model.name} was registered")
    record(session, actor, event, after=plain({"slug": model.slug, **columns}))
    if wanted.version is not None:
        await add_version(session, actor, model, label=wanted.version.strip())
    return model.id


def _faults_of_registration(wanted: Registration) -> list[HubError]:
    provider = wanted.slug.partition("/")[0]
    slug = rules.fault_of_slug(wanted.slug)
    is_other = slug is None and wanted.provider_slug not in {None, provider}
    found = {
        ("slug",): slug,
        ("version",): None if wanted.version is None else fault_of_label(wanted.version.strip()),
        ("provider", "slug"): f"The slug begins with another provider, `{provider}`." if is_other else None,
    }
    return [Invalid(message, *path) for path, message in found.items() if message is not None]


async def _provider(session: AsyncSession, actor: Actor, wanted: Registration) -> UUID:
    """The provider that the slug names; one that nobody knows is added."""
    slug = wanted.slug.partition("/")[0]
    known = select(Provider.id).where(Provider.slug == slug)
    if (key := await session.scalar(known)) is not None:
        return key
    name = _name_of_provider(wanted)
    new = insert(Provider).values(id=new_id(), slug=slug, name=name).on_conflict_do_nothing().returning(Provider.id)
    if (key := await session.scalar(new)) is None:
        return (await session.execute(known)).scalar_one()
    event = events.ProviderRegistered(resource_id=str(key), slug=slug)
    record(session, actor, event, after={"slug": slug, "name": name})
    return key


def _name_of_provider(wanted: Registration) -> str:
    if wanted.provider_name is None:
        raise Missing("Nobody knows this provider yet: say its name.", "provider", "name")
    name = wanted.provider_name.strip()
    if (message := fault_of_text(name, rules.MAX_NAME)) is not None:
        raise Invalid(message, "provider", "name")
    return name


async def _insert(session: AsyncSession, slug: str, provider_id: UUID, columns: Mapping[str, Any]) -> Model:
    decided = sorted(name for name in CURATED & columns.keys() if columns[name] not in (None, []))
    own = {"status": ModelStatus.EXPERIMENTAL, "source": ModelSource.REGISTERED, "curated": decided}
    row = {"id": new_id(), "slug": slug, "provider_id": provider_id, **own, **columns}
    model = await session.scalar(insert(Model).values(row).on_conflict_do_nothing().returning(Model))
    if model is None:
        existing = await session.scalar(select(Model.id).where(func.lower(Model.slug) == slug.lower()))
        raise ModelAlreadyExists(slug, existing) if existing else Conflict("Somebody removed such a model; try again.")
    return model


async def update_model(session: AsyncSession, actor: Actor, wanted: Update) -> UUID:
    """Change what the catalog says about a model. What it says already is no change: nothing is written."""
    actor.require(Permission.MODELS_UPDATE)
    model = await _locked(session, actor, wanted, wanted.columns)
    columns = rules.trimmed(wanted.columns)
    changed = {name: value for name, value in columns.items() if getattr(model, name) != value}
    faults = _faults(actor, columns, wanted.reason)
    refuse([*faults, *await _faults_of_change(session, actor, changed, model)])
    if changed:
        before = _set(model, changed)
        message = f"{model.name}: {', '.join('.'.join(rules.path_of(name)) for name in changed)} changed"
        event = events.ModelUpdated(**about(model, model.id), message=message)
        record(session, actor, event, before=before, after=plain(changed), reason=wanted.reason)
    if "security_level" in changed:
        await raise_epoch(session)
    return model.id


async def transition_model(session: AsyncSession, actor: Actor, wanted: Transition) -> UUID:
    """Take a model to another status. Raises `CONFLICT` with what is allowed."""
    actor.require(Permission.MODELS_UPDATE)
    model = await _locked(session, actor, wanted, wanted.columns)
    before = model.status
    await follow(session, actor, model, wanted.to, wanted.reason)
    faults = [*_faults(actor, wanted.columns, wanted.reason), *_faults_of_farewell(wanted)]
    refuse([*faults, *await _faults_of_change(session, actor, wanted.columns, model)])
    told = {"status": before, **_set(model, wanted.columns, "status")}
    message = f"{model.name} went from {before} to {wanted.to}"
    base = about(model, model.id)
    event = events.ModelTransitioned(**base, message=message, from_status=before, to_status=wanted.to)
    after = plain({"status": wanted.to, **wanted.columns})
    record(session, actor, event, before=told, after=after, reason=wanted.reason)
    return model.id


def _faults_of_farewell(wanted: Transition) -> list[HubError]:
    if wanted.to is ModelStatus.DEPRECATED:
        return []
    return [Invalid("This goes with DEPRECATED only.", *rules.path_of(name)) for name in wanted.columns]


async def archive_model(session: AsyncSession, actor: Actor, wanted: Archival) -> UUID:
    """Take a retired model out of lists; again is no change. Raises `CONFLICT` if it is not retired."""
    actor.require(Permission.MODELS_DELETE)
    model = await get_model(session, actor, wanted.model_id, wanted.expected_revision)
    refuse(_faults(actor, {}, wanted.reason))
    if model.archived_at is not None:
        return model.id
    if model.status != ModelStatus.RETIRED:
        raise NotRetired(model.status)
    changed = {"archived_at": await moment(session)}
    before = _set(model, changed)
    event = events.ModelArchived(**about(model, model.id), message=f"{model.name} was archived")
    record(session, actor, event, before=before, after=plain(changed), reason=wanted.reason)
    return model.id


async def tag_model(session: AsyncSession, actor: Actor, wanted: Labelling) -> UUID:
    """Give a model labels; those it has are no change."""
    return await _label(session, actor, wanted, events.ModelTagged)


async def untag_model(session: AsyncSession, actor: Actor, wanted: Labelling) -> UUID:
    """Take labels from a model; those it has not are no change."""
    return await _label(session, actor, wanted, events.ModelUntagged)


_Labelled = type[events.ModelTagged] | type[events.ModelUntagged]


async def _label(session: AsyncSession, actor: Actor, wanted: Labelling, kind: _Labelled) -> UUID:
    actor.require(Permission.MODELS_UPDATE)
    model = await get_open_model(session, actor, wanted.model_id, wanted.expected_revision)
    given, gets = rules.words(wanted.tags), kind is events.ModelTagged
    tags = rules.words([*model.tags, *given]) if gets else [tag for tag in model.tags if tag not in given]
    refuse(rules.faults_of({"tags": given if rules.fault_of_words(given) else tags}, datetime.now(UTC)))
    if tags != model.tags:
        moved = sorted(set(tags) ^ set(model.tags))
        before = _set(model, {"tags": tags})
        message = f"{model.name} {'got' if gets else 'lost'} the tags {', '.join(moved)}"
        record(session, actor, kind(**about(model, model.id), message=message), before=before, after={"tags": tags})
    return model.id


async def _locked(session: AsyncSession, actor: Actor, wanted: Change, columns: Mapping[str, Any]) -> Model:
    if columns.get("replacement_id") is not None:
        await session.execute(select(func.pg_advisory_xact_lock(_NAMING_REPLACEMENTS)))
    return await get_open_model(session, actor, wanted.model_id, wanted.expected_revision)


def _set(model: Model, columns: Mapping[str, Any], *decided: str) -> dict[str, Any]:
    """Give columns other values; those that imports would overwrite are people's from now on. What was before."""
    before = plain({name: getattr(model, name) for name in columns})
    for name, value in columns.items():
        setattr(model, name, value)
    model.curated = sorted({*model.curated, *(CURATED & {*columns, *decided})})
    touch(model)
    return before


def _faults(actor: Actor, columns: Mapping[str, Any], reason: str | None = None) -> Iterable[HubError]:
    yield from rules.faults_of(columns, datetime.now(UTC))
    if (message := fault_of_reason(reason)) is not None:
        yield Invalid(message, "reason")
    if (columns.get("security_level") or Clearance.PUBLIC) not in actor.levels():
        yield Invalid("This is above your own clearance.", "securityLevel")


async def _faults_of_change(
    session: AsyncSession, actor: Actor, changed: Mapping[str, Any], model: Model
) -> list[HubError]:
    faults = await _faults_of_replacement(session, actor, changed, model.id)
    if "baseline_cost_per_1k_tokens" in changed and await _is_priced(session, model.id):
        message = "This follows from the prices of the model; set those."
        faults.append(Conflict(message).at(*rules.path_of("baseline_cost_per_1k_tokens")))
    return faults


async def _is_priced(session: AsyncSession, model_id: UUID) -> bool:
    believed = select(Price.id).where(Price.model_id == model_id, Price.superseded_at.is_(None)).limit(1)
    return await session.scalar(believed) is not None


async def _faults_of_replacement(
    session: AsyncSession, actor: Actor, columns: Mapping[str, Any], model_id: UUID | None = None
) -> list[HubError]:
    replacement = columns.get("replacement_id")
    if replacement is None:
        return []
    visible = select(Model.status).where(Model.id == replacement, VISIBLE)
    status = await session.scalar(visible, scope(actor))
    if status is None:
        return [ModelNotFound("replacementId")]
    if replacement == model_id:
        return [Invalid("A model cannot replace itself.", "replacementId")]
    if status == ModelStatus.RETIRED:
        return [Invalid("A retired model cannot replace another.", "replacementId")]
    circle = await session.scalar(_CHAIN, {"start": replacement, "model": model_id})
    return [Invalid("From there replacements lead back to this model.", "replacementId")] if circle else []
