"""Sign-ins slowed down: each attempt counts as failed until it succeeds, for its account and for its address."""

from __future__ import annotations

import hashlib
import math
from datetime import datetime
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Any, TypeAlias

from sqlalchemy import case, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.rules import FORGIVEN_AFTER, blocked_for
from app.identity.tables import SignInThrottle
from app.kit.access import Actor
from app.kit.errors import RateLimited

Subject: TypeAlias = tuple[str, bytes]
"""What attempts are counted for: its kind (`account` or `address`), and a digest."""


def subjects(email: str | None, address: str | None) -> list[Subject]:
    """What an attempt counts for."""
    named = [("address", _network(address or "unknown"))]
    named += [("account", email.strip().lower())] if email is not None else []
    return [(kind, hashlib.sha256(f"{kind}:{name}".encode(errors="surrogatepass")).digest()) for kind, name in named]


def _network(address: str) -> str:
    """An IPv6 address stands for its /64, which is what one subscriber has."""
    try:
        parsed = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((parsed, 64), strict=False)) if isinstance(parsed, IPv6Address) else str(parsed)


async def begin_attempt(session: AsyncSession, _: Actor, attempt: list[Subject], now: datetime) -> dict[str, int]:
    """Count an attempt as failed; gives how many failed in a row, by kind. Raises `RATE_LIMIT_EXCEEDED` if it comes too
    soon after failed ones."""
    counted: dict[str, int] = {}
    for kind, subject in sorted(attempt):
        failures = await session.scalar(_counted(subject, now))
        if failures is None:
            raise await _too_soon(session, subject, now)
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


async def _too_soon(session: AsyncSession, subject: bytes, now: datetime) -> RateLimited:
    until = await session.scalar(select(SignInThrottle.blocked_until).where(SignInThrottle.subject == subject))
    seconds = max(1, math.ceil(((until or now) - now).total_seconds()))
    return RateLimited(f"Too many failed attempts. Try again in {seconds} s.", seconds)


async def end_attempt(session: AsyncSession, attempt: list[Subject]) -> None:
    """An attempt succeeded: the account starts anew, the address has one failure less."""
    for kind, subject in sorted(attempt):
        row = SignInThrottle.subject == subject
        if kind == "account":
            await session.execute(delete(SignInThrottle).where(row))
        else:
            fewer = func.greatest(SignInThrottle.failures - 1, 0)
            released = {"failures": fewer, "blocked_until": SignInThrottle.failed_at}
            await session.execute(update(SignInThrottle).where(row).values(released))
