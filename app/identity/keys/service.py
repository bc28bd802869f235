"""Acts on API keys: a key never does more than its principal may at the moment of use."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import events
from app.identity.epoch import raise_epoch
from app.identity.rules import PERMISSIONS, fault_of_name
from app.identity.secrets import Minted
from app.identity.service import fault, get_managed, get_principal, principal_of, refuse
from app.identity.tables import ApiKey, Principal, Session
from app.identity.vocabulary import PrincipalKind, Role
from app.kit.access import Actor, Permission
from app.kit.clock import utc_now
from app.kit.errors import Conflict, Forbidden, HubError, Invalid, NotFound
from app.kit.ids import new_id
from app.kit.journal import record

MAX_LIFETIME = timedelta(days=730)
MAX_OVERLAP_HOURS = 168


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What key is wanted: for whom (None: oneself), for what, and until when (None: for two years)."""

    principal: UUID | None
    name: str
    scopes: tuple[Permission, ...]
    expires_at: datetime | None = None


async def create_api_key(session: AsyncSession, actor: Actor, wanted: Order, minted: Minted) -> UUID:
    """Make `minted` a key: of oneself, or of a service account that one manages. Its scopes are within what both the
    actor and the principal may do. Nobody who came by a key makes another."""
    await _require_no_key(session, actor)
    principal = await _bearer(session, actor, wanted.principal)
    refuse(_faults(actor, principal, wanted))
    key = ApiKey(
        id=new_id(),
        principal_id=principal.id,
        name=wanted.name.strip(),
        prefix=minted.prefix,
        digest=minted.digest,
        scopes=sorted(set(wanted.scopes)),
        expires_at=wanted.expires_at or utc_now() + MAX_LIFETIME,
    )
    session.add(key)
    await session.flush()
    event = events.ApiKeyCreated(**_about(key), message=f"{principal.name} has a new API key {key.prefix}…")
    record(session, actor, event, after=_shown(key))
    return key.id


async def _require_no_key(session: AsyncSession, actor: Actor) -> None:
    """A stolen key must not outlive its revocation by another that it made."""
    if actor.credential is not None and await session.get(Session, actor.credential) is None:
        raise Forbidden("API keys are made by people who signed in, not by API keys.")


async def _bearer(session: AsyncSession, actor: Actor, key: UUID | None) -> Principal:
    own = principal_of(actor)
    if key is None and own is None:
        raise Invalid("Say for which service account; a development token has no keys of its own.", "principalId")
    if key is None or key == own:
        return await get_principal(session, actor, own or new_id(), "principalId")
    principal = await get_managed(session, actor, key, "principalId")
    if principal.kind != PrincipalKind.SERVICE_ACCOUNT:
        raise Forbidden("A user makes API keys for himself only.")
    return principal


def _faults(actor: Actor, principal: Principal, wanted: Order) -> Iterable[HubError]:
    yield from fault(fault_of_name(wanted.name), "name")
    if not wanted.scopes:
        yield Invalid("A key without scopes is good for nothing.", "scopes")
    allowed = actor.permissions & PERMISSIONS[Role(principal.role)]
    for n, permission in enumerate(wanted.scopes):
        if permission not in allowed:
            yield Invalid(f"{permission} is more than you, or the key's principal, may do.", "scopes", n)
    yield from _faults_of_expiry(wanted.expires_at)


def _faults_of_expiry(at: datetime | None) -> Iterable[HubError]:
    if at is not None and at.tzinfo is None:
        yield Invalid("Say the time zone.", "expiresAt")
    elif at is not None and not utc_now() < at <= utc_now() + MAX_LIFETIME:
        yield Invalid(f"A key expires in the future, and within {MAX_LIFETIME.days} days.", "expiresAt")


def _about(key: ApiKey) -> dict[str, Any]:
    return {"resource_id": str(key.id), "principal_id": str(key.principal_id), "prefix": key.prefix}


