"""Renewing the key that signs access tokens, so that no token that was given out is refused."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import delete, or_, select, update
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.signing.events import SigningKeyRenewed
from app.identity.signing.tables import SigningKey
from app.identity.tokens import LIFETIME
from app.kit.access import Actor, Permission
from app.kit.ids import new_id
from app.kit.journal import record
from app.kit.sealing import Keyring, Place
from app.secret import Secret

LEAD = timedelta(minutes=1)
"""How long a new key is known before it signs: several times what a process takes to hear of it."""
OVERLAP = LEAD + LIFETIME
"""How long tokens of the keys before it are still taken."""


def place_of(key: UUID) -> Place:
    """Where a private key is sealed."""
    return Place(SigningKey.__tablename__, "private_key", key)


async def renew_signing_key(session: AsyncSession, actor: Actor, keyring: Keyring, now: datetime) -> UUID:
    """Add a key that signs in a minute; the others end 15 minutes later, and are forgotten at the next renewal."""
    actor.require(Permission.USERS_MANAGE)
    await session.execute(select(SigningKey.id).with_for_update())
    active_from, end = now + LEAD, now + LEAD + OVERLAP
    await session.execute(delete(SigningKey).where(SigningKey.ended_at < now))
    live = or_(SigningKey.ended_at.is_(None), SigningKey.ended_at > end)
    await session.execute(update(SigningKey).where(live).values(ended_at=end))
    key = _drawn(keyring, active_from)
    session.add(key)
    message = "Access tokens are signed with a new key."
    begins, ends = active_from.isoformat(), end.isoformat()
    renewed = SigningKeyRenewed(resource_id=str(key.id), message=message, active_from=begins, others_end_at=ends)
    record(session, actor, renewed)
    return key.id


def _drawn(keyring: Keyring, active_from: datetime) -> SigningKey:
    private, key_id = Ed25519PrivateKey.generate(), new_id()
    return SigningKey(
        id=key_id,
        public_key=private.public_key().public_bytes_raw(),
        private_key=keyring.seal(Secret(private.private_bytes_raw()), place_of(key_id)),
        active_from=active_from,
    )
