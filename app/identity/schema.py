"""The faces of identity: principals, teams, and the viewer himself."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

import strawberry

from app.identity import reads
from app.identity.service import principal_of
from app.identity.vocabulary import PrincipalKind, PrincipalOrderField, Role, TeamOrderField
from app.kit.access import Actor, Clearance
from app.kit.connections import After, Before, Connection, First, Last, connection, pages
from app.kit.context import Info
from app.kit.edges import edge, edge_with_arguments
from app.kit.enums import graphql_enum
from app.kit.ids import key_of
from app.kit.nodes import Node, Rows, fetch_node, fetched_by
from app.kit.ordering import OrderDirection
from app.kit.paging import Order, PageRequest

graphql_enum(
    Role,
    "What a principal is: a fixed set of permissions and a clearance.",
    ADMIN="Everything, for every team, up to CONFIDENTIAL.",
    MANAGER="What a developer may, and delete, approve, buy, and manage users, alerts and budgets of his teams.",
    DEVELOPER="What an analyst may, and deploy, run experiments and send telemetry, up to RESTRICTED.",
    ANALYST="What a viewer may, and see costs, up to INTERNAL.",
    VIEWER="Look only, up to INTERNAL.",
)


@strawberry.type(description="A group of people to whom usage and deployments are attributed.")
class Team(Rows, Node):
    row = reads.TeamRow

    slug: str = strawberry.field(description="Unique; what telemetry sends.")
    name: str = strawberry.field(description="The name people use.")
    created_at: datetime = strawberry.field(description="When it was first known.")

    @edge_with_arguments(
        key="id", description="Who is in it and sees its data, as far as you see them, by name.", is_personal=True
    )
    def members(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Principal]:
        request = PageRequest(first, after, last, before)
        return pages(info, reads.members_by_team, reads.member_counts_by_team, request)


@strawberry.interface(description="Who can act: a user or a service account.")
class Principal(Node):
    name: str = strawberry.field(description="The name people use.")
    role: Role = strawberry.field(description="What it is.")
    disabled_at: datetime | None = strawberry.field(description="Since when it can do nothing; null if it can.")
    revision: int = strawberry.field(description="Counts its changes; for `expectedRevision`.")
    created_at: datetime = strawberry.field(description="When it was made.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")

    teams: list[Team] = edge(
        reads.teams_by_principal,
        key="id",
        many=True,
        description="The teams it is in, as far as you see them, by name; a few.",
    )


@strawberry.type(description="A person who signs in. Seen by himself, and by who manages him (`users:manage`).")
class User(Principal):
    email: str = strawberry.field(description="The address he signs in with; unique ignoring case.")

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Whether the row is a user's."""
        return isinstance(value, reads.PrincipalRow) and value["kind"] == PrincipalKind.USER


@strawberry.type(
    description="A program that comes with API keys. It never does more than its owner may at that moment. Seen by "
    "itself, its owner, and by who manages it (`users:manage`)."
)
class ServiceAccount(Principal):
    owner: User | None = edge(
        reads.users_by_id,
        key="owner_id",
        description="The user who answers for it; null if you may not see him, or if a development token made it.",
    )

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Whether the row is a service account's."""
        return isinstance(value, reads.PrincipalRow) and value["kind"] == PrincipalKind.SERVICE_ACCOUNT


def _self(viewer: Any) -> UUID | None:
    """The key of the viewer's principal; None for a development token."""
    return principal_of(viewer.actor)


@strawberry.type(description="You, as this request was signed.")
class Viewer:
    actor: strawberry.Private[Actor]

    user: User | None = edge(
        reads.users_by_id,
        key=_self,
        description="You, if you are a user; null for service accounts and development tokens.",
    )
    service_account: ServiceAccount | None = edge(
        reads.service_accounts_by_id, key=_self, description="You, if you are a service account."
    )
    teams: list[Team] = edge(
        reads.teams_by_principal, key=_self, many=True, description="The teams you are in, by name; a few."
    )

    @strawberry.field(description="What you are called.")
    def name(self) -> str:
        return self.actor.name

    @strawberry.field(description="Your role.")
    def role(self) -> Role | None:
        return Role(self.actor.role) if self.actor.role else None

    @strawberry.field(description="Up to which security level you see models.")
    def clearance(self) -> Clearance:
        return self.actor.clearance

    @strawberry.field(description="Whether you see the data of every team.")
    def sees_every_team(self) -> bool:
        return self.actor.teams is None

    @strawberry.field(
        description="What you may do, such as `models:read`, in alphabetical order; at most all there is."
    )
    def permissions(self) -> list[str]:
        return sorted(self.actor.permissions)

    @strawberry.field(
        description="Whether you have a permission and, if an id is given, see what it is of. False for what is no "
        "permission and no id. The act itself may still be refused for the state of things."
    )
    async def can(
        self,
        info: Info,
        action: Annotated[str, strawberry.argument(description="A permission, such as `models:update`.")],
        id: Annotated[strawberry.ID | None, strawberry.argument(description="The id of an entity.")] = None,
    ) -> bool:
        if action not in self.actor.permissions:
            return False
        return id is None or await fetch_node(info.context, id) is not None


