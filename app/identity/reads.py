"""What is read of principals and teams. Hashes of passwords are not read here at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, any_, bindparam, func, select

from app.identity.service import VISIBLE, principal_of, scope
from app.identity.tables import Principal, Team, TeamMember
from app.identity.vocabulary import PrincipalKind
from app.kit import scoping
from app.kit.access import Actor, Permission
from app.kit.db import Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader


class TeamRow(Row):
    """A team."""

    node_type = "Team"


class PrincipalRow(Row):
    """A user or a service account."""

    @property
    def node_type(self) -> str:
        """The name of its face."""
        return FACES[self["kind"]]


FACES = {PrincipalKind.USER.value: "User", PrincipalKind.SERVICE_ACCOUNT.value: "ServiceAccount"}

BY_NAME = Order("NAME", descending=False)
_SHOWN = [column for column in Principal.__table__.columns if column.name not in {"password_hash", "is_demo"}]
_CONDITIONS = {
    "kind": Principal.kind == bindparam("kind", type_=Text),
    "role": Principal.role == bindparam("role", type_=Text),
    "team": Principal.id.in_(
        select(TeamMember.principal_id).where(
            TeamMember.team_id == bindparam("team", type_=Uuid), scoping.of_teams(TeamMember.team_id)
        )
    ),
    "is_disabled": Principal.disabled_at.is_not(None),
    "is_enabled": Principal.disabled_at.is_(None),
}


@dataclass(frozen=True, slots=True)
class PrincipalFilter:
    """Which principals; None is no condition."""

    kind: PrincipalKind
    role: str | None = None
    team: UUID | None = None
    is_disabled: bool | None = None

    def shape(self) -> Shape:
        """Which conditions are there."""
        switch = {None: (), True: ("is_disabled",), False: ("is_enabled",)}[self.is_disabled]
        return ("kind", *(name for name in ("role", "team") if getattr(self, name) is not None), *switch)

    def arguments(self) -> dict[str, Any]:
        """The values of the conditions that are there."""
        return {name: getattr(self, name) for name in self.shape() if not name.startswith("is_")}


def _principals(shape: Shape) -> Selection:
    return select(*_SHOWN).where(VISIBLE, *(_CONDITIONS[name] for name in shape))


PRINCIPALS = Listing(
    row=PrincipalRow,
    id=Principal.id,
    select=_principals,
    sorts={"NAME": func.lower(Principal.name, type_=Text()), "CREATED_AT": Principal.created_at},
)


def _teams(shape: Shape) -> Selection:
    chosen = select(Team.__table__).where(scoping.of_teams(Team.id))
    return chosen.where(Team.slug == bindparam("slug", type_=Text)) if shape else chosen


TEAMS = Listing(
    row=TeamRow,
    id=Team.id,
    select=_teams,
    sorts={"NAME": func.lower(Team.name, type_=Text()), "CREATED_AT": Team.created_at},
)


async def teams_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, TeamRow]:
    """The actor's own teams by key; every team for who sees all."""
    actor.require(Permission.DEPLOYMENTS_READ)
    return await TEAMS.by_id(read, keys, _own_teams(actor))


def _own_teams(actor: Actor) -> dict[str, Any]:
    return {"own_teams": None if actor.teams is None else list(actor.teams)}


async def page_of_teams(
    read: Reader, actor: Actor, slug: str | None, order: Order, request: PageRequest
) -> Page[TeamRow]:
    """One page of the actor's own teams, or of all for who sees all; of a slug if one is given."""
    chosen = {} if slug is None else {"slug": slug}
    return await TEAMS.page(read, order, request, tuple(chosen), {**_own_teams(actor), **chosen})


async def page_of_principals(
    read: Reader, actor: Actor, chosen: PrincipalFilter, order: Order, request: PageRequest
) -> Page[PrincipalRow]:
    """One page of the visible principals that match."""
    actor.require(Permission.USERS_MANAGE)
    return await PRINCIPALS.page(read, order, request, chosen.shape(), {**scope(actor), **chosen.arguments()})


async def principals_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, PrincipalRow]:
    """Visible principals by key."""
    return await PRINCIPALS.by_id(read, keys, scope(actor))


async def users_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, PrincipalRow]:
    """Visible users by key."""
    return _of_kind(PrincipalKind.USER, await principals_by_id(read, actor, keys))


async def service_accounts_by_id(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, PrincipalRow]:
    """Visible service accounts by key."""
    return _of_kind(PrincipalKind.SERVICE_ACCOUNT, await principals_by_id(read, actor, keys))


def _of_kind(kind: PrincipalKind, found: dict[UUID, PrincipalRow]) -> dict[UUID, PrincipalRow]:
    return {key: row for key, row in found.items() if row["kind"] == kind}


def _of_team(team: ColumnElement[UUID]) -> ColumnElement[bool]:
    return Principal.id.in_(select(TeamMember.principal_id).where(TeamMember.team_id == team))


async def members_by_team(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[PrincipalRow]]:
    """A page of the visible members of each team, by name."""
    return await PRINCIPALS.pages_by(_of_team, read, keys, BY_NAME, request, scope(actor))


async def member_counts_by_team(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many visible members each team has."""
    return await PRINCIPALS.counts_by(_of_team, read, keys, scope(actor))


@statement
def _teams_by_principal() -> Selection:
    joined = select(Team.__table__, TeamMember.principal_id).join(TeamMember, TeamMember.team_id == Team.id)
    mine = TeamMember.principal_id == any_(keys_parameter())
    own = (TeamMember.principal_id == bindparam("self_id", type_=Uuid)) | scoping.of_teams(Team.id)
    return joined.where(mine, own).order_by(func.lower(Team.name), Team.id)


async def teams_by_principal(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, list[TeamRow]]:
    """The teams each principal is in, as far as the actor sees them."""
    wanted = {"self_id": principal_of(actor), **_own_teams(actor)}
    return grouped(await read.fetch(_teams_by_principal(), TeamRow, keys=keys, **wanted), "principal_id")
