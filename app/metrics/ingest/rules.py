"""What an inference is when it arrives, and which ones cannot be taken. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from hashlib import blake2b
from operator import attrgetter
from uuid import UUID

from app.kit.errors import HubError

FUTURE_TOLERANCE = timedelta(minutes=10)
"""How far ahead of ours a sender's clock may run."""

MAX_TOKENS = 100_000_000
MAX_DURATION_US = 24 * 3600 * 1_000_000


class Rejected(HubError):
    """An inference that cannot be taken, with the reason; the others of its batch are kept."""


@dataclass(slots=True, kw_only=True)  # not frozen: that would double the time it takes to make one
class Inference:
    """One model call as a producer reports it.

    `tokens_in` includes `tokens_cached`, `tokens_out` includes `tokens_reasoning`. Durations are whole microseconds.
    `service` names the deployment that answered (a `RECORDED` one is made for it), `team` and `user` who called.
    """

    event_id: UUID
    occurred_at: datetime
    provider: str
    model: str
    environment: str = "PRODUCTION"
    service: str | None = None
    team: str | None = None
    user: str | None = None
    operation: str | None = None
    use_case: str | None = None
    tokens_in: int = 0
    tokens_out: int = 0
    tokens_cached: int = 0
    tokens_reasoning: int = 0
    latency_us: int | None = None
    ttft_us: int | None = None
    failed: bool = False
    error_code: str | None = None
    error_message: str | None = None
    rating: int | None = None
    accepted: bool | None = None
    confidence: Decimal | None = None

    def digest(self) -> bytes:
        """16 bytes that differ when anything about the inference differs."""
        return blake2b(repr(_content(self)).encode(), digest_size=16).digest()


_content = attrgetter(*(name for name in Inference.__dataclass_fields__ if name not in {"event_id", "occurred_at"}))


def check(i: Inference, now: datetime, retention: timedelta) -> None:
    """Raise `Rejected` if the inference is out of bounds: time, tokens, durations, rating, confidence."""
    if i.occurred_at > now + FUTURE_TOLERANCE:
        raise Rejected("occurred_at is in the future")
    if i.occurred_at < now - retention:
        raise Rejected(f"occurred_at is older than the retention of raw inferences ({retention.days} days)")
    _check_tokens(i)
    _check_durations(i)
    if i.rating is not None and not 1 <= i.rating <= 5:
        raise Rejected("rating is not within 1 to 5")
    if i.confidence is not None and not (i.confidence.is_finite() and 0 <= i.confidence <= 1):
        raise Rejected("confidence is not within 0 to 1")


def _check_tokens(i: Inference) -> None:
    if i.tokens_in < 0 or i.tokens_out < 0 or i.tokens_cached < 0 or i.tokens_reasoning < 0:
        raise Rejected("a token count is negative")
    if i.tokens_in > MAX_TOKENS or i.tokens_out > MAX_TOKENS:
        raise Rejected(f"a token count is above {MAX_TOKENS:,}")
    if i.tokens_cached > i.tokens_in or i.tokens_reasoning > i.tokens_out:
        raise Rejected("a part is more than its whole (tokens_cached of tokens_in, tokens_reasoning of tokens_out)")


def _check_durations(i: Inference) -> None:
    for name, value in (("latency", i.latency_us), ("time to first token", i.ttft_us)):
        if value is not None and not 0 <= value <= MAX_DURATION_US:
            raise Rejected(f"{name} is not within 0 to 24 hours")
