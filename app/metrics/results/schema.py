"""The faces of what experiments found."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import strawberry

from app.experiments.schema import Experiment, Variant
from app.experiments.vocabulary import Metric
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.edges import edge, extends
from app.kit.nodes import row_of
from app.kit.scalars import BigInt
from app.metrics import rules
from app.metrics.figures import Latency, Quality, Requests, cost_of, for_readers_of_costs, latency_of, share
from app.metrics.results import reads
from app.metrics.results.rules import measured


@strawberry.type(
    description="A metric of a variant: an average over the calls that can be measured by it, or a share of them. It "
    "says what was seen; whether a difference means anything is only for `winner` to say."
)
class MetricResult:
    metric: str = strawberry.field(description="The metric, such as `user_rating`. New ones may be added.")
    calls: BigInt = strawberry.field(description="The calls it was measured on.")
    measured: strawberry.Private[float | None]

    @strawberry.field(
        description="Its value: `user_rating` 1 to 5; rates and `confidence_score` 0 to 1; `response_time` and "
        "`time_to_first_token` in milliseconds; `cost_per_request` in US dollars, null with an error without "
        "`costs:read`; `tokens_per_request` in tokens. Null if no call could be measured."
    )
    def value(self, info: Info) -> float | None:
        is_cost = self.metric == Metric.COST_PER_REQUEST
        return for_readers_of_costs(info, self.measured) if is_cost else self.measured


def _metric(row: Any, name: str) -> MetricResult:
    value, calls = measured(name, row)
    return MetricResult(metric=name, calls=BigInt(calls), measured=value)


def _sum(row: Any, name: str) -> Any:
    return row_of(row)[name] or 0


@strawberry.type(
    description="What a variant did while its experiment ran: all calls that were reported with the experiment's id "
    "and the variant's name, exactly, from a roll-up of its own."
)
class VariantResult:
    @strawberry.field(description="Which variant did so.")
    def variant(self) -> Variant:
        return row_of(self)

    @strawberry.field(
        description="How many different units (users, or sessions where no user was named) met it: comparisons count "
        "these, not calls. Calls with neither are of no unit. Fewer than five are null to those without `costs:read`."
    )
    def units(self, info: Info) -> BigInt | None:
        shown = rules.shown_users(_sum(self, "units"), each=info.context.actor.may(Permission.COSTS_READ))
        return None if shown is None else BigInt(shown)

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
        return latency_of(row_of(self), "latency")

    @strawberry.field(description="Time to the first token, for calls that reported it.")
    def time_to_first_token(self) -> Latency:
        return latency_of(row_of(self), "ttft")

    @strawberry.field(
        description="US dollars of priced calls, exact to 12 places; null if there were calls but none could be "
        "priced, and with an error without `costs:read`."
    )
    def total_cost(self, info: Info) -> Decimal | None:
        return for_readers_of_costs(info, cost_of(_called(self)).total)

    @strawberry.field(
        description="US dollars per priced call; null without any, and with an error without `costs:read`."
    )
    def cost_per_request(self, info: Info) -> Decimal | None:
        return for_readers_of_costs(info, cost_of(_called(self)).avg_per_request)

    @strawberry.field(description="Calls whose price is unknown. They are in no sum of costs.")
    def unpriced_requests(self) -> BigInt:
        return BigInt(_sum(self, "unpriced"))

    @strawberry.field(description="How good the answers were.")
    def quality(self) -> Quality:
        judged = _sum(self, "accepted") + _sum(self, "rejected")
        return Quality(
            avg_confidence_score=share(float(_sum(self, "confidence_sum")), _sum(self, "confidence_count")),
            avg_user_rating=share(_sum(self, "rating_sum"), _sum(self, "rating_count")),
            acceptance_rate=share(_sum(self, "accepted"), judged),
            rejection_rate=share(_sum(self, "rejected"), judged),
        )

    @strawberry.field(description="The metric that decides.")
    def primary(self) -> MetricResult:
        return _metric(self, row_of(self)["primary_metric"])

    @strawberry.field(description="Metrics also reported, in the order of the experiment; at most eight.")
    def secondary(self) -> list[MetricResult]:
        return [_metric(self, name) for name in row_of(self)["secondary_metrics"]]

    @strawberry.field(description="Metrics that must not get worse, in the order of the experiment; at most eight.")
    def guardrails(self) -> list[MetricResult]:
        return [_metric(self, name) for name in row_of(self)["guardrail_metrics"]]


def _called(result: Any) -> Any:
    """The sums of a variant that was called."""
    return result if row_of(result)["requests"] else None


@strawberry.type(description="What an experiment found so far, since it was started.")
class ExperimentResults:
    variants: list[VariantResult] = strawberry.field(description="Each variant, in their order; at most ten.")
    winner: Variant | None = strawberry.field(
        description="The variant that is better than the control beyond doubt. Null: as yet nothing here decides."
    )


def _results(_: Any, found: Any) -> ExperimentResults:
    return ExperimentResults(variants=found or [], winner=None)


@extends(Experiment)
class ExperimentFindings:
    results: ExperimentResults | None = edge(
        reads.results_by_experiment,
        key="id",
        show=_results,
        description="What each variant did since the experiment was started. Needs `analytics:read`; null with an "
        "error without.",
    )
