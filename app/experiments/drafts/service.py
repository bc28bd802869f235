"""Acts on drafts of experiments: a draft is complete and valid from the moment it exists."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.service import VISIBLE as MODEL_VISIBLE
from app.catalog.tables import Model, ModelVersion
from app.experiments.drafts.draft import Draft
from app.experiments.drafts.rows import columns_of, draft_of, variants_of
from app.experiments.drafts.rules import Known, VersionState, faults
from app.experiments.errors import StatusForbids
from app.experiments.events import ExperimentArchived, ExperimentCreated, ExperimentUpdated
from app.experiments.service import about, get_experiment, touch
from app.experiments.tables import Experiment, Variant
from app.experiments.vocabulary import ExperimentStatus
from app.identity.tables import Team
from app.kit.access import Actor, Permission
from app.kit.clock import utc_now
from app.kit.errors import Invalid, Rejected
from app.kit.ids import new_id
from app.kit.journal import record
from app.kit.scoping import of_teams, scope

MAX_REASON = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """What of a draft is to be other than it is: fields of `Draft` by name."""

    experiment_id: UUID
    changes: Mapping[str, Any]
    expected_revision: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Archiving:
    """An experiment that is no longer to be listed."""

    experiment_id: UUID
    reason: str | None = None
    expected_revision: int | None = None


async def create_experiment(session: AsyncSession, actor: Actor, wanted: Draft) -> UUID:
    """Draft an experiment. Raises everything that is wrong with it at once."""
    actor.require(Permission.EXPERIMENTS_CREATE)
    await _check(session, actor, wanted, utc_now())
    experiment = Experiment(id=new_id(), status=ExperimentStatus.DRAFT, **columns_of(wanted))
    session.add(experiment)
    await session.flush()
    session.add_all(variants_of(wanted, experiment.id))
    event = ExperimentCreated(**await about(session, experiment))
    record(session, actor, event, after=wanted.told())
    return experiment.id


async def update_experiment(session: AsyncSession, actor: Actor, wanted: Update) -> UUID:
    """Change a draft; what would change nothing leaves no trace.

    Raises `CONFLICT` if it is no draft any more, and everything that would be wrong with it at once."""
    actor.require(Permission.EXPERIMENTS_UPDATE)
    experiment = await get_experiment(session, actor, wanted.experiment_id, wanted.expected_revision)
    _require_draft(experiment)
    before = draft_of(experiment, await _variants(session, experiment.id))
    after = replace(before, **wanted.changes)
    await _check(session, actor, after, utc_now() if after.duration != before.duration else None)
    if after != before:
        await _store(session, experiment, before, after)
        await _record_update(session, actor, experiment, before.told(), after.told())
    return experiment.id


async def archive_experiment(session: AsyncSession, actor: Actor, wanted: Archiving) -> UUID:
    """Take an experiment out of the lists; what is archived already stays as it is. Raises `CONFLICT` if it runs."""
    actor.require(Permission.EXPERIMENTS_DELETE)
    if len(wanted.reason or "") > MAX_REASON:
        raise Invalid(f"A reason has {MAX_REASON:,} characters at most.", "reason")
    experiment = await get_experiment(session, actor, wanted.experiment_id, wanted.expected_revision)
    if experiment.status == ExperimentStatus.RUNNING:
        raise StatusForbids("It is running; stop it first.", experiment.status, is_archived=False)
    if experiment.archived_at is None:
        await _archive(session, actor, experiment, wanted.reason)
    return experiment.id


async def _archive(session: AsyncSession, actor: Actor, experiment: Experiment, reason: str | None) -> None:
    at = utc_now()
    experiment.archived_at = at
    touch(experiment)
    event = ExperimentArchived(**await about(session, experiment), occurred_at=at)
    record(session, actor, event, before={"archivedAt": None}, after={"archivedAt": at.isoformat()}, reason=reason)


async def check_startable(session: AsyncSession, actor: Actor, experiment: Experiment, now: datetime) -> None:
    """Raise what speaks against starting it: it is no draft, it has become invalid, or its planned end has passed."""
    _require_draft(experiment)
    draft = draft_of(experiment, await _variants(session, experiment.id))
    await _check(session, actor, draft, None)
    if draft.duration.ends_at <= now:
        raise Invalid("Its planned end has passed; set another one first.", "experimentId")


def _require_draft(experiment: Experiment) -> None:
    is_archived = experiment.archived_at is not None
    if is_archived:
        raise StatusForbids(
            "It is archived and can be neither changed nor started.", experiment.status, is_archived=True
        )
    if experiment.status != ExperimentStatus.DRAFT:
        raise StatusForbids(
            f"Only drafts can be changed or started, and this one is {experiment.status}.",
            experiment.status,
            is_archived=False,
        )


async def _store(session: AsyncSession, experiment: Experiment, before: Draft, after: Draft) -> None:
    for name, value in columns_of(after).items():
        setattr(experiment, name, value)
    touch(experiment)
    if after.variants != before.variants:
        await session.execute(delete(Variant).where(Variant.experiment_id == experiment.id))
        session.add_all(variants_of(after, experiment.id))


async def _record_update(
    session: AsyncSession, actor: Actor, experiment: Experiment, before: dict[str, Any], after: dict[str, Any]
) -> None:
    changed = [name for name in after if after[name] != before[name]]
    event = ExperimentUpdated(**await about(session, experiment))
    was, became = ({name: told[name] for name in changed} for told in (before, after))
    record(session, actor, event, before=was, after=became)


async def _variants(session: AsyncSession, experiment_id: UUID) -> list[Variant]:
    chosen = select(Variant).where(Variant.experiment_id == experiment_id).order_by(Variant.position)
    return list(await session.scalars(chosen))


async def _check(session: AsyncSession, actor: Actor, draft: Draft, now: datetime | None) -> None:
    found = tuple(faults(draft, await _known(session, actor, draft), now))
    if found:
        raise Rejected(*found)


async def _known(session: AsyncSession, actor: Actor, draft: Draft) -> Known:
    models = select(Model.id, Model.status).where(Model.id.in_({v.model_id for v in draft.variants}), MODEL_VISIBLE)
    named = {v.version_id for v in draft.variants if v.version_id}
    versions = select(ModelVersion.id, ModelVersion.model_id, ModelVersion.status).where(ModelVersion.id.in_(named))
    team = select(func.count()).where(Team.id == draft.team_id, of_teams(Team.id))
    return Known(
        models={row.id: row.status for row in await session.execute(models, scope(actor))},
        versions={row.id: VersionState(row.model_id, row.status) for row in await session.execute(versions)},
        has_team=draft.team_id is None or await session.scalar(team, scope(actor)) == 1,
    )
