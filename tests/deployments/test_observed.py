"""What is shown of how deployments do, and of what was wanted of them."""

from __future__ import annotations

import random
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.deployments.observed.jobs import SLACK, forget
from app.deployments.observed.reads import availability_by_deployment
from app.deployments.observed.rules import WINDOW, health_of, worst
from app.deployments.tables import Deployment, DeploymentReplica, DeploymentTransition
from app.deployments.vocabulary import Health, Phase
from app.kit.ids import new_id
from app.kit.paging import Cursors
from app.kit.reading import Reader
from tests.conftest import Api
from tests.contract.journeys import somebody
from tests.deployments.desired.wanting import change, create, served
from tests.kit.rows import deployment, gid, model, provider, put, select_rows, version

DOWN, DEGRADED = {"type": "Healthy", "status": "FALSE"}, {"type": "Degraded", "status": "TRUE"}
REPLICAS = """query($id: ID!) { deployment(id: $id) { replicaStates { slot revision state pid port endpoint restarts
    cpuCores memoryBytes startedAt readyAt lastExit { code reason exitedAt } } } }"""
REVISIONS = """query($id: ID!, $first: Int, $after: String) { deployment(id: $id) {
    revisions(first: $first, after: $after) { totalCount nodes {
      number cause restored isCurrent isPaused reason actor version { label }
      configuration { runtime { replicas } process { template } external { baseUrl } } } pageInfo { endCursor } } } }"""
DONE = "query($id: ID!) { deployment(id: $id) { availability uptimeSeconds } }"


class TestHealth:
    @pytest.mark.parametrize(
        ("phase", "conditions", "expected"),
        [
            ("RUNNING", [], "HEALTHY"),
            ("SCALING", [{"type": "Healthy", "status": "TRUE"}], "HEALTHY"),
            ("RUNNING", [DOWN], "DEGRADED"),
            ("RUNNING", [DEGRADED], "DEGRADED"),
            ("CREATING", [DOWN], "UNKNOWN"),
            ("FAILED", [], "UNHEALTHY"),
            ("STOPPED", [DOWN], None),
        ],
    )
    def test_follows_from_phase_and_conditions(
        self, phase: str, conditions: list[dict[str, Any]], expected: str | None
    ) -> None:
        assert health_of(phase, conditions) == expected

    def test_worst_of_several(self) -> None:
        assert worst([Health.HEALTHY, None, Health.UNKNOWN]) is Health.UNKNOWN
        assert worst([Health.UNKNOWN, Health.UNHEALTHY, Health.DEGRADED]) is Health.UNHEALTHY
        assert worst([None]) is None

    async def test_of_models_is_the_worst_of_their_deployments(self, api: Api) -> None:
        acme = provider()
        one, two, three = (model(acme, name) for name in ("one", "two", "three"))
        gone = deployment(one, "gone", phase="FAILED", deleted_at=datetime.now(UTC))
        rows = [
            deployment(one, "a", conditions=[DEGRADED]), deployment(one, "b"), gone,
            deployment(two, "c", phase="STOPPED"), deployment(three, "d"), deployment(three, "e", phase="FAILED"),
        ]  # fmt: skip
        await put(api.database, acme, one, two, three, *rows)
        found = await api.data("{ models(orderBy: {field: NAME, direction: ASC}) { nodes { health } } }")
        assert [node["health"] for node in found["models"]["nodes"]] == ["DEGRADED", "UNHEALTHY", None]


class TestReplicas:
    async def test_are_shown_by_slot_and_what_is_unknown_is_null(self, api: Api) -> None:
        one = await served(api)
        made = deployment(one, "a")
        ended = datetime(2026, 11, 1, tzinfo=UTC)
        known = {"pid": 7, "port": 4000, "cpu_cores": 0.5, "memory_bytes": 5_000_000_000, "restarts": 2}
        rows = [
            DeploymentReplica(deployment_id=made.id, slot=1, revision=2, state="STARTING"),
            DeploymentReplica(deployment_id=made.id, slot=0, revision=1, state="READY", last_exit_at=ended, **known),
        ]
        await put(api.database, made)
        await put(api.database, *rows)
        key = (await api.data("{ deployments { nodes { id } } }"))["deployments"]["nodes"][0]["id"]
        first, second = (await api.data(REPLICAS, id=key))["deployment"]["replicaStates"]
        assert (first["slot"], first["pid"], first["cpuCores"], first["memoryBytes"]) == (0, 7, 0.5, 5_000_000_000)
        assert first["lastExit"] == {"code": None, "reason": None, "exitedAt": "2026-11-01T00:00:00Z"}
        assert second == dict.fromkeys(second) | {"slot": 1, "revision": 2, "state": "STARTING", "restarts": 0}


