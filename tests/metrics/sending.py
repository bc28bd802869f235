"""A small estate, and random traffic for it: what the tests of metrics send."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from app.catalog.service import ensure_providers
from app.catalog.tables import Model, Price
from app.kit.access import SYSTEM, Clearance
from app.kit.db import Database
from app.kit.ids import new_id
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.rules import Inference
from app.metrics.ingest.service import Ingest

NOW = datetime(2096, 3, 14, 15, 9, 26, 535897, tzinfo=UTC)
"""The present of the tests. It lies ahead of Postgres' clock, so only the clock that is handed in makes buckets due."""

RETENTION = timedelta(days=30)
A_MINUTE, AN_HOUR, A_DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)
A_TICK = timedelta(microseconds=1)

Rate = tuple[str, str, datetime | None, datetime | None]
"""Token class, US dollars per million, in force from and until."""


async def add_model(
    database: Database, slug: str, rates: Iterable[Rate] = (), *, security: Clearance = Clearance.INTERNAL
) -> UUID:
    """A registered model with prices."""
    provider, _, name = slug.partition("/")
    async with database.transaction() as session:
        providers = await ensure_providers(session, {provider: {"name": provider.title()}})
        model = Model(
            id=new_id(), slug=slug, name=name, provider_id=providers[provider], model_type="TEXT", status="ACTIVE",
            source="REGISTERED", security_level=security,
        )  # fmt: skip
        session.add(model)
        await session.flush()
        session.add_all(
            Price(
                id=new_id(), model_id=model.id, token_class=token_class, usd_per_million=Decimal(usd),
                effective_from=begin, effective_to=end, source="test",
            )
            for token_class, usd, begin, end in rates
        )  # fmt: skip
        return model.id


def rates(**usd: str) -> list[Rate]:
    """Prices that always held."""
    return [(token_class, amount, None, None) for token_class, amount in usd.items()]


CATALOG: Sequence[tuple[str, list[Rate], Clearance]] = (
    ("alpha/one", rates(INPUT="0.333333333333", OUTPUT="15", CACHED_INPUT="0.03"), Clearance.INTERNAL),
    ("alpha/two", rates(INPUT="2.5", OUTPUT="10", REASONING_OUTPUT="7.77"), Clearance.RESTRICTED),
    ("beta/one", rates(INPUT="0.000001", OUTPUT="0.000003"), Clearance.PUBLIC),
)
UNPRICED = ("gamma", "nobody-knows")


async def add_catalog(database: Database) -> dict[str, UUID]:
    """The models of the small estate; `gamma/nobody-knows` is left to be discovered."""
    return {slug: await add_model(database, slug, prices, security=level) for slug, prices, level in CATALOG}


def ingest_of(database: Database, now: datetime = NOW, retention: timedelta = RETENTION) -> Ingest:
    """A way in, at a fixed time."""
    return Ingest(database, Directory(database, SYSTEM), retention, lambda: now)


def call(random: Random, at: datetime = NOW, **given: Any) -> Inference:
    """A plain call with a random id."""
    values: dict[str, Any] = {"provider": "alpha", "model": "one", "tokens_in": 100, "tokens_out": 10, **given}
    return Inference(event_id=UUID(int=random.getrandbits(128), version=4), occurred_at=at, **values)


@dataclass(slots=True)
class Traffic:
    """Random calls between two instants, crowded into few minutes so that buckets have something to merge.

    Some fall on the very edges of minutes, hours and days."""

    random: Random
    start: datetime
    end: datetime
    minutes: int = 150
    _crowded: list[datetime] = field(default_factory=list[datetime])

    def __post_init__(self) -> None:
        length = int((self.end - self.start) / A_MINUTE)
        self._crowded = [self.start + A_MINUTE * self.random.randrange(length) for _ in range(self.minutes)]

    def take(self, count: int) -> list[Inference]:
        """The next calls."""
        return [self._call() for _ in range(count)]

    def _at(self) -> datetime:
        chance = self.random.random()
        minute = self.random.choice(self._crowded)
        if chance < 0.9:
            return minute + A_TICK * self.random.randrange(60_000_000)
        step = self.random.choice((A_MINUTE, AN_HOUR, A_DAY))
        edge = minute - (minute - self.start.replace(hour=0, minute=0, second=0, microsecond=0)) % step
        at = edge if chance < 0.95 else edge - A_TICK
        return min(max(at, self.start), self.end - A_TICK)

    def _call(self) -> Inference:
        r = self.random
        provider, model = r.choice([("alpha", "one"), ("alpha", "one"), ("alpha", "two"), ("beta", "one"), UNPRICED])
        tokens_in, tokens_out = r.randrange(5000), r.randrange(900)
        failed = r.random() < 0.2
        latency = r.choice([None, 0, 1, 1000, 2000, *[round(r.lognormvariate(14, 1)) for _ in range(15)]])
        return call(
            r, self._at(), provider=provider, model=model,
            environment=r.choice(["PRODUCTION", "PRODUCTION", "STAGING", "DEVELOPMENT"]),
            service=r.choice([None, "chat", "chat", "search"]), team=r.choice([None, "red", "blue"]),
            user=r.choice([None, *(f"user-{r.randrange(60)}" for _ in range(6))]), operation=r.choice([None, "chat"]),
            use_case=r.choice([None, "summary", "summary", "triage", "code"]),
            tokens_in=tokens_in, tokens_out=tokens_out,
            tokens_cached=r.choice([0, r.randint(0, tokens_in)]),
            tokens_reasoning=r.choice([0, r.randint(0, tokens_out)]),
            latency_us=latency, ttft_us=None if latency is None or r.random() < 0.3 else latency // 3, failed=failed,
            error_code=r.choice(["timeout", "rate_limit", "unknown"]) if failed else None,
            error_message=r.choice([None, f"message {r.randrange(9)}"]) if failed else None,
            rating=r.choice([None, r.randint(1, 5)]), accepted=r.choice([None, True, False]),
            confidence=r.choice([None, Decimal(r.randrange(1_000_001)).scaleb(-6)]),
        )  # fmt: skip


def batches(calls: Sequence[Inference], size: int) -> Iterator[list[Inference]]:
    """The calls in lists of a size."""
    return (list(calls[first : first + size]) for first in range(0, len(calls), size))


def altered(inference: Inference, **changes: Any) -> Inference:
    """The same call with something else about it."""
    return replace(inference, **changes)
