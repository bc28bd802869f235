"""Where usage comes from and where the money goes: groups of calls, their figures, shares and trends."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from app.catalog import reads as catalog_reads
from app.catalog.schema import Model, Provider
from app.deployments.vocabulary import Environment
from app.identity import reads as identity_reads
from app.identity.schema import Team
from app.kit import costs
from app.kit.context import Info
from app.kit.costs import ListSize
from app.kit.edges import edge
from app.kit.enums import graphql_enum
from app.kit.scalars import BigInt
from app.metrics import rules as metric_rules
from app.metrics.figures import for_readers_of_costs, share
from app.metrics.performance.schema import Calls
from app.metrics.reads import Subject
from app.metrics.rules import STEPS, Granularity, TimeRange
from app.metrics.schema import MONTH, Range, Step
from app.metrics.tables import ATTRIBUTED
from app.metrics.usage import reads
from app.metrics.usage.reads import Division, Group
from app.metrics.usage.rules import MAX_GROUPS, checked, checked_size
from app.metrics.usage.vocabulary import UsageDimension, UsageOrder

graphql_enum(
    UsageDimension,
    "By what usage is divided. API_KEY, USER and USE_CASE exclude one another; API_KEY and USER need `costs:read`.",
    MODEL="The model that was called.",
    PROVIDER="Who offers it.",
    TEAM="The team that called.",
    ENVIRONMENT="Where it was called.",
    API_KEY="The key it was called with, by the name the sender gave.",
    USER="Who called, by the name the sender gave.",
    USE_CASE="What for, by the name the sender gave.",
)
graphql_enum(
    UsageOrder,
    "What comes first; with the same value, the order is arbitrary but stays.",
    COST="What cost most. Needs `costs:read`.",
    REQUESTS="What had most calls.",
    TOKENS="What used most tokens, input and output.",
)


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums by the names of `ATTRIBUTED`."""

    values: dict[str, Any]

    @classmethod
    def of(cls, row: Group | None, prefix: str = "") -> Sums:
        """Those in a row; zeros without one."""
        return cls({name: row[prefix + name] if row else 0 for name in ATTRIBUTED})

    @property
    def cost(self) -> Decimal | None:
        """Of the priced calls; None if there were calls but none was priced."""
        requests = self.values["requests"]
        unknown = requests and self.values["unpriced"] == requests
        return None if unknown else Decimal(self.values["cost"])


@strawberry.type(description="How much it was.")
class UsageFigures:
    sums: strawberry.Private[Sums]

    @strawberry.field(description="Calls.")
    def requests(self) -> BigInt:
        return self.sums.values["requests"]

    @strawberry.field(description="Calls that failed.")
    def failed(self) -> BigInt:
        return self.sums.values["failed"]

    @strawberry.field(description="Tokens of prompts, cached ones among them.")
    def tokens_in(self) -> BigInt:
        return self.sums.values["tokens_in"]

    @strawberry.field(description="Tokens of answers, those of reasoning among them.")
    def tokens_out(self) -> BigInt:
        return self.sums.values["tokens_out"]

    @strawberry.field(description="Calls whose price is unknown. If this is not 0, `cost` is a lower bound.")
    def unpriced_requests(self) -> BigInt:
        return self.sums.values["unpriced"]

    @strawberry.field(
        description="US dollars of priced calls, exact to 12 places; null if there were calls but none could be "
        "priced, and with an error without `costs:read`."
    )
    def cost(self, info: Info) -> Decimal | None:
        return for_readers_of_costs(info, self.sums.cost)


@strawberry.type(
    description="A group's usage over time as parallel lists of one length: entry i belongs to the step that begins at "
    "`timestamps[i]`. Counts are 0 and costs null where there was nothing. At most 3,001 steps."
)
class UsageSeries:
    timestamps: list[datetime] = strawberry.field(description="Beginnings of the steps, aligned to UTC.")
    requests: list[BigInt] = strawberry.field(description="Calls.")
    tokens: list[BigInt] = strawberry.field(description="Tokens, input and output.")
    spent: strawberry.Private[list[Decimal | None]]

    @strawberry.field(
        description="US dollars of priced calls; null where nothing was called or nothing could be priced. Null with "
        "an error without `costs:read`."
    )
    def cost_usd(self, info: Info) -> list[Decimal | None] | None:
        return for_readers_of_costs(info, self.spent)


@dataclass(frozen=True, slots=True)
class Question:
    """What was asked."""

    division: Division
    span: TimeRange
    granularity: Granularity


@dataclass(frozen=True, slots=True)
class Shown:
    """A group as `UsageGroup` shows it."""

    asked: Question
    row: Group
    all: Sums

    def called(self, dimension: UsageDimension, column: str) -> Any:
        """What it is called in a dimension; None if nothing is divided by that."""
        return self.row[column] if dimension in self.asked.division.dimensions else None


def _named(dimension: UsageDimension, column: str = "label") -> Any:
    return lambda group: group.called(dimension, column)


def _key(group: Any) -> str:
    return group.row["key"]


def _of(value: Any) -> Shown:
    return value


def _series(of: Shown, points: Sequence[Any] | None) -> UsageSeries:
    timestamps = of.asked.span.points(STEPS[of.asked.granularity])
    found = {point["at"]: Sums.of(point) for point in points or ()}
    steps = [found.get(at) or Sums.of(None) for at in timestamps]
    return UsageSeries(
        timestamps=timestamps,
        requests=[step.values["requests"] for step in steps],
        tokens=[step.values["tokens_in"] + step.values["tokens_out"] for step in steps],
        spent=[step.cost if step.values["requests"] else None for step in steps],
    )


