"""What may go wrong: two workers at once, a worker that dies, late calls, silences, graver alerts, broken rules."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from app.alerts import storing
from app.alerts.claiming import claim
from app.alerts.definition import Scope, View
from app.alerts.evaluating import evaluate, evaluate_due
from app.alerts.looking import Surroundings
from app.alerts.vocabulary import AlertLabel, AlertMetric, Comparator, NoData
from app.catalog.tables import Model
from app.identity.tables import Principal
from app.kit.access import SYSTEM, Clearance
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.journal import Writer
from app.kit.paging import Cursors
from app.kit.reading import Reader
from app.kit.severity import Severity
from tests.alerts.watching import FAILING, MINUTE, START, Watch, rule_row
from tests.kit.rows import add_usage, execute, model, provider, put, select_rows, silence, team

LATE = START + MINUTE + timedelta(seconds=6)


@pytest.fixture
async def one(database: Database) -> Model:
    """A model that fails for a minute, and is well again in the next."""
    acme = provider()
    found = model(acme, "one")
    await put(database, acme, found)
    await add_usage(database, found, START, requests=40, failed=40)
    await add_usage(database, found, START + MINUTE, requests=40)
    return found


def reading(database: Database) -> tuple[Reader, Writer]:
    return Reader(database, Cursors(b""), lambda: LATE), Writer(database, clock=lambda: LATE)


async def counted(database: Database) -> dict[str, int]:
    """How many there are of everything that must be there once."""
    tables = ("alert", "alert_entry", "alert_notification", "event")
    each = ", ".join(f"(select count(*) from {name}) as {name}" for name in tables)
    return (await select_rows(database, f"select {each}"))[0]


ONCE = {"alert": 5, "alert_entry": 5, "alert_notification": 5, "event": 5}


class TestWorkers:
    async def test_several_at_once_make_each_transition_and_notification_once(
        self, database: Database, one: Model
    ) -> None:
        watch = Watch(database)
        for n in range(5):
            await watch.add(name=f"{n}")
        read, writer = reading(database)
        done = await asyncio.gather(*(evaluate_due(read, writer, Surroundings()) for _ in range(4)))
        assert sum(done) == 5
        assert await counted(database) == ONCE

    async def test_two_that_look_at_the_same_instant_store_it_once(self, database: Database, one: Model) -> None:
        """Both hold the claim: as if one had claimed, stood still, and came back."""
        watch = Watch(database)
        for n in range(5):
            await watch.add(name=f"{n}")
        read, writer = reading(database)
        due = await writer.write(SYSTEM, claim, LATE)
        made = await asyncio.gather(*(evaluate(read, writer, Surroundings(), due, LATE) for _ in range(3)))
        assert sum(made) == 5
        assert await counted(database) == ONCE

    async def test_one_that_comes_late_with_an_old_look_changes_nothing(self, database: Database, one: Model) -> None:
        watch = Watch(database)
        await watch.add()
        read, writer = reading(database)
        due = await writer.write(SYSTEM, claim, LATE)
        await watch.look(START + 2 * MINUTE)
        assert await evaluate(read, writer, Surroundings(), due, LATE) == 0
        assert await watch.history() == []

    async def test_one_that_dies_between_transition_and_notification_leaves_neither(
        self, database: Database, one: Model, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """Its session is killed at the worst moment; the next look does it all."""
        watch = Watch(database)
        await watch.add()
        notify = storing.notify

        async def die(session: Any, *rest: Any) -> None:
            assert await session.scalar(text("select count(*) from alert_entry")) == 1
            await session.execute(text("select pg_terminate_backend(pg_backend_pid())"))

        monkeypatch.setattr(storing, "notify", die)
        with pytest.raises(Exception):  # noqa: B017 - however the driver says it
            await watch.look(START + MINUTE)
        assert await counted(database) == dict.fromkeys(ONCE, 0)
        monkeypatch.setattr(storing, "notify", notify)
        await add_usage(database, one, START + 2 * MINUTE, requests=40, failed=40)
        await watch.look(START + 3 * MINUTE)
        assert await counted(database) == dict.fromkeys(ONCE, 1)


class TestData:
    async def test_late_calls_are_seen_while_the_window_covers_them(self, database: Database, one: Model) -> None:
        watch = Watch(database)
        await watch.add(window_minutes=3, threshold=Decimal("0.6"))
        await watch.look(START + 2 * MINUTE)
        assert await watch.states() == []
        await execute(database, f"update rollup set requests = 400, failed = 400 where bucket = '{START}'")
        await watch.look(START + 3 * MINUTE)
        await watch.look(START + 4 * MINUTE)
        assert [(at, after) for at, _, _, after in await watch.history()] == [
            (START + 3 * MINUTE, "FIRING"),
            (START + 4 * MINUTE, "RESOLVED"),
        ]

    async def test_a_label_that_is_called_no_more_has_no_value(self, database: Database, one: Model) -> None:
        watch = Watch(database)
        grouped: dict[str, Any] = {"group_by": (AlertLabel.MODEL,)}
        await watch.add(**grouped)
        await watch.add(**grouped, no_data=NoData.KEEP)
        await watch.look(START + MINUTE)
        await watch.look(START + 9 * MINUTE)
        assert sorted(await watch.states()) == ["FIRING", "FIRING", "RESOLVED"]

    async def test_rules_that_ask_the_same_are_answered_by_one_statement(self, database: Database, one: Model) -> None:
        watch = Watch(database)
        for n in range(6):
            await watch.add(name=f"{n}", threshold=Decimal(n) / 10)
        before = database.statements
        await watch.look(START + MINUTE)
        first = database.statements - before
        for n in range(30):
            await watch.add(name=f"more {n}", threshold=Decimal(2))
        before = database.statements
        await watch.look(START + 2 * MINUTE)
        assert database.statements - before <= first


class TestNobodySeesMore:
    async def test_a_rule_sees_what_its_owner_sees(self, database: Database, one: Model) -> None:
        own = team("red")
        await put(database, own)
        hush = model(provider("hush"), "hush", provider_id=one.provider_id, security_level="CONFIDENTIAL")
        await put(database, hush)
        await add_usage(database, hush, START, requests=400)
        await add_usage(database, one, START - MINUTE, requests=1, failed=1, team_id=own.id)
        watch = Watch(database)
        low = await watch.add(view=View(Clearance.INTERNAL, frozenset()), threshold=Decimal("0.5"), window_minutes=9)
        await watch.add(threshold=Decimal("0.5"), window_minutes=9)
        await watch.look(START + MINUTE)
        (found,) = await select_rows(database, "select rule_id, level, team_ids from alert")
        assert found == {"rule_id": low, "level": "INTERNAL", "team_ids": []}

    async def test_a_rule_whose_owner_is_gone_is_in_error_until_he_is_back(
        self, database: Database, one: Model
    ) -> None:
        owner = Principal(id=new_id(), kind="USER", name="ann", email="ann@example.com", role="ADMIN")
        await put(database, owner)
        watch = Watch(database)
        await watch.add()
        await execute(database, f"update alert_rule set owner_id = '{owner.id}'")
        for minute, change in ((1, "disabled_at = now()"), (2, "disabled_at = null"), (3, "role = 'ADMIN'")):
            await execute(database, f"update principal set {change}")
            await watch.look(START + minute * MINUTE)
        assert await watch.states() == ["ERROR", "RESOLVED"]
        assert await watch.told() == ["ERROR", "RESOLVED"]

    async def test_what_cannot_be_measured_is_told_and_does_not_stop_others(
        self, database: Database, one: Model
    ) -> None:
        async def broken() -> bool:
            raise RuntimeError("away")

        watch = Watch(database, around=Surroundings(redis=broken))
        await watch.add(metric=AlertMetric.REDIS_AVAILABLE, comparator=Comparator.LT, threshold=Decimal(1))
        await watch.add(group_by=(AlertLabel.MODEL,))
        await watch.look(START + MINUTE)
        assert sorted(await watch.states()) == ["ERROR", "FIRING"]


class TestHolding:
    async def test_a_silence_holds_what_is_told_once_when_it_ends(self, database: Database, one: Model) -> None:
        await put(database, silence(starts_at=START, ends_at=START + 5 * MINUTE, level="CONFIDENTIAL", team_ids=None))
        watch = Watch(database)
        await watch.add(keep_firing_seconds=3600)
        for minute in (1, 2, 5, 6, 7):
            await watch.look(START + minute * MINUTE)
            assert await watch.told() == (["FIRING"] if minute >= 5 else [])
        (entry,) = await select_rows(database, "select notice, held_by, silence_id is not null as by from alert_entry")
        assert entry == {"notice": "SENT", "held_by": "SILENCE", "by": True}

    async def test_what_was_over_before_a_silence_ended_is_not_told(self, database: Database, one: Model) -> None:
        await put(database, silence(starts_at=START, ends_at=START + 5 * MINUTE, level="CONFIDENTIAL", team_ids=None))
        watch = Watch(database)
        await watch.add()
        for minute in (1, 2, 6):
            await watch.look(START + minute * MINUTE)
        assert (await watch.states(), await watch.told()) == (["FIRING", "RESOLVED"], [])

    async def test_nobody_silences_what_he_may_not_see(self, database: Database, one: Model) -> None:
        await put(database, silence(starts_at=START, level="CONFIDENTIAL", team_ids=[]))
        watch = Watch(database)
        await watch.add()
        await watch.look(START + MINUTE)
        assert await watch.told() == ["FIRING"]

    async def test_a_graver_alert_of_the_same_metric_speaks_for_others(self, database: Database, one: Model) -> None:
        watch = Watch(database)
        await watch.add(severity=Severity.CRITICAL, threshold=Decimal("0.5"))
        await watch.add(severity=Severity.LOW, keep_firing_seconds=180, group_by=(AlertLabel.ENVIRONMENT,))
        await watch.look(START + MINUTE)
        told = "select e.severity from alert_notification n join alert_entry e on e.id = n.entry_id order by n.id"
        assert [row["severity"] for row in await select_rows(database, told)] == ["CRITICAL"]
        await watch.look(START + 2 * MINUTE)
        assert [row["severity"] for row in await select_rows(database, told)] == ["CRITICAL", "CRITICAL", "LOW"]

    async def test_flapping_is_told_once_within_the_cooldown(self, database: Database, one: Model) -> None:
        for minute in (2, 4, 6):
            await add_usage(database, one, START + minute * MINUTE, requests=40, failed=40)
        watch = Watch(database)
        await watch.add(cooldown_seconds=600)
        for minute in range(1, 9):
            await watch.look(START + minute * MINUTE)
        assert await watch.states() == ["FIRING", "RESOLVED"] * 4
        assert await watch.told() == ["FIRING", "RESOLVED"]


RULES, LABELS, SHORT = 1000, 100, 100


@pytest.mark.soak
@pytest.mark.parametrize("rules", [SHORT, RULES])
async def test_many_rules_are_evaluated_within_their_interval_on_one_core(database: Database, rules: int) -> None:
    """100 label sets each, a quarter of them firing at first; each rule looks at a model list of its own."""
    acme = provider()
    models = [model(acme, f"m{n}") for n in range(LABELS)]
    await put(database, acme, *models)
    for n, each in enumerate(models):
        await add_usage(database, each, START, requests=40, failed=40 if n % 4 == 0 else 0)
        await add_usage(database, each, START + MINUTE, requests=40, failed=40 if n % 4 == 0 else 0)
    watch = Watch(database)
    keys = tuple(each.id for each in models)
    rows = []
    for n in range(rules):
        scope = Scope(models=keys[n % LABELS :] + keys[: n % LABELS]) if n % 10 == 0 else Scope()
        rows.append(rule_row(replace(FAILING, name=f"{n}", scope=scope, group_by=(AlertLabel.MODEL,))))
    await put(database, *rows)
    for minute in (1, 2):
        begun, used = time.perf_counter(), time.process_time()
        assert await watch.look(START + minute * MINUTE) == rules
        spent, cpu = time.perf_counter() - begun, time.process_time() - used
        print(f"{rules} rules x {LABELS} labels, round {minute}: {spent:.1f} s, processor {cpu:.1f} s")
        assert cpu < 60
    assert len(await watch.states()) == rules * LABELS // 4
