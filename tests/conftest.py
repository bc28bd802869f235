"""A real Postgres and a real Redis for all tests; each test that asks for a database gets one of its own."""

from __future__ import annotations

import asyncio
import gc
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import AsyncGenerator, AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx2
import pytest
import pytest_asyncio

from app.embedded import EmbeddedServers, stop
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.clock import Clock, utc_now
from app.kit.db import Database
from app.kit.ids import new_id
from app.main import build
from app.migrate import migrate
from app.settings import Settings
from tests.servers import chosen, private_servers

TEMPLATE = "template_modelhub"
GENEROUS = Path(__file__).with_name("generous.toml")
"""Limits that no test meets by accident."""


def pytest_collection_finish() -> None:
    """Modules and tests stay: no collection of garbage need look at them."""
    gc.collect()
    gc.freeze()


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """With other servers than the embedded ones, skip what is about those."""
    if chosen() == "embedded":
        return
    for item in items:
        if item.get_closest_marker("embedded") or "running_hub" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.skip(reason="is about the embedded servers, not about others"))


@pytest.fixture(scope="session")
def servers() -> Iterator[EmbeddedServers]:
    """The servers of the whole session."""
    with private_servers() as running:
        yield running


def _url(servers: EmbeddedServers, name: str) -> str:
    return servers.urls.database.replace("/modelhub?", f"/{name}?")


async def _administer(servers: EmbeddedServers, *statements: str) -> None:
    connection = await asyncpg.connect(servers.urls.database.replace("+asyncpg", ""))
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def template(servers: EmbeddedServers) -> str:
    """A migrated, empty database to copy."""
    asyncio.run(_administer(servers, f"create database {TEMPLATE}"))
    asyncio.run(migrate(_url(servers, TEMPLATE)))
    return TEMPLATE


@asynccontextmanager
async def own_database(servers: EmbeddedServers, template: str) -> AsyncGenerator[str]:
    """The URL of a migrated, empty database, which is dropped after the block."""
    name = f"test_{new_id().hex}"
    await _administer(servers, f"create database {name} template {template}")
    try:
        yield _url(servers, name)
    finally:
        await _administer(servers, f"drop database {name} with (force)")


@pytest_asyncio.fixture
async def database_url(servers: EmbeddedServers, template: str) -> AsyncIterator[str]:
    """A migrated, empty database of one's own."""
    async with own_database(servers, template) as url:
        yield url


@pytest_asyncio.fixture
async def empty_url(servers: EmbeddedServers) -> AsyncIterator[str]:
    """A database in which there is nothing yet."""
    async with own_database(servers, "template1") as url:
        yield url


@pytest_asyncio.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """Pools over a database of one's own."""
    opened = Database(database_url, read_connections=4, write_connections=4)
    yield opened
    await opened.close()


@pytest.fixture
def settings(servers: EmbeddedServers, database_url: str, tmp_path: Path) -> Settings:
    """Settings of an installation of one's own."""
    return Settings.model_validate(
        {
            "DATABASE_URL": database_url,
            "REDIS_URL": servers.urls.redis,
            "MODELHUB_HOME": tmp_path / "home",
            "DEMO": False,
            "MODELHUB_LIMITS": GENEROUS,
        }
    )


@dataclass(frozen=True, slots=True)
class Api:
    """The API in this process, with real servers behind it."""

    client: httpx2.AsyncClient
    database: Database
    app: Any

    def token(self, role: Role = Role.ADMIN) -> str:
        """A token with that role."""
        return issue_development_token(self.app.state.hub.keys, role)

    async def ask(self, query: str, /, *, role: Role | None = Role.ADMIN, **variables: Any) -> dict[str, Any]:
        """The whole answer to a query; without a role, without a credential."""
        headers = {"authorization": f"Bearer {self.token(role)}"} if role else {}
        answer = await self.client.post("/graphql", json={"query": query, "variables": variables}, headers=headers)
        return answer.json()

    async def data(self, query: str, /, *, role: Role = Role.ADMIN, **variables: Any) -> dict[str, Any]:
        """The data of an answer that must not have errors."""
        answer = await self.ask(query, role=role, **variables)
        assert "errors" not in answer, answer["errors"]
        return answer["data"]

    async def codes(self, query: str, /, *, role: Role | None = Role.ADMIN, **variables: Any) -> list[str]:
        """The codes of the errors of an answer."""
        answer = await self.ask(query, role=role, **variables)
        return [error["extensions"]["code"] for error in answer.get("errors", [])]


@asynccontextmanager
async def answering(settings: Settings, clock: Clock = utc_now) -> AsyncGenerator[Api]:
    """The API over an installation, for as long as the block runs."""
    app = build(settings, clock)
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://hub") as client,
    ):
        yield Api(client, app.state.hub.database, app)


@pytest_asyncio.fixture
async def api(settings: Settings) -> AsyncIterator[Api]:
    """The API over a database of one's own."""
    async with answering(settings) as opened:
        yield opened


@dataclass(frozen=True, slots=True)
class RunningHub:
    """A whole installation in processes of its own, as `make run` starts it."""

    url: str
    token: str
    home: Path


def free_port() -> int:
    """A port of the loopback interface that nobody uses."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(url: str, process: subprocess.Popen[bytes], seconds: float = 180) -> None:
    """Wait until a URL answers 200."""
    end = time.monotonic() + seconds
    while True:
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except OSError:
            assert process.poll() is None, "modelhub up ended"
            assert time.monotonic() < end, f"{url} does not answer"
            time.sleep(0.1)


@pytest.fixture(scope="session")
def running_hub() -> Iterator[RunningHub]:
    """`modelhub up` with the demo, on a free port and in a home of its own."""
    home, port = Path(tempfile.mkdtemp(prefix="mh-")), free_port()
    env = {**os.environ, "MODELHUB_HOME": str(home), "PORT": str(port), "HOST": "127.0.0.1", "DEMO": "1"}
    env["MODELHUB_PRIVATE_TARGETS"] = "127.0.0.0/8"
    env = {name: value for name, value in env.items() if name not in {"DATABASE_URL", "REDIS_URL"}}
    process = subprocess.Popen([sys.executable, "-m", "app", "up"], env=env, stdout=subprocess.DEVNULL)
    try:
        wait_for(f"http://127.0.0.1:{port}/readyz", process)
        command = [sys.executable, "-m", "app", "token", "--role", "admin"]
        token = subprocess.run(command, env=env, check=True, capture_output=True, text=True).stdout.split()[-1]
        yield RunningHub(f"http://127.0.0.1:{port}", token, home)
    finally:
        stop(process)
        shutil.rmtree(home, ignore_errors=True)
