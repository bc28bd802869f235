"""README.md and docs/live.md: who listens as they say hears what happens, and loses nothing when a server restarts."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from app.settings import Settings
from tests.clients.node import installed, node_home
from tests.conftest import Api
from tests.faults.test_killed_hub import started
from tests.kit.rows import provider, put
from tests.live.listening import served
from tests.live.test_streams import register

ROOT = Path(__file__).resolve().parents[2]
ADDRESS = "127.0.0.1:8000"


def example(document: str, language: str, number: int) -> str:
    """One of the blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", (ROOT / document).read_text(), re.DOTALL)[number]


@asynccontextmanager
async def running(text: str, address: str, token: str, *command: str) -> AsyncGenerator[asyncio.StreamReader]:
    """What an example prints while it runs."""
    folder = await asyncio.to_thread(installed)
    process = await asyncio.create_subprocess_exec(
        *command, text.replace(ADDRESS, address), cwd=folder, env={**os.environ, "TOKEN": token},
        stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdout
    try:
        async with asyncio.timeout(30):
            yield process.stdout
    finally:
        process.kill()
        await process.communicate()


def node() -> list[str]:
    """The program that runs JavaScript."""
    return [str(node_home() / "bin" / "node"), "--input-type=module", "-e"]


@pytest.mark.parametrize(("language", "number"), [("js", 0), ("js", 1), ("python", 0)])
async def test_readme(api: Api, language: str, number: int) -> None:
    await put(api.database, provider())
    command = node() if language == "js" else [sys.executable, "-c"]
    async with (
        served(api) as address,
        running(example("README.md", language, number), address, api.token(), *command) as printed,
    ):
        await listened(api)
        await register(api, "one")
        assert await printed.readline() == b"model.registered one\n"


async def listened(api: Api) -> None:
    """Wait until somebody listens."""
    while not any(group.members for group in api.app.state.hub.exchange.groups.values()):
        await asyncio.sleep(0.01)


async def test_restart_loses_nothing(api: Api, settings: Settings, tmp_path: Path) -> None:
    """It comes again, when it was told to, with its last cursor."""
    await put(api.database, provider())
    with started(settings, tmp_path / "log", "serve") as (hub,):
        address = hub.url.removeprefix("http://")
        async with running(example("docs/live.md", "js", 0), address, api.token(), *node()) as printed:
            told = asyncio.create_task(printed.readline())
            number = 0
            while not told.done():
                number += 1
                await register(api, f"early{number}")
                await asyncio.wait([told], timeout=0.2)
            expected = re.fullmatch(rb"model.registered early(\d+)\n", told.result())
            assert expected
            for name in range(int(expected[1]) + 1, number + 1):
                assert await printed.readline() == f"model.registered early{name}\n".encode()
            await asyncio.to_thread(hub.end)
            await register(api, "meanwhile")
            await asyncio.to_thread(hub.start)
            await register(api, "afterwards")
            assert await printed.readline() == b"model.registered meanwhile\n"
            assert await printed.readline() == b"model.registered afterwards\n"
