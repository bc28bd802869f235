"""How an invitation becomes a user with a session. Its token has 256 random bits: nobody needs to be slowed down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity import events
from app.identity.passwords import hash_password
from app.identity.people import service
from app.identity.rules import fault_of_email, fault_of_name, fault_of_password
from app.identity.secrets import INVITATION, REFRESH, Minted, digest_of, is_of
from app.identity.service import NOBODY, fault, refuse
from app.identity.sessions.service import Place, acting, open_session
from app.identity.sessions.signing_in import Opened, Where, count_refused, opened, place_of
from app.kit.access import Actor
from app.kit.errors import Unauthorized
from app.kit.journal import record
from app.secret import Secret


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """What somebody gives who takes an invitation. `email` only where the invitation names none."""

    token: Secret[str]
    name: str
    email: str | None
    password: Secret[str]


async def accept(where: Where, given: Taking) -> Opened:
    """Become a user. Raises `UNAUTHORIZED` if the invitation is not open, `INVALID_PARAMETER` for what was given."""
    try:
        return await _accepted(where, given)
    except Unauthorized as refusal:
        await count_refused(where, "acceptInvitation", refusal)
        raise


async def _accepted(where: Where, given: Taking) -> Opened:
    visit, authentication = where
    email = given.email or ""
    if not is_of(INVITATION, given.token.reveal()):
        raise Unauthorized(service.CLOSED).at("token")
    digest, now = digest_of(given.token), authentication.clock()
    await visit.writer.write(NOBODY, _look, digest, now)
    refuse(
        [
            *fault(fault_of_name(given.name), "name"),
            *fault(fault_of_email(email.strip()) if email else None, "email"),
            *fault(fault_of_password(given.password.reveal(), email, given.name), "password"),
        ]
    )
    acceptance = service.Acceptance(
        digest=digest, name=given.name, email=given.email, hash=await hash_password(given.password)
    )
    minted = Minted(REFRESH)
    user, session = await visit.writer.write(NOBODY, _take, acceptance, minted, place_of(visit), now)
    return await opened(where, user, session, minted)


async def _look(session: AsyncSession, _: Actor, digest: bytes, now: datetime) -> None:
    """Only whoever has an open invitation makes us hash a password."""
    await service.get_invitation(session, digest, now)


async def _take(
    session: AsyncSession, _: Actor, wanted: service.Acceptance, minted: Minted, place: Place, now: datetime
) -> tuple[UUID, UUID]:
    invitation = await service.get_invitation(session, wanted.digest, now)
    user = await service.join_hub(session, invitation, wanted)
    event = events.UserJoined(resource_id=str(user.id), message=f"{user.name} joined as {user.role}")
    told = {"role": user.role, "teams": [str(team) for team in invitation.team_ids], "invitation": str(invitation.id)}
    record(session, acting(user), event, after=told)
    return user.id, await open_session(session, user, place, minted, now)
