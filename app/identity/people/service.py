"""Acts on users and service accounts: nobody gives anybody more than he has himself."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, text, true
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import events
from app.identity.epoch import raise_epoch
from app.identity.rules import CLEARANCES, PERMISSIONS, SEES_EVERY_TEAM, fault_of_email, fault_of_name
from app.identity.secrets import Minted
from app.identity.service import (
    VISIBLE,
    end_sessions,
    fault,
    get_managed,
    get_teams,
    is_within,
    join,
    principal_of,
    refuse,
    require_grant,
    scope,
    touch,
)
from app.identity.standing import hold
from app.identity.tables import Invitation, Principal, Team, TeamMember
from app.identity.vocabulary import PrincipalKind, Role
from app.kit.access import Actor, Permission
from app.kit.errors import Conflict, Forbidden, HubError, Invalid, Missing, Unauthorized
from app.kit.ids import new_id
from app.kit.journal import record

INVITED_FOR = timedelta(days=7)
MAX_REASON = 1000
_LAST_ADMINISTRATOR = 0x61646D696E
_ALONE = text(f"select pg_advisory_xact_lock({_LAST_ADMINISTRATOR})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """Whom to invite, and to what."""

    email: str
    role: Role
    teams: tuple[UUID, ...] = ()


async def invite_user(session: AsyncSession, actor: Actor, wanted: Offer, minted: Minted) -> UUID:
    """Offer somebody to become a user; whoever brings `minted` within seven days takes the offer."""
    actor.require(Permission.USERS_MANAGE)
    require_grant(actor, wanted.role)
    email = wanted.email.strip()
    refuse([*fault(fault_of_email(email), "email"), *_faults_of_teams(actor, wanted.teams)])
    await get_teams(session, actor, wanted.teams, "teamIds")
    known = select(Principal.id).where(func.lower(Principal.email) == email.lower(), VISIBLE)
    if await session.scalar(known, scope(actor)):
        raise Conflict("There is a user with this e-mail address already.").at("email")
    return await _offer(session, actor, minted, email=email, role=wanted.role, teams=wanted.teams)


def _faults_of_teams(actor: Actor, teams: tuple[UUID, ...]) -> Iterable[HubError]:
    """Of no team is only whom an administrator makes; others see and manage only who is in a team of theirs."""
    if not teams and actor.teams is not None:
        yield Missing("Name at least one of your teams.", "teamIds")
    if len(set(teams)) != len(teams):
        yield Invalid("A team is named twice.", "teamIds")


async def _offer(
    session: AsyncSession, actor: Actor, minted: Minted, *, email: str | None, role: Role, teams: tuple[UUID, ...] = ()
) -> UUID:
    row = Invitation(
        id=new_id(),
        digest=minted.digest,
        email=email,
        role=role,
        team_ids=list(teams),
        invited_by=principal_of(actor),
        expires_at=func.now() + INVITED_FOR,
    )
    session.add(row)
    await session.flush()
    event = events.UserInvited(resource_id=str(row.id), role=role, message=f"Somebody was invited as {role}")
    record(session, actor, event, after={"email": email, "role": role, "teams": [str(team) for team in teams]})
    return row.id


async def invite_administrator(
    session: AsyncSession, actor: Actor, *, minted: Minted, another: bool = False
) -> UUID | None:
    """Offer whoever brings `minted` to become an administrator; earlier such offers are void. The actor must have
    every permission. None if there is an administrator who is not of the demo, unless `another` is wanted."""
    actor.require(Permission.USERS_MANAGE)
    require_grant(actor, Role.ADMIN)
    await session.execute(_ALONE)
    if not another and await is_administered(session):
        return None
    earlier = select(Invitation).where(Invitation.email.is_(None), Invitation.accepted_at.is_(None))
    for one in await session.scalars(earlier):
        await session.delete(one)
    return await _offer(session, actor, minted, email=None, role=Role.ADMIN)


async def is_administered(session: AsyncSession) -> bool:
    """Whether there is an administrator who is not of the demo."""
    administrators = select(Principal.id).where(*_active_administrators(), ~Principal.is_demo).limit(1)
    return await session.scalar(administrators) is not None


def _active_administrators() -> tuple[ColumnElement[bool], ...]:
    table = Principal
    return table.kind == PrincipalKind.USER, table.role == Role.ADMIN, table.disabled_at.is_(None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Acceptance:
    """Who takes an invitation: it is known by the digest of its token. The password is hashed already."""

    digest: bytes
    name: str
    email: str | None
    hash: str


async def get_invitation(session: AsyncSession, digest: bytes, now: datetime) -> Invitation:
    """An open invitation, locked. Raises `UNAUTHORIZED`, which is the same for every reason it is not open."""
    found = await session.scalar(select(Invitation).where(Invitation.digest == digest).with_for_update())
    if found is None or found.accepted_at is not None or found.expires_at <= now:
        raise Unauthorized(CLOSED).at("token")
    return found


CLOSED = "This invitation cannot be taken: it was taken already, has expired, or never was. Ask for another."


async def join_hub(session: AsyncSession, invitation: Invitation, wanted: Acceptance) -> Principal:
    """Make the user that an invitation speaks of. Raises `UNAUTHORIZED` if whoever invited may no longer do so, or
    if somebody has the e-mail address by now."""
    email = (invitation.email or wanted.email or "").strip()
    refuse([*fault(fault_of_name(wanted.name), "name"), *fault(fault_of_email(email), "email")])
    teams = list(await session.scalars(select(Team.id).where(Team.id.in_(invitation.team_ids))))
    await _require_inviter(session, invitation, teams)
    row = {"id": new_id(), "kind": PrincipalKind.USER, "name": wanted.name.strip(), "email": email}
    new = insert(Principal).values(**row, password_hash=wanted.hash, role=invitation.role)
    principal = await session.scalar(new.on_conflict_do_nothing().returning(Principal))
    if principal is None:
        raise Unauthorized(CLOSED).at("token")
    await join(session, principal.id, teams)
    invitation.accepted_at = func.now()
    return principal


async def _require_inviter(session: AsyncSession, invitation: Invitation, teams: list[UUID]) -> None:
    """Whoever invited must still have what he offered: his rights may have been taken away meanwhile."""
    if invitation.invited_by is None:
        return
    await hold(session, invitation.invited_by)
    inviter = await session.get(Principal, invitation.invited_by, populate_existing=True)
    if inviter is None or inviter.disabled_at is not None or not await _may_offer(session, inviter, invitation, teams):
        raise Unauthorized(CLOSED).at("token")


async def _may_offer(session: AsyncSession, inviter: Principal, invitation: Invitation, teams: list[UUID]) -> bool:
    role = Role(inviter.role)
    own = frozenset(await session.scalars(select(TeamMember.team_id).where(TeamMember.principal_id == inviter.id)))
    sees = None if role in SEES_EVERY_TEAM else own
    actor = Actor(str(inviter.id), inviter.name, PERMISSIONS[role], CLEARANCES[role], teams=sees)
    try:
        actor.require(Permission.USERS_MANAGE)
        require_grant(actor, Role(invitation.role))
    except Forbidden:
        return False
    return is_within(actor, teams)


@dataclass(frozen=True, slots=True, kw_only=True)
class Appointment:
    """Who is to have which role."""

    principal: UUID
    role: Role
    revision: int | None = None
    reason: str | None = None


async def set_role(session: AsyncSession, actor: Actor, wanted: Appointment) -> UUID:
    """Give a principal another role. The one he has is no change: nothing is written."""
    refuse(_faults_of_reason(wanted.reason))
    principal = await get_managed(session, actor, wanted.principal, "principalId", revision=wanted.revision)
    require_grant(actor, wanted.role)
    _refuse_self(actor, principal)
    if principal.role == wanted.role:
        return principal.id
    await _keep_an_administrator(session, principal)
    before, principal.role = principal.role, wanted.role
    touch(principal)
    message = f"{principal.name} has the role {wanted.role} now"
    event = events.RoleSet(resource_id=str(principal.id), role=wanted.role, message=message)
    record(session, actor, event, before={"role": before}, after={"role": wanted.role}, reason=wanted.reason)
    await raise_epoch(session)
    return principal.id


def _faults_of_reason(reason: str | None) -> Iterable[HubError]:
    if reason is not None and (len(reason) > MAX_REASON or not reason.strip()):
        yield Invalid(f"A reason has 1 to {MAX_REASON} characters.", "reason")


def _refuse_self(actor: Actor, principal: Principal) -> None:
    if principal.id == principal_of(actor):
        raise Conflict("You cannot do this to yourself; ask another administrator or manager.").at("principalId")


async def _keep_an_administrator(session: AsyncSession, principal: Principal) -> None:
    """Raise `CONFLICT` if nobody could administer without this one."""
    if principal.role != Role.ADMIN or principal.kind != PrincipalKind.USER:
        return
    await session.execute(_ALONE)
    others = select(Principal.id).where(*_active_administrators(), Principal.id != principal.id).limit(1)
    if await session.scalar(others) is None:
        raise Conflict("This is the last administrator; appoint another one first.").at("principalId")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Who is to be disabled, or enabled again."""

    principal: UUID
    revision: int | None = None
    reason: str | None = None


