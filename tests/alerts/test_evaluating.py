"""Rounds of evaluation over real roll-ups: transitions, notifications and events, each exactly once."""

from __future__ import annotations

from decimal import Decimal

from app.kit.db import Database
from tests.alerts.watching import MINUTE, START, Watch
from tests.kit.rows import add_usage, model, provider, put, select_rows


async def test_burst_raises_an_alert_and_its_end_resolves_it(database: Database) -> None:
    acme = provider()
    one = model(acme, "one")
    await put(database, acme, one)
    await add_usage(database, one, START, requests=40, failed=8)
    await add_usage(database, one, START + MINUTE, requests=40, failed=4)
    watch = Watch(database)
    rule = await watch.add()
    for minute in range(4):
        assert await watch.look(START + minute * MINUTE) == 1
    at = START + MINUTE
    assert await watch.history() == [
        (at, "[]", "INACTIVE", "FIRING"),
        (at + MINUTE, "[]", "FIRING", "RESOLVED"),
    ]
    assert await watch.told() == ["FIRING", "RESOLVED"]
    (alert,) = await select_rows(database, "select * from alert")
    assert (alert["rule_id"], alert["value"], alert["fired_at"]) == (rule, Decimal("0.1"), at)
    assert alert["message"] == "Failing: Error rate is 10.0%, no longer above 10.0%."
    events = await select_rows(database, "select kind, scope_tags from event order by position")
    assert [event["kind"] for event in events] == ["alert.raised", "alert.resolved"]
    assert events[0]["scope_tags"] == ["level:CONFIDENTIAL", "team:00000000-0000-0000-0000-000000000000"]