fetched_by("Team", reads.teams_by_id)
fetched_by("User", reads.users_by_id)
fetched_by("ServiceAccount", reads.service_accounts_by_id)


@strawberry.input(description="Which users; conditions that are left out do not restrict. All must hold.")
class UserFilter:
    role: Role | None = strawberry.field(default=None, description="Of this role.")
    team_id: strawberry.ID | None = strawberry.field(default=None, description="In this team.")
    is_disabled: bool | None = strawberry.field(default=None, description="Whether disabled ones, or only the others.")


@strawberry.input(description="Which service accounts; conditions that are left out do not restrict. All must hold.")
class ServiceAccountFilter(UserFilter):
    pass


@strawberry.input(description="Which teams; conditions that are left out do not restrict.")
class TeamFilter:
    slug: str | None = strawberry.field(default=None, description="Of this slug; at most 100 characters.")


graphql_enum(
    PrincipalOrderField,
    "What users and service accounts are sorted by.",
    NAME="The name, ignoring case.",
    CREATED_AT="When it was made.",
)
graphql_enum(
    TeamOrderField,
    "What teams are sorted by.",
    NAME="The name, ignoring case.",
    CREATED_AT="When it was first known.",
)


@strawberry.input(description="The sort of users; the id breaks ties.")
class UserOrder:
    field: PrincipalOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


@strawberry.input(description="The sort of service accounts; the id breaks ties.")
class ServiceAccountOrder(UserOrder):
    pass


@strawberry.input(description="The sort of teams; the id breaks ties.")
class TeamOrder:
    field: TeamOrderField = strawberry.field(description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")

    def order(self) -> Order:
        """The sort as reads take it."""
        return Order(self.field.value, self.direction is OrderDirection.DESC)


USERS_BY_NAME = UserOrder(field=PrincipalOrderField.NAME)
ACCOUNTS_BY_NAME = ServiceAccountOrder(field=PrincipalOrderField.NAME)
TEAMS_BY_NAME = TeamOrder(field=TeamOrderField.NAME)


def _chosen(kind: PrincipalKind, given: UserFilter | None) -> reads.PrincipalFilter:
    if given is None:
        return reads.PrincipalFilter(kind)
    team = key_of(given.team_id, "Team", argument="filter.teamId") if given.team_id is not None else None
    return reads.PrincipalFilter(kind, given.role, team, given.is_disabled)


@strawberry.type
class IdentityQuery:
    @strawberry.field(description="You: who you are, and what you may do. Needs a credential, and nothing more.")
    async def viewer(self, info: Info) -> Viewer:
        return Viewer(actor=info.context.actor)

    @strawberry.field(
        description="Users: all for an administrator, those of one's own teams for a manager. Needs `users:manage`."
    )
    async def users(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[UserFilter | None, strawberry.argument(description="Which users.")] = None,
        order_by: Annotated[UserOrder, strawberry.argument(description="The sort.")] = USERS_BY_NAME,
    ) -> Connection[User]:
        chosen, request = _chosen(PrincipalKind.USER, filter), PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_principals, chosen, order_by.order(), request))

    @strawberry.field(
        description="Service accounts: all for an administrator, those of one's own teams for a manager. "
        "Needs `users:manage`."
    )
    async def service_accounts(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[ServiceAccountFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[ServiceAccountOrder, strawberry.argument(description="The sort.")] = ACCOUNTS_BY_NAME,
    ) -> Connection[ServiceAccount]:
        chosen, request = _chosen(PrincipalKind.SERVICE_ACCOUNT, filter), PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_principals, chosen, order_by.order(), request))

    @strawberry.field(description="The teams you are in; all teams for an administrator.")
    async def teams(
        self,
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        filter: Annotated[TeamFilter | None, strawberry.argument(description="Which teams.")] = None,
        order_by: Annotated[TeamOrder, strawberry.argument(description="The sort.")] = TEAMS_BY_NAME,
    ) -> Connection[Team]:
        slug, request = filter.slug if filter else None, PageRequest(first, after, last, before)
        return connection(await info.context.read(reads.page_of_teams, slug, order_by.order(), request))
