"""An API and controllers that make true what it is told, with servers that behave and others that do not."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from app.deployments.controlling.controller import Controller
from app.deployments.controlling.jobs import controlling
from app.deployments.runtimes.process.sweeping import cookies
from app.kit.db import Database
from app.kit.ids import key_of
from app.kit.journal import Writer
from app.settings import Settings
from tests.conftest import Api
from tests.deployments.runtimes.running import COMMAND, QUICK
from tests.kit.rows import select_rows

TEMPLATES: dict[str, dict[str, Any]] = {
    "sample": {},
    "slow": {"options": ["--start-delay", "1"]},
    "unhealthy": {"options": ["--unhealthy"], "start_seconds": 0.4},
    "exits": {"options": ["--exit-after", "0", "--exit-code", "3"]},
    "missing": {"command": ["/no/such/program", "{port}"]},
    "deaf": {"options": ["--ignores-term"], "stop_seconds": 60},
    "patient": {"options": ["--token-delay", "0.5"], "drain_seconds": 60},
}


def with_templates(settings: Settings, folder: Path) -> Settings:
    """The same settings with the templates above."""
    path = folder / "templates.toml"
    path.write_text("\n".join(_table(name, dict(given)) for name, given in TEMPLATES.items()))
    return settings.model_copy(update={"templates": path})


def _table(name: str, given: dict[str, Any]) -> str:
    command = given.pop("command", [*COMMAND, *given.pop("options", [])])
    content = {**QUICK, **given, "command": command}
    return "\n".join([f"[{name}]", *(f"{key} = {json.dumps(value)}" for key, value in content.items())])


@asynccontextmanager
async def controller(settings: Settings, database: Database) -> AsyncGenerator[Controller]:
    """A controller during the block, with its notes."""
    made = controlling(settings, Writer(database))
    told, database.announce = database.announce, made.heard

    async def note() -> None:
        while True:
            await made.note()
            await asyncio.sleep(0.3)

    async with made.running():
        noting = asyncio.create_task(note())
        try:
            yield made
        finally:
            noting.cancel()
            await asyncio.wait({noting})
            database.announce = told


@dataclass(frozen=True, slots=True)
class World:
    """What there is of deployments."""

    api: Api
    node: str

    async def deployment(self, key: str) -> dict[str, Any]:
        """The row of a deployment."""
        sql = "select * from deployment where id = :key"
        (row,) = await select_rows(self.api.database, sql, key=key_of(key, "Deployment", argument="id"))
        return row

    async def replicas(self, key: str) -> list[dict[str, Any]]:
        """The rows of its replicas."""
        sql = "select * from deployment_replica where deployment_id = :key order by slot"
        return await select_rows(self.api.database, sql, key=key_of(key, "Deployment", argument="id"))

    async def until(self, key: str, holds: Callable[[dict[str, Any]], bool], seconds: float = 20) -> dict[str, Any]:
        """The first row for which something holds."""
        async with asyncio.timeout(seconds):
            while not holds(row := await self.deployment(key)):
                await asyncio.sleep(0.03)
            return row

    async def settled(self, key: str, replicas: int = 1, seconds: float = 20) -> dict[str, Any]:
        """The row once exactly what is wanted runs, and it is said so."""
        async with asyncio.timeout(seconds):
            while not await self.is_settled(key, replicas):
                await asyncio.sleep(0.03)
            return await self.deployment(key)

    async def is_settled(self, key: str, replicas: int) -> bool:
        """Whether exactly what is wanted runs, and it is said so."""
        row = await self.deployment(key)
        phase = "RUNNING" if replicas else "STOPPED"
        said = (row["phase"], row["replicas"], row["observed_generation"]) == (phase, replicas, row["generation"])
        is_over = condition(row, "Progressing")["status"] == "FALSE"
        return said and is_over and len(self.processes(key)) == replicas

    def processes(self, key: str) -> list[int]:
        """All processes of a deployment."""
        start = f"{self.node}:{key_of(key, 'Deployment', argument='id')}:"
        return [pid for pid, cookie in cookies() if cookie.startswith(start)]

    async def story(self, key: str) -> list[str]:
        """What subscribers hear, in order."""
        sql = "select kind, payload from event where topic = 'deployment' order by position"
        mine = str(key_of(key, "Deployment", argument="id"))
        rows = [row for row in await select_rows(self.api.database, sql) if row["payload"]["resource_id"] == mine]
        return [_told(row["kind"], row["payload"]) for row in rows]


def _told(kind: str, payload: dict[str, Any]) -> str:
    if kind != "deployment.statusChanged":
        return kind.removeprefix("deployment.")
    return f"{payload['phase_from']}-{payload['phase_to']}"


def condition(row: dict[str, Any], name: str) -> dict[str, Any]:
    """A condition of a deployment."""
    return next((each for each in row["conditions"] if each["type"] == name), {"status": None, "reason": None})


def assert_each_once(story: Sequence[str]) -> None:
    """Each phase begins where the one before ended: no transition is missing, none is told twice."""
    moves = [told.split("-") for told in story if "-" in told]
    assert all(before[1] == after[0] for before, after in pairwise(moves)), story
    assert moves[0][0] == "CREATING"
