"""Acts on teams: who is in a team sees its data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import events
from app.identity.epoch import raise_epoch
from app.identity.rules import fault_of_name
from app.identity.service import VISIBLE, fault, join, refuse, scope
from app.identity.standing import hold_alone
from app.identity.tables import Principal, Team, TeamMember
from app.kit.access import Actor, Permission
from app.kit.errors import Conflict, Forbidden, HubError, Invalid, NotFound
from app.kit.ids import new_id
from app.kit.journal import record

MAX_SLUG: Final = 100
_SLUG = re.compile(r"[a-z0-9]+(?:[._-][a-z0-9]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Foundation:
    """What a new team is called."""

    slug: str
    name: str


async def create_team(session: AsyncSession, actor: Actor, wanted: Foundation) -> UUID:
    """Make a team. Only for who sees every team's data: whoever has a team sees all that telemetry sends under its
    slug."""
    actor.require(Permission.USERS_MANAGE)
    if actor.teams is not None:
        raise Forbidden("Only an administrator makes teams.")
    refuse([*fault(_fault_of_slug(wanted.slug), "slug"), *fault(fault_of_name(wanted.name), "name")])
    row = {"id": new_id(), "slug": wanted.slug, "name": wanted.name.strip()}
    key = await session.scalar(insert(Team).values(row).on_conflict_do_nothing().returning(Team.id))
    if key is None:
        raise Conflict("There is a team with this slug already; telemetry may have made it known.").at("slug")
    event = events.TeamCreated(resource_id=str(key), message=f"The team {row['name']} was created")
    record(session, actor, event, after={"slug": wanted.slug, "name": row["name"]})
    return key


def _fault_of_slug(slug: str) -> str | None:
    is_one = len(slug) <= MAX_SLUG and _SLUG.fullmatch(slug) is not None
    return None if is_one else f"A slug is like `ml-platform`: a-z, 0-9, `._-` between, {MAX_SLUG} characters at most."


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """Who is to join a team, and who is to leave it."""

    team: UUID
    joining: tuple[UUID, ...] = ()
    leaving: tuple[UUID, ...] = ()


async def set_members(session: AsyncSession, actor: Actor, wanted: Membership) -> UUID:
    """Let principals join a team and others leave it. What is so already is no change."""
    actor.require(Permission.USERS_MANAGE)
    refuse(_faults(wanted))
    team = await _get_team(session, actor, wanted.team)
    await _require_seen(session, actor, wanted)
    before = set(await session.scalars(select(TeamMember.principal_id).where(TeamMember.team_id == team.id)))
    joining, leaving = set(wanted.joining) - before, set(wanted.leaving) & before
    if joining or leaving:
        await _change(session, team, joining, leaving)
        message = f"{len(joining)} joined the team {team.name}, {len(leaving)} left it"
        event = events.TeamMembersSet(resource_id=str(team.id), message=message)
        told = {"joined": sorted(map(str, joining)), "left": sorted(map(str, leaving))}
        record(session, actor, event, after=told)
        await raise_epoch(session)
    return team.id


async def _get_team(session: AsyncSession, actor: Actor, key: UUID) -> Team:
    """A team that the actor sees, locked."""
    seen = actor.teams is None or key in actor.teams
    team = await session.get(Team, key, with_for_update=True) if seen else None
    if team is None:
        raise NotFound("There is no such team.").at("teamId")
    return team


def _faults(wanted: Membership) -> list[HubError]:
    if not wanted.joining and not wanted.leaving:
        return [Invalid("Name somebody who joins or leaves.", "add")]
    if set(wanted.joining) & set(wanted.leaving):
        return [Invalid("Nobody can join and leave at once.", "remove")]
    return []


async def _require_seen(session: AsyncSession, actor: Actor, wanted: Membership) -> None:
    """Those that the actor sees only, held alone one after the other in a fixed order."""
    for key in sorted({*wanted.joining, *wanted.leaving}):
        await hold_alone(session, key)
    named = select(Principal.id).where(Principal.id.in_([*wanted.joining, *wanted.leaving]), VISIBLE)
    seen = set(await session.scalars(named, scope(actor)))
    lists = {"add": wanted.joining, "remove": wanted.leaving}
    refuse(
        NotFound("There is no such user or service account.").at(field, n)
        for field, keys in lists.items()
        for n, key in enumerate(keys)
        if key not in seen
    )


async def _change(session: AsyncSession, team: Team, joining: set[UUID], leaving: set[UUID]) -> None:
    for key in joining:
        await join(session, key, [team.id])
    gone = TeamMember.team_id == team.id, TeamMember.principal_id.in_(leaving)
    await session.execute(delete(TeamMember).where(*gone))