async def disable(session: AsyncSession, actor: Actor, wanted: Suspension) -> UUID:
    """Let a principal, and the service accounts he answers for, do nothing any more; his sessions end for good.

    One who is disabled already is no change."""
    refuse(_faults_of_reason(wanted.reason))
    principal = await get_managed(session, actor, wanted.principal, "principalId", revision=wanted.revision)
    _refuse_self(actor, principal)
    if principal.disabled_at is not None:
        return principal.id
    await _keep_an_administrator(session, principal)
    principal.disabled_at = func.now()
    touch(principal)
    await end_sessions(session, principal.id, true())
    event = events.Disabled(resource_id=str(principal.id), message=f"{principal.name} was disabled")
    _record_switch(session, actor, event, wanted, disabled=True)
    await raise_epoch(session)
    return principal.id


async def enable(session: AsyncSession, actor: Actor, wanted: Suspension) -> UUID:
    """Let a principal act again; he must sign in anew. One who is not disabled is no change."""
    refuse(_faults_of_reason(wanted.reason))
    principal = await get_managed(session, actor, wanted.principal, "principalId", revision=wanted.revision)
    if principal.disabled_at is None:
        return principal.id
    principal.disabled_at = None
    touch(principal)
    event = events.Enabled(resource_id=str(principal.id), message=f"{principal.name} was enabled")
    _record_switch(session, actor, event, wanted, disabled=False)
    await raise_epoch(session)
    return principal.id


