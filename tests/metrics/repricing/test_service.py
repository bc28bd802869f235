"""After a correction of prices all calls cost what they should, everywhere, and it is on record."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from random import Random
from typing import Any
from uuid import UUID

from app.experiments.tables import Experiment, Variant
from app.kit.access import SYSTEM
from app.kit.clock import utc_now
from app.kit.db import Database
from app.kit.ids import new_id
from app.metrics.ingest.rules import Inference
from app.metrics.jobs import roll_up
from app.metrics.repricing.service import Repriced, reprice
from app.metrics.rules import TimeRange, ceil_to, explicit_range, floor_to
from app.settings import Settings
from app.setup import reprice as work_out
from tests.kit.rows import execute, experiment, put, select_rows
from tests.metrics.recount import Questions, check, check_estate, raw_rows, reader_of
from tests.metrics.results.test_results import check as check_results
from tests.metrics.sending import A_DAY, AN_HOUR, NOW, Traffic, add_catalog, altered, batches, call, ingest_of

SPAN = TimeRange(floor_to(NOW - A_DAY * 2, AN_HOUR), ceil_to(NOW, AN_HOUR))
DEARER_FROM = (NOW - AN_HOUR * 20).isoformat()


async def correct(database: Database) -> None:
    """`alpha/one` costs more from a time on, output of `alpha/two` nothing that is known, `gamma` has a price."""
    await execute(
        database,
        f"""insert into price (id, model_id, token_class, usd_per_million, conditions, effective_from, source)
            select gen_random_uuid(), model_id, token_class, 7.123, conditions, '{DEARER_FROM}', 'test'
            from price p join model m on m.id = p.model_id where m.slug = 'alpha/one' and token_class = 'INPUT'""",
        f"""update price set effective_to = '{DEARER_FROM}' where token_class = 'INPUT'
            and effective_from is null and model_id in (select id from model where slug = 'alpha/one')""",
        """update price set superseded_at = now() where token_class in ('OUTPUT', 'REASONING_OUTPUT')
            and model_id in (select id from model where slug = 'alpha/two')""",
        """insert into price (id, model_id, token_class, usd_per_million, conditions, source)
            select gen_random_uuid(), id, class, 3, '{}', 'test' from model, unnest(array['INPUT', 'OUTPUT']) as class
            where slug = 'gamma/nobody-knows'""",
    )


async def add_trial(database: Database) -> dict[UUID, tuple[Experiment, Variant]]:
    """An experiment that runs, with one variant."""
    (found,) = await select_rows(database, "select id from model where slug = 'alpha/one'")
    trial = experiment("trial", started_at=NOW - A_DAY * 2)
    arm = Variant(id=new_id(), experiment_id=trial.id, model_id=found["id"], name="a", position=0, weight=Decimal(100))
    arm.configuration = {}
    await put(database, trial, arm)
    return {arm.id: (trial, arm)}


async def costs(database: Database) -> dict[UUID, tuple[Decimal | None, str | None]]:
    """What each call costs, and who says so."""
    return {row.event_id: (row.cost, row.cost_source) for row in await raw_rows(database)}


async def take(database: Database, calls: Sequence[Inference]) -> None:
    """Store calls through an ingest that has heard of today's prices."""
    ingest = ingest_of(database)
    for batch in batches(calls, 300):
        await ingest.take(batch)


async def check_everything(database: Database, random: Random, arms: Any) -> None:
    """Whatever is asked of roll-ups, they equal a recount."""
    rows, reader = await raw_rows(database), reader_of(database)
    questions = await Questions.about(database, random, NOW - A_DAY * 2, NOW)
    for _ in range(12):
        await check(reader, rows, questions.ask())
    await check_estate(reader, rows, explicit_range(SPAN.start, SPAN.end))
    await check_results(database, arms)


