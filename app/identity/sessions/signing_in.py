"""How a password becomes a session: slowed down, verified outside of any transaction, and the same for everybody."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias
from uuid import UUID

from sqlalchemy import Text, bindparam, func, select
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.authentication import Authentication
from app.identity.context import Visit
from app.identity.passwords import hash_password, is_outdated, is_password
from app.identity.refusals import Refused, count_refusal
from app.identity.rules import fault_of_password
from app.identity.secrets import REFRESH, Minted, digest_of, is_of
from app.identity.service import NOBODY, fault, refuse
from app.identity.sessions import service, throttle
from app.identity.tables import Principal, Session
from app.identity.tokens import issue_token
from app.kit.access import Actor
from app.kit.db import Row, Selection, statement
from app.kit.errors import ErrorCode, HubError, TokenExpired, Unauthorized
from app.kit.journal import Denial
from app.secret import Secret

Where: TypeAlias = tuple[Visit, Authentication]
"""The operation that signs somebody in."""


class _PasswordRow(Row):
    """A user with the hash of his password."""


@statement
def _by_email() -> Selection:
    columns = Principal.id, Principal.name, Principal.email, Principal.password_hash, Principal.disabled_at
    opened = select(Session.ip).where(Session.principal_id == Principal.id, Session.ip.is_not(None)).distinct()
    known = func.array(opened.limit(MAX_ADDRESSES).scalar_subquery(), type_=ARRAY(Text)).label("addresses")
    return select(*columns, known).where(func.lower(Principal.email) == func.lower(bindparam("email", type_=Text)))


MAX_ADDRESSES = 1000
"""So many addresses from which somebody signed in are looked at; sessions are forgotten 30 days after they end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A session with the tokens for it, shown to whoever opened it."""

    session: UUID
    access_token: Secret[str]
    expires_at: datetime
    refresh_token: Secret[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SignIn:
    """What somebody gives who wants in."""

    email: str
    password: Secret[str]


async def sign_in(where: Where, given: SignIn) -> Opened:
    """Open a session for a right password. Raises `RATE_LIMIT_EXCEEDED`, or `UNAUTHORIZED`, which is the same and
    takes as long whether the account does not exist, is disabled, or has another password."""
    visit, authentication = where
    found = await _user(authentication, given.email)
    attempt = throttle.subjects(given.email, visit.origin.ip, is_known=_is_known(found, visit.origin.ip))
    failures = await _begin(where, "signIn", found, attempt)
    stored = found["password_hash"] if found and found["disabled_at"] is None else None
    if not await is_password(given.password, stored) or found is None or stored is None:
        await visit.writer.deny(NOBODY, _denial("signIn", found, failures))
        raise Unauthorized(service.WRONG)
    renewed = await hash_password(given.password) if is_outdated(stored) else None
    place = place_of(visit)
    proof = service.Proof(principal=found["id"], verified=stored, renewed=renewed, place=place)
    minted = Minted(REFRESH)
    session = await visit.writer.write(NOBODY, service.begin_session, proof, minted, authentication.clock())
    await visit.writer.write(NOBODY, _end, attempt)
    return await opened(where, found["id"], session, minted)


def place_of(visit: Visit) -> service.Place:
    """Where a session is opened from."""
    return service.Place(ip=visit.origin.ip, user_agent=visit.user_agent)


def _denial(action: str, found: Row | None, failures: dict[str, int]) -> Denial:
    """For the record: whose account it was, if it was anybody's, and how many attempts failed in a row."""
    key = str(found["id"]) if found else ""
    reason = ErrorCode.UNAUTHORIZED.value
    return Denial(action=action, resource_type="Principal", resource_id=key, reason=reason, details={**failures})


def _is_known(found: Row | None, ip: str | None) -> bool:
    """Whether somebody signed in from there before."""
    return found is not None and any(throttle.is_same_network(address, ip) for address in found["addresses"])


