"""What is worth telling about a period, beside the one before. Pure; the thresholds are told in docs/metrics.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Final

from app.kit.severity import Severity
from app.metrics.performance.vocabulary import InsightRule, InsightType

MANY_TIMED: Final = 100
"""So many calls in both periods must have reported their latency."""
SLOWER, MUCH_SLOWER = 1.5, 3.0
MANY_FAILURES, FAILING, MOSTLY_FAILING = 20, 0.05, 0.5
MORE_FAILING = 2.0
DEARER, MUCH_DEARER, WORTH_TELLING = Decimal("1.5"), Decimal(3), Decimal(1)
LONG_ENOUGH = timedelta(days=1)
"""A range must be so long for a deployment to count as unused in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """What rules look at: `p95_ms` is None without latencies, `cost` that of the priced calls in US dollars."""

    requests: int = 0
    failed: int = 0
    unpriced: int = 0
    cost: Decimal = Decimal(0)
    timed: int = 0
    p95_ms: float | None = None

    @property
    def error_rate(self) -> float:
        """Failed of all; 0 without calls."""
        return self.failed / self.requests if self.requests else 0.0


@dataclass(frozen=True, slots=True)
class Finding:
    """Something worth telling. `amounts` says whether it tells what was spent."""

    rule: InsightRule
    type: InsightType
    severity: Severity
    message: str
    recommendation: str
    amounts: bool = False


def findings(now: Period, before: Period) -> list[Finding]:
    """What is worth telling of a period, gravest first."""
    found = [*_slower(now, before), *_failing(now, before), *_dearer(now, before), *_unpriced(now)]
    return by_severity(found)


def by_severity(found: Sequence[Finding]) -> list[Finding]:
    """Gravest first; of the same severity in the order in which they came."""
    order = list(Severity)
    return sorted(found, key=lambda finding: -order.index(finding.severity))


def unused(name: str, environment: str) -> Finding:
    """A deployment that serves and was not called."""
    return Finding(
        InsightRule.UNUSED_DEPLOYMENT,
        InsightType.USAGE,
        Severity.LOW,
        f"{name} ({environment}) was not called.",
        "Stop it, or tell those it is for that it is there.",
    )


def _slower(now: Period, before: Period) -> Iterator[Finding]:
    if now.p95_ms is None or not before.p95_ms or min(now.timed, before.timed) < MANY_TIMED:
        return
    times = now.p95_ms / before.p95_ms
    if times >= SLOWER:
        yield Finding(
            InsightRule.LATENCY_REGRESSION,
            InsightType.PERFORMANCE,
            Severity.HIGH if times >= MUCH_SLOWER else Severity.MEDIUM,
            f"The 95th percentile of latency rose from {before.p95_ms:,.0f} ms to {now.p95_ms:,.0f} ms "
            f"({times:.1f} times).",
            "See in `series` since when, and compare versions, providers and the length of prompts from there on.",
        )


def _failing(now: Period, before: Period) -> Iterator[Finding]:
    rate = now.error_rate
    if now.failed >= MANY_FAILURES and rate >= FAILING and rate >= MORE_FAILING * before.error_rate:
        yield Finding(
            InsightRule.ERROR_SPIKE,
            InsightType.QUALITY,
            Severity.CRITICAL if rate >= MOSTLY_FAILING else Severity.HIGH,
            f"{now.failed:,} of {now.requests:,} calls failed: {rate:.1%}, after {before.error_rate:.1%} before.",
            "See in `errors` why, and in `inferences` which calls; send them elsewhere until it is over.",
        )


def _dearer(now: Period, before: Period) -> Iterator[Finding]:
    if before.cost <= 0 or now.cost < DEARER * before.cost or now.cost - before.cost < WORTH_TELLING:
        return
    times = now.cost / before.cost
    yield Finding(
        InsightRule.COST_SPIKE,
        InsightType.COST,
        Severity.HIGH if times >= MUCH_DEARER else Severity.MEDIUM,
        f"Spend rose from ${before.cost:,.2f} to ${now.cost:,.2f} ({times:.1f} times).",
        "See in `usage` which team, key or use case it comes from.",
        amounts=True,
    )


def _unpriced(now: Period) -> Iterator[Finding]:
    if now.unpriced:
        yield Finding(
            InsightRule.PRICE_UNKNOWN,
            InsightType.COST,
            Severity.MEDIUM,
            f"The price of {now.unpriced:,} of {now.requests:,} calls is unknown; they are in no sum.",
            "Say what the model costs with `setModelPrice`; it holds for calls from then on.",
        )
