"""Whoever is killed at whatever moment: what is wanted comes true, nothing runs twice or is left behind, and each
transition is told once."""

from __future__ import annotations

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from http import HTTPStatus
from http.client import HTTPException
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

import pytest

from app.deployments.controlling.home import node_of
from app.migrate import migrate
from app.settings import Settings
from tests.conftest import answering
from tests.contract.acting import journal_is_sound
from tests.deployments.controlling.world import World, assert_each_once, condition, controller, with_templates
from tests.deployments.desired.wanting import change, create, created, served
from tests.deployments.runtimes.test_process import ask
from tests.faults.keeping import NEVER, run
from tests.faults.test_killed_hub import server_of
from tests.faults.test_live import installation, revived
from tests.forks import CHILDREN
from tests.kit.rows import select_rows
from tests.servers import private_servers


def plain(settings: Settings) -> dict[str, Any]:
    """Settings as another process takes them."""
    return {
        "DATABASE_URL": settings.database_url,
        "REDIS_URL": settings.redis_url,
        "MODELHUB_HOME": str(settings.home),
        "MODELHUB_TEMPLATES": str(settings.templates),
        "DEMO": False,
    }


@contextmanager
def worker(settings: Settings, moment: int = NEVER) -> Generator[ForkServerProcess]:
    """A worker, which dies at that moment of its writes, and at the end of the block by SIGKILL."""
    process = CHILDREN.Process(target=run, args=(plain(settings), moment))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


@asynccontextmanager
async def world_of(settings: Settings, folder: Path) -> AsyncGenerator[tuple[World, Settings]]:
    """An API, without a worker."""
    chosen = with_templates(settings, folder)
    async with answering(chosen) as api:
        yield World(api, node_of(chosen.home)), chosen


async def assert_sound(world: World, *keys: str) -> None:
    """Subscribers heard everything once, and the journal is whole."""
    for key in keys:
        assert_each_once(await world.story(key))
    assert await journal_is_sound(world.api.database)


async def killed_at_each_moment(settings: Settings, folder: Path, step: int) -> int:
    """Kill one worker after another, each a little later in its work; how many died of it."""
    died = replicas = 0
    async with world_of(settings, folder) as (world, chosen):
        key = await created(world.api)
        for round_ in range(200):
            replicas = 2 + round_ % 2
            await change(world.api, "scaleDeployment", key, replicas=replicas, reason="more or less")
            with worker(chosen, round_ * step) as running:
                while running.exitcode is None and not await world.is_settled(key, replicas):
                    assert len(world.processes(key)) <= 3, "something was started twice"
                    await asyncio.sleep(0.02)
                if running.exitcode is None:
                    break
                died += 1
        with worker(chosen):
            await world.settled(key, replicas)
        await assert_sound(world, key)
        assert await nothing_left(world, key)
    return died


async def nothing_left(world: World, key: str) -> bool:
    """Whether the processes of a deployment end with their worker."""
    end = time.monotonic() + 5
    while world.processes(key):
        if time.monotonic() > end:
            return False
        await asyncio.sleep(0.02)
    return True


