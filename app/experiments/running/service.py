"""Acts on the life of experiments: a draft is started, and what runs ends, as planned or early."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.experiments.drafts.service import check_startable
from app.experiments.errors import StatusForbids
from app.experiments.events import ExperimentCompleted, ExperimentStarted, ExperimentStopped
from app.experiments.service import about, get_experiment, touch
from app.experiments.tables import Experiment
from app.experiments.vocabulary import ExperimentStatus
from app.kit.access import Actor, Permission
from app.kit.clock import utc_now
from app.kit.errors import Invalid
from app.kit.journal import record

MAX_REASON = 1000

_EVENTS = {ExperimentStatus.COMPLETED: ExperimentCompleted, ExperimentStatus.STOPPED: ExperimentStopped}


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """An experiment that is to be started or ended."""

    experiment_id: UUID
    reason: str | None = None
    expected_revision: int | None = None


async def start_experiment(session: AsyncSession, actor: Actor, wanted: Step) -> UUID:
    """Let a draft take traffic from now on.

    Raises `CONFLICT` if it is no draft any more, and everything that has become wrong with it at once."""
    actor.require(Permission.EXPERIMENTS_UPDATE)
    experiment = await _found(session, actor, wanted)
    at = utc_now()
    await check_startable(session, actor, experiment, at)
    experiment.started_at = at
    experiment.status = ExperimentStatus.RUNNING
    touch(experiment)
    event = ExperimentStarted(**await about(session, experiment), occurred_at=at)
    before, after = _told(ExperimentStatus.DRAFT, "startedAt", None), _told(experiment.status, "startedAt", at)
    record(session, actor, event, before=before, after=after, reason=wanted.reason)
    return experiment.id


async def stop_experiment(session: AsyncSession, actor: Actor, wanted: Step) -> UUID:
    """End an experiment now: `STOPPED` before its planned end, `COMPLETED` after. Raises `CONFLICT` unless it runs."""
    actor.require(Permission.EXPERIMENTS_UPDATE)
    experiment = await _found(session, actor, wanted)
    if experiment.status != ExperimentStatus.RUNNING:
        raise StatusForbids(
            f"Only what runs can be stopped, and this one is {experiment.status}.",
            experiment.status,
            is_archived=experiment.archived_at is not None,
        )
    await _end(session, actor, experiment, utc_now(), wanted.reason)
    return experiment.id


async def complete_experiments(session: AsyncSession, actor: Actor, now: datetime) -> int:
    """End every experiment whose planned end has come; returns how many."""
    over = (Experiment.status == ExperimentStatus.RUNNING) & (Experiment.ends_at <= now)
    found = await session.scalars(select(Experiment).where(over).with_for_update(skip_locked=True))
    experiments = found.all()
    for experiment in experiments:
        await _end(session, actor, experiment, now, "Its planned end has come.")
    return len(experiments)


async def _found(session: AsyncSession, actor: Actor, wanted: Step) -> Experiment:
    if len(wanted.reason or "") > MAX_REASON:
        raise Invalid(f"A reason has {MAX_REASON:,} characters at most.", "reason")
    return await get_experiment(session, actor, wanted.experiment_id, wanted.expected_revision)


async def _end(session: AsyncSession, actor: Actor, experiment: Experiment, now: datetime, reason: str | None) -> None:
    is_over = experiment.ends_at is not None and experiment.ends_at <= now
    experiment.status = ended = ExperimentStatus.COMPLETED if is_over else ExperimentStatus.STOPPED
    experiment.ended_at = now
    touch(experiment)
    event = _EVENTS[ended](**await about(session, experiment), occurred_at=now)
    before, after = _told(ExperimentStatus.RUNNING, "endedAt", None), _told(ended, "endedAt", now)
    record(session, actor, event, before=before, after=after, reason=reason)


def _told(status: str, name: str, at: datetime | None) -> dict[str, Any]:
    return {"status": str(status), name: at.isoformat() if at else None}
