"""Which models and versions may be deployed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.service import get_open_model
from app.catalog.tables import Model, ModelVersion
from app.catalog.vocabulary import ModelStatus
from app.deployments.desired.rules import fault_of_status
from app.deployments.tables import Deployment
from app.kit.access import Actor
from app.kit.errors import Conflict, HubError, NotFound


@dataclass(frozen=True, slots=True)
class Deployable:
    """A model that is to be deployed, or why there is none; and the version of it that is named."""

    model: Model | HubError
    version: ModelVersion | HubError | None

    @property
    def is_demo(self) -> bool:
        """Whether it goes with the demo."""
        return isinstance(self.model, Model) and self.model.is_demo


async def deployable(session: AsyncSession, actor: Actor, model_id: UUID, version_id: UUID | None) -> Deployable:
    """The visible model, locked, so that it is not retired meanwhile, and its version."""
    try:
        model = await get_open_model(session, actor, model_id)
    except HubError as fault:
        return Deployable(fault.at("modelId"), None)
    return Deployable(model, await _version(session, model_id, version_id) if version_id else None)


async def _version(session: AsyncSession, model_id: UUID, version_id: UUID) -> ModelVersion | HubError:
    of = ModelVersion.id == version_id, ModelVersion.model_id == model_id
    found = await session.scalar(select(ModelVersion).where(*of))
    return found or NotFound("The model has no such version.").at("versionId")


def faults_of_version(found: Deployable, environment: str) -> Iterator[HubError]:
    """What keeps a model or its version from being deployed."""
    for what, path, each in (("model", "modelId", found.model), ("version", "versionId", found.version)):
        if isinstance(each, HubError):
            yield each
        elif each is not None and (fault := fault_of_status(each.status, environment, what, path)):
            yield fault


async def faults_of_more(session: AsyncSession, actor: Actor, of: Deployment) -> list[HubError]:
    """What keeps more of a deployment from being started: that its model or version may not be deployed any more."""
    found = await deployable(session, actor, of.model_id, of.model_version_id)
    return [Conflict(fault.message).at("deploymentId") for fault in faults_of_version(found, of.environment)]


async def faults_of_return(session: AsyncSession, version_id: UUID | None, older: str | None) -> list[HubError]:
    """What keeps a deployment from going back to an older version: that it is retired, or gone."""
    if older is None or UUID(older) == version_id:
        return []
    status = await session.scalar(select(ModelVersion.status).where(ModelVersion.id == UUID(older)))
    return [Conflict("The version of that revision is retired.")] if status in {None, ModelStatus.RETIRED} else []
