"""Subscribers that come and go while everything is killed: each hears every event once, in order.

A short form for every run, and a long one."""

from __future__ import annotations

import asyncio
import json
import os
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import count, islice
from pathlib import Path
from random import Random
from typing import Any

import pytest
from redis.exceptions import RedisError
from sqlalchemy.ext.asyncio import AsyncSession
from websockets.exceptions import WebSocketException

from app.embedded import EmbeddedServers
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.access import SYSTEM, Actor
from app.kit.db import Database
from app.kit.errors import HubError
from app.kit.journal import GOVERNANCE_STREAM, Writer, cursor_text, tell
from app.kit.secrets import load_keys
from app.live.cursors import read_cursor
from app.migrate import migrate
from app.settings import Settings
from tests.faults.test_killed_hub import Process, redis_of, server_of, started
from tests.kit.rows import select_rows
from tests.live.listening import MODELS, NOBODY, Noted
from tests.servers import private_servers
from tests.web.talking import Talk, talking

WRITERS = 50
SECONDS = 15
"""For which a subscriber stays at most."""
MANY, SPARING = 9, 6
"""After so many kills there are as many seconds between them at least: the supervisor gives up who crashes more than
four times a minute."""
EVENTS = int(os.environ.get("MODELHUB_SOAK_EVENTS", "100000"))


@dataclass(frozen=True, slots=True)
class Size:
    """How many events are committed at least, and the seconds between two kills."""

    events: int
    subscribers: int
    pause: float


@dataclass(slots=True)
class Subscriber:
    """One who goes on from the last cursor whenever he is cut off, on whichever process: after `stays`
    messages at most he goes by himself."""

    hosts: list[str]
    token: str
    chance: Random
    head: str
    stays: int = 400
    got: list[int] = field(default_factory=list[int])
    connections: int = 0

    async def listen(self) -> None:
        """For ever."""
        while True:
            with suppress(OSError, WebSocketException, TimeoutError, AssertionError):
                await self._once()
            await asyncio.sleep(self.chance.uniform(0, 0.2))

    async def _once(self) -> None:
        async with talking(self.chance.choice(self.hosts), open_timeout=3) as talk:
            await talk.begin(self.token)
            self.connections += 1
            await talk.subscribe(MODELS, variables={"after": self.head})
            async with asyncio.timeout(SECONDS):
                await self._hear(talk, self.chance.randrange(1, self.stays))

    async def _hear(self, talk: Talk, messages: int) -> None:
        for _ in range(messages):
            self._take(json.loads(await talk.connection.recv()))

    def _take(self, message: Any) -> None:
        assert message["type"] == "next", message
        self.head = message["payload"]["data"]["modelChanged"]["cursor"]
        self.got.append(read_cursor(self.head).position)


class RolledBack(Exception):
    """The end of a transaction that is not meant to be committed."""


@dataclass(slots=True)
class Writers:
    """Transactions that take their time, before and after they tell, and end badly at random.

    `told` are the numbers of events whose commit was answered, `withdrawn` those that were rolled back."""

    database: Database
    chance: Random
    told: set[int] = field(default_factory=set[int])
    withdrawn: set[int] = field(default_factory=set[int])
    numbers: count[int] = field(default_factory=count)

    async def write(self, events: int) -> None:
        """Until so many are told."""
        while len(self.told) < events:
            await self.write_one()

    async def write_one(self) -> None:
        """One transaction with some events."""
        numbers = list(islice(self.numbers, self.chance.randrange(1, 8)))
        try:
            await Writer(self.database).write(SYSTEM, self._act, numbers)
            self.told.update(numbers)
        except RolledBack:
            self.withdrawn.update(numbers)
        except HubError:
            await asyncio.sleep(self.chance.uniform(0.1, 0.4))

    async def _act(self, session: AsyncSession, _: Actor, numbers: list[int]) -> None:
        await asyncio.sleep(self.chance.uniform(0, 0.01))
        for number in numbers:
            tell(session, Noted(resource_id=NOBODY, number=number))
        await asyncio.sleep(self.chance.uniform(0, 0.01))
        if self.chance.random() < 0.1:
            raise RolledBack

    async def assert_on_record(self) -> None:
        """The log has once what was committed, and nothing of what was not."""
        rows = await select_rows(self.database, "select cast(payload ->> 'number' as int) as number from event")
        numbers = {row["number"] for row in rows}
        assert len(numbers) == len(rows)
        assert self.told <= numbers
        assert self.withdrawn
        assert not self.withdrawn & numbers


