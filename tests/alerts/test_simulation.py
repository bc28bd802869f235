"""A rule tried on history does what it would have done: the same transitions as live evaluation, one for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import orjson
import pytest

from app.alerts.definition import Definition, View
from app.alerts.simulation.reads import firings, transitions
from app.alerts.vocabulary import AlertLabel, AlertMetric, AlertType, Comparator
from app.demo.estate import LARKFIELD
from app.demo.traffic import incident_window, inferences_of_minute
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.paging import Cursors
from app.kit.reading import Reader
from app.kit.severity import Severity
from app.metrics import jobs
from app.metrics.ingest.directory import Directory
from app.metrics.ingest.service import Ingest
from app.metrics.rules import TimeRange, ceil_to, floor_to
from tests.alerts.watching import FAILING, MINUTE, START, Watch
from tests.kit.rows import add_usage, model, provider, put

ANCHOR = START.replace(hour=0) - timedelta(days=14)
BEGINS, ENDS = incident_window(ANCHOR)
SPAN = TimeRange(floor_to(BEGINS, MINUTE) - 20 * MINUTE, ceil_to(BEGINS, MINUTE) + 25 * MINUTE)


def _rule(metric: AlertMetric, comparator: Comparator, threshold: str, **changes: object) -> Definition:
    said = {"metric": metric, "comparator": comparator, "threshold": Decimal(threshold), "window_minutes": 5}
    return replace(FAILING, name=metric.value, **{**said, **changes})  # type: ignore[arg-type]


RULES = [
    _rule(
        AlertMetric.ERROR_RATE, Comparator.GT, "0.1", group_by=(AlertLabel.PROVIDER,), condition="metrics.requests > 9"
    ),
    _rule(
        *(AlertMetric.LATENCY_P95_MS, Comparator.GT, "9000"),
        group_by=(AlertLabel.MODEL, AlertLabel.ENVIRONMENT),
        for_seconds=120,
        keep_firing_seconds=180,
    ),
    _rule(AlertMetric.REQUESTS, Comparator.LT, "3", group_by=(AlertLabel.DEPLOYMENT,), window_minutes=2),
    _rule(AlertMetric.COST, Comparator.GT, "0.05", window_minutes=15, interval_seconds=120, type=AlertType.COST),
    _rule(AlertMetric.LATENCY_MAX_MS, Comparator.GT, "15000", window_minutes=3, severity=Severity.LOW),
    _rule(AlertMetric.INGEST_AGE_SECONDS, Comparator.GT, "30", interval_seconds=60),
    _rule(AlertMetric.DAILY_BUDGET_USED, Comparator.GTE, "0.5", interval_seconds=60),
    _rule(AlertMetric.SUCCESS_RATE, Comparator.LT, "0.8", interval_seconds=20, for_seconds=40, window_minutes=2),
]


async def fill(database: Database) -> None:
    """The generator's traffic around the demo's incident, rolled up."""
    ingest = Ingest(database, Directory(database, SYSTEM), timedelta(days=9999))
    calls = [
        call
        for minute in range(int(SPAN.length / MINUTE) + 20)
        for call in inferences_of_minute(LARKFIELD, 7, ANCHOR, SPAN.start + (minute - 20) * MINUTE)
    ]
    for first in range(0, len(calls), 4000):
        await ingest.take(calls[first : first + 4000])
    await jobs.roll_up(database, lambda: SPAN.end + timedelta(days=1))


async def test_simulation_and_live_evaluation_give_the_same_transitions(database: Database) -> None:
    await fill(database)
    budget = Decimal(1)
    watch = Watch(database)
    watch.around = replace(watch.around, daily_budget=budget)
    names = {await watch.add(replace(rule, name=f"{n}")): f"{n}" for n, rule in enumerate(RULES)}
    at = SPAN.start
    while at <= SPAN.end:
        await watch.look(at)
        at += timedelta(seconds=20)
    live = await watch.history_by_rule()
    read = Reader(database, Cursors(b""), lambda: SPAN.end)
    for key, name in names.items():
        found = await transitions(read, View.of(SYSTEM), RULES[int(name)], SPAN, budget)
        simulated = sorted((t.at, orjson.dumps(t.labels).decode(), t.before.value, t.after.value) for t in found)
        assert simulated == live.get(key, []), RULES[int(name)].name
    assert {name for key, name in names.items() if live.get(key)} >= {"0", "1", "2", "4"}
    incidents = firings(await transitions(read, View.of(SYSTEM), RULES[0], SPAN, None))
    assert any(BEGINS < one.raised_at < BEGINS + 6 * MINUTE for one in incidents)


async def test_unusual_spend_is_found_in_history_as_it_was_live(database: Database) -> None:
    acme = provider()
    one = model(acme, "one")
    await put(database, acme, one)
    for day in range(8):
        for hour in range(9):
            at = START.replace(hour=hour) - timedelta(days=day)
            cost = Decimal(9 if not day and hour > 3 else 1)
            await add_usage(database, one, at, requests=1, cost=cost)
    rule = _rule(AlertMetric.UNUSUAL_SPEND, Comparator.GT, "2", interval_seconds=3600, type=AlertType.COST)
    watch = Watch(database)
    key = await watch.add(rule)
    span = TimeRange(START.replace(hour=0), START.replace(hour=11))
    for hour in range(1, 12):
        await watch.look(START.replace(hour=hour))
    found = await transitions(Reader(database, Cursors(b"")), View.of(SYSTEM), rule, span, None)
    assert [(t.at, t.after.value) for t in found] == [(START.replace(hour=5), "FIRING")]
    live = await watch.history_by_rule()
    assert [(at, after) for at, _, _, after in live[key]] == [(START.replace(hour=5), "FIRING")]


@pytest.mark.parametrize("interval", [5, 15, 60])
async def test_instants_within_a_minute_are_those_of_live_evaluation(database: Database, interval: int) -> None:
    acme = provider()
    one = model(acme, "one")
    await put(database, acme, one)
    await add_usage(database, one, START + MINUTE, requests=40, failed=40)
    rule = replace(FAILING, interval_seconds=interval, for_seconds=20, keep_firing_seconds=30)
    watch = Watch(database)
    key = await watch.add(rule)
    span = TimeRange(START, START + 5 * MINUTE)
    for tick in range(1, 5 * 60 // interval + 1):
        await watch.look(START + tick * timedelta(seconds=interval))
    found = await transitions(Reader(database, Cursors(b"")), View.of(SYSTEM), rule, span, None)
    assert [(t.at, "[]", t.before.value, t.after.value) for t in found] == (await watch.history_by_rule())[key]
    assert found
