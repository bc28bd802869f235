"""Acts on versions of models. The lock of the model is that of all its versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import events
from app.catalog.errors import LabelTaken, VersionImmutable, VersionInUse
from app.catalog.rules import fault_of_label, fault_of_reason, fault_of_text
from app.catalog.service import VISIBLE, about, add_version, follow, get_open_model, refuse, scope, touch
from app.catalog.tables import Model, ModelAlias, ModelVersion
from app.catalog.vocabulary import ModelStatus
from app.kit.access import Actor, Permission
from app.kit.errors import HubError, Invalid, NotFound, RevisionConflict
from app.kit.journal import record

MAX_DESCRIPTION = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Registration:
    """A model is to have another version; `expected_revision` is the model's."""

    model_id: UUID
    label: str
    description: str | None = None
    configuration: Any = None
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """Columns of a version are to have other values; `expected_revision` is the version's."""

    version_id: UUID
    columns: Mapping[str, Any]
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Transition:
    """A version is to go to another status; `expected_revision` is the version's."""

    version_id: UUID
    to: ModelStatus
    reason: str | None = None
    expected_revision: int | None = None


async def register_version(session: AsyncSession, actor: Actor, wanted: Registration) -> UUID:
    """Give a model an EXPERIMENTAL version. Raises `CONFLICT` if the model has one of that label."""
    actor.require(Permission.MODELS_UPDATE)
    model = await get_open_model(session, actor, wanted.model_id, wanted.expected_revision)
    given = {"label": wanted.label, "description": wanted.description, "configuration": wanted.configuration}
    columns = _trimmed(given)
    refuse(_faults(columns))
    touch(model)
    return await add_version(session, actor, model, **columns)


async def update_version(session: AsyncSession, actor: Actor, wanted: Update) -> UUID:
    """Change a version that was never active. What it says already is no change: nothing is written."""
    actor.require(Permission.MODELS_UPDATE)
    model, version = await _get_version(session, actor, wanted.version_id, wanted.expected_revision)
    if version.activated_at is not None:
        raise VersionImmutable(version.label)
    columns = _trimmed(wanted.columns)
    refuse(_faults(columns))
    changed = {name: value for name, value in columns.items() if getattr(version, name) != value}
    if changed:
        await _change(session, actor, model, version, changed)
    return version.id


async def _change(
    session: AsyncSession, actor: Actor, model: Model, version: ModelVersion, changed: Mapping[str, Any]
) -> None:
    if "label" in changed:
        await _refuse_taken(session, model, changed["label"])
    before = {name: getattr(version, name) for name in changed}
    for name, value in changed.items():
        setattr(version, name, value)
    touch(version)
    touch(model)
    message = f"{model.name}: {', '.join(changed)} of version {version.label} changed"
    event = events.VersionUpdated(**about(model, version.id), label=version.label, message=message)
    record(session, actor, event, before=before, after=dict(changed))


async def _refuse_taken(session: AsyncSession, model: Model, label: str) -> None:
    same = (ModelVersion.model_id == model.id) & (ModelVersion.label == label)
    if await session.scalar(select(ModelVersion.id).where(same)) is not None:
        raise LabelTaken(label)


async def transition_version(session: AsyncSession, actor: Actor, wanted: Transition) -> UUID:
    """Take a version to another status; from the first time it is ACTIVE it is immutable.

    Raises `CONFLICT` with what is allowed, or with the aliases that point to a version that is to retire."""
    actor.require(Permission.MODELS_UPDATE)
    model, version = await _get_version(session, actor, wanted.version_id, wanted.expected_revision)
    before, was_activated = version.status, version.activated_at is not None
    step = await follow(session, actor, version, wanted.to, wanted.reason)
    refuse(_faults_of_reason(wanted.reason))
    if wanted.to is ModelStatus.RETIRED:
        await _refuse_used(session, version)
    if wanted.to is ModelStatus.ACTIVE and not was_activated:
        version.activated_at = step.occurred_at
    touch(version)
    touch(model)
    message = f"{model.name} {version.label} went from {before} to {wanted.to}"
    said: dict[str, Any] = {"label": version.label, "message": message, "from_status": before, "to_status": wanted.to}
    event = events.VersionTransitioned(**about(model, version.id), **said)
    record(session, actor, event, before={"status": before}, after={"status": wanted.to}, reason=wanted.reason)
    return version.id


async def _refuse_used(session: AsyncSession, version: ModelVersion) -> None:
    pointing = select(ModelAlias.name).where(ModelAlias.model_version_id == version.id).order_by(ModelAlias.name)
    aliases = list(await session.scalars(pointing))
    if aliases:
        raise VersionInUse(aliases)


async def _get_version(
    session: AsyncSession, actor: Actor, version_id: UUID, expected: int | None
) -> tuple[Model, ModelVersion]:
    """The visible version and its model, locked until the transaction ends."""
    chosen = select(ModelVersion.model_id).join(Model, Model.id == ModelVersion.model_id)
    model_id = await session.scalar(chosen.where(ModelVersion.id == version_id, VISIBLE), scope(actor))
    if model_id is None:
        raise NotFound("There is no such version, or you may not see it.").at("modelVersionId")
    model = await get_open_model(session, actor, model_id)
    version = (await session.execute(select(ModelVersion).where(ModelVersion.id == version_id))).scalar_one()
    if expected is not None and version.revision != expected:
        raise RevisionConflict(version.revision)
    return model, version


def _trimmed(columns: Mapping[str, Any]) -> dict[str, Any]:
    """Values as they are kept: text without blanks around it, no configuration as an empty one."""
    texts = {name: value.strip() for name, value in columns.items() if isinstance(value, str)}
    cleared = {"configuration": {}} if "configuration" in columns and columns["configuration"] is None else {}
    return {**columns, **texts, **cleared}


def _faults(columns: Mapping[str, Any]) -> Iterable[HubError]:
    if "label" in columns and (message := fault_of_label(columns["label"] or "")) is not None:
        yield Invalid(message, "label")
    if columns.get("description") is not None and (message := fault_of_text(columns["description"], MAX_DESCRIPTION)):
        yield Invalid(message, "description")
    if not isinstance(columns.get("configuration", {}), dict):
        yield Invalid("This must be a JSON object.", "configuration")


def _faults_of_reason(reason: str | None) -> Iterable[HubError]:
    if (message := fault_of_reason(reason)) is not None:
        yield Invalid(message, "reason")