@strawberry.type(
    description="Calls that have everything in common by which they were divided. What they were not divided by is "
    "null; so is what nobody told of a call, and what you may not see of it."
)
class UsageGroup:
    model: Model | None = edge(
        catalog_reads.models_by_id, key=_named(UsageDimension.MODEL, "model_id"), description="The model called."
    )
    provider: Provider | None = edge(
        catalog_reads.providers_by_id,
        key=_named(UsageDimension.PROVIDER, "provider_id"),
        description="Who offers the model.",
    )
    team: Team | None = edge(
        identity_reads.teams_by_id,
        key=_named(UsageDimension.TEAM, "team_id"),
        description="The team that called; null too if it is none of yours.",
    )

    @strawberry.field(description="Where it was called.")
    def environment(self) -> Environment | None:
        return _of(self).called(UsageDimension.ENVIRONMENT, "environment")

    @strawberry.field(
        description="The key it was called with, as its sender calls it; null too for calls of teams that are none of "
        "yours."
    )
    def api_key(self) -> str | None:
        return _of(self).called(UsageDimension.API_KEY, "label")

    @strawberry.field(
        description="Who called, as the sender calls him; null too for calls of teams that are none of yours."
    )
    def user(self) -> str | None:
        return _of(self).called(UsageDimension.USER, "label")

    @strawberry.field(description="What for, as the sender calls it.")
    def use_case(self) -> str | None:
        return _of(self).called(UsageDimension.USE_CASE, "label")

    @strawberry.field(description="How much it was.")
    def figures(self) -> UsageFigures:
        return UsageFigures(sums=Sums.of(_of(self).row))

    @strawberry.field(description="Its part of all calls, 0 to 1.")
    def request_share(self) -> float | None:
        return share(_of(self).row["requests"], _of(self).all.values["requests"])

    @strawberry.field(
        description="Its part of what all calls cost, 0 to 1; null if nothing cost anything, and with an error without "
        "`costs:read`."
    )
    def cost_share(self, info: Info) -> float | None:
        return for_readers_of_costs(info, share(float(_of(self).row["cost"]), float(_of(self).all.values["cost"])))

    previous: UsageFigures = edge(
        reads.groups_by_key,
        key=_key,
        given_by=lambda of: (of.asked.division, of.asked.span.before()),
        show=lambda _, found: UsageFigures(sums=Sums.of(found)),
        description="How much it was in the period before: as long, and ending where this one begins.",
    )
    series: UsageSeries = edge(
        reads.points_by_key,
        key=_key,
        given_by=lambda of: (of.asked.division, of.asked.span, of.asked.granularity),
        show=_series,
        description="How much it was over time.",
    )


@strawberry.type(
    description="Usage over a range of time, divided into groups, from roll-ups: the cost of asking does not depend on "
    "how many calls there were. As a file: `GET /usage/export`."
)
class Usage:
    asked: strawberry.Private[Question]
    group_count: int = strawberry.field(description="How many groups there are, those beyond `first` included.")
    total: UsageFigures = strawberry.field(description="All groups together, those beyond `first` included.")
    groups: list[UsageGroup] = strawberry.field(
        description=f"The first groups, at most {MAX_GROUPS}.", directives=[ListSize(assumed_size=20)]
    )

    @strawberry.field(name="from", description="The beginning of the range, a whole minute.")
    def from_(self) -> datetime:
        return self.asked.span.start

    @strawberry.field(description="The end of the range, a whole minute; not included.")
    def to(self) -> datetime:
        return self.asked.span.end

    @strawberry.field(description="The step of `series`.")
    def granularity(self) -> Granularity:
        return self.asked.granularity


def _usage(asked: Question, rows: Sequence[Group]) -> Usage:
    total = Sums.of(rows[0] if rows else None, "total_")
    groups: list[Any] = [Shown(asked, row, total) for row in rows]
    count = rows[0]["groups"] if rows else 0
    return Usage(asked=asked, group_count=count, total=UsageFigures(sums=total), groups=groups)


GroupBy = Annotated[
    list[UsageDimension],
    strawberry.argument(description="By what calls are divided, each once; one of API_KEY, USER and USE_CASE at most."),
]
Order = Annotated[
    UsageOrder | None,
    strawberry.argument(description="What comes first; by default COST with `costs:read`, else REQUESTS."),
]
Size = Annotated[int, strawberry.argument(description=f"How many groups: 1 to {MAX_GROUPS}.")]


@strawberry.type
class UsageQuery:
    @strawberry.field(
        description="Who uses what and where the money goes, over all calls you may see; by default in 30 days. Needs "
        "`analytics:read`.",
        directives=[costs.Cost(weight="20")],
    )
    async def usage(
        self,
        info: Info,
        group_by: GroupBy,
        range: Range = MONTH,
        granularity: Step = None,
        filter: Calls = None,
        order_by: Order = None,
        first: Size = 20,
    ) -> Usage | None:
        division = Division(filter.subject() if filter else Subject("estate"), checked(group_by))
        span, size = range.span(info.context.reader.now()), checked_size(first)
        asked = Question(division, span, metric_rules.fitting(granularity, span))
        return _usage(asked, await info.context.read(reads.groups, division, span, order_by, size))
