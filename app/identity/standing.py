"""What a principal may do at this moment: his role, his teams, and the credential by which he came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import Executable

from app.identity.rules import CLEARANCES, PERMISSIONS, SEES_EVERY_TEAM, lowest
from app.identity.vocabulary import Role
from app.kit.access import Actor, Clearance, Permission
from app.kit.db import Row, statement
from app.kit.errors import TokenExpired, Unauthorized
from app.kit.reading import Reader

_Sees = frozenset[UUID] | None

STANDING = text(
    """
    with credential as (
        select id, principal_id, expires_at, revoked_at, cast(null as text[]) as scopes
        from session where id = cast(:credential as uuid)
        union all
        select id, principal_id, expires_at, revoked_at, scopes
        from api_key where id = cast(:credential as uuid) or digest = cast(:digest as bytea))
    select (select value from authorisation_epoch where id = 1) as epoch,
           c.id as credential, c.expires_at, c.revoked_at, c.scopes,
           p.id, p.kind, p.name, p.role, p.disabled_at, p.owner_id,
           array(select team_id from team_member where principal_id = p.id) as teams,
           o.email as owner_email, o.role as owner_role, o.disabled_at as owner_disabled_at,
           array(select team_id from team_member where principal_id = o.id) as owner_teams
    from credential c join principal p on p.id = c.principal_id left join principal o on o.id = p.owner_id
    """
)
"""By the key of a session or API key, or by the digest of an API key. Read in one snapshot with the epoch."""

_LOCKS = 0x70726E63
"""The class of the advisory locks, one for each principal: Postgres gives them out in the order of asking, so that
whoever takes rights away does not wait for ever behind one who acts without a pause."""

_HOLD = text(
    f"""
    select pg_advisory_xact_lock_shared({_LOCKS}, held.lock) from (
        select distinct hashtext(cast(id as text)) as lock from principal
        where id = :principal or id = (select owner_id from principal where id = :principal) order by 1) held
    """  # noqa: S608 - a constant
)
_HOLD_ALONE = text(f"select pg_advisory_xact_lock({_LOCKS}, hashtext(cast(cast(:principal as uuid) as text)))")


@dataclass(frozen=True, slots=True)
class Standing:
    """An actor, the epoch in which he was looked up, and until when his credential lasts (None: for good)."""

    actor: Actor
    epoch: int
    expires_at: datetime | None


def standing_of(row: Mapping[str, Any] | None, now: datetime, scopes: frozenset[str] | None = None) -> Standing:
    """The standing in a row of `STANDING`, confined to `scopes` if they are given.

    Raises `UNAUTHORIZED` if the principal, who answers for him, or the credential is no more; `TOKEN_EXPIRED`."""
    if row is None or row["revoked_at"] or row["disabled_at"] or row["owner_disabled_at"]:
        raise Unauthorized("This credential is no longer valid; sign in again.")
    if row["expires_at"] is not None and row["expires_at"] <= now:
        raise TokenExpired("This credential has expired; sign in again, or get a new key.")
    return Standing(_actor(row, scopes), row["epoch"], row["expires_at"])


def _actor(row: Mapping[str, Any], scopes: frozenset[str] | None) -> Actor:
    """Nobody can do more than whoever answers for him, nor more than his key and his token say."""
    permissions, clearance, teams = _of_role(row["role"], row["teams"])
    if row["owner_role"] is not None:
        owned, owners_clearance, owners_teams = _of_role(row["owner_role"], row["owner_teams"])
        permissions, clearance = permissions & owned, lowest(clearance, owners_clearance)
        teams = _common(teams, owners_teams)
    for confined in (row["scopes"], scopes):
        permissions = permissions if confined is None else permissions & set(confined)
    return Actor(
        id=str(row["id"]),
        name=row["name"],
        permissions=permissions,
        clearance=clearance,
        role=row["role"],
        on_behalf_of=row["owner_email"],
        teams=teams,
        credential=row["credential"],
    )


def _of_role(role: str, teams: list[UUID]) -> tuple[frozenset[Permission], Clearance, _Sees]:
    known = Role(role)
    return PERMISSIONS[known], CLEARANCES[known], None if known in SEES_EVERY_TEAM else frozenset(teams)


def _common(teams: _Sees, others: _Sees) -> _Sees:
    if teams is None or others is None:
        return others if teams is None else teams
    return teams & others


async def hold(session: AsyncSession, principal: UUID) -> None:
    """Keep what a principal may do as it is until the transaction ends; waits for whoever is changing it."""
    await session.execute(_HOLD, {"principal": principal})


async def hold_alone(session: AsyncSession, principal: UUID) -> None:
    """Change what a principal may do: waits until nobody acts in his name, and until this ends nobody does."""
    await session.execute(_HOLD_ALONE, {"principal": principal})


async def look_up(session: AsyncSession, credential: UUID) -> Mapping[str, Any] | None:
    """The row of a credential as it is now. After `hold` nobody can change it meanwhile."""
    found = await session.execute(STANDING, {"credential": credential, "digest": None})
    row = found.first()
    return row._asdict() if row else None


class Principals(Row):
    """What principals may do."""


@statement
def _principals() -> Executable:
    return text(
        """
        select 0 as epoch, null as credential, null as scopes, p.id, p.name, p.role,
               array(select team_id from team_member where principal_id = p.id) as teams,
               o.email as owner_email, o.role as owner_role,
               array(select team_id from team_member where principal_id = o.id) as owner_teams
        from principal p left join principal o on o.id = p.owner_id
        where p.id = any(cast(:keys as uuid[])) and p.disabled_at is null and o.disabled_at is null
        """
    )


async def actors_by_id(read: Reader, keys: Sequence[UUID]) -> dict[UUID, Actor]:
    """Principals as they are now, with all that their role gives them; those who are no more, or disabled, are absent.

    For what goes on in somebody's name while he is away."""
    rows = await read.fetch(_principals(), Principals, keys=list(keys))
    return {row["id"]: _actor(dict(row.items()), None) for row in rows}
