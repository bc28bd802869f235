"""The mutations of teams."""

from __future__ import annotations

from typing import Annotated

import strawberry

from app.identity.people.schema import principal_key
from app.identity.reads import teams_by_id
from app.identity.schema import Team
from app.identity.teams import service
from app.kit.context import Info
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, Payload, perform


@strawberry.type(description="A team that was made or changed.")
class TeamPayload(Payload):
    @strawberry.field(description="The team as it is now; null if nothing was written.")
    async def team(self, info: Info) -> Team | None:
        return await info.context.load(teams_by_id, self.key) if self.key else None


@strawberry.input(description="Makes a team.")
class CreateTeamInput:
    slug: str = strawberry.field(
        description="What telemetry sends, unique for ever: a-z, 0-9 and `._-` between; at most 100 characters."
    )
    name: str = strawberry.field(description="The name people use; at most 200 characters.")
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Foundation:
        """The team."""
        return service.Foundation(slug=self.slug, name=self.name)


@strawberry.type(description="What came of `createTeam`.")
class CreateTeamPayload(TeamPayload):
    pass


@strawberry.input(description="Lets principals join a team and others leave it.")
class SetTeamMembersInput:
    team_id: strawberry.ID = strawberry.field(description="The team.")
    add: list[strawberry.ID] = strawberry.field(
        default_factory=list[strawberry.ID], description="Users and service accounts that join; at most 100."
    )
    remove: list[strawberry.ID] = strawberry.field(
        default_factory=list[strawberry.ID], description="Users and service accounts that leave; at most 100."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Membership:
        """Who joins and who leaves."""
        return service.Membership(
            team=key_of(self.team_id, "Team", argument="teamId"),
            joining=tuple(principal_key(text, f"add.{n}") for n, text in enumerate(self.add)),
            leaving=tuple(principal_key(text, f"remove.{n}") for n, text in enumerate(self.remove)),
        )


@strawberry.type(description="What came of `setTeamMembers`.")
class SetTeamMembersPayload(TeamPayload):
    pass


@strawberry.type
class TeamMutation:
    @strawberry.mutation(
        description="Make a team. Only for administrators: who is in a team sees all that telemetry sends under its "
        "slug. Needs `users:manage`. `CONFLICT` if the slug is taken."
    )
    async def create_team(
        self, info: Info, input: Annotated[CreateTeamInput, strawberry.argument(description="What it is called.")]
    ) -> CreateTeamPayload | None:
        return await perform(info, CreateTeamPayload, service.create_team, input)

    @strawberry.mutation(
        description="Let users and service accounts join a team of yours, and others leave it: those whom you see. "
        "Who is in a team sees its data. What is so already is no change. Needs `users:manage`."
    )
    async def set_team_members(
        self, info: Info, input: Annotated[SetTeamMembersInput, strawberry.argument(description="Who.")]
    ) -> SetTeamMembersPayload | None:
        return await perform(info, SetTeamMembersPayload, service.set_members, input)
