"""What the worker forgets: sessions, tokens, invitations and failed sign-ins that are of no more use."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy import delete, func
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.tables import Invitation, RefreshToken, Session, SignInThrottle
from app.kit.access import Actor

KEPT = timedelta(days=30)
"""How long what is over can still be looked at."""


async def forget(session: AsyncSession, _: Actor) -> None:
    """Drop what has been over for 30 days, refresh tokens as soon as they expire, failures after a day."""
    now = func.now()
    await session.execute(delete(RefreshToken).where(RefreshToken.expires_at < now))
    await session.execute(delete(Session).where(func.least(Session.expires_at, Session.revoked_at) < now - KEPT))
    await session.execute(delete(Invitation).where(Invitation.expires_at < now - KEPT))
    await session.execute(delete(SignInThrottle).where(SignInThrottle.failed_at < now - timedelta(days=1)))
