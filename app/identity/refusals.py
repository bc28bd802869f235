"""Refused attempts that anybody can make without end: counted by the minute, and put on record when that is over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import delete, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.service import NOBODY
from app.identity.tables import RefusedAttempt
from app.kit.access import Actor
from app.kit.journal import Denial, record_denial

BATCH = 1000
"""Entries that are put on record at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """An attempt. `counted_for` is why it is one of many: an address, or an account; `ip` where it came from."""

    action: str
    reason: str
    counted_for: tuple[str, bytes]
    ip: str | None
    principal: UUID | None = None


async def count_refusal(session: AsyncSession, _: Actor, refused: Refused, now: datetime) -> None:
    """Count an attempt among those of its minute. Of several addresses the first is kept."""
    kind, subject = refused.counted_for
    key = {"minute": now.replace(second=0, microsecond=0), "action": refused.action, "subject": subject}
    told = {"reason": refused.reason, "kind": kind, "ip": refused.ip, "principal_id": refused.principal}
    table, new = RefusedAttempt, insert(RefusedAttempt).values(**key, **told, attempts=1)
    more = new.on_conflict_do_update(index_elements=list(key), set_={"attempts": table.attempts + 1})
    await session.execute(more)


async def tell_of_refusals(session: AsyncSession, _: Actor, now: datetime) -> int:
    """Put on record the attempts of minutes that are over, one entry a minute and subject; gives how many entries."""
    table = RefusedAttempt
    key = tuple_(table.minute, table.action, table.subject)
    over = select(table.minute, table.action, table.subject).where(table.minute <= now - timedelta(minutes=1))
    chosen = over.order_by(table.minute).limit(BATCH).with_for_update(skip_locked=True)
    told = list(await session.scalars(delete(table).where(key.in_(chosen)).returning(table)))
    for row in told:
        record_denial(session, NOBODY, _denial(row))
    return len(told)


def _denial(row: RefusedAttempt) -> Denial:
    return Denial(
        action=row.action,
        resource_type="Principal",
        resource_id=str(row.principal_id or ""),
        reason=row.reason,
        details={"attempts": row.attempts, "counted_for": row.kind, "minute": row.minute.isoformat()},
        ip=row.ip,
    )
