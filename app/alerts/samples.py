"""What rules look at, from roll-ups: one statement for all that look at the same, over a window or step by step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.alerts.definition import COLUMNS, Definition, Scope, View
from app.alerts.measuring import A_DAY, OF_TODAY
from app.alerts.rules import Labels
from app.alerts.vocabulary import AlertLabel, AlertMetric
from app.kit.db import Row, statement
from app.kit.reading import Reader
from app.kit.scoping import LEVELS, OWN_TEAMS
from app.metrics.rollups import HISTOGRAMS, SPANS, VISIBLE, Source, aggregates
from app.metrics.rules import TimeRange, ceil_to, cover, floor_to

A_MINUTE, AN_HOUR = timedelta(minutes=1), timedelta(hours=1)
LOOK_BACK = A_DAY
"""How old the newest call may be for its age to be known."""
A_WEEK = 7


class Sum(Row):
    """Figures of a set of labels."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is looked at: rules that ask the same are answered by the same statement. `minutes` None: of today."""

    view: View
    scope: Scope
    group_by: tuple[AlertLabel, ...]
    minutes: int | None
    histograms: bool

    @classmethod
    def of(cls, rule: Definition, view: View) -> Question:
        """What a rule looks at."""
        return cls(view, rule.scope, rule.group_by, _minutes(rule), rule.needs_histograms)

    def window(self, at: datetime) -> TimeRange:
        """The whole minutes it looks at, at an instant; the one that runs then is among them."""
        end = ceil_to(at, A_MINUTE)
        start = floor_to(end - A_MINUTE, A_DAY) if self.minutes is None else end - self.minutes * A_MINUTE
        return TimeRange(start, end)

    def shape(self) -> tuple[Any, ...]:
        """What about it changes the SQL."""
        return (self.group_by, self.scope.shape(), self.histograms)

    def arguments(self, span: TimeRange, step: timedelta) -> dict[str, Any]:
        """Those of the statements below; `step` is the coarsest grain that will do."""
        scoped = {f"of_{name}": list(getattr(self.scope, name)) for name in self.scope.shape()}
        return {**self.view.arguments(), **asdict(cover(span, step)), **scoped}


def _minutes(rule: Definition) -> int | None:
    if rule.metric is AlertMetric.INGEST_AGE_SECONDS:
        return LOOK_BACK // A_MINUTE
    return None if rule.metric in OF_TODAY else rule.window_minutes


_CLEARED = f"r.model_id in (select id from model where security_level = any({LEVELS}))"
_NARROWED = {
    "models": "r.model_id = any(cast(:of_models as uuid[]))",
    "providers": "r.provider_id = any(cast(:of_providers as uuid[]))",
    "deployments": "r.deployment_id = any(cast(:of_deployments as uuid[]))",
    "environments": "r.environment = any(cast(:of_environments as text[]))",
    "teams": "r.team_id = any(cast(:of_teams as uuid[]))",
}


def _source(scope: tuple[str, ...]) -> str:
    conditions = " and ".join([VISIBLE, _CLEARED, *(_NARROWED[name] for name in scope)])
    return Source("rollup", conditions).sql("r.*, 0 as everything")


def _columns(group_by: tuple[AlertLabel, ...]) -> list[str]:
    """Never none, so that where nothing was called there is no row."""
    return ["everything", *(COLUMNS[label] for label in group_by)]


def _histogram(name: str, group: str) -> str:
    buckets, counts = HISTOGRAMS[name]
    return f"""{name}_histogram as (
        select {group}, array_agg(b order by b) as {buckets}, array_agg(n order by b) as {counts}
        from (select {group}, b, sum(n)::int8 as n
              from (select {group}, unnest({buckets}) as b, unnest({counts}) as n from source) u
              group by {group}, b) merged
        group by {group})"""


def _summed(columns: list[str], source: str, *, histograms: bool) -> str:
    group = ", ".join(columns)
    totals = f"totals as (select {group}, {aggregates('source')} from source group by {group})"
    if not histograms:
        return f"with {SPANS}, source as ({source}), {totals} select * from totals"
    merged = ", ".join(_histogram(name, group) for name in HISTOGRAMS)
    same = {name: " and ".join(f"{name}.{c} is not distinct from t.{c}" for c in columns) for name in ("l", "f")}
    return f"""
        with {SPANS}, source as ({source}), {merged}, {totals}
        select t.*, l.latency_buckets, l.latency_counts, f.ttft_buckets, f.ttft_counts
        from totals t left join latency_histogram l on {same["l"]} left join ttft_histogram f on {same["f"]}"""


@statement
def _over(group_by: tuple[AlertLabel, ...], scope: tuple[str, ...], histograms: bool) -> Executable:
    return text(_summed(_columns(group_by), _source(scope), histograms=histograms))


@statement
def _by_step(group_by: tuple[AlertLabel, ...], scope: tuple[str, ...], histograms: bool) -> Executable:
    at = "date_bin(cast(:step as interval), bucket, 'epoch'::timestamptz) as at"
    source = f"select *, {at} from ({_source(scope)}) found"
    return text(_summed(["at", *_columns(group_by)], source, histograms=histograms))


@statement
def _failed(group_by: tuple[AlertLabel, ...], scope: tuple[str, ...]) -> Executable:
    group = ", ".join(_columns(group_by))
    conditions = " and ".join(["true", *(_NARROWED[name] for name in scope)])
    return text(f"""
        select {group}, count(*) filter (where phase = 'FAILED') as failed_deployments from (
            select r.*, 0 as everything from (
                select d.id as deployment_id, d.model_id, m.provider_id, d.environment, d.team_id, d.phase
                from deployment d join model m on m.id = d.model_id
                where m.security_level = any({LEVELS})
                    and ({OWN_TEAMS} is null or d.team_id is null or d.team_id = any({OWN_TEAMS}))) r
            where {conditions}) found
        group by {group}""")


def labels_of(row: Any, group_by: Sequence[AlertLabel]) -> Labels:
    """The labels of a row, as text."""
    return tuple(None if (value := row[COLUMNS[label]]) is None else str(value) for label in group_by)


async def over_window(read: Reader, question: Question, at: datetime) -> dict[Labels, Sum]:
    """The figures over the window at an instant, by labels; where nothing was called there are none."""
    arguments = question.arguments(question.window(at), A_DAY)
    rows = await read.fetch(_over(*question.shape()), Sum, **arguments)
    return {labels_of(row, question.group_by): row for row in rows}


async def by_step(read: Reader, question: Question, span: TimeRange, step: timedelta) -> list[Sum]:
    """The figures of each step (`at`) and each set of labels, in no order."""
    arguments = question.arguments(span, step)
    return await read.fetch(_by_step(*question.shape()), Sum, **arguments, step=step)


async def failed_deployments(read: Reader, question: Question) -> dict[Labels, Sum]:
    """How many deployments have failed, by labels; where there are no deployments there is no number."""
    shape, scoped = question.shape(), question.scope
    arguments = {f"of_{name}": list(getattr(scoped, name)) for name in scoped.shape()}
    rows = await read.fetch(_failed(shape[0], shape[1]), Sum, **question.view.arguments(), **arguments)
    return {labels_of(row, question.group_by): row for row in rows}


def spending_span(start: datetime, end: datetime) -> TimeRange:
    """What must be known, by hours, to tell at every instant of a range whether spending is unusual."""
    return TimeRange(floor_to(start, A_DAY) - A_WEEK * A_DAY, ceil_to(end, AN_HOUR) + AN_HOUR)
