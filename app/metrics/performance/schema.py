"""How providers, teams and the whole estate did, beside the period before, and what is worth telling of it."""

from __future__ import annotations

from typing import Annotated, Any
from uuid import UUID

import strawberry

from app.catalog.schema import Provider
from app.deployments import reads as deployment_reads
from app.deployments.schema import Deployment
from app.deployments.vocabulary import Environment
from app.identity.schema import Team
from app.kit import costs
from app.kit.access import Permission
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.edges import edge, edge_with_arguments, extends, way
from app.kit.enums import graphql_enum
from app.kit.errors import InvalidParameter
from app.kit.faces import Severity
from app.kit.ids import key_of
from app.metrics import reads as metric_reads
from app.metrics import rules as metric_rules
from app.metrics.figures import latency_of, share
from app.metrics.performance import reads, rules
from app.metrics.performance.reads import MAX_UNUSED, Comparison
from app.metrics.performance.rules import Finding, Period
from app.metrics.performance.vocabulary import InsightRule, InsightType
from app.metrics.reads import ESTATE, Subject, Totals
from app.metrics.schema import DAY, KEY, Measurement, PerformanceMetrics, Range, Step, TimeRangeInput, Within, measured

MAX_VALUES = 100

graphql_enum(
    InsightType,
    "What an insight is about. New values may be added.",
    PERFORMANCE="How fast it is.",
    COST="What it costs.",
    QUALITY="Whether it does what it should.",
    USAGE="Whether anybody uses it.",
)
graphql_enum(
    InsightRule,
    "Which rule found something. New values may be added.",
    LATENCY_REGRESSION="The 95th percentile of latency is at least 1.5 times that of the period before, with 100 "
    "measured calls in both.",
    ERROR_SPIKE="At least 20 calls and 5 % of all failed, and at least twice the share of the period before.",
    COST_SPIKE="Spend is at least 1.5 times that of the period before, and at least a US dollar more.",
    UNUSED_DEPLOYMENT="A deployment served all through the range, of a day or more, and was not called.",
    PRICE_UNKNOWN="There were calls whose price is unknown.",
)


@strawberry.type(description="Something worth telling about a period, by a stated rule.")
class Insight:
    type: InsightType = strawberry.field(description="What it is about.")
    rule: InsightRule = strawberry.field(description="Which rule found it.")
    severity: Severity = strawberry.field(description="How grave it is.")
    message: str = strawberry.field(description="What it is, in a sentence for people.")
    recommendation: str | None = strawberry.field(description="What to do about it; null if there is nothing.")
    concerned: strawberry.Private[UUID | None]

    deployment: Deployment | None = edge(
        deployment_reads.deployments_by_id,
        key=lambda insight: insight.concerned,
        description="The deployment that is not used; null for other rules.",
    )


def insights_of(info: Info, of: Measurement, found: Comparison) -> list[Insight]:
    """What is worth telling to whoever asks, gravest first: what was spent only with `costs:read`."""
    may = info.context.actor.may(Permission.COSTS_READ)
    told = [f for f in rules.findings(period_of(of.totals), period_of(found.before)) if may or not f.amounts]
    idle = [_insight(rules.unused(each["name"], each["environment"]), each["id"]) for each in found.unused]
    return [*map(_insight, told), *idle]


def _insight(found: Finding, concerned: UUID | None = None) -> Insight:
    return Insight(
        type=found.type, rule=found.rule, severity=found.severity, message=found.message,
        recommendation=found.recommendation, concerned=concerned,
    )  # fmt: skip


def period_of(totals: Totals | None) -> Period:
    """Sums as rules take them."""
    if totals is None:
        return Period()
    return Period(
        requests=totals["requests"],
        failed=totals["failed"],
        unpriced=totals["unpriced"],
        cost=totals["cost"],
        timed=totals["latency_count"],
        p95_ms=latency_of(totals, "latency").p95_ms,
    )


def _before(of: Any, found: Totals | None) -> Measurement:
    return Measurement(of.key, of.subject, of.span.before(), of.granularity, found)


