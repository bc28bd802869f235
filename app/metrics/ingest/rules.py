"""What an inference is when it arrives, and which ones cannot be taken. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from hashlib import blake2b
from operator import attrgetter
from uuid import UUID

import orjson

from app.kit.errors import HubError

FUTURE_TOLERANCE = timedelta(minutes=10)
"""How far ahead of ours a sender's clock may run."""

MAX_TOKENS = 100_000_000
MAX_DURATION_US = 24 * 3600 * 1_000_000
MAX_COST = Decimal(1_000_000)
"""US dollars that one call may be reported to cost."""


class CostSource(StrEnum):
    """Who says what a call cost: our price list, or whoever reported the call."""

    PRICE_LIST = "PRICE_LIST"
    REPORTED = "REPORTED"


class Rejected(HubError):
    """An inference that cannot be taken, with the reason; the others of its batch are kept."""


@dataclass(slots=True, kw_only=True)  # not frozen: that would double the time it takes to make one
class Inference:
    """One model call as a producer reports it.

    `tokens_in` includes `tokens_cached`, `tokens_out` includes `tokens_reasoning`. Durations are whole microseconds.
    `service` names the deployment that answered (a `RECORDED` one is made for it), `team` and `user` who called.
    `answered_by` is the model as the answer names it; it counts if the catalog knows it, else `model`. `cost` is what
    the producer says it cost, in US dollars, and goes before our price list. `reported_by` is the credential it came
    with and `team_key` the team of whoever sent it, which counts if no `team` is named. `pipeline_context` is a JSON
    object as text.
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
    answered_by: str | None = None
    cost: Decimal | None = None
    session: str | None = None
    api_key: str | None = None
    reported_by: UUID | None = None
    team_key: UUID | None = None
    experiment: str | None = None
    variant: str | None = None
    workflow_run: str | None = None
    pipeline_context: str | None = None

    def digest(self) -> bytes:
        """16 bytes that differ when anything about the inference differs, but for who reported it."""
        return blake2b(orjson.dumps((_content(self), _extras(self)), default=str), digest_size=16).digest()

    def first_digest(self) -> bytes:
        """What was stored in place of it up to schema 0014: it takes twice as long."""
        extras = _extras(self)
        content = _content(self) if extras == _NO_EXTRAS else (*_content(self), *extras)
        return blake2b(repr(content).encode(), digest_size=16).digest()


_EXTRAS = ("answered_by", "cost", "session", "api_key", "experiment", "variant", "workflow_run", "pipeline_context")
"""What inferences had not when digests were first stored: one without any has the digest that it had then."""
_NO_DIGEST = {"event_id", "occurred_at", "reported_by", "team_key", *_EXTRAS}
_content = attrgetter(*(name for name in Inference.__dataclass_fields__ if name not in _NO_DIGEST))
_extras = attrgetter(*_EXTRAS)
_NO_EXTRAS = (None,) * len(_EXTRAS)


def check(i: Inference, now: datetime, retention: timedelta) -> None:
    """Raise `Rejected` if the inference is out of bounds: time, tokens, durations, rating, confidence, cost."""
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
    if i.cost is not None and not (i.cost.is_finite() and 0 <= i.cost <= MAX_COST):
        raise Rejected(f"cost is not within 0 to {MAX_COST:,} US dollars")


def _check_tokens(i: Inference) -> None:
    if 0 <= i.tokens_cached <= i.tokens_in <= MAX_TOKENS and 0 <= i.tokens_reasoning <= i.tokens_out <= MAX_TOKENS:
        return
    if i.tokens_in < 0 or i.tokens_out < 0 or i.tokens_cached < 0 or i.tokens_reasoning < 0:
        raise Rejected("a token count is negative")
    if i.tokens_in > MAX_TOKENS or i.tokens_out > MAX_TOKENS:
        raise Rejected(f"a token count is above {MAX_TOKENS:,}")
    raise Rejected("a part is more than its whole (tokens_cached of tokens_in, tokens_reasoning of tokens_out)")


def _check_durations(i: Inference) -> None:
    if i.latency_us is not None and not 0 <= i.latency_us <= MAX_DURATION_US:
        raise Rejected("latency is not within 0 to 24 hours")
    if i.ttft_us is not None and not 0 <= i.ttft_us <= MAX_DURATION_US:
        raise Rejected("time to first token is not within 0 to 24 hours")
