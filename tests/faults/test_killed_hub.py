"""A hub whose processes are killed under load: whatever its clients were answered is there, and each act is done once.

A short form for every run, and one of several minutes in which the worker, Postgres and Valkey die as well."""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncGenerator, Generator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import IO

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from app.embedded import EmbeddedServers, stop
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.db import Database
from app.kit.errors import HubError
from app.kit.secrets import load_keys
from app.migrate import METADATA, migrate
from app.settings import Settings
from tests.conftest import GENEROUS, free_port, wait_for
from tests.contract.acting import journal_is_sound
from tests.faults.clients import Client
from tests.kit.rows import gid, model, provider, put, select_rows
from tests.servers import private_servers

CLIENTS, KILLS = 6, 3
SOAK_SECONDS = float(os.environ.get("MODELHUB_SOAK_SECONDS", "240"))


@dataclass(slots=True)
class Process:
    """`modelhub serve` or `modelhub worker`, started again whenever it was killed."""

    command: str
    env: dict[str, str]
    log: IO[bytes]
    running: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self.env['PORT']}"

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        command = [sys.executable, "-m", "app", self.command]
        self.running = subprocess.Popen(command, env=self.env, stdout=self.log, stderr=self.log)
        wait_for(f"{self.url}/healthz", self.running)

    async def replace(self) -> None:
        """SIGKILL, and start anew."""
        assert self.running
        assert self.running.poll() is None, "it ended by itself"
        self.running.kill()
        self.running.wait()
        await asyncio.to_thread(self.start)

    def end(self) -> None:
        """Let it end in good order."""
        if self.running:
            stop(self.running)


def process(command: str, settings: Settings, log: IO[bytes]) -> Process:
    """A process of an installation."""
    port = free_port()
    env = {
        "DATABASE_URL": settings.database_url or "",
        "REDIS_URL": settings.redis_url or "",
        "MODELHUB_HOME": str(settings.home),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "MODELHUB_WORKER_PORT": str(port),
        "MODELHUB_LIMITS": str(GENEROUS),
        "DEMO": "0",
    }
    return Process(command, {**os.environ, **env}, log)


@contextmanager
def started(settings: Settings, log: Path, *commands: str) -> Generator[list[Process]]:
    """Processes of an installation, until the block ends."""
    with log.open("wb") as file:
        made = [process(command, settings, file) for command in commands]
        try:
            for each in made:
                each.start()
            yield made
        finally:
            for each in made:
                each.end()


async def counts(database: Database) -> dict[str, int]:
    """How many rows each table has."""
    each = " union all ".join(f"select '{name}' as name, count(*) as rows from {name}" for name in METADATA.tables)
    return {row["name"]: row["rows"] for row in await select_rows(database, each)}


@dataclass(slots=True)
class Load:
    """Clients at work on one hub, and what one undisturbed round of theirs adds to each table."""

    database: Database
    clients: list[Client]
    before: dict[str, int]
    of_a_round: dict[str, int]

    def missed(self) -> int:
        """How many answers did not come."""
        return sum(client.repeated for client in self.clients)

    async def assert_done_once(self) -> None:
        """Every act of every round is there once, for the auditor and the subscribers too."""
        rounds = sum(client.rounds for client in self.clients)
        expected = {name: rows + rounds * self.of_a_round[name] for name, rows in self.before.items()}
        assert await counts(self.database) == expected
        await self._assert_shared_model_was_changed_by_each(rounds)
        await self._assert_journal_is_whole(sum(len(client.done) for client in self.clients))

    async def _assert_shared_model_was_changed_by_each(self, rounds: int) -> None:
        (shared,) = await select_rows(self.database, "select revision from model where slug = 'acme/shared'")
        assert shared["revision"] == 1 + rounds
        said = "select after ->> 'description' as text from audit_event where action = 'model.updated'"
        told = sorted(row["text"] for row in await select_rows(self.database, said))
        assert told == sorted(f"{client.name}-{n}" for client in self.clients for n in range(client.rounds))

    async def _assert_journal_is_whole(self, acts: int) -> None:
        assert await journal_is_sound(self.database)
        audits = "select action as kind, resource_id from audit_event order by 1, 2"
        events = "select kind, payload ->> 'resource_id' as resource_id from event order by 1, 2"
        assert await select_rows(self.database, audits) == await select_rows(self.database, events)
        (keys,) = await select_rows(self.database, "select count(*) as n, count(result) as done from done_mutation")
        assert (keys["n"], keys["done"]) == (acts, acts)


