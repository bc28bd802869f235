"""What a restored backup must not bring back: sessions and invitations, and what was revoked after it was taken."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import datetime
from uuid import UUID

from sqlalchemy import TextClause, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession

from app.identity.tables import ApiKey, Principal


@dataclass(frozen=True, slots=True)
class Known:
    """What the database that is replaced knows: API keys with their ends, which of them are void, who is disabled."""

    keys: dict[UUID, datetime | None] = field(default_factory=dict[UUID, "datetime | None"])
    void: list[UUID] = field(default_factory=list[UUID])
    disabled: list[UUID] = field(default_factory=list[UUID])


@dataclass(frozen=True, slots=True)
class Ended:
    """How many of the backup's credentials were ended, and how many users and service accounts disabled."""

    sessions: int
    invitations: int
    api_keys: int
    disabled: int

    def told(self) -> dict[str, int]:
        """For the record."""
        return asdict(self)


async def known_by(connection: AsyncConnection) -> Known:
    """What is known before everything is replaced; nothing if the schema has no credentials yet."""
    for table in (ApiKey.__tablename__, Principal.__tablename__):
        if await connection.scalar(text("select to_regclass(:name)"), {"name": table}) is None:
            return Known()
    rows = (await connection.execute(_KEYS)).all()
    disabled = [row.id for row in await connection.execute(_DISABLED)]
    return Known({row.id: row.expires_at for row in rows}, [row.id for row in rows if row.is_void], disabled)


_KEYS = text("select id, expires_at, revoked_at is not null as is_void from api_key")
_DISABLED = text("select id from principal where disabled_at is not null")


async def end_credentials(session: AsyncSession, known: Known, *, keep_keys: bool) -> Ended:
    """End all sessions and open invitations, and every API key that the replaced database had revoked or, unless
    `keep_keys`, had not heard of. Nobody works on whom it had disabled, and no key longer than it said."""
    keys = list(known.keys)
    await _count(session, _SHORTEN, known=keys, ends=list(known.keys.values()))
    return Ended(
        sessions=await _count(session, _END_SESSIONS),
        invitations=await _count(session, _END_INVITATIONS),
        api_keys=await _count(session, _REVOKE, known=keys, void=known.void, keep=keep_keys),
        disabled=await _count(session, _DISABLE, disabled=known.disabled),
    )


async def _count(session: AsyncSession, statement: TextClause, **given: object) -> int:
    return len((await session.execute(statement, given)).all())


_END_SESSIONS = text("update session set revoked_at = now() where revoked_at is null returning 1")
_END_INVITATIONS = text(
    "update invitation set expires_at = now() where accepted_at is null and expires_at > now() returning 1"
)
_REVOKE = text(
    """
    update api_key set revoked_at = now()
    where revoked_at is null and (id = any(cast(:void as uuid[]))
        or not (cast(:keep as boolean) or id = any(cast(:known as uuid[])))) returning 1
    """
)
_SHORTEN = text(
    """
    update api_key k set expires_at = least(k.expires_at, o.ends)
    from unnest(cast(:known as uuid[]), cast(:ends as timestamptz[])) as o(id, ends) where o.id = k.id returning 1
    """
)
_DISABLE = text(
    """
    update principal set disabled_at = now()
    where disabled_at is null and id = any(cast(:disabled as uuid[])) returning 1
    """
)
