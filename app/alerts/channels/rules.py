"""When messages are sent and tried again, and how they are signed. Pure."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.alerts.vocabulary import DigestPeriod

GROUP_WAIT = timedelta(seconds=2)
"""Notifications wait for so long for others of the same group, so that one incident is one message."""
LIFETIME = timedelta(days=1)
"""How long a message is tried again."""
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=30)
JITTER = 0.5
"""So much of a pause is drawn by lot."""


def due_at(digest: str | None, now: datetime) -> datetime:
    """When a channel is told of what happens now: soon, or at the next full hour, midnight or Monday (UTC)."""
    hour = now.replace(minute=0, second=0, microsecond=0)
    midnight = hour.replace(hour=0)
    match digest:
        case DigestPeriod.HOURLY:
            return hour + timedelta(hours=1)
        case DigestPeriod.DAILY:
            return midnight + timedelta(days=1)
        case DigestPeriod.WEEKLY:
            return midnight + timedelta(days=7 - now.weekday())
        case _:
            return now + GROUP_WAIT


@dataclass(frozen=True, slots=True)
class Reply:
    """What came of an attempt, in words for people. `wait`: how long the receiver asks to be left alone."""

    is_delivered: bool
    text: str
    http_status: int | None = None
    wait: timedelta = timedelta()


def pause(attempts: int, luck: float, wait: timedelta = timedelta()) -> timedelta:
    """How long to wait after so many attempts, at least one: 5 s doubled up to half an hour, of which a half is drawn
    by `luck`, 0 to 1; longer if the receiver asks for it, up to half an hour."""
    full = min(FIRST_PAUSE * 2 ** min(attempts - 1, 20), LONGEST_PAUSE)
    return max(full * (1 - JITTER * luck), min(wait, LONGEST_PAUSE))


def next_attempt(created_at: datetime, now: datetime, after: timedelta) -> datetime | None:
    """When to try again; None if a message is too old by then."""
    then = now + after
    return then if then < created_at + LIFETIME else None


def signature(secret: bytes, timestamp: int, body: bytes) -> str:
    """`X-ModelHub-Signature`: HMAC-SHA-256 over the time of the attempt (seconds since 1970), a dot, and the body."""
    digest = hmac.new(secret, f"{timestamp}.".encode() + body, hashlib.sha256).hexdigest()
    return f"t={timestamp},v1={digest}"
