"""The life of experiments through the API: drafts are started, and what runs ends, early or as planned."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from app.experiments.running.jobs import complete
from app.identity.rules import Role
from tests.conftest import Api
from tests.experiments.drafting import START, Desk, desk
from tests.kit.rows import execute, select_rows

LIFE = "query ($id: ID!) { experiment(id: $id) { status revision duration { startedAt endedAt } } }"
OVER = START + timedelta(days=15)


async def life(api: Api, key: str) -> tuple[str, int, bool, bool]:
    """Its status and revision, and whether it was started and ended."""
    found = (await api.data(LIFE, id=key))["experiment"]
    duration = found["duration"]
    return found["status"], found["revision"], duration["startedAt"] is not None, duration["endedAt"] is not None


async def step(at: Desk, mutation: str, key: str, role: Role = Role.ADMIN, /, **given: Any) -> list[str]:
    """The codes of what speaks against it."""
    return [error["code"] for error in (await at.perform(mutation, role, experimentId=key, **given))["errors"]]


async def told(api: Api) -> list[tuple[str, int]]:
    """The kinds and revisions of all events."""
    rows = await select_rows(api.database, "select kind, payload from event order by position")
    return [(row["kind"], row["payload"]["revision"]) for row in rows]


async def test_draft_runs_and_is_stopped_early(api: Api) -> None:
    at = await desk(api)
    key = await at.created()
    assert await step(at, "startExperiment", key, reason="Go.", expectedRevision=1) == []
    assert await life(api, key) == ("RUNNING", 2, True, False)
    assert await step(at, "stopExperiment", key, reason="Enough.", expectedRevision=2) == []
    assert await life(api, key) == ("STOPPED", 3, True, True)
    assert await told(api) == [("experiment.created", 1), ("experiment.started", 2), ("experiment.stopped", 3)]
    rows = await select_rows(api.database, "select action, before, after, reason from audit_event order by occurred_at")
    _, started, stopped = rows
    assert (started["before"], started["reason"]) == ({"status": "DRAFT", "startedAt": None}, "Go.")
    assert started["after"]["status"] == "RUNNING"
    assert started["after"]["startedAt"]
    assert (stopped["before"], stopped["reason"]) == ({"status": "RUNNING", "endedAt": None}, "Enough.")
    assert stopped["after"]["status"] == "STOPPED"


async def test_every_other_step_is_refused_and_leaves_nothing(api: Api) -> None:
    at = await desk(api)
    key, gone = await at.created(), await at.created(name="gone")
    await step(at, "archiveExperiment", gone)
    for mutation, given in (("stopExperiment", key), ("startExperiment", gone), ("stopExperiment", gone)):
        assert await step(at, mutation, given) == ["CONFLICT"]
    assert await step(at, "startExperiment", key, expectedRevision=2) == ["CONFLICT"]
    assert await step(at, "startExperiment", key, reason="x" * 1001) == ["INVALID_PARAMETER"]
    assert await step(at, "startExperiment", key) == []
    assert await step(at, "startExperiment", key) == ["CONFLICT"]
    assert await step(at, "updateExperiment", key, name="other") == ["CONFLICT"]
    assert await step(at, "archiveExperiment", key) == ["CONFLICT"]
    assert await step(at, "stopExperiment", key) == []
    for mutation in ("startExperiment", "stopExperiment"):
        assert await step(at, mutation, key) == ["CONFLICT"]
    assert await life(api, key) == ("STOPPED", 3, True, True)
    assert await step(at, "archiveExperiment", key) == []


async def test_is_started_and_stopped_once_however_many_try(api: Api) -> None:
    at = await desk(api)
    key = await at.created()
    for mutation in ("startExperiment", "stopExperiment"):
        codes = await asyncio.gather(*(step(at, mutation, key) for _ in range(6)))
        assert sorted(codes) == [[], *[["CONFLICT"]] * 5]
    assert [kind for kind, _ in await told(api)] == ["experiment.created", "experiment.started", "experiment.stopped"]


async def test_what_became_invalid_does_not_start(api: Api) -> None:
    at = await desk(api)
    key = await at.created()
    await execute(api.database, "update model set status = 'RETIRED' where name = 'two'")
    (error,) = (await at.perform("startExperiment", experimentId=key))["errors"]
    assert (error["code"], error["path"]) == ("INVALID_PARAMETER", ["variants", "1", "modelId"])
    await execute(api.database, "update model set status = 'ACTIVE' where name = 'two'")
    await execute(api.database, "update experiment set starts_at = now() - interval '2 d', ends_at = now()")
    (error,) = (await at.perform("startExperiment", experimentId=key))["errors"]
    assert (error["code"], error["path"]) == ("INVALID_PARAMETER", ["experimentId"])
    assert await life(api, key) == ("DRAFT", 1, False, False)


async def test_ends_by_itself_when_its_time_is_over(api: Api) -> None:
    at = await desk(api)
    key, other = await at.created(), await at.created(name="other")
    await step(at, "startExperiment", key)
    assert await complete(api.database, datetime.now(UTC)) == 0
    counts = await asyncio.gather(complete(api.database, OVER), complete(api.database, OVER))
    assert sorted(counts) == [0, 1]
    assert await life(api, key) == ("COMPLETED", 3, True, True)
    assert await life(api, other) == ("DRAFT", 1, False, False)
    assert (await told(api))[-1] == ("experiment.completed", 3)


async def test_stopping_after_the_planned_end_completes(api: Api) -> None:
    at = await desk(api)
    key = await at.created()
    await step(at, "startExperiment", key)
    await execute(api.database, "update experiment set starts_at = now() - interval '2 d', ends_at = now()")
    assert await step(at, "stopExperiment", key) == []
    assert (await life(api, key))[0] == "COMPLETED"


async def test_needs_the_permission(api: Api) -> None:
    at = await desk(api)
    key = await at.created()
    document = "mutation ($input: StartExperimentInput!) { startExperiment(input: $input) { errors { code } } }"
    assert await api.codes(document, role=Role.VIEWER, input={"experimentId": key}) == ["FORBIDDEN"]
    assert await step(at, "startExperiment", key, Role.DEVELOPER) == []
