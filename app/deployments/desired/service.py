"""Acts on what is wanted of deployments: each change is a revision, and workers make it true."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.service import moment, refuse
from app.deployments import events
from app.deployments.desired import rules
from app.deployments.desired.commands import Change, Creation, RollBack, Scaling, Update
from app.deployments.desired.configuration import patched, replicas_of
from app.deployments.desired.deployable import (
    Deployable,
    deployable,
    faults_of_more,
    faults_of_return,
    faults_of_version,
)
from app.deployments.desired.quotas import keep_to_quota
from app.deployments.desired.revising import add_revision, change, controlled, require_for_target, revise
from app.deployments.errors import NameTaken, NotControlled, RevisionMissing
from app.deployments.service import about, get_deployment
from app.deployments.site import Site
from app.deployments.tables import Deployment, DeploymentRevision, DeploymentTransition
from app.deployments.vocabulary import Cause, ConditionStatus, Phase, Runtime
from app.identity.tables import Team
from app.kit.access import Actor, Permission
from app.kit.errors import HubError, NotFound
from app.kit.ids import new_id
from app.kit.journal import record
from app.kit.scoping import of_teams, scope


async def create_deployment(session: AsyncSession, actor: Actor, wanted: Creation, *, site: Site) -> UUID:
    """Want a model deployed. Raises everything that is wrong with it at once.

    `CONFLICT` if the name is taken, `DEPLOYMENT_LIMIT_EXCEEDED` if the team has as many as it may."""
    actor.require(Permission.DEPLOYMENTS_CREATE)
    actor.require(Permission.MODELS_DEPLOY)
    require_for_target(actor, {}, wanted.configuration)
    found = await deployable(session, actor, wanted.model_id, wanted.version_id)
    refuse([*_faults_of_creation(wanted, found, site), *await _faults_of_team(session, actor, wanted.team_id)])
    await keep_to_quota(session, wanted.team_id, wanted.environment, site.most)
    deployment = await _insert(session, wanted, found)
    add_revision(session, actor, deployment, Cause.CREATED, wanted.reason)
    message = f"{deployment.name} was created in {wanted.environment.lower()}"
    event = events.DeploymentCreated(**await about(session, deployment), revision=1, message=message)
    told = {"name": wanted.name, "runtime": wanted.runtime, "environment": wanted.environment}
    record(session, actor, event, after={**told, "spec": deployment.spec}, reason=wanted.reason)
    return deployment.id


def _faults_of_creation(wanted: Creation, found: Deployable, site: Site) -> Iterator[HubError]:
    if (fault := rules.fault_of_name(wanted.name)) is not None:
        yield fault
    yield from rules.faults_of_reason(wanted.reason)
    yield from faults_of_version(found, wanted.environment)
    yield from rules.faults_of_spec(wanted.configuration, wanted.runtime, site.templates, "configuration")


async def _faults_of_team(session: AsyncSession, actor: Actor, team_id: UUID | None) -> list[HubError]:
    if team_id is None:
        return []
    known = select(func.count()).where(Team.id == team_id, of_teams(Team.id))
    found = await session.scalar(known, scope(actor))
    return [] if found else [NotFound("There is no such team, or you are not in it.").at("teamId")]


async def _insert(session: AsyncSession, wanted: Creation, found: Deployable) -> Deployment:
    at = await moment(session)
    row = {"id": new_id(), **_named(wanted), "is_demo": found.is_demo, "created_at": at, "updated_at": at}
    first = {"phase": Phase.CREATING, "conditions": [_waiting(at.isoformat())], "spec": _spec_of(wanted)}
    new = insert(Deployment).values({**row, **first}).on_conflict_do_nothing().returning(Deployment)
    deployment = await session.scalar(new)
    if deployment is None:
        raise NameTaken(wanted.name, wanted.environment)
    session.add(DeploymentTransition(deployment_id=deployment.id, occurred_at=at, phase=Phase.CREATING))
    return deployment


def _named(wanted: Creation) -> dict[str, Any]:
    of = {"model_id": wanted.model_id, "model_version_id": wanted.version_id, "team_id": wanted.team_id}
    return {"name": wanted.name, **of, "environment": wanted.environment, "runtime": wanted.runtime}


def _spec_of(wanted: Creation) -> dict[str, Any]:
    version = str(wanted.version_id) if wanted.version_id else None
    return rules.complete({**wanted.configuration, "modelVersionId": version, "paused": False})


def _waiting(at: str) -> dict[str, Any]:
    told = {"reason": "Waiting", "message": "No worker has taken it up yet."}
    return {"type": "Ready", "status": ConditionStatus.UNKNOWN.value, **told, "lastTransitionAt": at}


async def update_deployment(session: AsyncSession, actor: Actor, wanted: Update, *, site: Site) -> UUID:
    """Want another configuration or version. What is wanted already is no change: nothing is written."""
    actor.require(Permission.DEPLOYMENTS_UPDATE)
    deployment, spec = await controlled(session, actor, wanted)
    after = rules.complete(patched(spec, wanted.patch))
    faults = list(rules.faults_of_spec(after, Runtime(deployment.runtime), site.templates, "configuration"))
    for version in wanted.version:
        after["modelVersionId"] = str(version) if version else None
    faults += await _faults_of_update(session, actor, deployment, spec, after)
    refuse([*faults, *rules.faults_of_reason(wanted.reason)])
    require_for_target(actor, spec, after)
    if after != spec:
        await revise(session, actor, deployment, after, wanted, Cause.UPDATED)
    return deployment.id


async def _faults_of_update(
    session: AsyncSession, actor: Actor, of: Deployment, before: dict[str, Any], after: dict[str, Any]
) -> list[HubError]:
    """What keeps another version, or more of the same, from being deployed."""
    version = after.get("modelVersionId")
    if version != before.get("modelVersionId"):
        found = await deployable(session, actor, of.model_id, version and UUID(version))
        return list(faults_of_version(found, of.environment))
    return await faults_of_more(session, actor, of) if _is_more(before, after) else []


def _is_more(before: dict[str, Any], after: dict[str, Any]) -> bool:
    return (replicas_of(after) or 0) > (replicas_of(before) or 0)


async def scale_deployment(session: AsyncSession, actor: Actor, wanted: Scaling) -> UUID:
    """Want another number of replicas; so many as are wanted already is no change."""
    actor.require(Permission.DEPLOYMENTS_SCALE)
    deployment, spec = await controlled(session, actor, wanted)
    before = replicas_of(spec) or 0
    faults = list(rules.faults_of_scaling(spec, Runtime(deployment.runtime), wanted.replicas))
    if wanted.replicas > before:
        faults += await faults_of_more(session, actor, deployment)
    refuse([*faults, *rules.faults_of_reason(wanted.reason)])
    if before != wanted.replicas:
        change(deployment, rules.with_replicas(spec, wanted.replicas))
        add_revision(session, actor, deployment, Cause.SCALED, wanted.reason)
        await _record_scaling(session, actor, deployment, wanted, before)
    return deployment.id


async def _record_scaling(
    session: AsyncSession, actor: Actor, deployment: Deployment, wanted: Scaling, before: int
) -> None:
    told = await about(session, deployment)
    told["message"] = f"{deployment.name}: {before} → {wanted.replicas} replicas"
    event = events.DeploymentScaled(**told, replicas_from=before, replicas_to=wanted.replicas)
    after = {"replicas": wanted.replicas, "revision": deployment.generation}
    record(session, actor, event, before={"replicas": before}, after=after, reason=wanted.reason)


async def pause_deployment(session: AsyncSession, actor: Actor, wanted: Change) -> UUID:
    """Want nothing of it to run for now; what is paused already stays as it is."""
    return await _pause(session, actor, wanted, Cause.PAUSED)


async def resume_deployment(session: AsyncSession, actor: Actor, wanted: Change) -> UUID:
    """Want it to run again; what is not paused stays as it is. `CONFLICT` if its model may not be deployed any more."""
    return await _pause(session, actor, wanted, Cause.RESUMED)


async def _pause(session: AsyncSession, actor: Actor, wanted: Change, cause: Cause) -> UUID:
    actor.require(Permission.DEPLOYMENTS_SCALE)
    deployment, spec = await controlled(session, actor, wanted)
    is_paused = cause is Cause.PAUSED
    changes = bool(spec.get("paused")) is not is_paused
    faults = await faults_of_more(session, actor, deployment) if changes and not is_paused else []
    refuse([*faults, *rules.faults_of_reason(wanted.reason)])
    if changes:
        await revise(session, actor, deployment, {**spec, "paused": is_paused}, wanted, cause)
    return deployment.id


async def delete_deployment(session: AsyncSession, actor: Actor, wanted: Change) -> UUID:
    """Want it stopped for good and out of lists; what is deleted already stays as it is."""
    actor.require(Permission.DEPLOYMENTS_DELETE)
    deployment = await get_deployment(session, actor, wanted.deployment_id, wanted.expected_revision)
    refuse(rules.faults_of_reason(wanted.reason))
    if deployment.runtime == Runtime.RECORDED:
        raise NotControlled
    if deployment.deleted_at is None:
        await _delete(session, actor, deployment, wanted.reason)
    return deployment.id


async def _delete(session: AsyncSession, actor: Actor, deployment: Deployment, reason: str | None) -> None:
    deployment.deleted_at = deployment.updated_at = at = await moment(session)
    message = f"{deployment.name} was deleted from {deployment.environment.lower()}"
    event = events.DeploymentDeleted(**await about(session, deployment), message=message)
    record(session, actor, event, before={"deleted_at": None}, after={"deleted_at": at.isoformat()}, reason=reason)


async def roll_back_deployment(session: AsyncSession, actor: Actor, wanted: RollBack, *, site: Site) -> UUID:
    """Want the configuration and version of an older revision; what equals what is wanted is no change.

    Whether it is paused stays, and so does the number of replicas within the older bounds."""
    actor.require(Permission.DEPLOYMENTS_UPDATE)
    deployment, spec = await controlled(session, actor, wanted)
    after = rules.rolled_back(spec, await _spec_at(session, deployment, wanted.to))
    faults = [*rules.faults_of_spec(after, Runtime(deployment.runtime), site.templates)]
    faults += await faults_of_return(session, deployment.model_version_id, after.get("modelVersionId"))
    refuse([*(fault.at("toRevision") for fault in faults), *rules.faults_of_reason(wanted.reason)])
    require_for_target(actor, spec, after)
    if after != spec:
        await revise(session, actor, deployment, after, wanted, Cause.ROLLED_BACK, wanted.to)
    return deployment.id


async def _spec_at(session: AsyncSession, deployment: Deployment, number: int) -> dict[str, Any]:
    of = DeploymentRevision.deployment_id == deployment.id, DeploymentRevision.number == number
    spec = await session.scalar(select(DeploymentRevision.spec).where(*of))
    if spec is None:
        raise RevisionMissing(number, deployment.generation)
    return spec