async def _begin(where: Where, action: str, found: Row | None, attempt: list[throttle.Subject]) -> dict[str, int]:
    """Count an attempt. One that comes too soon is put on record with those of its minute: whoever floods us would
    fill the trail otherwise."""
    visit, authentication = where
    try:
        return await visit.writer.write(NOBODY, throttle.begin_attempt, attempt, authentication.clock())
    except throttle.TooSoon as refusal:
        of_account = found["id"] if found and refusal.subject[0] != "address" else None
        await count_refused(where, action, refusal, refusal.subject, of_account)
        raise


async def count_refused(
    where: Where, action: str, refusal: HubError, counted_for: throttle.Subject | None = None, of: UUID | None = None
) -> None:
    """Put an attempt on record with those of its minute, by default those from the same address."""
    visit, authentication = where
    ip = visit.origin.ip
    counted = counted_for or throttle.address_of(ip)
    refused = Refused(action=action, reason=refusal.code.value, counted_for=counted, ip=ip, principal=of)
    await visit.writer.write(NOBODY, count_refusal, refused, authentication.clock())


async def _end(session: AsyncSession, _: Actor, attempt: list[throttle.Subject]) -> None:
    await throttle.end_attempt(session, attempt)


async def _user(authentication: Authentication, email: str) -> Row | None:
    rows = await authentication.database.fetch(_by_email(), _PasswordRow, email=email.strip())
    return rows[0] if rows else None


async def opened(where: Where, principal: UUID, session: UUID, minted: Minted) -> Opened:
    """The tokens of a session; the rest of the operation is done by its user."""
    visit, authentication = where
    token, expires_at = issue_token(authentication.keys, principal, session, authentication.clock())
    visit.caller = await authentication.actor_of(token)
    access = Secret(token)
    return Opened(session=session, access_token=access, expires_at=expires_at, refresh_token=minted.secret)


async def refresh(where: Where, token: Secret[str]) -> Opened:
    """Exchange a refresh token for a new pair. Raises `UNAUTHORIZED` or `TOKEN_EXPIRED`."""
    minted = Minted(REFRESH)
    try:
        done = await _exchanged(where, token, minted)
    except (Unauthorized, TokenExpired) as refusal:
        await count_refused(where, "refreshSession", refusal)
        raise
    if done.is_revoked:
        raise Unauthorized("This refresh token was used before: the session is revoked. Sign in again.")
    return await opened(where, done.principal, done.session, minted)


async def _exchanged(where: Where, token: Secret[str], minted: Minted) -> service.Refreshed:
    visit, authentication = where
    if not is_of(REFRESH, token.reveal()):
        raise Unauthorized("This refresh token is not valid; sign in again.")
    return await visit.writer.write(NOBODY, service.refresh, digest_of(token), minted, authentication.clock())


@dataclass(frozen=True, slots=True, kw_only=True)
class NewPassword:
    """The present password as a proof, and the one that takes its place."""

    current: Secret[str]
    new: Secret[str]


async def change_password(where: Where, given: NewPassword) -> UUID:
    """Give oneself another password. A wrong present one counts like a failed sign-in. Gives the user's key."""
    visit, _ = where
    found = await _own(where)
    refuse(fault(fault_of_password(given.new.reveal(), found["email"], found["name"]), "newPassword"))
    attempt = throttle.subjects(found["email"], visit.origin.ip, is_known=True)
    failures = await _begin(where, "changePassword", found, attempt)
    if not await is_password(given.current, found["password_hash"]):
        await visit.writer.deny(visit.actor, _denial("changePassword", found, failures))
        raise Unauthorized("This is not your present password.").at("currentPassword")
    replacement = service.Replacement(hash=await hash_password(given.new), verified=found["password_hash"])
    key = await visit.write(service.replace_password, replacement)
    await visit.writer.write(NOBODY, _end, attempt)
    return key


@statement
def _by_id() -> Selection:
    columns = Principal.id, Principal.name, Principal.email, Principal.password_hash
    return select(*columns).where(Principal.id == bindparam("id"), Principal.password_hash.is_not(None))


async def _own(where: Where) -> Row:
    visit, authentication = where
    key = service.principal_of(visit.actor)
    rows = await authentication.database.fetch(_by_id(), _PasswordRow, id=key) if key else []
    if not rows:
        raise Unauthorized("You have no password here.")
    return rows[0]
