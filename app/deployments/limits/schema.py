"""The face of how many deployments teams may have, and its mutation."""

from __future__ import annotations

from typing import Annotated, Any

import strawberry

from app.deployments.limits import reads, service
from app.deployments.site import site_of
from app.deployments.vocabulary import Environment
from app.identity.schema import Team
from app.identity.teams.schema import TeamPayload
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.edges import edge_with_arguments, extends, way
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, perform


@strawberry.type(description="How many deployments a team may have in an environment.")
class DeploymentLimit:
    environment: Environment = strawberry.field(description="Where.")
    limit: int = strawberry.field(description="How many it may have; recorded and deleted ones do not count.")
    used: int = strawberry.field(description="How many it has.")


@extends(Team)
class TeamDeploymentLimits:
    @edge_with_arguments(
        key="id",
        description="How many deployments it may have, for each environment. Of a team that is not yours you are told "
        "what holds for any team, and no use. Needs `deployments:read`.",
        directives=[ListSize(assumed_size=3)],
    )
    def deployment_limits(self, info: Info) -> list[DeploymentLimit]:
        most = site_of(info.context.writer.database).most

        def show(_: Any, found: Any) -> list[DeploymentLimit]:
            told = {row["environment"]: row for row in found or ()}
            return [_limit(environment, told.get(environment), most) for environment in Environment]

        return way(reads.limits_by_team, show=show)


def _limit(environment: Environment, row: Any, most: int) -> DeploymentLimit:
    own = row["most"] if row else None
    return DeploymentLimit(environment=environment, limit=most if own is None else own, used=(row and row["used"]) or 0)


@strawberry.input(description="Says how many deployments a team may have.")
class SetDeploymentLimitInput:
    team_id: strawberry.ID = strawberry.field(description="The team, one of yours.")
    environment: Environment = strawberry.field(description="Where.")
    limit: int | None = strawberry.field(
        description="How many it may have there, 0 to 100,000; null: as many as any team. Those it has stay."
    )
    reason: str | None = strawberry.field(default=None, description="Why, for the record; at most 1,000 characters.")
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Limitation:
        """The limit wanted."""
        return service.Limitation(
            team_id=key_of(self.team_id, "Team", argument="teamId"),
            environment=self.environment,
            limit=self.limit,
            reason=self.reason,
        )


@strawberry.type(description="What came of `setDeploymentLimit`.")
class SetDeploymentLimitPayload(TeamPayload):
    pass


@strawberry.type
class LimitMutation:
    @strawberry.mutation(
        description="Say how many deployments a team may have in an environment, in place of what holds for any team. "
        "What is so already changes nothing. Needs `budgets:manage`."
    )
    async def set_deployment_limit(
        self, info: Info, input: Annotated[SetDeploymentLimitInput, strawberry.argument(description="What to set.")]
    ) -> SetDeploymentLimitPayload | None:
        return await perform(info, SetDeploymentLimitPayload, service.set_deployment_limit, input)
