"""What `/metrics` says of usage and of the roll-up: read from roll-ups and marks only, cheap at any size."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from sqlalchemy import text
from sqlalchemy.sql.expression import Executable

from app.kit.access import Actor, Permission
from app.kit.db import Row, statement
from app.kit.reading import Reader
from app.kit.scoping import LEVELS, scope
from app.metrics.rollups import SPANS, VISIBLE, Source
from app.metrics.rules import TimeRange, ceil_to, cover, floor_to

MAX_PAIRS = 200
"""Pairs of provider and model type that are shown by themselves, longest known providers first; the rest is one."""

_TODAY = "today, from 00:00 UTC on (begins anew each day), by provider and model type, from the roll-ups"
_TOKENS = {"input": "tokens_in", "output": "tokens_out", "cached": "tokens_cached", "reasoning": "tokens_reasoning"}
_SUMS = ("requests", "failed", "unpriced", "cost", *_TOKENS.values())


class Marks(Row):
    """What the roller has before it."""


class ProviderUsage(Row):
    """What the models of one type of one provider were used."""


@statement
def _marks() -> Executable:
    marks = "select due_at from rollup_dirty union all select due_at from rollup_dirty_minute"
    return text(f"select count(*) as marks, min(due_at) as due_at from ({marks}) m")


@statement
def _used() -> Executable:
    source = Source("rollup", VISIBLE).sql(f"r.model_id, r.provider_id, {', '.join(f'r.{name}' for name in _SUMS)}")
    return text(f"""
        with {SPANS}, source as ({source})
        select p.slug as provider, m.model_type, {", ".join(f"sum(s.{name}) as {name}" for name in _SUMS)}
        from source s join model m on m.id = s.model_id join provider p on p.id = s.provider_id
        where m.security_level = any({LEVELS})
        group by p.id, m.model_type order by p.id, m.model_type""")


async def families(read: Reader, actor: Actor) -> Iterable[Metric]:
    """Usage of the models that the actor may see, its cost if he may see costs, and how far the roll-up is behind."""
    actor.require(Permission.ANALYTICS_READ)
    now = read.now()
    today = TimeRange(floor_to(now, timedelta(days=1)), ceil_to(now + timedelta(microseconds=1), timedelta(minutes=1)))
    used = await read.fetch(_used(), ProviderUsage, **asdict(cover(today)), **scope(actor))
    (marks,) = await read.fetch(_marks(), Marks)
    return [*_behind(marks, now), *_usage(used, with_cost=actor.may(Permission.COSTS_READ))]


def _behind(marks: Marks, now: datetime) -> Iterable[Metric]:
    late = (now - marks.due_at).total_seconds() if marks.marks else 0
    pending = "Minutes, hours and days that are still to be counted or rolled up, the running ones among them."
    lag = "How long the oldest of them has been due; 0 if none is. Answers stay exact."
    yield GaugeMetricFamily("modelhub_rollup_pending", pending, marks.marks)
    yield GaugeMetricFamily("modelhub_rollup_lag_seconds", lag, max(late, 0))


def _usage(used: Sequence[ProviderUsage], *, with_cost: bool) -> Iterable[Metric]:
    pair = ["provider", "model_type"]
    requests = CounterMetricFamily("modelhub_usage_requests", f"Calls of models {_TODAY}.", labels=pair)
    errors = CounterMetricFamily("modelhub_usage_errors", f"Calls of models that failed {_TODAY}.", labels=pair)
    cost = CounterMetricFamily("modelhub_usage_cost_usd", f"US dollars {_TODAY}; without unpriced calls.", labels=pair)
    unpriced = CounterMetricFamily("modelhub_usage_unpriced", f"Calls without a known price {_TODAY}.", labels=pair)
    tokens = CounterMetricFamily(
        "modelhub_usage_tokens",
        f"Tokens {_TODAY}, and class: `cached` are among the input, `reasoning` among the output.",
        labels=[*pair, "class"],
    )
    plain = {"requests": requests, "failed": errors, "unpriced": unpriced, **({"cost": cost} if with_cost else {})}
    for labels, sums in _folded(used).items():
        for column, family in plain.items():
            family.add_metric(labels, sums[column])
        for name, column in _TOKENS.items():
            tokens.add_metric([*labels, name], sums[column])
    return *plain.values(), tokens


def _folded(used: Sequence[ProviderUsage]) -> dict[tuple[str, str], dict[str, float]]:
    shown = {(row.provider, row.model_type): {name: float(row[name]) for name in _SUMS} for row in used[:MAX_PAIRS]}
    rest = used[MAX_PAIRS:]
    if rest:
        shown["other", "other"] = {name: float(sum(row[name] for row in rest)) for name in _SUMS}
    return shown