async def test_calls_cost_what_they_would_if_they_came_in_now(database: Database) -> None:
    random = Random(5)
    await add_catalog(database)
    arms = await add_trial(database)
    ((trial, _),) = arms.values()
    made = Traffic(random, NOW - A_DAY * 2, NOW, minutes=60).take(900)
    made = [
        altered(
            call,
            experiment=random.choice([None, str(trial.id)]),
            variant="a",
            cost=random.choice([None, None, Decimal(2)]),
        )
        for call in made
    ]
    await take(database, made)
    await roll_up(database, lambda: NOW + A_DAY * 3)
    was = await costs(database)
    await correct(database)

    done: list[Repriced] = await asyncio.gather(
        *(reprice(database, SYSTEM, None, SPAN, "The list was wrong.") for _ in range(2))
    )
    await check_everything(database, random, arms)
    await roll_up(database, lambda: NOW + A_DAY * 3)
    await check_everything(database, random, arms)

    now = await costs(database)
    changed = [key for key in was if now[key] != was[key]]
    assert 100 < len(changed) == sum(each.calls for each in done)
    assert all(now[key] == was[key] for key in was if was[key][1] == "REPORTED")
    sums = [sum((of[key][0] or Decimal(0) for key in changed), Decimal(0)) for of in (was, now)]
    assert [sum(each.before for each in done), sum(each.after for each in done)] == sums
    audits = await select_rows(
        database, "select before, after, reason from audit_event where action = 'calls.repriced'"
    )
    assert sum(audit["after"]["calls"] for audit in audits) == len(changed)
    told = [sum((Decimal(audit[when]["cost"]) for audit in audits), Decimal(0)) for when in ("before", "after")]
    assert told == sums
    assert {audit["reason"] for audit in audits} == {"The list was wrong."}

    again = [altered(call, event_id=new_id()) for call in made]
    await take(database, again)
    fresh = await costs(database)
    assert all(fresh[new.event_id] == fresh[old.event_id] for old, new in zip(made, again, strict=True))
    assert (await reprice(database, SYSTEM, None, SPAN, None)).calls == 0


async def test_only_the_models_and_hours_that_are_meant(database: Database) -> None:
    random = Random(6)
    await add_catalog(database)
    await take(database, Traffic(random, NOW - A_DAY * 2, NOW, minutes=40).take(400))
    was = {row.event_id: (row.model_id, row.occurred_at, row.cost) for row in await raw_rows(database)}
    await correct(database)
    span = TimeRange(SPAN.end - AN_HOUR * 10, SPAN.end)
    assert (await reprice(database, SYSTEM, ["beta/one"], SPAN, None)).calls == 0
    done = await reprice(database, SYSTEM, ["alpha/one"], span, None)
    assert done.models == 1
    assert done.calls
    (one,) = await select_rows(database, "select id from model where slug = 'alpha/one'")
    for row in await raw_rows(database):
        if row.cost != was[row.event_id][2]:
            assert row.model_id == one["id"]
            assert row.occurred_at >= span.start


async def test_repricing_while_calls_come_in_loses_nothing(database: Database) -> None:
    random = Random(8)
    await add_catalog(database)
    arms = await add_trial(database)
    made = Traffic(random, NOW - A_DAY * 2, NOW, minutes=30).take(900)
    await take(database, made[:300])
    await correct(database)
    await asyncio.gather(
        take(database, made[300:600]),
        take(database, made[600:]),
        reprice(database, SYSTEM, None, SPAN, None),
    )
    await check_everything(database, random, arms)


async def test_what_stands_in_the_way_of_another_is_tried_again(database: Database) -> None:
    await add_catalog(database)
    await ingest_of(database).take([call(Random(3), NOW - AN_HOUR * 3)])
    await roll_up(database, lambda: NOW + A_DAY)
    await correct(database)
    async with database.driver() as other:
        await other.execute("begin; set local deadlock_timeout = '1min'")
        await other.execute("lock table rollup_dirty in share mode")
        repricing = asyncio.create_task(reprice(database, SYSTEM, None, SPAN, None))
        while not await other.fetchval("select exists (select from pg_locks where not granted)"):
            await asyncio.sleep(0.01)
        await other.execute("update rollup set cost = cost")
        await other.execute("commit")
    assert (await repricing).calls == 1


async def test_from_outside_only_what_is_kept_one_by_one(settings: Settings, database: Database) -> None:
    await add_catalog(database)
    now = utc_now()
    ingest = ingest_of(database, now)
    await ingest.take([call(Random(1), now - AN_HOUR), call(Random(2), now - A_DAY)])
    await execute(database, "update price set usd_per_million = usd_per_million * 2 where token_class = 'INPUT'")
    assert (await work_out(settings, ["alpha/two"], None, None)).calls == 0
    assert (await work_out(settings, None, now - AN_HOUR * 2, None)).calls == 1
    done = await work_out(settings, ["alpha/one"], None, None)
    assert (done.models, done.calls) == (1, 1)
    assert done.after > done.before
