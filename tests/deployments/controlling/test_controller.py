"""What is wanted comes true, whatever happens to what runs, and each transition is told once."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from app.deployments.runtimes import external
from app.settings import Settings
from app.settings.addresses import networks
from tests.catalog.writing import act
from tests.conftest import Api, answering, free_port
from tests.deployments.controlling.world import World, assert_each_once, condition, controller, with_templates
from tests.deployments.desired.wanting import change, create, created, served
from tests.sample.serving import sample

UNHEALTHY, EXITS, SLOW = ({"process": {"template": name}} for name in ("unhealthy", "exits", "slow"))


ACTIVITY = "{ dashboard { recentActivity { message } } }"


@pytest.fixture
async def world(settings: Settings, tmp_path: Path) -> AsyncIterator[World]:
    """An API and one controller."""
    chosen = with_templates(settings, tmp_path)
    async with answering(chosen) as api, controller(chosen, api.database) as made:
        yield World(api, made.node)


class TestConverging:
    async def test_what_is_created_runs_and_what_is_deleted_does_not(self, world: World) -> None:
        key = await created(world.api)
        row = await world.settled(key)
        assert (row["node"], row["endpoint"][:17]) == (world.node, "http://127.0.0.1:")
        assert [each["state"] for each in await world.replicas(key)] == ["READY"]
        await change(world.api, "deleteDeployment", key)
        await world.until(key, lambda row: row["phase"] == "STOPPED")
        assert (world.processes(key), await world.replicas(key)) == ([], [])
        assert await world.story(key) == [
            "created",
            "CREATING-CREATING",
            "CREATING-RUNNING",
            "deleted",
            "RUNNING-STOPPED",
        ]
        shown = (await world.api.data(ACTIVITY))["dashboard"]["recentActivity"]
        assert [entry["message"].rpartition(":")[0] or entry["message"] for entry in reversed(shown)] == [
            "anvil was created in staging",
            "anvil in staging",
            "anvil in staging is running",
            "anvil was deleted from staging",
            "anvil in staging is stopped",
        ]

    async def test_scaled_paused_and_resumed(self, world: World) -> None:
        key = await created(world.api)
        endpoint = (await world.settled(key))["endpoint"]
        await change(world.api, "scaleDeployment", key, replicas=3, reason="rush")
        await world.settled(key, 3)
        await change(world.api, "pauseDeployment", key)
        await world.settled(key, 0)
        await change(world.api, "resumeDeployment", key)
        assert (await world.settled(key, 3))["endpoint"] == endpoint
        story = await world.story(key)
        assert_each_once(story)
        assert [told for told in story if "-" not in told] == ["created", "scaled", "paused", "resumed"]

    async def test_a_change_in_the_middle_of_another_and_back(self, world: World) -> None:
        key = await created(world.api, runtime={"replicas": 2})
        await world.settled(key, 2)
        before = {each["pid"] for each in await world.replicas(key)}
        await change(world.api, "updateDeployment", key, configuration=SLOW)
        await world.until(key, lambda row: condition(row, "Progressing")["reason"] == "RollingOut")
        await change(world.api, "updateDeployment", key, configuration=EXITS)
        await world.until(key, lambda row: condition(row, "Progressing")["reason"] == "CrashLoop")
        assert (await world.deployment(key))["phase"] == "RUNNING"
        await change(world.api, "rollbackDeployment", key, toRevision=1)
        await world.settled(key, 2)
        assert {each["pid"] for each in await world.replicas(key)} == before
        assert_each_once(await world.story(key))

    async def test_what_cannot_run_says_why(self, world: World) -> None:
        key = await created(world.api, **EXITS)
        row = await world.until(key, lambda row: row["phase"] == "FAILED")
        ready = condition(row, "Ready")
        assert (ready["reason"], ready["message"]) == (
            "CrashLoop",
            "No replica stays up; the last one ended with exit code 3.",
        )
        assert await world.story(key) == ["created", "CREATING-CREATING", "CREATING-CREATING", "CREATING-FAILED"]
        await change(world.api, "updateDeployment", key, configuration=UNHEALTHY)
        row = await world.until(key, lambda row: "within 0.4 s" in condition(row, "Ready")["message"])
        await change(world.api, "updateDeployment", key, configuration={"process": {"template": "sample"}})
        await world.settled(key)
        assert_each_once(await world.story(key))


class TestHealing:
    async def test_a_killed_replica_is_replaced_and_both_is_told(self, world: World) -> None:
        key = await created(world.api, runtime={"replicas": 2})
        await world.settled(key, 2)
        first = (await world.replicas(key))[0]
        os.kill(first["pid"], signal.SIGKILL)
        row = await world.until(key, lambda row: condition(row, "Healthy")["status"] == "FALSE")
        assert (row["phase"], condition(row, "Healthy")["message"][:28]) == ("RUNNING", "Replica 0 ended by signal 9 ")
        row = await world.until(key, lambda row: condition(row, "Healthy")["status"] == "TRUE")
        healed = (await world.replicas(key))[0]
        assert (healed["restarts"], healed["last_exit_code"]) == (1, -9)
        assert healed["pid"] != first["pid"]
        assert (await world.story(key))[-2:] == ["RUNNING-RUNNING", "RUNNING-RUNNING"]

    async def test_what_is_looked_at_is_noted_without_telling(self, world: World) -> None:
        key = await created(world.api)
        await world.settled(key)
        story = await world.story(key)
        row = await world.until(key, lambda row: row["last_health_check_at"] is not None)
        await world.until(key, lambda now: now["last_health_check_at"] > row["last_health_check_at"])
        (replica,) = await world.replicas(key)
        assert replica["log"].startswith("listening at http://127.0.0.1:")
        assert await world.story(key) == story


class TestTakingOver:
    async def test_two_on_a_machine_and_one_of_them_ends(self, settings: Settings, tmp_path: Path) -> None:
        chosen = with_templates(settings, tmp_path)
        async with answering(chosen) as api:
            async with controller(chosen, api.database) as first:
                world = World(api, first.node)
                async with controller(chosen, api.database):
                    key = await created(api)
                    await world.settled(key)
                await asyncio.sleep(0.1)
                await world.settled(key)
            row = await world.deployment(key)
            assert (condition(row, "Ready")["reason"], world.processes(key)) == ("WorkerStopped", [])
            async with controller(chosen, api.database):
                assert (await world.settled(key))["endpoint"] == row["endpoint"]
            assert_each_once(await world.story(key))

    async def test_another_machine_takes_up_only_what_is_not_heard_of(self, settings: Settings, tmp_path: Path) -> None:
        here = with_templates(settings, tmp_path)
        there = here.model_copy(update={"home": tmp_path / "there"})
        async with answering(here) as api:
            async with controller(here, api.database) as first:
                key = await created(api)
                await World(api, first.node).settled(key)
            async with controller(there, api.database) as second:
                world = World(api, second.node)
                await second.look()
                assert (await world.deployment(key))["node"] == first.node
                silent = "update deployment_node set seen_at = now() - interval '61 s' where id = :node"
                async with api.database.transaction() as session:
                    await session.execute(text(silent), {"node": first.node})
                await world.settled(key)
                assert (await world.deployment(key))["node"] == second.node


class TestExternal:
    async def test_an_endpoint_that_ends_and_comes_again_is_told_and_called(
        self, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(external, "EVERY", 0.1)
        monkeypatch.setattr(external, "EVERY_WHILE_ILL", 0.1)
        port = free_port()
        there = {"external": {"baseUrl": f"http://127.0.0.1:{port}/v1"}}
        chosen = with_templates(settings, tmp_path).model_copy(update={"private_targets": networks("127.0.0.0/8")})
        async with answering(chosen) as api, controller(chosen, api.database) as made:
            world = World(api, made.node)
            key = await create(api, await served(api), runtime="EXTERNAL", configuration=there)
            row = await world.until(key, lambda row: row["phase"] == "FAILED")
            assert condition(row, "Ready")["reason"] == "Unreachable"
            for _ in range(2):
                with sample("--port", str(port), "--model", "anvil"):
                    row = await world.until(key, lambda row: row["phase"] == "RUNNING")
                    assert (row["endpoint"], row["replicas"]) == (there["external"]["baseUrl"], 1)
                    assert await asked(api, key) == "OK"
                await world.until(key, lambda row: row["phase"] == "FAILED")
            await change(api, "pauseDeployment", key)
            await world.settled(key, 0)
            await change(api, "deleteDeployment", key)
            await world.until(key, lambda row: row["phase"] == "STOPPED")
            story = await world.story(key)
            assert_each_once(story)
            assert [told for told in story if "-" in told and len({*told.split("-")}) == 2] == [
                "CREATING-FAILED",
                *["FAILED-RUNNING", "RUNNING-FAILED"] * 2,
                "FAILED-STOPPED",
            ]
            assert world.processes(key) == []


async def asked(api: Api, key: str) -> str:
    """What became of a question."""
    given: dict[str, Any] = {"deploymentId": key, "messages": [{"content": "Hello"}]}
    return (await act(api, "testDeployment", "result { status }", **given))["result"]["status"]
