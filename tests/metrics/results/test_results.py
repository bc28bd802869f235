"""What variants did is exactly what their calls say, however these came in."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any
from uuid import UUID

import orjson
import pytest

from app.experiments.tables import Experiment, Variant
from app.identity.rules import PERMISSIONS, Role
from app.kit.access import SYSTEM, Actor, Clearance
from app.kit.db import Database
from app.kit.ids import new_id
from app.kit.journal import Writer
from app.metrics.ingest.rules import Inference
from app.metrics.receiving.feedback import Feedback, rate_inference
from app.metrics.results.reads import results_by_experiment
from tests.conftest import Api
from tests.experiments.drafting import Desk, desk
from tests.kit.rows import execute, experiment, gid, model, provider, put, team, variant
from tests.metrics import recount
from tests.metrics.receiving.samples import JSON, LITELLM, add_span
from tests.metrics.receiving.samples import ExportTraceServiceRequest as Export
from tests.metrics.receiving.sending import LITE, TRACES, report, send
from tests.metrics.sending import A_DAY, A_TICK, AN_HOUR, NOW, Traffic, add_catalog, altered, batches, ingest_of

Arms = dict[UUID, tuple[Experiment, Variant]]


async def add_trials(database: Database) -> Arms:
    """One that runs, one that ended an hour ago, one that is a draft; each with two variants."""
    of = provider()
    one = model(of, "one")
    lives: tuple[dict[str, Any], ...] = (
        {"started_at": NOW - A_DAY},
        {"status": "STOPPED", "started_at": NOW - A_DAY, "ended_at": NOW - AN_HOUR},
        {"status": "DRAFT"},
    )
    trials = [experiment(f"trial {number}", **life) for number, life in enumerate(lives)]
    arms = [variant(trial, one, name, position=at) for trial in trials for at, name in enumerate(("a", "b"))]
    await put(database, of, one, *trials, *arms)
    by_id = {trial.id: trial for trial in trials}
    return {arm.id: (by_id[arm.experiment_id], arm) for arm in arms}


def taking_part(random: Random, arms: Arms, calls: Sequence[Inference]) -> list[Inference]:
    """The calls, most with a variant, some with names that nobody knows, some with a session."""
    names = [str(trial.id) for trial, _ in arms.values()] + [gid(trial) for trial, _ in arms.values()]
    return [
        altered(
            call,
            experiment=random.choice([None, "flag", str(new_id()), "Ã", *names]),
            variant=random.choice([None, "a", "a", "b", "b", "c"]),
            session=random.choice([None, "s1", "user-1"]),
        )
        for call in calls
    ]


def _belongs(arms: Arms, row: Any) -> UUID | None:
    """The variant that a stored call belongs to, worked out from what it says alone."""
    for key, (trial, arm) in arms.items():
        named = row.experiment in {str(trial.id), gid(trial)} and row.variant == arm.name
        begun = trial.started_at is not None and trial.started_at <= row.occurred_at
        if named and begun and (trial.ended_at is None or row.occurred_at < trial.ended_at):
            return key
    return None


async def check(database: Database, arms: Arms) -> int:
    """Compare every variant with a recount; returns how many calls belong to one."""
    rows = await recount.raw_rows(database)
    of = {key: [row for row in rows if _belongs(arms, row) == key] for key in arms}
    assert all(row.variant_id == _belongs(arms, row) for row in rows)
    reader = recount.reader_of(database)
    trials = {trial.id for trial, _ in arms.values()}
    found = await results_by_experiment(reader, SYSTEM, list(trials))
    results = {row["id"]: row for those in found.values() for row in those}
    assert results.keys() == arms.keys()
    for key, those in of.items():
        if not those:
            assert results[key]["requests"] is None
            continue
        assert results[key]["units"] == len({row.user_key or row.session_key for row in those} - {None})
        wanted = recount.totals(those)
        shown = {name: results[key][name] for name in wanted if not name.endswith("_histogram")}
        for name in ("latency", "ttft"):
            buckets = results[key][f"{name}_buckets"]
            assert buckets == sorted(buckets), "percentiles need them in order"
            pairs = zip(buckets, results[key][f"{name}_counts"], strict=True)
            shown[f"{name}_histogram"] = dict(pairs)
        assert shown == wanted
    return sum(map(len, of.values()))


@pytest.mark.parametrize("seed", [1, 2])
async def test_equals_a_recount_under_writers_repetitions_and_feedback(database: Database, seed: int) -> None:
    random = Random(seed)
    await add_catalog(database)
    arms = await add_trials(database)
    calls = taking_part(random, arms, Traffic(random, NOW - A_DAY - AN_HOUR, NOW).take(900))
    edge = (NOW - A_DAY, NOW - A_DAY - A_TICK, NOW - AN_HOUR, NOW - AN_HOUR - A_TICK)
    calls += [altered(one, event_id=new_id(), occurred_at=at) for one in calls[:40] for at in edge]

    async def write(part: list[Inference]) -> None:
        ingest = ingest_of(database)
        for batch in batches(part, random.randint(1, 90)):
            await ingest.take([*batch, *batch[:3], altered(batch[0], tokens_in=batch[0].tokens_in + 1)])

    async def rate(some: list[Inference]) -> None:
        for one in some:
            said = {"rating": random.choice([None, 1, 5]), "accepted": random.choice([None, True, False])}
            await Writer(database).write(SYSTEM, rate_inference, Feedback(event=str(one.event_id), said=said))

    await asyncio.gather(*(write(random.sample(calls, 700)) for _ in range(3)), write(calls))
    assert await check(database, arms) > 100
    await asyncio.gather(*(rate(random.sample(calls, 40)) for _ in range(3)))
    assert await check(database, arms) > 100


async def test_starts_to_count_at_the_start_and_survives_the_end_of_raw_rows(database: Database) -> None:
    random = Random(3)
    await add_catalog(database)
    arms = await add_trials(database)
    ((draft, arm), *_) = [of for of in arms.values() if of[0].status == "DRAFT"]
    ingest = ingest_of(database)
    made = [
        altered(call, experiment=str(draft.id), variant=arm.name)
        for call in Traffic(random, NOW - AN_HOUR, NOW).take(40)
    ]
    await ingest.take(made[:20])
    assert await check(database, arms) == 0
    draft.started_at = NOW - AN_HOUR
    at = (NOW - AN_HOUR).isoformat()
    await execute(database, f"update experiment set started_at = '{at}', status = 'RUNNING' where id = '{draft.id}'")
    await ingest.take(made)
    reader = recount.reader_of(database)
    for _ in range(2):
        found = (await results_by_experiment(reader, SYSTEM, [draft.id]))[draft.id]
        assert [row["requests"] for row in found] == [20, None]
        await execute(database, "delete from inference")


RESULTS = """query ($id: ID!) { experiment(id: $id) { results { winner { name } variants {
    variant { name isControl model { name } } units requests { total successRate } latency { avgMs p50Ms p95Ms p99Ms }
    timeToFirstToken { p50Ms } totalCost costPerRequest unpricedRequests quality { avgUserRating }
    primary { metric value calls } secondary { metric value calls } guardrails { metric value calls } } } } }"""


async def running(at: Desk) -> str:
    """An experiment that was started."""
    metrics = {"primary": "user_rating", "secondary": ["cost_per_request"], "guardrails": ["response_time"]}
    key = await at.created(metrics=metrics)
    assert not (await at.perform("startExperiment", experimentId=key))["errors"]
    return key


def said(key: str, arm: str, number: int = 0, **more: Any) -> dict[str, Any]:
    """A call of a variant, made now."""
    at = datetime.now(UTC) + timedelta(milliseconds=number)
    named = {"eventId": f"{arm}-{number}", "experimentId": key, "variantId": arm, "occurredAt": at.isoformat()}
    return {**named, "provider": "acme", "model": "one", **more}


def span_of(key: str, arm: str) -> bytes:
    """An export of one call of a variant."""
    export = Export()
    named = {"modelhub.experiment": key, "modelhub.variant": arm, "user.id": "u9"}
    call = {"gen_ai.operation.name": "chat", "gen_ai.provider.name": "acme", "gen_ai.request.model": "one"}
    span = add_span(export, 1, {**named, **call})
    begun = int(datetime.now(UTC).timestamp() * 1e9)
    span.start_time_unix_nano, span.end_time_unix_nano = begun, begun + 3_000_000
    return export.SerializeToString()


def lite(key: str, arm: str, name: str, *, is_tagged: bool) -> dict[str, Any]:
    """A call as LiteLLM tells it, with the variant as a tag or in the metadata of the request."""
    now = datetime.now(UTC).timestamp()
    told = {**LITELLM[0], "litellm_call_id": name, "startTime": now, "endTime": now + 0.5, "completionStartTime": None}
    if is_tagged:
        return {**told, "request_tags": [f"experiment:{key}:{arm}"]}
    return {
        **told,
        "request_tags": [],
        "metadata": {**LITELLM[0]["metadata"], "requester_metadata": {"experiment": key, "variant": arm}},
    }


async def shown(api: Api, key: str, role: Role = Role.ADMIN) -> dict[str, Any]:
    """The results of an experiment, by the names of its variants."""
    results = (await api.data(RESULTS, id=key, role=role))["experiment"]["results"]
    assert results["winner"] is None
    return {each["variant"]["name"]: each for each in results["variants"]}


class TestThroughTheApi:
    async def test_says_of_each_variant_what_it_did(self, api: Api) -> None:
        key = await running(await desk(api))
        users = ("u1", "u1", "u2", None)
        ratings: tuple[int | None, ...] = (5, 4, None, 3)
        for number, (user, rating) in enumerate(zip(users, ratings, strict=True)):
            more = {"user": user, "rating": rating, "latencyMs": 100 + number, "costUsd": "0.5"}
            await report(api, said(key, "a", number, **more))
        await report(api, said(key, "a", 9, session="s1", status="ERROR"))
        found = await shown(api, key)
        a, b = found["a"], found["b"]
        assert (a["variant"], b["variant"]["name"]) == ({"name": "a", "isControl": True, "model": {"name": "one"}}, "b")
        assert (a["units"], a["requests"]) == (3, {"total": 5, "successRate": 0.8})
        assert (a["latency"]["avgMs"], a["timeToFirstToken"]["p50Ms"]) == (101.5, None)
        assert (a["totalCost"], a["costPerRequest"], a["unpricedRequests"]) == ("2", "0.5", 1)
        assert a["primary"] == {"metric": "user_rating", "value": 4, "calls": 3}
        assert a["secondary"] == [{"metric": "cost_per_request", "value": 0.5, "calls": 4}]
        assert a["guardrails"] == [{"metric": "response_time", "value": 101.5, "calls": 4}]
        assert (b["units"], b["requests"]["total"], b["totalCost"], b["primary"]["value"]) == (0, 0, "0", None)

    async def test_percentiles_are_in_order_whatever_came_first(self, api: Api) -> None:
        key = await running(await desk(api))
        for number, latency in enumerate((9_000, 5_000, 400, 100)):
            await report(api, said(key, "a", number, latencyMs=latency))
        latency = (await shown(api, key))["a"]["latency"]
        assert [latency[name] for name in ("p50Ms", "p95Ms", "p99Ms")] == pytest.approx([400, 5_000, 5_000], rel=0.02)

    async def test_every_way_in_names_variants(self, api: Api) -> None:
        key = await running(await desk(api))
        record = """mutation ($input: RecordInferencesInput!) {
            recordInferences(input: $input) { accepted errors { message } } }"""
        await report(api, said(key, "b"))
        assert (await api.data(record, input={"inferences": [said(key, "b", 1)]}))["recordInferences"]["accepted"] == 1
        told = [lite(key, "b", f"call-{tagged}", is_tagged=tagged) for tagged in (True, False)]
        assert (await send(api, LITE, orjson.dumps(told), JSON)).json()["accepted"] == 2
        assert (await send(api, TRACES, span_of(key, "b"))).status_code == 200
        found = await shown(api, key)
        assert [found[name]["requests"]["total"] for name in ("a", "b")] == [0, 5]

    async def test_what_comes_late_counts_if_it_was_made_in_time(self, api: Api) -> None:
        at = await desk(api)
        key = await running(at)
        early, late = said(key, "a", 0), said(key, "a", 60_000)
        assert not (await at.perform("stopExperiment", experimentId=key))["errors"]
        assert (await report(api, early, late))["accepted"] == 2
        assert (await shown(api, key))["a"]["requests"]["total"] == 1

    async def test_costs_and_small_groups_are_for_readers_of_costs(self, api: Api) -> None:
        key = await running(await desk(api))
        await report(api, *(said(key, "a", number, user=f"u{number}", costUsd="1") for number in range(4)))
        answer = await api.ask(RESULTS, id=key, role=Role.VIEWER)
        assert {error["extensions"]["code"] for error in answer["errors"]} == {"FORBIDDEN"}
        (a, _) = answer["data"]["experiment"]["results"]["variants"]
        assert (a["units"], a["totalCost"], a["costPerRequest"], a["secondary"][0]["value"]) == (None,) * 4
        assert a["requests"]["total"] == 4
        await report(api, said(key, "a", 4, user="u4"))
        answer = await api.ask(RESULTS, id=key, role=Role.VIEWER)
        assert answer["data"]["experiment"]["results"]["variants"][0]["units"] == 5

    async def test_of_an_experiment_that_may_not_be_seen_there_is_nothing(self, api: Api) -> None:
        of, crew = provider(), team("crew")
        hidden, known = model(of, "hidden", security_level="CONFIDENTIAL"), model(of, "known")
        trial = experiment("trial")
        arms = [variant(trial, known, "a"), variant(trial, hidden, "b", position=1)]
        await put(api.database, of, crew, hidden, known, trial, *arms)
        actor = Actor(
            id="ann", name="Ann", permissions=PERMISSIONS[Role.ADMIN], clearance=Clearance.INTERNAL, teams=None
        )
        assert await results_by_experiment(recount.reader_of(api.database), actor, [trial.id]) == {}
