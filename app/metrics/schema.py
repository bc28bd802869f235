"""The faces of metrics: how often, how fast, how dear, how good."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from app.catalog.schema import Model
from app.deployments.schema import Deployment
from app.deployments.vocabulary import Environment
from app.kit.context import Info
from app.kit.edges import extends
from app.kit.enums import graphql_enum
from app.kit.errors import InvalidParameter
from app.kit.nodes import row_of
from app.kit.scalars import BigInt
from app.metrics import reads, rules
from app.metrics.reads import Subject, Totals
from app.metrics.rules import STEPS, Granularity, RangePreset, TimeRange

graphql_enum(
    RangePreset,
    "A range that ends now.",
    LAST_HOUR="The last 60 minutes.",
    LAST_24_HOURS="The last 24 hours.",
    LAST_7_DAYS="The last 7 times 24 hours.",
    LAST_30_DAYS="The last 30 times 24 hours.",
    LAST_90_DAYS="The last 90 times 24 hours.",
)
graphql_enum(
    Granularity,
    "The step of a time series, aligned to UTC.",
    ONE_MINUTE="Minutes; kept for 90 days.",
    FIVE_MINUTES="5 minutes; kept for 90 days.",
    FIFTEEN_MINUTES="15 minutes; kept for 90 days.",
    ONE_HOUR="Hours; kept for two years.",
    ONE_DAY="Days (UTC); kept for ever.",
)


@strawberry.input(description="A range of time: a preset, or both ends. Ends are widened to whole minutes.")
class TimeRangeInput:
    preset: RangePreset | None = strawberry.field(default=None, description="A range that ends now.")
    from_: datetime | None = strawberry.field(default=None, name="from", description="The first instant.")
    to: datetime | None = strawberry.field(default=None, description="The first instant after; at most ten years on.")

    def span(self, now: datetime) -> TimeRange:
        """The range meant. Raises `INVALID_PARAMETER`."""
        if self.preset is not None and self.from_ is None and self.to is None:
            return rules.preset_range(self.preset, now)
        if self.preset is None and self.from_ is not None and self.to is not None:
            return rules.explicit_range(self.from_, self.to)
        raise InvalidParameter("`range` needs either `preset` or both `from` and `to`.", argument="range")


Range = Annotated[TimeRangeInput, strawberry.argument(description="The time measured.")]
DAY = TimeRangeInput(preset=RangePreset.LAST_24_HOURS)
MONTH = TimeRangeInput(preset=RangePreset.LAST_30_DAYS)


def _share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


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
    low: Decimal = strawberry.field(description="Likely not less.")
    expected: Decimal = strawberry.field(description="Most likely.")
    high: Decimal = strawberry.field(description="Likely not more.")


@strawberry.type(description="What it cost, in US dollars, by the prices in force at each call.")
class Cost:
    total: Decimal | None = strawberry.field(
        description="Of all priced calls, exact to 12 places; null if there were calls but none could be priced."
    )
    avg_per_request: Decimal | None = strawberry.field(description="Per priced call; null without any.")
    cost_per1k_tokens: Decimal | None = strawberry.field(
        description="Per 1,000 tokens of priced calls, input and output; null without any."
    )
    projected_monthly: Projection | None = strawberry.field(
        description="Spend to expect for the month; null until it can be projected."
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
    cost_usd: list[Decimal | None] = strawberry.field(
        description="US dollars of priced calls; null where nothing was called or nothing could be priced."
    )


def series_of(points: Sequence[Any], span: TimeRange, granularity: Granularity) -> Series:
    """Points in any order as parallel lists, with the steps in between."""
    found = {point["at"]: _measured(point) for point in points}
    timestamps = span.points(STEPS[granularity])
    columns = zip(*(found.get(at, _NOTHING) for at in timestamps), strict=True)
    requests, failed, average, p50, p95, p99, tokens, cost = (list(column) for column in columns)
    return Series(
        timestamps=timestamps, requests=requests, errors=failed, latency_avg_ms=average, latency_p50_ms=p50,
        latency_p95_ms=p95, latency_p99_ms=p99, tokens=tokens, cost_usd=cost,
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


@dataclass(frozen=True, slots=True)
class Measurement:
    """What `PerformanceMetrics` shows: a subject, a range, and the sums over it (None: nothing was measured)."""

    key: UUID
    subject: Subject
    span: TimeRange
    granularity: Granularity
    totals: Totals | None


async def measure(
    info: Info,
    key: UUID,
    subject: Subject,
    chosen: TimeRangeInput,
    granularity: Granularity | None,
) -> Measurement:
    """Sum up one subject over a range."""
    span = chosen.span(info.context.reader.now())
    fitting = rules.fitting(granularity, span)
    return Measurement(key, subject, span, fitting, await info.context.load(reads.totals, key, subject, span))


@strawberry.type(
    description="How something did over a range of time, from roll-ups: the cost of asking does not depend on how many "
    "calls there were. Needs `analytics:read`."
)
class PerformanceMetrics:
    @strawberry.field(name="from", description="The beginning of the range, a whole minute.")
    def from_(self) -> datetime:
        return _of(self).span.start

    @strawberry.field(description="The end of the range, a whole minute; not included.")
    def to(self) -> datetime:
        return _of(self).span.end

    @strawberry.field(description="The step of `series`.")
    def granularity(self) -> Granularity:
        return _of(self).granularity

    @strawberry.field(description="How many calls, and how they ended.")
    def requests(self) -> Requests:
        total, failed = _sum(self, "requests"), _sum(self, "failed")
        good = total - failed
        return Requests(
            total=total, successful=good, failed=failed,
            success_rate=_share(good, total), error_rate=_share(failed, total),
        )  # fmt: skip

    @strawberry.field(description="Time to the whole answer.")
    def latency(self) -> Latency:
        return latency_of(_of(self).totals, "latency")

    @strawberry.field(description="Time to the first token, for calls that reported it.")
    def time_to_first_token(self) -> Latency:
        return latency_of(_of(self).totals, "ttft")

    @strawberry.field(description="Tokens used.")
    def tokens(self) -> Tokens:
        total, prompt, completion = (_sum(self, name) for name in ("requests", "tokens_in", "tokens_out"))
        totals = _of(self).totals
        largest = (totals["tokens_in_max"], totals["tokens_out_max"]) if totals else (None, None)
        return Tokens(
            prompt=TokenCount(total=prompt, avg_per_request=_share(prompt, total), max_per_request=largest[0]),
            completion=TokenCount(
                total=completion, avg_per_request=_share(completion, total), max_per_request=largest[1]
            ),
            cached=_sum(self, "tokens_cached"),
            reasoning=_sum(self, "tokens_reasoning"),
            total=BigInt(prompt + completion),
        )

    @strawberry.field(description="What it cost.")
    def cost(self) -> Cost:
        return cost_of(_of(self).totals)

    @strawberry.field(description="How good the answers were.")
    def quality(self) -> Quality:
        judged = _sum(self, "accepted") + _sum(self, "rejected")
        return Quality(
            avg_confidence_score=_share(float(_sum(self, "confidence_sum")), _sum(self, "confidence_count")),
            avg_user_rating=_share(_sum(self, "rating_sum"), _sum(self, "rating_count")),
            acceptance_rate=_share(_sum(self, "accepted"), judged),
            rejection_rate=_share(_sum(self, "rejected"), judged),
        )

    @strawberry.field(description="Failures by code, most frequent first; at most some dozens.")
    async def errors(self, info: Info) -> list[ErrorCount]:
        of = _of(self)
        found = await info.context.load(reads.errors, of.key, of.subject, of.span) or []
        failures = sum(row["requests"] for row in found)
        return [
            ErrorCount(
                code=row["error_code"], message=row["message"], count=row["requests"],
                percentage=100 * row["requests"] / failures, last_occurred_at=row["last_at"],
            )
            for row in found
        ]  # fmt: skip

    @strawberry.field(description="Values over time.")
    async def series(self, info: Info) -> Series:
        of = _of(self)
        points = await info.context.load(reads.series, of.key, of.subject, of.span, of.granularity)
        return series_of(points or [], of.span, of.granularity)


def cost_of(totals: Totals | None) -> Cost:
    """The cost in totals."""
    requests, unpriced = (totals["requests"], totals["unpriced"]) if totals else (0, 0)
    priced, amount = requests - unpriced, totals["cost"] if totals else Decimal(0)
    return Cost(
        total=None if requests and not priced else amount,
        avg_per_request=_money(amount, priced),
        cost_per1k_tokens=_money(amount * 1000, totals["tokens_priced"] if totals else 0),
        projected_monthly=None,
        unpriced_requests=BigInt(unpriced),
    )


def _of(value: Any) -> Measurement:
    return value


def _sum(value: Any, name: str) -> Any:
    totals = _of(value).totals
    return totals[name] if totals else 0


Step = Annotated[
    Granularity | None,
    strawberry.argument(description="The step of `series`; null: the finest with no more than 200 steps."),
]
Within = Annotated[Environment | None, strawberry.argument(description="Only calls in this environment; null: in all.")]


@strawberry.type(description="Who uses a model, and what for.")
class ModelUsage:
    total_requests: BigInt = strawberry.field(description="Calls.")
    total_cost: Decimal | None = strawberry.field(
        description="US dollars of priced calls; null if there were calls but none could be priced."
    )

    @strawberry.field(
        description="How many different users called, estimated within 1.6 % (one standard error); nearly exact below "
        "some thousands. Calls without a user are not counted."
    )
    async def unique_users(self, info: Info) -> int:
        return rules.distinct(await info.context.load(reads.user_ranks, *_measured_by(self)) or [])

    @strawberry.field(description="Use cases, most frequent first; at most ten.")
    async def popular_use_cases(self, info: Info) -> list[str]:
        return (await info.context.load(reads.use_cases, *_measured_by(self)) or [])[:10]

    measured: strawberry.Private[Measurement]


def _measured_by(value: Any) -> tuple[UUID, Subject, TimeRange]:
    of: Measurement = value.measured
    return of.key, of.subject, of.span


@extends(Model)
class ModelMetrics:
    @strawberry.field(description="How the model did over a range of time. Needs `analytics:read`.")
    async def metrics(
        self,
        info: Info,
        range: Range = DAY,
        granularity: Step = None,
        environment: Within = None,
    ) -> PerformanceMetrics:
        subject = Subject("model", (environment.value,) if environment else ())
        return row_of(await measure(info, row_of(self)["id"], subject, range, granularity))

    @strawberry.field(description="Who used the model, and what for; by default in 30 days. Needs `analytics:read`.")
    async def usage(self, info: Info, range: Range = MONTH) -> ModelUsage:
        of = await measure(info, row_of(self)["id"], Subject("model"), range, None)
        requests = of.totals["requests"] if of.totals else 0
        return ModelUsage(total_requests=BigInt(requests), total_cost=cost_of(of.totals).total, measured=of)


@extends(Deployment)
class DeploymentMetrics:
    @strawberry.field(description="How the deployment did over a range of time. Needs `analytics:read`.")
    async def metrics(
        self,
        info: Info,
        range: Range = DAY,
        granularity: Step = None,
    ) -> PerformanceMetrics:
        return row_of(await measure(info, row_of(self)["id"], Subject("deployment"), range, granularity))

    @strawberry.field(description="When it last answered a call; null if it never did. Needs `analytics:read`.")
    async def last_used_at(self, info: Info) -> datetime | None:
        return await info.context.load(reads.last_used, row_of(self)["id"])
