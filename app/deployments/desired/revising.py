"""How a change of what is wanted is put down: as a revision, for the record, and for those who listen."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from sqlalchemy import func
from sqlalchemy.ext.asyncio import AsyncSession

from app.deployments import events
from app.deployments.desired.commands import Change
from app.deployments.desired.configuration import leaves
from app.deployments.errors import DeploymentDeleted, NotControlled
from app.deployments.service import about, get_deployment
from app.deployments.tables import Deployment, DeploymentRevision
from app.deployments.vocabulary import Cause, Runtime
from app.kit.access import Actor, Permission
from app.kit.journal import record

Spec = dict[str, Any]

SHOWN: Final = 3
"""How many changes are named in a message."""

_EVENTS: Final = {
    Cause.UPDATED: events.DeploymentUpdated,
    Cause.PAUSED: events.DeploymentPaused,
    Cause.RESUMED: events.DeploymentResumed,
    Cause.ROLLED_BACK: events.DeploymentRolledBack,
}


async def controlled(session: AsyncSession, actor: Actor, wanted: Change) -> tuple[Deployment, Spec]:
    """The deployment that is to change, locked, and what is wanted of it now.

    Raises `CONFLICT` if it is deleted, or somebody else runs it."""
    deployment = await get_deployment(session, actor, wanted.deployment_id, wanted.expected_revision)
    if deployment.runtime == Runtime.RECORDED:
        raise NotControlled
    if deployment.deleted_at is not None:
        raise DeploymentDeleted
    return deployment, deployment.spec or {}


def require_for_target(actor: Actor, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
    """Raise `FORBIDDEN` if other addresses or credentials are to be used, and this actor does not decide that."""
    target = after.get("external")
    if target is not None and target != before.get("external"):
        actor.require(Permission.POLICIES_MANAGE)


def add_revision(
    session: AsyncSession,
    actor: Actor,
    deployment: Deployment,
    cause: Cause,
    reason: str | None,
    restored: int | None = None,
) -> None:
    """Put down what is wanted from now on."""
    revision = DeploymentRevision(
        deployment_id=deployment.id,
        number=deployment.generation,
        cause=cause,
        restored=restored,
        spec=deployment.spec,
        model_version_id=deployment.model_version_id,
        actor=actor.name,
        reason=reason,
    )
    session.add(revision)


def change(deployment: Deployment, spec: Spec) -> None:
    """Want something else of a deployment."""
    version = spec.get("modelVersionId")
    deployment.spec = spec
    deployment.model_version_id = version and UUID(version)
    deployment.generation += 1
    deployment.updated_at = func.now()  # type: ignore[assignment] - an expression of the same type


async def revise(
    session: AsyncSession,
    actor: Actor,
    deployment: Deployment,
    spec: Spec,
    wanted: Change,
    cause: Cause,
    restored: int | None = None,
) -> None:
    """Want something else of a deployment, for the record."""
    before = deployment.spec or {}
    change(deployment, spec)
    add_revision(session, actor, deployment, cause, wanted.reason, restored)
    was, became = differences(before, spec)
    message = f"{deployment.name} {_said(cause, sorted({*was, *became}), restored)}"
    event = _EVENTS[cause](**await about(session, deployment), revision=deployment.generation, message=message)
    record(session, actor, event, before=was, after={**became, "revision": deployment.generation}, reason=wanted.reason)


def differences(before: Spec, after: Spec) -> tuple[dict[str, Any], dict[str, Any]]:
    """What differs between two specs, before and after, by dotted names; null where there is nothing."""
    old, new = ({".".join(path): value for path, value in leaves(spec)} for spec in (before, after))
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    return {name: old.get(name) for name in names}, {name: new.get(name) for name in names}


def _said(cause: Cause, names: list[str], restored: int | None) -> str:
    if cause is Cause.ROLLED_BACK:
        return f"was rolled back to revision {restored}"
    if cause is not Cause.UPDATED:
        return f"was {cause.lower()}"
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"changed: {', '.join(names[:SHOWN])}{more}"
