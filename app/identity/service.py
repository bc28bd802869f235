"""What acts of identity share: whom an actor sees, whom he may manage, and teams that telemetry names."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Boolean, ColumnElement, Uuid, and_, any_, bindparam, exists, func, or_, select, update
from sqlalchemy.dialects.postgresql import ARRAY, insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import covers
from app.identity.standing import hold_alone
from app.identity.tables import Principal, Session, Team, TeamMember
from app.identity.vocabulary import Role
from app.kit.access import Actor, Permission
from app.kit.errors import Forbidden, HubError, Invalid, NotFound, Rejected, RevisionConflict
from app.kit.ids import new_id

NOBODY = Actor(id="nobody", name="Nobody", permissions=frozenset())
"""Who asks before he has signed in."""


async def discover_teams(
    session: AsyncSession, actor: Actor, slugs: set[str], *, is_demo: bool = False
) -> dict[str, UUID]:
    """The ids of the teams that telemetry names; those unknown so far are added under their slug."""
    actor.require(Permission.TELEMETRY_WRITE)
    rows = [{"id": new_id(), "slug": slug, "name": slug, "is_demo": is_demo} for slug in sorted(slugs)]
    if rows:
        await session.execute(insert(Team).values(rows).on_conflict_do_nothing())
    found = await session.execute(select(Team.slug, Team.id).where(Team.slug.in_(slugs)))
    return {row.slug: row.id for row in found}


_SELF = bindparam("self_id", type_=Uuid)
_MANAGES = bindparam("manages", type_=Boolean)
_OWN_TEAMS = bindparam("own_teams", type_=ARRAY(Uuid))

_IN_OWN_TEAM = exists().where(TeamMember.principal_id == Principal.id, TeamMember.team_id == any_(_OWN_TEAMS))

VISIBLE = or_(
    Principal.id == _SELF,
    Principal.owner_id == _SELF,
    and_(_MANAGES, or_(_OWN_TEAMS.is_(None), _IN_OWN_TEAM)),
)
"""Oneself, the service accounts one answers for, and for who manages users those of his teams, or all."""


def principal_of(actor: Actor) -> UUID | None:
    """The key of the principal behind an actor; None for the system and for development tokens."""
    return None if actor.credential is None else UUID(actor.id)


def scope(actor: Actor) -> dict[str, Any]:
    """The arguments of `VISIBLE`."""
    teams = None if actor.teams is None else list(actor.teams)
    return {"self_id": principal_of(actor), "manages": actor.may(Permission.USERS_MANAGE), "own_teams": teams}


def refuse(faults: Iterable[HubError]) -> None:
    """Raise what is wrong, all at once; nothing if nothing is."""
    match list(faults):
        case []:
            return
        case [one]:
            raise one
        case several:
            raise Rejected(*several)


async def get_principal(
    session: AsyncSession, actor: Actor, key: UUID, *path: str, revision: int | None = None
) -> Principal:
    """A visible principal, locked so that nobody acts in his name until this ends. Raises `NOT_FOUND`, `CONFLICT`."""
    await hold_alone(session, key)
    wanted = select(Principal).where(Principal.id == key, VISIBLE).with_for_update()
    principal = await session.scalar(wanted, scope(actor))
    if principal is None:
        raise NotFound("There is no such user or service account.").at(*path)
    if revision is not None and revision != principal.revision:
        raise RevisionConflict(principal.revision)
    return principal


async def get_managed(
    session: AsyncSession, actor: Actor, key: UUID, *path: str, revision: int | None = None
) -> Principal:
    """A principal that this actor may change: of his teams only, and with no more rights than his. Or `FORBIDDEN`."""
    actor.require(Permission.USERS_MANAGE)
    principal = await get_principal(session, actor, key, *path, revision=revision)
    require_grant(actor, Role(principal.role))
    if not is_within(actor, await team_ids_of(session, principal.id)):
        raise Forbidden("This principal also belongs to teams that are not yours; an administrator can change it.")
    return principal


def require_grant(actor: Actor, role: Role) -> None:
    """Raise `FORBIDDEN` unless the actor has everything that the role gives."""
    if not covers(actor.permissions, actor.clearance, role):
        raise Forbidden(f"The role {role} has more rights than you have.", role=role.value)


def is_within(actor: Actor, teams: Collection[UUID]) -> bool:
    """Whether these are teams whose data the actor sees; of no team is only for who sees every team."""
    return actor.teams is None or (bool(teams) and set(teams) <= actor.teams)


async def team_ids_of(session: AsyncSession, principal: UUID) -> list[UUID]:
    """The teams a principal is in."""
    found = select(TeamMember.team_id).where(TeamMember.principal_id == principal).order_by(TeamMember.team_id)
    return list(await session.scalars(found))


async def get_teams(session: AsyncSession, actor: Actor, keys: Sequence[UUID], field: str) -> list[Team]:
    """Teams that the actor sees, in the order of their keys. Raises `NOT_FOUND` with the path of each that is none."""
    found = {team.id: team for team in await session.scalars(select(Team).where(Team.id.in_(keys)).order_by(Team.id))}
    seen = {key for key in found if actor.teams is None or key in actor.teams}
    missing = [NotFound("There is no such team.").at(field, n) for n, key in enumerate(keys) if key not in seen]
    refuse(missing)
    return list(found.values())


async def join(session: AsyncSession, principal: UUID, teams: Iterable[UUID]) -> None:
    """Make a principal a member of teams."""
    rows = [{"team_id": team, "principal_id": principal} for team in teams]
    if rows:
        await session.execute(insert(TeamMember).values(rows).on_conflict_do_nothing())


async def end_sessions(session: AsyncSession, principal: UUID, which: ColumnElement[bool]) -> list[str]:
    """End those sessions of a principal that are not over; gives their keys."""
    open_ones = update(Session).where(Session.principal_id == principal, Session.revoked_at.is_(None), which)
    ended = await session.scalars(open_ones.values(revoked_at=func.now()).returning(Session.id))
    return sorted(map(str, ended))


def touch(principal: Principal) -> None:
    """Count a change."""
    principal.revision += 1
    principal.updated_at = func.now()


def fault(message: str | None, *path: str) -> list[HubError]:
    """A list of the fault there, or an empty one."""
    return [] if message is None else [Invalid(message, *path)]