def _record_switch(
    session: AsyncSession, actor: Actor, event: events.PrincipalEvent, wanted: Suspension, *, disabled: bool
) -> None:
    record(session, actor, event, before={"disabled": not disabled}, after={"disabled": disabled}, reason=wanted.reason)


@dataclass(frozen=True, slots=True, kw_only=True)
class Employment:
    """What a new service account is."""

    name: str
    role: Role
    teams: tuple[UUID, ...] = ()


async def create_service_account(session: AsyncSession, actor: Actor, wanted: Employment) -> UUID:
    """Make a service account. Its owner is who makes it, or the user behind a service account that makes it: it never
    has more rights than its owner has at that moment."""
    actor.require(Permission.USERS_MANAGE)
    require_grant(actor, wanted.role)
    refuse([*fault(fault_of_name(wanted.name), "name"), *_faults_of_teams(actor, wanted.teams)])
    await get_teams(session, actor, wanted.teams, "teamIds")
    name, owner = wanted.name.strip(), await _answering(session, actor)
    kind = PrincipalKind.SERVICE_ACCOUNT
    principal = Principal(id=new_id(), kind=kind, name=name, role=wanted.role, owner_id=owner)
    session.add(principal)
    await session.flush()
    await join(session, principal.id, wanted.teams)
    message = f"The service account {name} was created"
    event = events.ServiceAccountCreated(resource_id=str(principal.id), role=wanted.role, message=message)
    teams = [str(team) for team in wanted.teams]
    record(session, actor, event, after={"name": name, "role": wanted.role, "teams": teams})
    return principal.id


async def _answering(session: AsyncSession, actor: Actor) -> UUID | None:
    key = principal_of(actor)
    found = await session.get(Principal, key) if key else None
    return None if found is None else found.owner_id or found.id
