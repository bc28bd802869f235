"""A worker that is told to end does so within seconds, whatever it is doing for deployments, and leaves nothing."""

from __future__ import annotations

import asyncio
import json
import random
import signal
import time
from collections.abc import Generator
from contextlib import contextmanager
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from app.settings import Settings
from tests.deployments.controlling.world import TEMPLATES, World
from tests.deployments.desired.wanting import change, create, served
from tests.faults.keeping import work_for_ever
from tests.faults.test_deployments import assert_sound, nothing_left, plain, world_of
from tests.forks import CHILDREN

WITHIN = 5.0
"""Seconds from SIGTERM to the end."""


@contextmanager
def worker(settings: Settings) -> Generator[ForkServerProcess]:
    """A whole worker, which does not outlive the block."""
    process = CHILDREN.Process(target=work_for_ever, args=(plain(settings),))
    process.start()
    try:
        yield process
    finally:
        process.kill()
        process.join()
        process.close()


async def told_to_end(process: ForkServerProcess) -> float:
    """Seconds until it has ended after SIGTERM: in good order, unless it has hardly begun."""
    begun = time.monotonic()
    process.terminate()
    await asyncio.to_thread(process.join, 3 * WITHIN)
    assert process.exitcode in {0, -signal.SIGTERM}
    return time.monotonic() - begun


async def of_every_kind(world: World, *without: str) -> list[str]:
    """Deployments that serve, start slowly, fail again and again, or do not end."""
    of = await served(world.api)
    names = [name for name in TEMPLATES if name not in without]
    wanted: dict[str, dict[str, Any]] = {name: {"process": {"template": name}} for name in names}
    wanted["sample"]["runtime"] = {"replicas": 3}
    return [await create(world.api, of, name, configuration=given) for name, given in wanted.items()]


async def ended_at_random(settings: Settings, folder: Path, rounds: int, longest: float, *without: str) -> float:
    """Tell one worker after another to end, at any moment; the most seconds that one took."""
    chance = random.Random(9)
    async with world_of(settings, folder) as (world, chosen):
        keys = await of_every_kind(world, *without)
        with worker(chosen) as running:
            await world.settled(keys[0], 3)
            worst = await told_to_end(running)
        for _ in range(rounds):
            await change(world.api, "scaleDeployment", keys[0], replicas=chance.randint(1, 3), reason="chance")
            with worker(chosen) as running:
                await asyncio.to_thread(running.join, 0.5 + chance.uniform(0, longest))
                worst = max(worst, await told_to_end(running))
            for key in keys:
                assert world.processes(key) == []
        await assert_sound(world, *[key for key in keys if is_moved(await world.story(key))])
    return worst


def is_moved(story: list[str]) -> bool:
    """Whether a worker came to say anything of it."""
    return any("-" in told for told in story)


class TestToldToEnd:
    async def test_at_any_moment(self, settings: Settings, tmp_path: Path) -> None:
        assert await ended_at_random(settings, tmp_path, 2, 1, "deaf") < WITHIN

    @pytest.mark.soak
    async def test_at_many_moments(self, settings: Settings, tmp_path: Path) -> None:
        worst = await ended_at_random(settings, tmp_path, 60, 4)
        print(f"told to end: {worst:.1f} s at most")
        assert worst < WITHIN

    async def test_while_it_waits_for_calls_and_for_those_who_do_not_listen(
        self, settings: Settings, tmp_path: Path
    ) -> None:
        async with world_of(settings, tmp_path) as (world, chosen):
            of = await served(world.api)
            patient, deaf, gone = [
                await create(world.api, of, name, configuration={"process": {"template": template}})
                for name, template in (("a", "patient"), ("b", "deaf"), ("c", "patient"))
            ]
            with worker(chosen) as running:
                endpoints = [(await world.settled(key))["endpoint"] for key in (patient, gone)]
                calls = [await called(endpoint) for endpoint in endpoints]
                for name, key in (("pauseDeployment", patient), ("pauseDeployment", deaf), ("deleteDeployment", gone)):
                    await change(world.api, name, key)
                for key in (patient, deaf):
                    await world.until(key, lambda row: row["replicas"] == 0)
                await asyncio.sleep(0.2)
                assert all(world.processes(key) for key in (patient, deaf, gone))
                assert await told_to_end(running) < WITHIN
                assert all([await nothing_left(world, key) for key in (patient, deaf, gone)])
            for call in calls:
                call.close()


async def called(endpoint: str) -> asyncio.StreamWriter:
    """A call that takes half a minute."""
    asked = {"model": "acme/anvil", "messages": [{"role": "user", "content": "hi"}], "stream": True, "max_tokens": 60}
    body, where = json.dumps(asked), urlsplit(endpoint)
    reader, writer = await asyncio.open_connection(where.hostname, where.port)
    named = f"Host: x\r\nContent-Type: application/json\r\nContent-Length: {len(body)}"
    writer.write(f"POST /v1/chat/completions HTTP/1.1\r\n{named}\r\n\r\n{body}".encode())
    assert b"200" in await reader.readline()
    return writer