def _shown(key: ApiKey) -> dict[str, object]:
    until = key.expires_at.isoformat() if key.expires_at else None
    return {"name": key.name, "prefix": key.prefix, "scopes": list(key.scopes), "expires_at": until}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rotation:
    """Which key is to be replaced, and for how many hours the old one still works."""

    key: UUID
    overlap_hours: int = 24


async def rotate_api_key(session: AsyncSession, actor: Actor, wanted: Rotation, minted: Minted) -> UUID:
    """Make `minted` the successor of a key, with its name and scopes; the old one works on for some hours."""
    await _require_no_key(session, actor)
    if not 0 <= wanted.overlap_hours <= MAX_OVERLAP_HOURS:
        raise Invalid(f"The overlap is 0 to {MAX_OVERLAP_HOURS} hours.", "overlapHours")
    old, principal = await _get_key(session, actor, wanted.key)
    now = utc_now()
    if old.revoked_at is not None or (old.expires_at is not None and old.expires_at <= now):
        raise Conflict("This key is void already; make a new one.").at("apiKeyId")
    _require_scopes(actor, old)
    successor = await _succeed(session, old, minted, now)
    before, until = old.expires_at, now + timedelta(hours=wanted.overlap_hours)
    ends = old.expires_at = min(until, old.expires_at or until)
    event = events.ApiKeyRotated(**_about(successor), message=f"An API key of {principal.name} was replaced")
    shortened = {"replaces": str(old.id), "old_expires_at": ends.isoformat()}
    told = {"replaces": str(old.id), "old_expires_at": before.isoformat() if before else None}
    record(session, actor, event, before=told, after={**_shown(successor), **shortened})
    await raise_epoch(session)
    return successor.id


def _require_scopes(actor: Actor, key: ApiKey) -> None:
    if not set(key.scopes) <= {str(permission) for permission in actor.permissions}:
        raise Forbidden("This key may do more than you.")


async def _succeed(session: AsyncSession, old: ApiKey, minted: Minted, now: datetime) -> ApiKey:
    taken = await session.scalar(select(ApiKey.id).where(ApiKey.replaces_id == old.id))
    if taken is not None:
        raise Conflict("This key was replaced already; rotate its successor.").at("apiKeyId")
    successor = ApiKey(
        id=new_id(),
        principal_id=old.principal_id,
        name=old.name,
        prefix=minted.prefix,
        digest=minted.digest,
        scopes=old.scopes,
        expires_at=now + ((old.expires_at - old.created_at) if old.expires_at else MAX_LIFETIME),
        replaces_id=old.id,
    )
    session.add(successor)
    await session.flush()
    return successor


async def _get_key(session: AsyncSession, actor: Actor, key: UUID) -> tuple[ApiKey, Principal]:
    """A key of one's own, of a service account one answers for, or of a principal one manages, which is held alone."""
    found = await session.get(ApiKey, key)
    try:
        principal = await get_principal(session, actor, found.principal_id if found else new_id())
    except NotFound:
        principal = None
    if found is None or principal is None:
        actor.require(Permission.USERS_MANAGE)
        raise NotFound("There is no such API key.").at("apiKeyId")
    if principal_of(actor) not in {principal.id, principal.owner_id} or principal_of(actor) is None:
        principal = await get_managed(session, actor, principal.id)
    await session.refresh(found, with_for_update=True)
    return found, principal


@dataclass(frozen=True, slots=True, kw_only=True)
class Revocation:
    """Which key is to be void."""

    key: UUID


async def revoke_api_key(session: AsyncSession, actor: Actor, wanted: Revocation) -> UUID:
    """Make a key void at once. One that is revoked already is no change."""
    key, principal = await _get_key(session, actor, wanted.key)
    if key.revoked_at is None:
        key.revoked_at = utc_now()
        event = events.ApiKeyRevoked(**_about(key), message=f"An API key of {principal.name} was revoked")
        record(session, actor, event, before={"revoked": False}, after={"revoked": True})
        await raise_epoch(session)
    return key.id