@extends(PerformanceMetrics)
class PerformanceComparison:
    @strawberry.field(
        description="Output tokens per second of the time that calls took, over successful calls that reported their "
        "latency and gave tokens; null without any. Calls that came in before this was counted are not in it."
    )
    def tokens_per_second(self) -> float | None:
        totals: Totals | None = self.totals  # type: ignore[attr-defined]
        return share(totals["timed_tokens"], totals["timed_us"] / 1_000_000) if totals else None

    previous: PerformanceMetrics = edge(
        metric_reads.totals,
        key=KEY,
        given_by=lambda of: (of.subject, of.span.before()),
        show=_before,
        description="The same over the period before: as long, and ending where this one begins.",
    )

    @edge_with_arguments(
        key=KEY,
        description=f"What is worth telling about the period, beside the one before, gravest first; at most "
        f"{MAX_UNUSED + 4}. What was spent is told with `costs:read` only; unused deployments, with "
        "`deployments:read`, of your own teams only unless you see every team's, as of others you do not see all "
        "calls.",
        directives=[ListSize(assumed_size=10)],
    )
    def insights(self, info: Info) -> list[Insight]:
        return way(
            reads.compared,
            given_by=lambda of: (of.subject, of.span),
            show=lambda of, found: insights_of(info, of, found),
        )


def _within(by: str, environment: Environment | None) -> Subject:
    return Subject(by, (environment.value,) if environment else ())


@extends(Provider)
class ProviderMetrics:
    @edge_with_arguments(
        key="id",
        description="How the provider's models did over a range of time, as far as you may see them. Needs "
        "`analytics:read`.",
    )
    def metrics(
        self, info: Info, range: Range = DAY, granularity: Step = None, environment: Within = None
    ) -> PerformanceMetrics:
        return measured(info, _within("provider", environment), range, granularity)


@extends(Team)
class TeamMetrics:
    @edge_with_arguments(
        key="id",
        description="How the calls that the team made did over a range of time, as far as you may see them. Needs "
        "`analytics:read`.",
    )
    def metrics(
        self, info: Info, range: Range = DAY, granularity: Step = None, environment: Within = None
    ) -> PerformanceMetrics:
        return measured(info, _within("team", environment), range, granularity)


@strawberry.input(description="Which calls; a list that is left out does not restrict. All must hold.")
class UsageFilter:
    models: list[strawberry.ID] | None = strawberry.field(default=None, description="Ids of models; at most 100.")
    providers: list[str] | None = strawberry.field(default=None, description="Slugs of providers; at most 100.")
    environments: list[Environment] | None = strawberry.field(default=None, description="Environments; at most 100.")
    teams: list[str] | None = strawberry.field(default=None, description="Slugs of the teams that called; at most 100.")

    def subject(self) -> Subject:
        """The part of the estate that is meant. Raises `INVALID_PARAMETER`."""
        for name in ("models", "providers", "environments", "teams"):
            if len(getattr(self, name) or ()) > MAX_VALUES:
                raise InvalidParameter(f"`filter.{name}` takes {MAX_VALUES} values at most.", argument=f"filter.{name}")
        return Subject(
            "estate",
            environments=tuple(environment.value for environment in self.environments or ()),
            models=tuple(key_of(text, "Model", argument="filter.models") for text in self.models or ()),
            providers=tuple(self.providers or ()),
            teams=tuple(self.teams or ()),
        )


Calls = Annotated[UsageFilter | None, strawberry.argument(description="Which calls; by default all you may see.")]


@strawberry.type
class PerformanceQuery:
    @strawberry.field(
        description="How the estate did over a range of time, as far as you may see it: all of it, or with `filter` an "
        "environment or any other part. Needs `analytics:read`.",
        directives=[costs.Cost(weight="20")],
    )
    async def metrics(
        self,
        info: Info,
        range: Range = DAY,
        granularity: Step = None,
        filter: Calls = None,
    ) -> PerformanceMetrics | None:
        return await _of_estate(info, filter.subject() if filter else Subject("estate"), range, granularity)


async def _of_estate(info: Info, subject: Subject, chosen: TimeRangeInput, granularity: Any) -> Any:
    span = chosen.span(info.context.reader.now())
    fitting = metric_rules.fitting(granularity, span)
    return Measurement(
        ESTATE, subject, span, fitting, await info.context.load(metric_reads.totals, ESTATE, subject, span)
    )
