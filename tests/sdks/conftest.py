"""The hub and a server like OpenAI's on real ports, and programs in environments of their own."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio

from app.identity.rules import Role
from app.settings import Settings
from tests.conftest import Api, answering
from tests.sdks import dummy_openai
from tests.serving import serving

ROOT = Path(__file__).resolve().parent.parent.parent
ENVIRONMENTS = ROOT / ".venv" / "sdks"
PATIENCE = 90.0


@dataclass(frozen=True, slots=True)
class Place:
    """Where programs send telemetry to, and where they find models."""

    api: Api
    hub: str
    openai: str

    @property
    def key(self) -> str:
        """A credential of a developer."""
        return self.api.token(Role.DEVELOPER)

    async def run(self, *command: str | Path, environment: Mapping[str, str], **more: Any) -> str:
        """Run a program that must succeed; what it prints."""
        given = {"PATH": os.environ["PATH"], "HOME": os.environ.get("HOME", "/tmp"), **environment}
        talk = {"stdout": asyncio.subprocess.PIPE, "stderr": asyncio.subprocess.STDOUT}
        process = await asyncio.create_subprocess_exec(*map(str, command), env=given, **talk, **more)
        try:
            async with asyncio.timeout(PATIENCE):
                printed = (await process.communicate())[0].decode()
        finally:
            if process.returncode is None:
                process.kill()
                await process.wait()
        assert process.returncode == 0, printed
        return printed


@pytest_asyncio.fixture
async def place(settings: Settings) -> AsyncIterator[Place]:
    """A hub without any data."""
    async with answering(settings) as api, serving(api.app) as hub, serving(dummy_openai.app) as openai:
        yield Place(api, f"http://{hub}", f"http://{openai}")


def python_of(name: str) -> Path:
    """The interpreter of an environment that `make test-sdks` makes; skips where it could not be made."""
    python = ENVIRONMENTS / name / "bin" / "python"
    if not python.exists():
        pytest.skip(f"the environment `{name}` is not there; `make test-sdks` makes it")
    return python