@asynccontextmanager
async def under_load(database: Database, settings: Settings, hub: Process) -> AsyncGenerator[Load]:
    """Clients that work while the block runs, and come to an end with it."""
    acme = provider()
    shared = model(acme, "shared")
    await put(database, acme, shared)
    token = issue_development_token(load_keys(settings.home), Role.ADMIN)
    clients = [Client(hub.url, token, f"client{n}", gid(shared)) for n in range(CLIENTS)]
    before = await counts(database)
    async with clients[0].connected() as http:
        await clients[0].make_round(http)
    after, stopped = await counts(database), asyncio.Event()
    async with asyncio.TaskGroup() as working:
        for client in clients:
            working.create_task(client.work(stopped))
        try:
            yield Load(database, clients, before, {name: after[name] - before[name] for name in before})
        finally:
            stopped.set()


async def assert_answers_last(load: Load) -> None:
    """Whoever asks for everything again gets what he was answered, and nothing is done."""
    before = await counts(load.database)
    await asyncio.gather(*(client.ask_again() for client in load.clients))
    assert await counts(load.database) == before


class TestKilledHub:
    async def test_does_each_act_once_however_often_it_is_killed(
        self, database: Database, settings: Settings, tmp_path: Path
    ) -> None:
        random = Random(11)
        with started(settings, tmp_path / "log", "serve") as (hub,):
            async with under_load(database, settings, hub) as load:
                for _ in range(KILLS):
                    await asyncio.sleep(random.uniform(0.1, 0.9))
                    await hub.replace()
            assert load.missed() >= KILLS
            await load.assert_done_once()
            await assert_answers_last(load)


async def server_of(database: Database) -> int:
    """The process of Postgres."""
    (row,) = await select_rows(database, "select current_setting('data_directory') as folder")
    return int((Path(row["folder"]) / "postmaster.pid").read_text().split()[0])


async def redis_of(url: str) -> int:
    """The process of Valkey."""
    async with Redis.from_url(url) as redis:
        return (await redis.info("server"))["process_id"]


@dataclass(slots=True)
class Reaper:
    """Kills one process after another, whichever chance says, and sees to it that it comes back."""

    servers: EmbeddedServers
    database: Database
    processes: list[Process]
    random: Random
    killed: Counter[str] = field(default_factory=Counter[str])

    async def reap(self) -> None:
        """Kill somebody, and wait until he is back."""
        await asyncio.sleep(self.random.uniform(0.1, 4))
        name = self.random.choice(["serve", "serve", "serve", "worker", "postgres", "valkey"])
        if name in {"postgres", "valkey"}:
            await self._kill_server(name)
        else:
            await next(each for each in self.processes if each.command == name).replace()
        self.killed[name] += 1

    async def _kill_server(self, name: str) -> None:
        find = server_of(self.database) if name == "postgres" else redis_of(self.servers.urls.redis)
        os.kill(await find, signal.SIGKILL)
        async with asyncio.timeout(30):
            while not await self._is_back(name):
                self.servers.check()
                await asyncio.sleep(0.1)
        await asyncio.sleep(15)  # who crashes more than four times a minute is given up

    async def _is_back(self, name: str) -> bool:
        try:
            await (server_of(self.database) if name == "postgres" else redis_of(self.servers.urls.redis))
        except (HubError, RedisError, OSError):
            return False
        return True


@pytest.mark.soak
class TestTormentedInstallation:
    async def test_does_each_act_once_whoever_is_killed(self, tmp_path: Path) -> None:
        with private_servers() as servers:
            await migrate(servers.urls.database)
            given = {"DATABASE_URL": servers.urls.database, "REDIS_URL": servers.urls.redis, "MODELHUB_HOME": tmp_path}
            settings, database = Settings.model_validate(given), Database(servers.urls.database)
            with started(settings, tmp_path / "log", "serve", "worker") as processes:
                reaper = Reaper(servers, database, processes, Random())
                async with under_load(database, settings, processes[0]) as load:
                    end = asyncio.get_running_loop().time() + SOAK_SECONDS
                    while asyncio.get_running_loop().time() < end:
                        await reaper.reap()
                acts = sum(len(client.done) for client in load.clients)
                print(f"{acts:,} acts of {CLIENTS} clients, {load.missed()} answers missed; killed: {reaper.killed}")
                assert load.missed() >= reaper.killed["serve"] > 0
                await load.assert_done_once()
                await assert_answers_last(load)
            await database.close()
