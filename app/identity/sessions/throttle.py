"""Sign-ins slowed down: each attempt counts as failed until it succeeds, for its address and for its account."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime
from typing import Any, TypeAlias

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import FORGIVEN_AFTER, blocked_for
from app.identity.tables import SignInThrottle
from app.kit.access import Actor
from app.kit.addresses import network_of
from app.kit.errors import RateLimited

Subject: TypeAlias = tuple[str, bytes]
"""What attempts are counted for: its kind, which is a key of `FREE_FAILURES`, and a digest."""


class TooSoon(RateLimited):
    """An attempt that has to wait, and what it was counted for."""

    def __init__(self, subject: Subject, seconds: int) -> None:
        super().__init__(f"Too many failed attempts. Try again in {seconds} s.", seconds)
        self.subject = subject


def address_of(address: str | None) -> Subject:
    """Where an attempt comes from."""
    return _subject("address", network_of(address or "unknown"))


def subjects(email: str, address: str | None, *, is_known: bool) -> list[Subject]:
    """What an attempt counts for: its address, the account from there, and the account. That last is for strangers
    only: nobody who guesses elsewhere may keep out who comes from where he came from before."""
    name, network = email.strip().lower(), network_of(address or "unknown")
    found = [_subject("address", network), _subject("visitor", f"{network} {name}")]
    return found if is_known else [*found, _subject("account", name)]


def is_same_network(one: str, other: str | None) -> bool:
    """Whether two addresses count as one."""
    return other is not None and network_of(one) == network_of(other)


def _subject(kind: str, name: str) -> Subject:
    return kind, hashlib.sha256(f"{kind}:{name}".encode(errors="surrogatepass")).digest()


async def begin_attempt(session: AsyncSession, _: Actor, attempt: list[Subject], now: datetime) -> dict[str, int]:
    """Count an attempt as failed; gives how many failed in a row, by kind. Raises `TooSoon`, and counts nothing, if it
    comes too soon after failed ones."""
    counted: dict[str, int] = {}
    for kind, subject in attempt:
        failures = await session.scalar(_counted(subject, now))
        if failures is None:
            raise await _too_soon(session, (kind, subject), now)
        counted[kind] = failures
        blocked = {"blocked_until": SignInThrottle.failed_at + blocked_for(kind, failures)}
        await session.execute(update(SignInThrottle).where(SignInThrottle.subject == subject).values(blocked))
    return counted


def _counted(subject: bytes, now: datetime) -> Any:
    """Attempts at once are not counted in the order of their clocks: the last counted may be of a later moment."""
    latest = func.greatest(SignInThrottle.failed_at, now)
    row = {"subject": subject, "failures": 1, "failed_at": now, "blocked_until": now}
    forgiven = SignInThrottle.failed_at < now - FORGIVEN_AFTER
    counted = case((forgiven, 1), else_=SignInThrottle.failures + 1)
    return (
        insert(SignInThrottle)
        .values(row)
        .on_conflict_do_update(
            index_elements=["subject"],
            set_={"failures": counted, "failed_at": latest},
            where=SignInThrottle.blocked_until <= latest,
        )
        .returning(SignInThrottle.failures)
    )


async def _too_soon(session: AsyncSession, subject: Subject, now: datetime) -> TooSoon:
    until = await session.scalar(select(SignInThrottle.blocked_until).where(SignInThrottle.subject == subject[1]))
    return TooSoon(subject, max(1, math.ceil(((until or now) - now).total_seconds())))


async def end_attempt(session: AsyncSession, attempt: list[Subject]) -> None:
    """An attempt succeeded: the account from there starts anew, the address and the account have one failure less."""
    for kind, subject in attempt:
        row = SignInThrottle.subject == subject
        if kind == "visitor":
            await session.execute(delete(SignInThrottle).where(row))
        else:
            fewer = func.greatest(SignInThrottle.failures - 1, 0)
            released = {"failures": fewer, "blocked_until": SignInThrottle.failed_at}
            await session.execute(update(SignInThrottle).where(row).values(released))
