"""The figures that metrics are made of, and how sums and histograms become them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Any, TypeVar

import strawberry

from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge
from app.kit.scalars import BigInt
from app.metrics import rules
from app.metrics.reads import Totals
from app.metrics.rules import STEPS, Granularity, TimeRange
from app.metrics.spending.reads import projections

T = TypeVar("T")


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def for_readers_of_costs(info: Info, figure: T) -> T:
    """What was spent, to those who may see it. Raises `FORBIDDEN`."""
    info.context.actor.require(Permission.COSTS_READ)
    return figure


def _money(amount: Decimal, divisor: int) -> Decimal | None:
    return (amount / divisor).quantize(Decimal("1e-12")) if divisor else None


@strawberry.type(description="How many calls, and how they ended.")
class Requests:
    total: BigInt = strawberry.field(description="All calls.")
    successful: BigInt = strawberry.field(description="Calls that were answered.")
    failed: BigInt = strawberry.field(description="Calls that failed.")
    success_rate: float | None = strawberry.field(description="Successful of all, 0 to 1; null without calls.")
    error_rate: float | None = strawberry.field(description="Failed of all, 0 to 1; null without calls.")


@strawberry.type(
    description="How long it took, in milliseconds, over all calls that reported it, failed ones included. Percentiles "
    "come from a mergeable histogram, so they are right over any range, within `relativeErrorBound`."
)
class Latency:
    avg_ms: float | None = strawberry.field(description="Average, exact; null if nothing was measured.")
    p50_ms: float | None = strawberry.field(description="Median; null if nothing was measured.")
    p95_ms: float | None = strawberry.field(description="95th percentile; null if nothing was measured.")
    p99_ms: float | None = strawberry.field(description="99th percentile; null if nothing was measured.")
    min_ms: float | None = strawberry.field(description="Shortest, exact; null if nothing was measured.")
    max_ms: float | None = strawberry.field(description="Longest, exact; null if nothing was measured.")
    relative_error_bound: float = strawberry.field(
        description="How far a percentile may be off, relative to itself: 0.0054."
    )


def latency_of(totals: Totals | None, name: str) -> Latency:
    """The latencies in totals, by `latency` or `ttft`."""
    if totals is None or not totals[f"{name}_count"]:
        return Latency(**dict.fromkeys(_LATENCIES), relative_error_bound=rules.RELATIVE_ERROR)  # type: ignore[arg-type]
    low, high = totals[f"{name}_min_us"] / 1000, totals[f"{name}_max_us"] / 1000
    buckets, counts = totals[f"{name}_buckets"], totals[f"{name}_counts"]
    p50, p95, p99 = rules.quantiles_ms(buckets, counts, (0.5, 0.95, 0.99), low, high)
    average = totals[f"{name}_sum_us"] / totals[f"{name}_count"] / 1000
    return Latency(
        avg_ms=average, p50_ms=p50, p95_ms=p95, p99_ms=p99, min_ms=low, max_ms=high,
        relative_error_bound=rules.RELATIVE_ERROR,
    )  # fmt: skip


_LATENCIES = ("avg_ms", "p50_ms", "p95_ms", "p99_ms", "min_ms", "max_ms")


@strawberry.type(description="Tokens of one direction.")
class TokenCount:
    total: BigInt = strawberry.field(description="Of all calls.")
    avg_per_request: float | None = strawberry.field(description="Per call; null without calls.")
    max_per_request: BigInt | None = strawberry.field(description="Of the largest call; null without calls.")


@strawberry.type(description="Tokens used.")
class Tokens:
    prompt: TokenCount = strawberry.field(description="Input, cached input included.")
    completion: TokenCount = strawberry.field(description="Output, reasoning included.")
    cached: BigInt = strawberry.field(description="The part of the input that was read from a cache.")
    reasoning: BigInt = strawberry.field(description="The part of the output that was reasoning.")
    total: BigInt = strawberry.field(description="Input and output.")


@strawberry.type(description="A likely range of spend in US dollars.")
class Projection:
    low: Decimal = strawberry.field(description="Likely not less; as far off as such a projection was of late.")
    expected: Decimal = strawberry.field(description="Most likely.")
    high: Decimal = strawberry.field(description="Likely not more; as far off as such a projection was of late.")


@strawberry.type(description="What it cost, in US dollars, by the prices in force at each call.")
class Cost:
    total: Decimal | None = strawberry.field(
        description="Of all priced calls, exact to 12 places; null if there were calls but none could be priced."
    )
    avg_per_request: Decimal | None = strawberry.field(description="Per priced call; null without any.")
    cost_per1k_tokens: Decimal | None = strawberry.field(
        description="Per 1,000 tokens of priced calls, input and output; null without any."
    )
    measured: strawberry.Private[Any]
    projected_monthly: Projection | None = edge(
        projections,
        key=attrgetter("measured.key"),
        given_by=lambda cost: (cost.measured.subject,),
        description="What this calendar month (UTC) is likely to have cost in the end, whatever the range is: what was "
        "spent, and what the last 90 days let expect of the days to come. Null until there are three whole days.",
    )
    unpriced_requests: BigInt = strawberry.field(
        description="Calls whose price is unknown. They are in no sum: `total` is a lower bound if this is not 0."
    )


@strawberry.type(description="How good the answers were, by those who rated them; null where nobody did.")
class Quality:
    avg_confidence_score: float | None = strawberry.field(description="Average confidence, 0 to 1.")
    avg_user_rating: float | None = strawberry.field(description="Average rating, 1 to 5.")
    acceptance_rate: float | None = strawberry.field(description="Accepted of those judged, 0 to 1.")
    rejection_rate: float | None = strawberry.field(description="Rejected of those judged, 0 to 1.")


@strawberry.type(description="One kind of failure.")
class ErrorCount:
    code: str = strawberry.field(description="The code the producer gave.")
    message: str | None = strawberry.field(description="The newest message with that code; null if there was none.")
    count: BigInt = strawberry.field(description="How many calls failed so.")
    percentage: float = strawberry.field(description="Share of all failures, 0 to 100.")
    last_occurred_at: datetime = strawberry.field(description="When a call last failed so.")


@strawberry.type(
    description="Values over time as parallel lists of one length: entry i belongs to the step that begins at "
    "`timestamps[i]`. Counts are 0 and all else null where nothing was measured. At most 3,001 steps."
)
class Series:
    timestamps: list[datetime] = strawberry.field(description="Beginnings of the steps, aligned to UTC.")
    requests: list[BigInt] = strawberry.field(description="Calls.")
    errors: list[BigInt] = strawberry.field(description="Calls that failed.")
    latency_avg_ms: list[float | None] = strawberry.field(description="Average latency in milliseconds.")
    latency_p50_ms: list[float | None] = strawberry.field(description="Median latency in milliseconds.")
    latency_p95_ms: list[float | None] = strawberry.field(description="95th percentile of latency in milliseconds.")
    latency_p99_ms: list[float | None] = strawberry.field(description="99th percentile of latency in milliseconds.")
    tokens: list[BigInt] = strawberry.field(description="Tokens, input and output.")
    spent: strawberry.Private[list[Decimal | None]]

    @strawberry.field(
        description="US dollars of priced calls; null where nothing was called or nothing could be priced. Null with "
        "an error without `costs:read`."
    )
    def cost_usd(self, info: Info) -> list[Decimal | None] | None:
        return for_readers_of_costs(info, self.spent)


def series_of(points: Sequence[Any], span: TimeRange, granularity: Granularity) -> Series:
    """Points in any order as parallel lists, with the steps in between."""
    found = {point["at"]: _measured(point) for point in points}
    timestamps = span.points(STEPS[granularity])
    columns = zip(*(found.get(at, _NOTHING) for at in timestamps), strict=True)
    requests, failed, average, p50, p95, p99, tokens, cost = (list(column) for column in columns)
    return Series(
        timestamps=timestamps, requests=requests, errors=failed, latency_avg_ms=average, latency_p50_ms=p50,
        latency_p95_ms=p95, latency_p99_ms=p99, tokens=tokens, spent=cost,
    )  # fmt: skip


_NOTHING = (0, 0, None, None, None, None, 0, None)


def _measured(point: Any) -> tuple[Any, ...]:
    latency = latency_of_point(point)
    cost = point["cost"] if point["unpriced"] < point["requests"] else None
    return (point["requests"], point["failed"], *latency, point["tokens"], cost)


def latency_of_point(point: Any) -> tuple[float | None, ...]:
    """Average and percentiles, in milliseconds, of one step."""
    if not point["latency_count"]:
        return (None, None, None, None)
    low, high = point["latency_min_us"] / 1000, point["latency_max_us"] / 1000
    quantiles = rules.quantiles_ms(point["latency_buckets"], point["latency_counts"], (0.5, 0.95, 0.99), low, high)
    return (point["latency_sum_us"] / point["latency_count"] / 1000, *quantiles)


def cost_of(totals: Totals | None, measured: Any = None) -> Cost:
    """The cost in totals; `measured` is what they are of, if it is to be shown what it is likely to cost."""
    requests, unpriced = (totals["requests"], totals["unpriced"]) if totals else (0, 0)
    priced, amount = requests - unpriced, totals["cost"] if totals else Decimal(0)
    return Cost(
        total=None if requests and not priced else amount,
        avg_per_request=_money(amount, priced),
        cost_per1k_tokens=_money(amount * 1000, totals["tokens_priced"] if totals else 0),
        measured=measured,
        unpriced_requests=BigInt(unpriced),
    )
