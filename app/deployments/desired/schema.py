"""Mutations of what is wanted of deployments."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated, Any, Protocol
from uuid import UUID

import strawberry

from app.deployments.desired import commands, service
from app.deployments.desired.configuration import patched
from app.deployments.desired.inputs import DeploymentConfigInput, patch_of
from app.deployments.errors import DeploymentLimitExceeded as LimitExceeded
from app.deployments.schema import DeploymentPayload
from app.deployments.site import site_of
from app.deployments.vocabulary import Environment, Runtime
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.ids import key_of
from app.kit.inputs import given
from app.kit.mutations import CLIENT_MUTATION_ID, UserError, failure_of, perform, shows_error

_DEPLOYMENT = "The deployment."
_REASON = "Why, for the record; at most 1,000 characters."
_EXPECTED = "The `generation` you saw; if it is another by now, nothing is written and you get a `CONFLICT`."
_WHAT = strawberry.argument(description="What to do.")
_RECORDED = "`CONFLICT` if it is RECORDED or deleted."
_MORE = "So is more of a model that may not be deployed any more (`deployableTo`)."


@shows_error
@strawberry.type(description="The team has as many deployments in the environment as it may.")
class DeploymentLimitExceeded(UserError):
    error = LimitExceeded

    @strawberry.field(description="How many it may have there.")
    def limit(self) -> int:
        return failure_of(self).limit


def _optional(description: str) -> Any:
    return strawberry.field(default=None, description=description)


@strawberry.input(description="Deploys a model.")
class CreateDeploymentInput:
    name: str = strawberry.field(
        description="1 to 63 lower-case letters, digits and hyphens, no hyphen at the ends; unique among the "
        "deployments of the model in the environment. Calls name it as their service."
    )
    model_id: strawberry.ID = strawberry.field(
        description="The model: ACTIVE, or outside production EXPERIMENTAL (`deployableTo`)."
    )
    version_id: strawberry.ID | None = _optional(
        "A version of it, by the same statuses; null: none is fixed, and the model's own status counts."
    )
    team_id: strawberry.ID | None = _optional("The team it belongs to, one of yours; null: all may see it.")
    environment: Environment = strawberry.field(description="Where it runs. Calls are counted by it.")
    runtime: Runtime = strawberry.field(default=Runtime.PROCESS, description="What runs it: PROCESS or EXTERNAL.")
    configuration: DeploymentConfigInput = strawberry.field(description="How it is to run.")
    reason: str | None = _optional(_REASON)
    client_mutation_id: str | None = _optional(CLIENT_MUTATION_ID)

    def command(self) -> commands.Creation:
        """The deployment wanted."""
        version, team = self.version_id, self.team_id
        return commands.Creation(
            name=self.name.strip(),
            model_id=key_of(self.model_id, "Model", argument="modelId"),
            version_id=None if version is None else key_of(version, "ModelVersion", argument="versionId"),
            team_id=None if team is None else key_of(team, "Team", argument="teamId"),
            environment=self.environment,
            runtime=self.runtime,
            configuration=patched({}, patch_of(self.configuration)),
            reason=self.reason,
        )


class _Change(Protocol):
    """What all inputs have that change a deployment."""

    deployment_id: strawberry.ID
    reason: str | None
    expected_revision: int | None


def _asked(source: _Change) -> dict[str, Any]:
    key = key_of(source.deployment_id, "Deployment", argument="deploymentId")
    return {"deployment_id": key, "reason": source.reason, "expected_revision": source.expected_revision}


@strawberry.input(description="Changes the configuration or version of a deployment. What is left out stays.")
class UpdateDeploymentInput:
    deployment_id: strawberry.ID = strawberry.field(description=_DEPLOYMENT)
    configuration: strawberry.Maybe[DeploymentConfigInput] = strawberry.field(
        description="What is to be other; null takes a value, or an object with all that is in it, away."
    )
    version_id: strawberry.Maybe[strawberry.ID | None] = strawberry.field(
        description="Another version of the model that may be deployed; null: none is fixed."
    )
    reason: str | None = _optional(_REASON)
    expected_revision: int | None = _optional(_EXPECTED)
    client_mutation_id: str | None = _optional(CLIENT_MUTATION_ID)

    def command(self) -> commands.Update:
        """The change wanted."""
        said = given(self, "configuration", "version_id")
        patch = patch_of(said["configuration"]) if "configuration" in said else {}
        return commands.Update(**_asked(self), patch=patch, version=_version(said))


def _version(said: dict[str, Any]) -> tuple[UUID | None, ...]:
    if "version_id" not in said:
        return ()
    text = said["version_id"]
    return (None if text is None else key_of(text, "ModelVersion", argument="versionId"),)


@strawberry.input(description="Changes the number of replicas.")
class ScaleDeploymentInput:
    deployment_id: strawberry.ID = strawberry.field(description=_DEPLOYMENT)
    replicas: int = strawberry.field(description="How many are wanted: 0 to 100, within the bounds of `scaling`.")
    reason: str | None = _optional(_REASON)
    expected_revision: int | None = _optional(_EXPECTED)
    client_mutation_id: str | None = _optional(CLIENT_MUTATION_ID)

    def command(self) -> commands.Scaling:
        """The scaling wanted."""
        return commands.Scaling(**_asked(self), replicas=self.replicas)


@strawberry.input(description="Goes back to what was wanted before.")
class RollbackDeploymentInput:
    deployment_id: strawberry.ID = strawberry.field(description=_DEPLOYMENT)
    to_revision: int = strawberry.field(description="The number of one of its `revisions`.")
    reason: str | None = _optional(_REASON)
    expected_revision: int | None = _optional(_EXPECTED)
    client_mutation_id: str | None = _optional(CLIENT_MUTATION_ID)

    def command(self) -> commands.RollBack:
        """The roll-back wanted."""
        return commands.RollBack(**_asked(self), to=self.to_revision)


@strawberry.input
class _PlainInput:
    """What is asked of a deployment in one word."""

    deployment_id: strawberry.ID = strawberry.field(description=_DEPLOYMENT)
    reason: str | None = _optional(_REASON)
    expected_revision: int | None = _optional(_EXPECTED)
    client_mutation_id: str | None = _optional(CLIENT_MUTATION_ID)

    def command(self) -> commands.Change:
        """The deployment that is meant."""
        return commands.Change(**_asked(self))


@strawberry.input(description="Stops a deployment for the time being.")
class PauseDeploymentInput(_PlainInput):
    pass


@strawberry.input(description="Lets a paused deployment run again.")
class ResumeDeploymentInput(_PlainInput):
    pass


@strawberry.input(description="Stops a deployment for good.")
class DeleteDeploymentInput(_PlainInput):
    pass


@strawberry.type(description="What came of `createDeployment`.")
class CreateDeploymentPayload(DeploymentPayload):
    pass


@strawberry.type(description="What came of `updateDeployment`.")
class UpdateDeploymentPayload(DeploymentPayload):
    pass


@strawberry.type(description="What came of `scaleDeployment`.")
class ScaleDeploymentPayload(DeploymentPayload):
    pass


@strawberry.type(description="What came of `rollbackDeployment`.")
class RollbackDeploymentPayload(DeploymentPayload):
    pass


@strawberry.type(description="What came of `pauseDeployment`.")
class PauseDeploymentPayload(DeploymentPayload):
    pass


@strawberry.type(description="What came of `resumeDeployment`.")
class ResumeDeploymentPayload(DeploymentPayload):
    pass


@strawberry.type(description="What came of `deleteDeployment`.")
class DeleteDeploymentPayload(DeploymentPayload):
    pass


def _here(info: Info, act: Callable[..., Awaitable[UUID]]) -> Callable[..., Awaitable[UUID]]:
    """The act, by what the operator allows here."""
    return partial(act, site=site_of(info.context.writer.database))


@strawberry.type
class DeploymentMutation:
    @strawberry.mutation(
        description="Deploy a model: workers start it, or watch the endpoint, and its phase tells how far they are. "
        "Needs `deployments:create` and `models:deploy`; an EXTERNAL one `policies:manage` too. `CONFLICT` if the name "
        "is taken, also by one you may not see; `DEPLOYMENT_LIMIT_EXCEEDED` if the team has as many as it may."
    )
    async def create_deployment(
        self, info: Info, input: Annotated[CreateDeploymentInput, _WHAT]
    ) -> CreateDeploymentPayload | None:
        return await perform(info, CreateDeploymentPayload, _here(info, service.create_deployment), input)

    @strawberry.mutation(
        description="Want another configuration or version: a new revision, to which replicas go over one after the "
        "other. What is wanted already changes nothing. Needs `deployments:update`; another address or credential "
        f"`policies:manage` too. {_RECORDED}"
    )
    async def update_deployment(
        self, info: Info, input: Annotated[UpdateDeploymentInput, _WHAT]
    ) -> UpdateDeploymentPayload | None:
        return await perform(info, UpdateDeploymentPayload, _here(info, service.update_deployment), input)

    @strawberry.mutation(
        description="Want another number of replicas; a paused deployment has them when it is resumed. So many as are "
        f"wanted already changes nothing. Needs `deployments:scale`. {_RECORDED} {_MORE}"
    )
    async def scale_deployment(
        self, info: Info, input: Annotated[ScaleDeploymentInput, _WHAT]
    ) -> ScaleDeploymentPayload | None:
        return await perform(info, ScaleDeploymentPayload, service.scale_deployment, input)

    @strawberry.mutation(
        description="Want the configuration and version of an older revision, as a new revision. Whether it is paused "
        "stays as it is, and so does the number of replicas within the older bounds. `CONFLICT` if the older version "
        "is RETIRED. Needs `deployments:update`; another address or credential `policies:manage` too. "
        f"{_RECORDED}"
    )
    async def rollback_deployment(
        self, info: Info, input: Annotated[RollbackDeploymentInput, _WHAT]
    ) -> RollbackDeploymentPayload | None:
        return await perform(info, RollbackDeploymentPayload, _here(info, service.roll_back_deployment), input)

    @strawberry.mutation(
        description="Want nothing of it to run until it is resumed. Again changes nothing. Needs `deployments:scale`. "
        f"{_RECORDED}"
    )
    async def pause_deployment(
        self, info: Info, input: Annotated[PauseDeploymentInput, _WHAT]
    ) -> PauseDeploymentPayload | None:
        return await perform(info, PauseDeploymentPayload, service.pause_deployment, input)

    @strawberry.mutation(
        description="Let a paused deployment run again. What is not paused does not change. Needs "
        f"`deployments:scale`. {_RECORDED} {_MORE}"
    )
    async def resume_deployment(
        self, info: Info, input: Annotated[ResumeDeploymentInput, _WHAT]
    ) -> ResumeDeploymentPayload | None:
        return await perform(info, ResumeDeploymentPayload, service.resume_deployment, input)

    @strawberry.mutation(
        description="Stop it for good and take it out of lists; its name is free again, and by its id it is still "
        "found, as usage speaks of it. Again changes nothing. Needs `deployments:delete`. `CONFLICT` if it is RECORDED."
    )
    async def delete_deployment(
        self, info: Info, input: Annotated[DeleteDeploymentInput, _WHAT]
    ) -> DeleteDeploymentPayload | None:
        return await perform(info, DeleteDeploymentPayload, service.delete_deployment, input)


@strawberry.type(description="Something that a PROCESS deployment can start.")
class DeploymentTemplate:
    name: str = strawberry.field(description="How the operator called it; what `configuration.process.template` takes.")


@strawberry.type
class TemplateQuery:
    @strawberry.field(
        description="What a PROCESS deployment can start, as the operator set it up, by name; at most some dozens. "
        "Needs `deployments:create`.",
        directives=[ListSize(assumed_size=20)],
    )
    async def deployment_templates(self, info: Info) -> list[DeploymentTemplate]:
        info.context.actor.require(Permission.DEPLOYMENTS_CREATE)
        return [DeploymentTemplate(name=name) for name in sorted(site_of(info.context.writer.database).templates)]
