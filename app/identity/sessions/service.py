"""Acts on sessions: opened by a password or an invitation, kept alive by refresh tokens, ended by their owner."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import events
from app.identity.epoch import raise_epoch
from app.identity.secrets import Minted
from app.identity.service import end_sessions, get_principal, principal_of, touch
from app.identity.standing import hold
from app.identity.tables import Principal, RefreshToken, Session
from app.kit.access import Actor, Permission
from app.kit.errors import Conflict, NotFound, TokenExpired, Unauthorized
from app.kit.ids import new_id
from app.kit.journal import record

WRONG = "The e-mail address or the password is wrong."

LIFETIME = timedelta(days=30)
IDLE = timedelta(days=7)
"""How long a refresh token is good for."""
GRACE = timedelta(seconds=10)
"""How long a used refresh token is still exchanged: two tabs may refresh at once, and both live on."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a session is opened from."""

    ip: str | None
    user_agent: str | None


def acting(principal: Principal, session: UUID | None = None) -> Actor:
    """A user in the moment in which he proves who he is: only for the record, without permissions."""
    return Actor(str(principal.id), principal.name, frozenset(), role=principal.role, credential=session)


async def open_session(
    session: AsyncSession, principal: Principal, place: Place, minted: Minted, now: datetime
) -> UUID:
    """Begin a session of a principal who proved who he is; `minted` is its first refresh token."""
    row = Session(
        id=new_id(),
        principal_id=principal.id,
        ip=place.ip,
        user_agent=place.user_agent,
        created_at=now,
        refreshed_at=now,
        expires_at=now + LIFETIME,
    )
    session.add(row)
    await session.flush()
    session.add(_token(row, minted, now))
    event = events.SignedIn(resource_id=str(principal.id), message=f"{principal.name} signed in")
    record(session, acting(principal), event, after={"session": str(row.id), "user_agent": place.user_agent})
    return row.id


def _token(of: Session, minted: Minted, now: datetime) -> RefreshToken:
    return RefreshToken(digest=minted.digest, session_id=of.id, expires_at=min(now + IDLE, of.expires_at))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """What became of a refresh: a session that goes on, or one whose family of tokens was revoked."""

    principal: UUID
    session: UUID
    is_revoked: bool = False


async def refresh(session: AsyncSession, _: Actor, digest: bytes, minted: Minted, now: datetime) -> Refreshed:
    """Exchange a refresh token for `minted`. One used before revokes its whole session, which is then returned as
    revoked, since it must be committed; within ten seconds of its first use it is exchanged all the same.

    Raises `UNAUTHORIZED` or `TOKEN_EXPIRED`."""
    opened = await _locked_session(session, digest)
    token = await session.get(RefreshToken, digest, populate_existing=True)
    principal = await session.get(Principal, opened.principal_id)
    if token is None or principal is None or principal.disabled_at is not None or opened.revoked_at is not None:
        raise Unauthorized("This session is over; sign in again.")
    if token.used_at is not None and now - token.used_at > GRACE:
        await _revoke_family(session, principal, opened, now)
        return Refreshed(principal=principal.id, session=opened.id, is_revoked=True)
    if min(token.expires_at, opened.expires_at) <= now:
        raise TokenExpired("This session has expired; sign in again.")
    token.used_at = token.used_at or now
    opened.refreshed_at = now
    session.add(_token(opened, minted, now))
    event = events.SessionRefreshed(resource_id=str(principal.id), message=f"A session of {principal.name} goes on")
    record(session, acting(principal, opened.id), event, after={"session": str(opened.id)})
    return Refreshed(principal=principal.id, session=opened.id)


async def _locked_session(session: AsyncSession, digest: bytes) -> Session:
    """The session of a token; whoever refreshes or revokes it at the same time waits."""
    known = select(RefreshToken.session_id).where(RefreshToken.digest == digest)
    found = await session.scalar(select(Session).where(Session.id == known.scalar_subquery()).with_for_update())
    if found is None:
        raise Unauthorized("This refresh token is not valid; sign in again.")
    return found


async def _revoke_family(session: AsyncSession, principal: Principal, opened: Session, now: datetime) -> None:
    opened.revoked_at = now
    message = f"A session of {principal.name} was revoked: a used refresh token came again"
    event = events.SessionRevoked(resource_id=str(principal.id), message=message)
    record(session, acting(principal, opened.id), event, after={"session": str(opened.id)}, reason="REFRESH_REUSED")
    await raise_epoch(session)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ending:
    """Which session is to end; None: the one by which the actor came."""

    session: UUID | None = None


async def revoke_session(session: AsyncSession, actor: Actor, wanted: Ending) -> UUID:
    """End a session: one's own, or that of somebody one manages. One that is over is no change."""
    key = wanted.session or actor.credential
    found = await session.get(Session, key) if key else None
    if found is None:
        raise _missing(wanted)
    principal = await _owner(session, actor, found, wanted)
    await session.refresh(found, with_for_update=True)
    if found.revoked_at is None:
        await _revoke(session, actor, principal, Session.id == found.id)
    return found.id


async def _owner(session: AsyncSession, actor: Actor, of: Session, wanted: Ending) -> Principal:
    try:
        principal = await get_principal(session, actor, of.principal_id)
    except NotFound:
        raise _missing(wanted) from None
    if principal.id != principal_of(actor):
        actor.require(Permission.USERS_MANAGE)
    return principal


def _missing(wanted: Ending) -> NotFound | Conflict:
    if wanted.session is None:
        return Conflict("You did not come by a session: there is nothing to sign out of.")
    return NotFound("There is no such session.").at("sessionId")


async def _revoke(session: AsyncSession, actor: Actor, principal: Principal, which: ColumnElement[bool]) -> None:
    """End those sessions of a principal that are not over; the principal must be held alone."""
    ended = await end_sessions(session, principal.id, which)
    event = events.SessionRevoked(resource_id=str(principal.id), message=f"{principal.name} was signed out")
    record(session, actor, event, after={"sessions": ended})
    await raise_epoch(session)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replacement:
    """A new password: its hash, and the hash of the old one as it was when that was verified."""

    hash: str
    verified: str


async def replace_password(session: AsyncSession, actor: Actor, wanted: Replacement) -> UUID:
    """Give oneself another password; all other sessions end. Raises `CONFLICT` if it was changed meanwhile."""
    principal = await get_principal(session, actor, UUID(actor.id))
    if principal.password_hash != wanted.verified:
        raise Conflict("Your password was changed meanwhile.")
    principal.password_hash = wanted.hash
    touch(principal)
    others = await end_sessions(session, principal.id, Session.id != actor.credential)
    event = events.PasswordChanged(resource_id=str(principal.id), message=f"{principal.name} changed the password")
    record(session, actor, event, after={"ended_sessions": others})
    await raise_epoch(session)
    return principal.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """A password was right: whose, and by which hash; `renewed` is to take the place of that hash."""

    principal: UUID
    verified: str
    renewed: str | None
    place: Place


async def begin_session(session: AsyncSession, _: Actor, proof: Proof, minted: Minted, now: datetime) -> UUID:
    """Open a session for who gave the right password, unless that was changed or he was disabled meanwhile."""
    await hold(session, proof.principal)
    principal = await session.get(Principal, proof.principal)
    if principal is None or principal.disabled_at is not None or principal.password_hash != proof.verified:
        raise Unauthorized(WRONG)
    principal.password_hash = proof.renewed or principal.password_hash
    return await open_session(session, principal, proof.place, minted, now)
