"""`python -m bench.deployments`: what it costs to look after deployments, and how fast they come and heal."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from statistics import median
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text

from app.catalog.tables import Model, Provider
from app.deployments.controlling.controller import Controller
from app.deployments.runtimes.process.runtime import ProcessRuntime
from app.deployments.runtimes.templates import SAMPLE, Template
from app.deployments.tables import Deployment
from app.embedded import EmbeddedServers
from app.kit.db import Announcement, Database
from app.kit.ids import new_id
from app.kit.journal import Writer
from app.migrate import migrate
from bench.report import machine

STEADY, SECONDS, ROUNDS = 120, 10.0, 5
RESULTS: Final = Path(__file__).with_name("deployments.md")
_SERVER: Final = """
import socket, sys
listening = socket.create_server(("127.0.0.1", int(sys.argv[1])))
while True:
    caller, _ = listening.accept()
    caller.recv(4096)
    caller.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 0\\r\\nConnection: close\\r\\n\\r\\n")
    caller.close()
"""
SMALL: Final = Template(command=(sys.executable, "-I", "-S", "-c", _SERVER, "{port}"), start_seconds=60)
"""What is measured is who looks after them."""


async def _add(database: Database, template: str, number: int) -> list[UUID]:
    """Want so many deployments of a new model."""
    provider = Provider(id=new_id(), slug=f"p{new_id().hex}", name="Bench")
    named = {"id": new_id(), "provider_id": provider.id, "slug": f"{provider.slug}/m", "name": "m"}
    model = Model(**named, model_type="TEXT", status="ACTIVE", source="REGISTERED")
    given: dict[str, Any] = {"environment": "STAGING", "runtime": "PROCESS", "phase": "CREATING", "conditions": []}
    spec = {"process": {"template": template}, "runtime": {"replicas": 1}}
    made = [Deployment(id=new_id(), name=f"d{n}", model_id=model.id, spec=spec, **given) for n in range(number)]
    async with database.transaction() as session:
        for rows in ([provider], [model], made):
            session.add_all(rows)
            await session.flush()
    database.announce(Announcement.EVENTS)
    return [each.id for each in made]


async def _until(holds: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(120):
        while not await holds():  # noqa: ASYNC110 - it is Postgres that is asked
            await asyncio.sleep(0.005)


async def _count(database: Database, condition: str, **values: Any) -> int:
    async with database.transaction() as session:
        return await session.scalar(text(f"select count(*) from deployment where {condition}"), values) or 0  # noqa: S608 - ours


@asynccontextmanager
async def _world(home: Path, url: str) -> AsyncGenerator[tuple[Database, Controller]]:
    await migrate(url)
    database = Database(url, read_connections=2, write_connections=4)
    templates = {"sample": SAMPLE, "small": SMALL}
    controller = Controller(
        Writer(database), home, lambda node, wake: {"PROCESS": ProcessRuntime(templates, home, node, wake)}
    )
    database.announce = controller.heard
    async with controller.running():
        noting = asyncio.create_task(_note(controller))
        yield database, controller
        noting.cancel()
    await database.close()


async def _note(controller: Controller) -> None:
    while True:
        await controller.note()
        await asyncio.sleep(5)


async def _coming(database: Database) -> list[float]:
    """Seconds from being wanted to RUNNING, of the sample server."""
    took: list[float] = []
    for _ in range(ROUNDS):
        begun = time.monotonic()
        (key,) = await _add(database, "sample", 1)
        await _until(lambda key=key: _is(database, "id = :key and phase = 'RUNNING'", key))
        took.append(time.monotonic() - begun)
    return took


async def _is(database: Database, condition: str, key: UUID) -> bool:
    return await _count(database, condition, key=key) == 1


async def _telling(database: Database) -> tuple[list[float], list[float]]:
    """Seconds from the death of a replica to the event of it, and to that of its recovery; each has a first one."""
    told: list[float] = []
    healed: list[float] = []
    async with database.transaction() as session:
        found = (await session.execute(text("select deployment_id, pid from deployment_replica"))).all()
    for key, pid in found:
        begun = time.monotonic()
        os.kill(pid, signal.SIGKILL)
        await _until(lambda key=key: _is(database, "id = :key and phase <> 'RUNNING'", key))
        told.append(time.monotonic() - begun)
        await _until(lambda key=key: _is(database, "id = :key and phase = 'RUNNING'", key))
        healed.append(time.monotonic() - begun)
    return told, healed


async def _steady(database: Database) -> tuple[float, float]:
    """Seconds until so many run at once; and what share of a core it takes to look after them."""
    begun = time.monotonic()
    await _add(database, "small", STEADY)
    await _until(lambda: _all(database))
    took = time.monotonic() - begun
    await asyncio.sleep(3)
    used, since = time.process_time(), time.monotonic()
    await asyncio.sleep(SECONDS)
    return took, (time.process_time() - used) / (time.monotonic() - since)


async def _all(database: Database) -> bool:
    return await _count(database, "phase <> 'RUNNING'") == 0


async def measure() -> str:
    """All of it, as a page."""
    home = Path(tempfile.mkdtemp(prefix="mh-"))
    try:
        with EmbeddedServers(home, lambda _: None) as servers:
            async with _world(home, servers.urls.database) as (database, _):
                coming = await _coming(database)
                told, healed = await _telling(database)
                took, share = await _steady(database)
                async with database.driver() as connection:
                    where = machine(await connection.fetchval("show server_version"))
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return _page(where, coming, told, healed, took, share)


def _page(where: str, coming: list[float], told: list[float], healed: list[float], took: float, share: float) -> str:
    rows = [
        ("wanted → RUNNING, the sample server", f"{median(coming):.2f} s ({max(coming):.2f} s)"),
        ("a replica is killed → it is told", f"{1000 * median(told):.0f} ms ({1000 * max(told):.0f} ms)"),
        ("a replica is killed → RUNNING again", f"{median(healed):.2f} s ({max(healed):.2f} s)"),
        (f"{STEADY} wanted at once → all RUNNING (small servers)", f"{took:.1f} s"),
        (f"to look after {STEADY} that are steady", f"{100 * share:.1f} % of a core (processor time)"),
    ]
    table = "\n".join(f"| {what} | {figure} |" for what, figure in rows)
    head = "Median and, in brackets, the slowest of five; made by `python -m bench.deployments`."
    return f"# Deployments\n\n{where}\n\n{head}\n\n| what | how much |\n|---|---|\n{table}\n"


def main() -> None:
    """Measure, and write the page."""
    page = asyncio.run(measure())
    print(page)
    RESULTS.write_text(page)


if __name__ == "__main__":
    main()
