"""What only some may see never reaches others, while roles change in mid-stream.

A short form for every run, and a long one."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Iterable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from app.identity.rules import Role
from app.serve import take_descriptors
from app.settings import Settings
from tests.conftest import Api
from tests.faults.test_killed_hub import started
from tests.identity.people import settle, user
from tests.identity.test_rights import uid
from tests.kit.rows import select_rows
from tests.live.listening import happen, listening
from tests.live.test_rights import head_of
from tests.live.test_streams import position
from tests.web.talking import Talk

SECRET, PUBLIC = "RESTRICTED", "PUBLIC"
"""Levels: developers may see the first, viewers may not."""
AT_ONCE = 50


@dataclass(slots=True)
class Listener:
    """One socket: `told` are the positions it heard of."""

    talk: Talk
    told: list[int] = field(default_factory=list[int])
    moved: asyncio.Event = field(default_factory=asyncio.Event)

    async def listen(self) -> None:
        """Until the socket is closed."""
        async for text in self.talk.connection:
            message = json.loads(text)
            assert message["type"] == "next", message
            self.told.append(position(message["payload"]["data"]["modelChanged"]["cursor"]))
            self.moved.set()

    async def until(self, last: int) -> None:
        """Wait until it has heard of a position."""
        while not self.told or self.told[-1] < last:
            self.moved.clear()
            await self.moved.wait()


@asynccontextmanager
async def listeners(address: str, tokens: list[str]) -> AsyncGenerator[list[Listener]]:
    """A socket for each token, all listening during the block."""
    take_descriptors()
    async with AsyncExitStack() as stack:
        some = list[Listener]()
        for begin in range(0, len(tokens), AT_ONCE):
            entering = (stack.enter_async_context(listening(address, one)) for one in tokens[begin : begin + AT_ONCE])
            some += [Listener(talk) for talk in await asyncio.gather(*entering)]
        tasks = [asyncio.create_task(one.listen()) for one in some]
        yield some
        for task in tasks:
            task.cancel()
        assert {type(one) for one in await asyncio.gather(*tasks, return_exceptions=True)} == {asyncio.CancelledError}


async def told(api: Api, everybody: Iterable[Listener]) -> range:
    """Tell two secrets and then something public, which everybody hears; the positions of the secrets."""
    before = await head_of(api)
    await happen(api.database, 1, 2, level=SECRET)
    await happen(api.database, 3, level=PUBLIC)
    async with asyncio.timeout(30):
        await asyncio.gather(*(one.until(before + 3) for one in everybody))
    return range(before + 1, before + 3)


async def positions(api: Api, level: str) -> list[int]:
    """Those of all events of a level."""
    sql = "select position from event where scope_tags = array['level:' || :level] order by position"
    return [row["position"] for row in await select_rows(api.database, sql, level=level)]


async def kept_apart(api: Api, settings: Settings, log: Path, sockets: int, rounds: int) -> None:
    """So many sockets of either clearance; half of one side changes sides in each round."""
    people = [user("root", Role.ADMIN), user("high", Role.DEVELOPER), user("low"), user("mover", Role.DEVELOPER)]
    root, high, low, mover = await settle(api, *people)
    half, hidden = sockets // 2, list[int]()
    tokens = [high.access] * half + [mover.access] * half + [low.access] * sockets
    with started(settings, log, "serve") as (hub,):
        async with listeners(hub.url.removeprefix("http://"), tokens) as everybody:
            for number in range(rounds):
                role = (Role.VIEWER, Role.DEVELOPER)[number % 2]
                in_between = asyncio.create_task(happen(api.database, *range(20), level=SECRET))
                assert (await root.do("setRole", principalId=uid(people[3]), role=role.value))["errors"] == []
                await in_between
                secrets = await told(api, everybody)
                hidden += secrets if role is Role.VIEWER else ()
            secret, public = await positions(api, SECRET), await positions(api, PUBLIC)
    assert all(one.told == sorted(secret + public) for one in everybody[:half])
    assert all(one.told == public for one in everybody[2 * half :])
    assert len(hidden) >= rounds
    for one in everybody[half : 2 * half]:
        assert not set(one.told) & set(hidden)
        assert set(public) < set(one.told)
        assert one.told == sorted(set(one.told))


async def test_secrets_stay_where_they_may_be_seen(api: Api, settings: Settings, tmp_path: Path) -> None:
    await kept_apart(api, settings, tmp_path / "log", 30, 4)


@pytest.mark.soak
async def test_secrets_stay_where_they_may_be_seen_by_a_thousand(api: Api, settings: Settings, tmp_path: Path) -> None:
    await kept_apart(api, settings, tmp_path / "log", 1000, 20)
