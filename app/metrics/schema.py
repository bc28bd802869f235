"""The faces of metrics: how often, how fast, how dear, how good."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from operator import attrgetter
from typing import Annotated, Any
from uuid import UUID

import strawberry

from app.catalog.schema import Model
from app.deployments.schema import Deployment
from app.deployments.vocabulary import Environment
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge, edge_with_arguments, extends, way
from app.kit.enums import graphql_enum
from app.kit.errors import InvalidParameter
from app.kit.nodes import row_of
from app.kit.scalars import BigInt
from app.metrics import reads, rules
from app.metrics.figures import (
    Cost,
    ErrorCount,
    Latency,
    Quality,
    Requests,
    Series,
    TokenCount,
    Tokens,
    cost_of,
    for_readers_of_costs,
    latency_of,
    series_of,
    share,
)
from app.metrics.reads import Subject, Totals
from app.metrics.rules import Granularity, RangePreset, TimeRange

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
    to: datetime | None = strawberry.field(default=None, description="The first instant after; at most 3,000 days on.")

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


@dataclass(frozen=True, slots=True)
class Measurement:
    """What `PerformanceMetrics` shows: a subject, a range, and the sums over it (None: nothing was measured)."""

    key: UUID
    subject: Subject
    span: TimeRange
    granularity: Granularity
    totals: Totals | None


_MEASURED = attrgetter("measured.subject", "measured.span")
"""What a batch of figures takes besides the key of what was measured."""


KEY = attrgetter("key")


def measured(
    info: Info,
    subject: Subject,
    chosen: TimeRangeInput,
    granularity: Granularity | None,
    show: Callable[[Measurement], Any] = row_of,
) -> Any:
    """The way from rows to what was measured of each over a range."""
    span = chosen.span(info.context.reader.now())
    fitting = rules.fitting(granularity, span)

    def summed(row: Any, totals: Totals | None) -> Any:
        return show(Measurement(row["id"], subject, span, fitting, totals))

    return way(reads.totals, subject, span, show=summed)


@strawberry.type(
    description="How something did over a range of time, from roll-ups: the cost of asking does not depend on how many "
    "calls there were. Calls count that your teams made, that their deployments answered, or that belong to no team. "
    "Needs `analytics:read`."
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
            success_rate=share(good, total), error_rate=share(failed, total),
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
            prompt=TokenCount(total=prompt, avg_per_request=share(prompt, total), max_per_request=largest[0]),
            completion=TokenCount(
                total=completion, avg_per_request=share(completion, total), max_per_request=largest[1]
            ),
            cached=_sum(self, "tokens_cached"),
            reasoning=_sum(self, "tokens_reasoning"),
            total=BigInt(prompt + completion),
        )

    @strawberry.field(description="What it cost. Null with an error without `costs:read`.")
    def cost(self, info: Info) -> Cost | None:
        return for_readers_of_costs(info, cost_of(_of(self).totals, _of(self)))

    @strawberry.field(description="How good the answers were.")
    def quality(self) -> Quality:
        judged = _sum(self, "accepted") + _sum(self, "rejected")
        return Quality(
            avg_confidence_score=share(float(_sum(self, "confidence_sum")), _sum(self, "confidence_count")),
            avg_user_rating=share(_sum(self, "rating_sum"), _sum(self, "rating_count")),
            acceptance_rate=share(_sum(self, "accepted"), judged),
            rejection_rate=share(_sum(self, "rejected"), judged),
        )

    errors: list[ErrorCount] = edge(
        reads.errors,
        key=KEY,
        given_by=attrgetter("subject", "span"),
        show=lambda _, found: _error_counts(found or []),
        description="Failures by code, most frequent first; at most some dozens.",
    )
    series: Series = edge(
        reads.series,
        key=KEY,
        given_by=attrgetter("subject", "span", "granularity"),
        show=lambda of, points: series_of(points or [], of.span, of.granularity),
        description="Values over time.",
    )


def _error_counts(found: Sequence[Any]) -> list[ErrorCount]:
    failures = sum(row["requests"] for row in found)
    return [
        ErrorCount(
            code=row["error_code"], message=row["message"], count=row["requests"],
            percentage=100 * row["requests"] / failures, last_occurred_at=row["last_at"],
        )
        for row in found
    ]  # fmt: skip


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
    measured: strawberry.Private[Measurement]
    total_requests: BigInt = strawberry.field(description="Calls.")

    @strawberry.field(
        description="US dollars of priced calls; null if there were calls but none could be priced, and with an error "
        "without `costs:read`."
    )
    def total_cost(self, info: Info) -> Decimal | None:
        return for_readers_of_costs(info, cost_of(self.measured.totals).total)

    @edge_with_arguments(
        key=attrgetter("measured.key"),
        description="How many different users called, estimated within 1.6 % (one standard error); nearly exact below "
        "some thousands. Calls without a user are not counted. Fewer than five are null to those without `costs:read`.",
    )
    def unique_users(self, info: Info) -> int | None:
        each = info.context.actor.may(Permission.COSTS_READ)
        return way(
            reads.user_ranks,
            given_by=_MEASURED,
            show=lambda _, ranks: rules.shown_users(rules.distinct(ranks or []), each=each),
        )

    popular_use_cases: list[str] = edge(
        reads.use_cases,
        key=attrgetter("measured.key"),
        given_by=_MEASURED,
        show=lambda _, found: (found or [])[:10],
        description="Use cases, most frequent first; at most ten.",
    )


@extends(Model)
class ModelMetrics:
    @edge_with_arguments(key="id", description="How the model did over a range of time. Needs `analytics:read`.")
    def metrics(
        self,
        info: Info,
        range: Range = DAY,
        granularity: Step = None,
        environment: Within = None,
    ) -> PerformanceMetrics:
        subject = Subject("model", (environment.value,) if environment else ())
        return measured(info, subject, range, granularity)

    @edge_with_arguments(
        key="id", description="Who used the model, and what for; by default in 30 days. Needs `analytics:read`."
    )
    def usage(self, info: Info, range: Range = MONTH) -> ModelUsage:
        return measured(info, Subject("model"), range, None, _usage)


def _usage(of: Measurement) -> ModelUsage:
    requests = of.totals["requests"] if of.totals else 0
    return ModelUsage(measured=of, total_requests=BigInt(requests))


@extends(Deployment)
class DeploymentMetrics:
    @edge_with_arguments(key="id", description="How the deployment did over a range of time. Needs `analytics:read`.")
    def metrics(
        self,
        info: Info,
        range: Range = DAY,
        granularity: Step = None,
    ) -> PerformanceMetrics:
        return measured(info, Subject("deployment"), range, granularity)

    last_used_at: datetime | None = edge(
        reads.last_used,
        key="id",
        description="When it last answered a call; null if it never did. Needs `analytics:read`.",
    )