class TestRevisions:
    async def test_newest_first_in_pages(self, api: Api) -> None:
        one = await served(api)
        first = version(one, "v1")
        await put(api.database, first)
        key = await create(api, one)
        await change(api, "scaleDeployment", key, replicas=2, reason="More.")
        await change(api, "pauseDeployment", key)
        page = (await api.data(REVISIONS, id=key, first=2))["deployment"]["revisions"]
        assert page["totalCount"] == 3
        assert [(n["number"], n["cause"], n["isCurrent"], n["isPaused"]) for n in page["nodes"]] == [
            (3, "PAUSED", True, True), (2, "SCALED", False, False),
        ]  # fmt: skip
        assert page["nodes"][1]["reason"] == "More."
        assert page["nodes"][0]["configuration"] == {
            "runtime": {"replicas": 2}, "process": {"template": "sample"}, "external": None,
        }  # fmt: skip
        last = await api.data(REVISIONS, id=key, after=page["pageInfo"]["endCursor"])
        assert [node["number"] for node in last["deployment"]["revisions"]["nodes"]] == [1]


class TestAvailability:
    async def test_is_of_the_time_it_was_to_serve(self, api: Api) -> None:
        one, now = await served(api), datetime.now(UTC)
        for steps, share, days in (
            ([], None, None),
            ([("CREATING", 5.0)], None, None),
            ([("CREATING", 9.0), ("RUNNING", 4.0)], 1.0, 4.0),
            ([("RUNNING", 10.0), ("SCALING", 3.0), ("RUNNING", 2.0)], 1.0, 10.0),
            ([("RUNNING", 10.0), ("FAILED", 5.0)], 0.5, None),
            ([("RUNNING", 10.0), ("CREATING", 6.0), ("RUNNING", 4.0)], 0.8, 4.0),
            ([("RUNNING", 10.0), ("STOPPED", 8.0), ("CREATING", 3.0), ("RUNNING", 2.0)], 1.0, 2.0),
            ([("RUNNING", 90.0), ("FAILED", 60.0), ("RUNNING", 30.0)], 1.0, 30.0),
            ([("RUNNING", 60.0), ("FAILED", 3.0)], 0.9, None),
        ):
            made = deployment(one, f"of-{new_id().hex}")
            await put(api.database, made)
            rows = [{"occurred_at": now - timedelta(days=ago), "phase": phase} for phase, ago in steps]
            await put(api.database, *(DeploymentTransition(deployment_id=made.id, **row) for row in rows))
            shown = (await api.data(DONE, id=gid(made)))["deployment"]
            assert shown["availability"] == pytest.approx(share, abs=1e-4), steps
            uptime = shown["uptimeSeconds"]
            assert (uptime and uptime / 86_400) == pytest.approx(days, abs=0.01), steps


class TestForgetting:
    async def test_what_is_forgotten_changes_no_answer_and_little_is_left(self, api: Api) -> None:
        chance, now, acme = random.Random(9), datetime.now(UTC), await served(api)
        made = [deployment(acme, f"d{number}") for number in range(60)]
        await put(api.database, *made)
        for number, one in enumerate(made):
            youngest = chance.choice([1, 32 * 24 * 60])  # some are quiet for a month
            ago = {chance.randint(youngest, 60 * 24 * 60) for _ in range(number)}
            rows = [{"occurred_at": now - timedelta(minutes=each), "phase": chance.choice(PHASES)} for each in ago]
            await put(api.database, *(DeploymentTransition(deployment_id=one.id, **row) for row in rows))
        moments = [now, now + timedelta(days=9)]
        before = [await availabilities(api, made, moment) for moment in moments]
        assert await forget(api.database, now) > 300
        assert await forget(api.database, now) == 0
        assert [await availabilities(api, made, moment) for moment in moments] == before
        counted = "select count(*) as n from deployment_transition where occurred_at < :until group by deployment_id"
        left = await select_rows(api.database, counted, until=now - WINDOW - SLACK)
        assert max(row["n"] for row in left) <= 3


PHASES = [*Phase, Phase.RUNNING, Phase.SCALING, Phase.SCALING, Phase.RUNNING]


async def availabilities(api: Api, of: list[Deployment], moment: datetime) -> dict[Any, Any]:
    """What is computed of deployments at a moment."""
    read = Reader(api.database, Cursors(b""), lambda: moment)
    found = await availability_by_deployment(read, somebody(), [each.id for each in of])
    figures = "served", "wanted", "uptime"
    return {key: tuple(None if row[n] is None else round(row[n], 1) for n in figures) for key, row in found.items()}
