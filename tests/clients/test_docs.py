"""docs/api.md: its examples are run as they are written, and it tells of every code and status."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from pathlib import Path

from app.identity.rules import Role
from app.kit.errors import ErrorCode
from app.web import messages
from app.web.parameters import MAX_NESTING, MAX_VALUES
from tests.clients.node import installed, node_home
from tests.conftest import Api
from tests.serving import serving

TEXT = (Path(__file__).resolve().parents[2] / "docs" / "api.md").read_text()
ADDRESS = "127.0.0.1:8000"


def examples(language: str) -> list[str]:
    """The blocks in a language."""
    return re.findall(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)


async def printed(address: str, token: str, example: str, *command: str, cwd: Path | None = None) -> str:
    """What an example prints when a program runs it."""
    running = await asyncio.create_subprocess_exec(
        *command, example.replace(ADDRESS, address), cwd=cwd, env={**os.environ, "TOKEN": token},
        stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    try:
        async with asyncio.timeout(30):
            told, complaints = await running.communicate()
    finally:
        if running.returncode is None:
            running.kill()
    assert running.returncode == 0, complaints.decode()
    return told.decode()


async def test_examples(api: Api) -> None:
    token = api.token(Role.VIEWER)
    name = (await api.data("{ viewer { name } }", role=Role.VIEWER))["viewer"]["name"]
    folder = await asyncio.to_thread(installed)
    async with serving(api.app) as address:
        shell = [await printed(address, token, one, "sh", "-c") for one in examples("sh") if "curl" in one]
        node = [str(node_home() / "bin" / "node"), "--input-type=module", "-e"]
        scripts = [await printed(address, token, one + "process.exit()", *node, cwd=folder) for one in examples("js")]
        python = [await printed(address, token, one, sys.executable, "-c") for one in examples("python")]
    assert [len(shell), len(scripts), len(python)] == [3, 3, 1]
    plain, trusted, streamed = shell
    assert '"totalCount":0' in plain
    assert "PERSISTED_QUERY_NOT_FOUND" in trusted
    assert streamed.startswith("event: next\ndata: {")
    assert all(name in told for told in (streamed, *scripts, *python))


def test_every_code_is_told() -> None:
    told = set(re.findall(r"`([A-Z][A-Z_]+)`", TEXT))
    assert {code.value for code in ErrorCode} <= told


def test_every_close_code_is_told() -> None:
    ours = {value for value in vars(messages).values() if isinstance(value, int) and value > 1_000}
    assert {code for code in ours if f"| {code} |" not in TEXT} == set()


def test_bounds_are_told() -> None:
    assert f"{MAX_VALUES:,} values and {MAX_NESTING} levels" in TEXT