async def last_of(database: Database) -> tuple[int, int]:
    """The position given last, and how many events there are."""
    (row,) = await select_rows(database, "select head, (select count(*) from event) as n from event_stream")
    return row["head"], row["n"]


@asynccontextmanager
async def subscribed(some: list[Subscriber]) -> AsyncGenerator[None]:
    """Subscribers at work during the block."""
    tasks = [asyncio.create_task(one.listen()) for one in some]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def caught_up(some: list[Subscriber], head: int, seconds: float) -> None:
    """Wait until all have the last event."""
    async with asyncio.timeout(seconds):
        while any(not one.got or one.got[-1] < head for one in some):
            await asyncio.sleep(0.05)


async def run(settings: Settings, servers: EmbeddedServers, log: Path, size: Size) -> None:
    """The whole story."""
    async with opened(settings) as database:
        (stream,) = await select_rows(database, "select epoch from event_stream")
        token = issue_development_token(load_keys(settings.home, settings.secret), Role.ADMIN)
        with started(settings, log, "serve", "serve") as processes:
            hosts = [one.url.removeprefix("http://") for one in processes]
            start = cursor_text(stream["epoch"], GOVERNANCE_STREAM, 0)
            stays = max(400, size.events // 50)
            some = [Subscriber(hosts, token, Random(n), start, stays) for n in range(size.subscribers)]
            async with subscribed(some):
                writers = Writers(database, Random(8))
                writing = [asyncio.create_task(writers.write(size.events)) for _ in range(WRITERS)]
                kills = await disturb(servers, database, processes, writing, size.pause)
                head, rows = await last_of(database)
                assert head == rows >= size.events
                await writers.assert_on_record()
                await caught_up(some, head, 60 + size.events / 100)
    for one in some:
        assert one.got == list(range(1, head + 1)), (len(one.got), head)
    connections = sum(one.connections for one in some)
    assert connections > len(some)
    print(f"{head:,} events to {len(some)} subscribers on {connections:,} connections; {kills} kills, none lost")


@asynccontextmanager
async def opened(settings: Settings) -> AsyncGenerator[Database]:
    """Pools that 50 writers share, 30 at once; the hub must find connections, too."""
    database = Database(settings.database_url or "", read_connections=2, write_connections=15)
    try:
        yield database
    finally:
        await database.close()


async def disturb(
    servers: EmbeddedServers,
    database: Database,
    processes: list[Process],
    writing: list[asyncio.Task[None]],
    pause: float,
) -> int:
    """Kill one after the other until all is written, each at least once; how often that was."""
    kills = 0
    while kills < 3 or not all(task.done() for task in writing):
        await asyncio.sleep(pause if kills < MANY else max(pause, SPARING))
        before = await server_of(database)
        if kills % 3 == 0:
            await processes[kills // 3 % 2].replace()
        elif kills % 3 == 1:
            os.kill(await redis_of(servers.urls.redis), signal.SIGKILL)
        else:
            os.kill(before, signal.SIGKILL)
            await revived(servers, database, before)
        kills += 1
        await revived(servers, database)
    await asyncio.gather(*writing)
    return kills


async def revived(servers: EmbeddedServers, database: Database, killed: int | None = None) -> None:
    """Look after the servers until both answer, and Postgres is another than the one that was killed."""
    async with asyncio.timeout(30):
        while True:
            servers.check()
            with suppress(HubError, RedisError, OSError):
                await redis_of(servers.urls.redis)
                if await server_of(database) != killed:
                    return
            await asyncio.sleep(0.05)


def installation(servers: EmbeddedServers, home: Path) -> Settings:
    """Settings over servers of one's own."""
    given = {"DATABASE_URL": servers.urls.database, "REDIS_URL": servers.urls.redis, "MODELHUB_HOME": home}
    return Settings.model_validate({**given, "DEMO": False})


async def told_exactly(tmp_path: Path, size: Size) -> None:
    """With servers of their own, as they are killed."""
    with private_servers() as servers:
        settings = installation(servers, tmp_path / "home")
        await migrate(settings.database_url or "")
        await run(settings, servers, tmp_path / "hub.log", size)


async def test_nothing_is_lost_nor_doubled(tmp_path: Path) -> None:
    await told_exactly(tmp_path, Size(800, 6, 0.3))


@pytest.mark.soak
async def test_nothing_is_lost_nor_doubled_for_long(tmp_path: Path) -> None:
    await told_exactly(tmp_path, Size(EVENTS, 20, 6))
