"""Whoever is killed at whatever moment of a write: all of it is there or nothing, and asking again does it once."""

from __future__ import annotations

import asyncio
import signal
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from itertools import count
from typing import Any

import asyncpg
import pytest
import pytest_asyncio
from sqlalchemy import Connection, event

from app.embedded import EmbeddedServers
from app.kit.db import Database
from app.settings import Settings
from tests.conftest import Api, answering, own_database
from tests.contract.acting import (
    PERSONAL,
    Difference,
    contents,
    difference,
    document,
    journal_is_sound,
    mutations,
)
from tests.contract.examples import EXAMPLES, TELEMETRY
from tests.faults.hand import run
from tests.forks import CHILDREN
from tests.kit.rows import put, select_rows

KEY = "the-only-one"
STEPS = ("before_cursor_execute", "commit")


async def prepare(database: Database, name: str) -> dict[str, Any]:
    """Put what an example of the mutation needs; gives the request."""
    example = EXAMPLES[name]()
    await put(database, *example.rows)
    return {"query": document(name), "variables": {"input": {**example.input, "clientMutationId": KEY}}}


async def succeed(api: Api, name: str, request: dict[str, Any]) -> Any:
    """What the mutation gives, which must be no error."""
    payload = (await api.data(request["query"], **request["variables"]))[name]
    assert payload.pop("errors") == []
    assert all(payload.values()), payload
    return payload


async def assert_journal_is_whole(database: Database) -> None:
    """There is an audit row for each event, positions are gapless, and the key is remembered with its result."""
    assert await journal_is_sound(database)
    audits = await select_rows(database, "select action as kind, resource_id from audit_event order by 1, 2")
    events = await select_rows(
        database, "select kind, payload ->> 'resource_id' as resource_id from event order by 1, 2"
    )
    assert audits == events
    assert audits
    (done,) = await select_rows(database, "select key, result from done_mutation")
    assert done["key"] == KEY
    assert done["result"] is not None


@dataclass(frozen=True, slots=True)
class Doomed:
    """An installation whose API process is killed at a given moment of a write."""

    api: Api
    settings: Settings

    async def ask(self, request: dict[str, Any], moment: int) -> bool:
        """Whether the process died before it could answer."""
        return await asyncio.to_thread(self._ask, request, moment)

    def _ask(self, request: dict[str, Any], moment: int) -> bool:
        given = {
            "DATABASE_URL": self.settings.database_url,
            "REDIS_URL": self.settings.redis_url,
            "MODELHUB_HOME": self.settings.home,
        }
        child = CHILDREN.Process(target=run, args=(given, self.api.token(), request, moment), daemon=True)
        child.start()
        child.join(30)
        assert child.exitcode in {0, -signal.SIGKILL}
        return child.exitcode != 0


@pytest.fixture
def doomed(api: Api, settings: Settings) -> Doomed:
    return Doomed(api, settings)


@pytest_asyncio.fixture
async def whole(servers: EmbeddedServers, template: str, settings: Settings, name: str) -> Difference:
    """What an undisturbed run of the mutation does to the rows of each table."""
    async with (
        own_database(servers, template) as url,
        answering(settings.model_copy(update={"database_url": url})) as api,
    ):
        request = await prepare(api.database, name)
        before = await contents(api.database)
        await succeed(api, name, request)
        return difference(before, await contents(api.database))


@asynccontextmanager
async def cutting(database: Database, moment: int) -> AsyncGenerator[None]:
    """Terminate the session of a write on the server, before a given statement of it or before COMMIT."""
    moments, engine = count(), database._writes.sync_engine
    executioner = await asyncpg.connect(database._writes.url.set(drivername="postgresql").render_as_string(False))

    async def terminate(driver: asyncpg.Connection[Any]) -> None:
        session = driver.get_server_pid()
        await executioner.execute("select pg_terminate_backend($1)", session)
        while await executioner.fetchval("select 1 from pg_stat_activity where pid = $1", session):
            await asyncio.sleep(0.001)

    def pass_by(connection: Connection, *_: Any) -> None:
        if next(moments) == moment:
            connection.connection.dbapi_connection.run_async(terminate)  # pyright: ignore[reportOptionalMemberAccess]

    for name in STEPS:
        event.listen(engine, name, pass_by)
    try:
        yield
    finally:
        for name in STEPS:
            event.remove(engine, name, pass_by)
        await executioner.close()


def test_every_mutation_has_an_example() -> None:
    assert EXAMPLES.keys() | PERSONAL | TELEMETRY.keys() == mutations().keys()


@pytest.mark.parametrize("name", EXAMPLES)
class TestKilledProcess:
    async def test_leaves_all_or_nothing_at_every_moment_of_a_write(
        self, api: Api, doomed: Doomed, whole: Difference, name: str
    ) -> None:
        request = await prepare(api.database, name)
        before, moment, left = await contents(api.database), 0, Difference()
        for moment in count():
            assert await doomed.ask(request, moment), "it was to be killed after COMMIT at the latest"
            left = difference(before, await contents(api.database))
            if left:
                break
        assert moment > len(("claim of the key", "the row", "audit", "event", "COMMIT"))
        assert left == whole
        await assert_journal_is_whole(api.database)
        after = await contents(api.database)
        await succeed(api, name, request)
        assert await contents(api.database) == after


@pytest.mark.parametrize("name", EXAMPLES)
class TestCutConnection:
    async def test_is_an_outage_that_leaves_nothing_at_every_moment_of_a_write(
        self, api: Api, servers: EmbeddedServers, whole: Difference, name: str
    ) -> None:
        request = await prepare(api.database, name)
        before, moment, left = await contents(api.database), 0, Difference()
        for moment in count():
            async with cutting(api.database, moment):
                answer = await api.ask(request["query"], **request["variables"])
            left = difference(before, await contents(api.database))
            if left:
                break
            assert answer["data"] == {name: None}
            assert [error["extensions"]["code"] for error in answer["errors"]] == ["SERVICE_UNAVAILABLE"], moment
        assert moment > len(("claim of the key", "the row", "audit", "event"))
        assert left == whole
        await assert_journal_is_whole(api.database)