class TestKilledWorker:
    async def test_at_any_moment_of_its_writes(self, settings: Settings, tmp_path: Path) -> None:
        assert await killed_at_each_moment(settings, tmp_path, step=4) > 3

    @pytest.mark.soak
    async def test_at_every_moment_of_its_writes(self, settings: Settings, tmp_path: Path) -> None:
        assert await killed_at_each_moment(settings, tmp_path, step=1) > 12

    async def test_another_on_the_machine_takes_over(self, settings: Settings, tmp_path: Path) -> None:
        async with world_of(settings, tmp_path) as (world, chosen):
            key = await created(world.api)
            with worker(chosen) as first:
                before = await world.settled(key)
                (pid,) = world.processes(key)
                with worker(chosen):
                    first.kill()
                    await world.until(key, lambda row: condition(row, "Ready")["status"] == "FALSE")
                    after = await world.settled(key)
                    assert world.processes(key) != [pid]
                    assert after["endpoint"] == before["endpoint"]
            await assert_sound(world, key)

    @pytest.mark.soak
    async def test_of_two_at_any_time_for_minutes(self, settings: Settings, tmp_path: Path) -> None:
        chance = random.Random(9)
        async with world_of(settings, tmp_path) as (world, chosen):
            of = await served(world.api)
            keys = [await create(world.api, of, f"d{n}", configuration=SAMPLE) for n in range(4)]
            for _ in range(25):
                with worker(chosen), worker(chosen):
                    for key in keys:
                        await change(world.api, "scaleDeployment", key, replicas=chance.randint(1, 3), reason="chance")
                    await asyncio.sleep(chance.uniform(0, 3))
            with worker(chosen):
                for key in keys:
                    row = await world.deployment(key)
                    await world.settled(key, row["spec"]["runtime"]["replicas"], seconds=60)
            await assert_sound(world, *keys)


SAMPLE: dict[str, Any] = {"process": {"template": "sample"}}


def answers(endpoint: str) -> bool:
    """Whether it does; a call that comes while a replica dies may be cut off with it."""
    try:
        return ask(endpoint)[0] == HTTPStatus.OK
    except (OSError, HTTPException):
        return False


class TestPostgresAway:
    async def test_what_serves_goes_on_and_heals_and_it_is_said_later(self, tmp_path: Path) -> None:
        with private_servers() as servers:
            await migrate(servers.urls.database)
            chosen = with_templates(installation(servers, tmp_path / "home"), tmp_path)
            async with answering(chosen) as api, controller(chosen, api.database) as made:
                world = World(api, made.node)
                key = await created(api, runtime={"replicas": 2})
                endpoint = (await world.settled(key, 2))["endpoint"]
                first, _ = await world.replicas(key)
                postgres = await server_of(api.database)
                os.kill(postgres, signal.SIGKILL)
                os.kill(first["pid"], signal.SIGKILL)
                async with asyncio.timeout(10):
                    while not await asyncio.to_thread(answers, endpoint):
                        await asyncio.sleep(0.05)
                    while len(world.processes(key)) < 2 or first["pid"] in world.processes(key):
                        await asyncio.sleep(0.05)
                await revived(servers, api.database, postgres)
                await world.until(key, lambda row: row["replicas"] == 2)
                async with asyncio.timeout(10):
                    while (await world.replicas(key))[0]["restarts"] != 1:
                        await asyncio.sleep(0.05)
                await change(api, "scaleDeployment", key, replicas=1, reason="quiet")
                await world.settled(key)
                await assert_sound(world, key)


async def at_once(settings: Settings, folder: Path, number: int, seconds: float) -> float:
    """Deploy so many at once, then delete them; the seconds until all ran."""
    async with world_of(settings, folder) as (world, chosen), controller(chosen, world.api.database):
        of = await served(world.api)
        begun = time.monotonic()
        keys = [await create(world.api, of, f"d{n}", configuration=SAMPLE) for n in range(number)]
        for key in keys:
            await world.settled(key, seconds=seconds)
        took = time.monotonic() - begun
        ports = {each["port"] for each in await select_rows(world.api.database, "select port from deployment_replica")}
        assert len(ports) == number
        for key in keys:
            await change(world.api, "deleteDeployment", key)
        for key in keys:
            await world.until(key, lambda row: row["phase"] == "STOPPED", seconds)
        assert [key for key in keys if world.processes(key)] == []
        await assert_sound(world, *keys)
        return took


class TestManyAtOnce:
    async def test_all_come_and_go(self, settings: Settings, tmp_path: Path) -> None:
        await at_once(settings, tmp_path, 8, seconds=30)

    @pytest.mark.soak
    async def test_a_hundred_and_twenty_come_and_go(self, settings: Settings, tmp_path: Path) -> None:
        print(f"120 at once: {await at_once(settings, tmp_path, 120, seconds=180):.1f} s")
