"""`npm test`, with Node, against a real server in a process of its own that is restarted while it runs."""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import subprocess
from collections.abc import AsyncGenerator, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from app.deployments.tables import Deployment
from app.experiments.tables import Experiment
from app.kit.access import SYSTEM, Actor
from app.kit.journal import Event, Writer, record
from app.settings import Settings
from tests.clients.node import missing, node_home
from tests.conftest import Api
from tests.contract import worlds
from tests.contract.examples import EXAMPLES
from tests.contract.worlds import Estate, entities, id_of, whole
from tests.faults.test_killed_hub import Process, started
from tests.frontend_contract.contract import MANIFEST, ROOT, operations
from tests.frontend_contract.filling import Filling
from tests.frontend_contract.happening import alarm
from tests.kit.rows import gid, put, team
from tests.metrics.receiving.sending import report
from tests.sample.serving import sample

PATIENCE = 100
NO_PACKAGES = "the packages of the frontend contract are not there: make contract-packages"


def npm() -> list[str]:
    """The command; without Node or the packages the test is skipped, but in CI it fails."""
    home = node_home()
    if not (ROOT / "node_modules").is_dir():
        missing(NO_PACKAGES)
    return [str(home / "bin" / "node"), str(ROOT / "node_modules/vitest/vitest.mjs"), "run"]


async def _record(session: AsyncSession, actor: Actor, events: Iterable[Event]) -> None:
    for event in events:
        record(session, actor, event)


@dataclass(slots=True)
class Stage:
    """Where something happens that every subscription tells, and the server goes down and comes up."""

    api: Api
    estate: Estate
    hub: Process
    number: count[int]

    async def act(self) -> None:
        """A new model, a draft, news of a deployment, and a call that takes part in the experiment."""
        for name in ("registerModel", "createExperiment"):
            example = EXAMPLES[name]()
            await put(self.api.database, *example.rows)
            document = next(each for each in operations().values() if each.field == name)
            assert (await self.api.data(document.text, input=example.input))[name]["errors"] == []
        await Writer(self.api.database).write(SYSTEM, _record, self.estate.events)
        call = {"eventId": f"call {next(self.number)}", "occurredAt": datetime.now(UTC).isoformat()}
        trial = gid(self.estate.all(Experiment)[0])
        taking_part = {"provider": "acme", "model": "one", "user": "u", "experimentId": trial, "variantId": "a"}
        await report(self.api, {**call, **taking_part})

    async def perform(self, command: str) -> None:
        """What Node asks for."""
        if command == "act":
            await self.act()
        else:
            await asyncio.to_thread({"down": self.hub.end, "up": self.hub.start}[command])

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """A request `POST /command`, answered when that is done."""
        head = await reader.readuntil(b"\r\n\r\n")
        await self.perform(head.split()[1].decode().strip("/"))
        writer.write(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")
        await writer.drain()
        writer.close()


@asynccontextmanager
async def controlled(stage: Stage) -> AsyncGenerator[str]:
    """Where the stage takes commands."""
    server = await asyncio.start_server(stage.answer, "127.0.0.1", 0)
    async with server:
        yield "http://{}:{}".format(*server.sockets[0].getsockname())


@pytest.fixture
def only_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that are started take the documents of the contract and no others, and may call this machine."""
    folder = tmp_path / "documents"
    folder.mkdir()
    shutil.copy(MANIFEST, folder)
    monkeypatch.setenv("MODELHUB_DOCUMENTS", str(folder))
    monkeypatch.setenv("FREE_DOCUMENTS", "nobody")
    monkeypatch.setenv("MODELHUB_PRIVATE_TARGETS", "127.0.0.0/8")


@pytest.mark.usefixtures("only_trusted")
async def test_typed_client(api: Api, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    command = npm()
    monkeypatch.setattr(worlds, "NOW", datetime.now(UTC))
    estate = whole("acme", of=team("red"))
    estate.events.append(alarm(estate))
    filling = Filling()
    filling.add(map(id_of, entities(estate)))
    variables = {each.name: filling.filled(each.example["variables"]) for each in operations().values()}
    with (
        sample("--model", "acme/one", "--token-delay", "0.05") as url,
        started(settings, tmp_path / "log", "serve") as (hub,),
    ):
        (shop,) = estate.all(Deployment)
        shop.runtime, shop.endpoint = "PROCESS", url
        await estate.put(api.database)
        async with controlled(Stage(api, estate, hub, count())) as control:
            given = {"url": f"{hub.url}/graphql", "control": control, "token": api.token(), "variables": variables}
            await _run(command, {"HUB": json.dumps(given)})


async def _run(command: list[str], environment: dict[str, str]) -> None:
    process = await asyncio.create_subprocess_exec(
        *command, cwd=ROOT, env={**os.environ, "NO_COLOR": "1", **environment},
        stdout=asyncio.subprocess.PIPE, stderr=subprocess.STDOUT,
    )  # fmt: skip
    try:
        async with asyncio.timeout(PATIENCE):
            printed, _ = await process.communicate()
    finally:
        if process.returncode is None:
            process.kill()
    assert process.returncode == 0, printed.decode()[-6000:]
    assert "skipped" not in printed.decode()


def test_generated_files_are_what_the_generator_writes() -> None:
    npm()
    command = [str(node_home() / "bin" / "node"), "scripts/generate.mjs", "--check"]
    assert subprocess.run(command, cwd=ROOT, check=False, timeout=PATIENCE).returncode == 0


def test_types_hold_and_the_client_is_small() -> None:
    npm()
    for script in (["node_modules/typescript/bin/tsc", "-p", "."], ["scripts/size.mjs"]):
        command = [str(node_home() / "bin" / "node"), *script]
        assert subprocess.run(command, cwd=ROOT, check=False, timeout=PATIENCE).returncode == 0
