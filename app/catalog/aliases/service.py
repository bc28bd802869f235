"""The act that moves an alias. Where it pointed before is kept."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog import events
from app.catalog.aliases.rules import fault_of_name
from app.catalog.rules import fault_of_reason
from app.catalog.service import about, get_open_model, moment, plain, refuse, touch
from app.catalog.tables import AliasMove, Model, ModelAlias, ModelVersion
from app.catalog.vocabulary import ModelStatus
from app.kit.access import Actor, Permission
from app.kit.errors import HubError, Invalid
from app.kit.ids import new_id
from app.kit.journal import record


@dataclass(frozen=True, slots=True, kw_only=True)
class Move:
    """An alias is to point to a version; `is_protected` None: as it is, and not if it is new."""

    model_id: UUID
    alias: str
    version_id: UUID
    is_protected: bool | None = None
    reason: str | None = None
    expected_revision: int | None = None


async def move_alias(session: AsyncSession, actor: Actor, wanted: Move) -> UUID:
    """Let an alias point to a version of its model; it is made if there is none. Gives the key of the model.

    What is so already is no change: nothing is written. Raises `FORBIDDEN` if a protected one is moved, or is to lose
    its protection, by somebody who may not approve changes."""
    actor.require(Permission.MODELS_DEPLOY)
    model = await get_open_model(session, actor, wanted.model_id, wanted.expected_revision)
    version = await session.scalar(
        select(ModelVersion).where(ModelVersion.id == wanted.version_id, ModelVersion.model_id == model.id)
    )
    refuse(_faults(wanted, version))
    same = (ModelAlias.model_id == model.id) & (ModelAlias.name == wanted.alias)
    alias = await session.scalar(select(ModelAlias).where(same))
    changed = _changes(alias, wanted)
    if changed and version:
        await _write(session, actor, model, alias, version, wanted, changed)
    return model.id


def _faults(wanted: Move, version: ModelVersion | None) -> Iterable[HubError]:
    if (message := fault_of_name(wanted.alias)) is not None:
        yield Invalid(message, "alias")
    if version is None:
        yield Invalid("The model has no such version.", "modelVersionId")
    elif version.status == ModelStatus.RETIRED:
        yield Invalid("A retired version is not to be used.", "modelVersionId")
    if (message := fault_of_reason(wanted.reason)) is not None:
        yield Invalid(message, "reason")


def _changes(alias: ModelAlias | None, wanted: Move) -> dict[str, Any]:
    now = _shown(alias) if alias else {}
    is_protected = now.get("is_protected", False) if wanted.is_protected is None else wanted.is_protected
    then = {"model_version_id": wanted.version_id, "is_protected": is_protected}
    return {name: value for name, value in then.items() if now.get(name) != value}


def _shown(alias: ModelAlias) -> dict[str, Any]:
    return {"model_version_id": alias.model_version_id, "is_protected": alias.is_protected}


async def _write(
    session: AsyncSession,
    actor: Actor,
    model: Model,
    alias: ModelAlias | None,
    version: ModelVersion,
    wanted: Move,
    changed: Mapping[str, Any],
) -> None:
    if alias is not None and alias.is_protected:
        actor.require(Permission.CHANGES_APPROVE)
    before = {name: value for name, value in _shown(alias).items() if name in changed} if alias else None
    source = await session.get(ModelVersion, alias.model_version_id) if alias else None
    when = await _when(session, alias)
    made = alias or ModelAlias(id=new_id(), model_id=model.id, name=wanted.alias)
    session.add(made)
    made.is_protected = changed.get("is_protected", made.is_protected)
    if "model_version_id" in changed:
        _point(session, actor, made, version, when)
    touch(model)
    event = _event(model, made, source, version, changed)
    record(session, actor, event, before=before and plain(before), after=plain(changed), reason=wanted.reason)


async def _when(session: AsyncSession, alias: ModelAlias | None) -> datetime:
    """Now, and after the last move, even if the clock was set back."""
    now = await moment(session)
    return max(now, alias.moved_at + timedelta(microseconds=1)) if alias else now


def _point(session: AsyncSession, actor: Actor, alias: ModelAlias, version: ModelVersion, when: datetime) -> None:
    """What points to a version of the demo leaves with it; what people point elsewhere is theirs."""
    alias.model_version_id, alias.moved_at, alias.is_demo = version.id, when, version.is_demo
    where = {"model_id": alias.model_id, "name": alias.name, "model_version_id": version.id}
    session.add(AliasMove(**where, moved_at=when, moved_by=actor.name))


def _event(
    model: Model, alias: ModelAlias, source: ModelVersion | None, target: ModelVersion, changed: Mapping[str, Any]
) -> events.ModelChange:
    base: dict[str, Any] = {**about(model, alias.id), "alias": alias.name}
    if "model_version_id" not in changed:
        state = "is protected" if alias.is_protected else "is no longer protected"
        message = f"{model.name}: {alias.name} {state}"
        return events.AliasProtectionChanged(**base, is_protected=alias.is_protected, message=message)
    message = f"{model.name}: {alias.name} points to {target.label}" + (f", not to {source.label}" if source else "")
    labels: dict[str, Any] = {"label_from": source.label if source else None, "label_to": target.label}
    return events.AliasMoved(**base, **labels, message=message)
