"""Every release's data, brought to this one's schema: nothing is lost, old questions get their old answers."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator
from multiprocessing import Pipe
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio
from sqlalchemy import make_url

from app.backup.archive import Archive, open_archive
from app.embedded import EmbeddedServers
from app.execution.executor import BreadthFirstExecutor
from app.execution.operations import Operations
from app.kit.clock import utc_now
from app.kit.context import Context
from app.kit.db import Database
from app.kit.journal import Writer
from app.kit.reading import Reader
from app.metrics.jobs import keep_partitions, roll_up
from app.migrate import current_revision, head, migrate
from app.schema import schema
from app.settings import Settings
from app.web.answering import Answering, Asked
from app.web.replies import encode
from tests.backup.contents import NEW_AT_RESTORE, contents, modelhub
from tests.catalog.writing import act
from tests.conftest import Api, answering, free_port, own_database
from tests.contract.journeys import somebody
from tests.forks import CHILDREN
from tests.kit.rows import execute, names, select_rows
from tests.metrics.sending import A_DAY, Traffic, add_catalog, ingest_of
from tests.upgrade.hand import run
from tests.upgrade.record import settings_of
from tests.upgrade.releases import REVISIONS, answers_of, backup_of, leave, stored

PAGE = "{ models(first: 100, orderBy: {field: NAME, direction: ASC}) { nodes { id name slug } } }"
FIND = "query($text: String) { models(query: $text, first: 1) { nodes { name } } }"


_KEPT = """
select user_key as label, count(*) as n, sum(tokens_in) as tokens, coalesce(sum(cost), 0) as cost
from inference where user_key is not null group by 1 order by 1
"""
_ATTRIBUTED = """
select label, sum(requests)::int8 as n, sum(tokens_in)::int8 as tokens, sum(cost) as cost
from rollup_attribution where kind = 'USER' and grain = :grain group by 1 order by 1
"""


async def unlimited(api: Api, query: str) -> dict[str, Any]:
    """The answer to a question of a time when there were no limits of cost."""
    hub = api.app.state.hub
    context = Context(Reader(hub.database, hub.cursors, hub.clock), Writer(hub.database), "id", somebody())
    answer = await Answering(Operations(schema, BreadthFirstExecutor)).answer(Asked(query), context)
    assert answer.errors == []
    return json.loads(encode(answer.body()))["data"]


@pytest.fixture(params=REVISIONS)
def revision(request: pytest.FixtureRequest) -> str:
    """Each that was released before."""
    return request.param


@pytest_asyncio.fixture
async def old(empty_url: str, revision: str) -> Archive:
    """What the release held, and `empty_url` holds now."""
    return await leave(empty_url, revision)


@pytest_asyncio.fixture
async def upgraded(old: Archive, empty_url: str, settings: Settings) -> AsyncIterator[Api]:
    """The API over its database, upgraded, at the time when its answers were recorded."""
    await migrate(empty_url)
    here = settings_of(empty_url, settings.redis_url or "", settings.home)
    async with answering(here, lambda: old.manifest.taken_at) as api:
        yield api


class TestUpgrade:
    async def test_loses_nothing(self, old: Archive, empty_url: str, revision: str) -> None:
        before = await stored(empty_url, old)
        assert await current_revision(empty_url) == revision
        assert {name: rows for name, (rows, _) in before.items()} == {t.name: t.rows for t in old.manifest.tables}
        await migrate(empty_url)
        assert await stored(empty_url, old) == before

    async def test_old_questions_get_their_old_answers(self, upgraded: Api, revision: str) -> None:
        for query, data in answers_of(revision).items():
            assert await unlimited(upgraded, query) == data, query

    async def test_everything_can_be_found(self, upgraded: Api) -> None:
        shown = names((await upgraded.data(PAGE))["models"])
        assert len(shown) > 20
        for name in shown:
            assert names((await upgraded.data(FIND, text=name))["models"]), name

    async def test_old_objects_can_be_changed_and_new_ones_made(self, upgraded: Api) -> None:
        first = (await upgraded.data(PAGE))["models"]["nodes"][0]
        changed = await act(
            upgraded, "updateModel", "model { description }", modelId=first["id"], description="Changed"
        )
        assert changed == {"model": {"description": "Changed"}, "errors": []}
        given: dict[str, Any] = {"slug": f"{first['slug'].split('/')[0]}/brand-new", "name": "Brand New"}
        made = await act(upgraded, "registerModel", "model { name }", **given, modelType="TEXT")
        assert made == {"model": {"name": "Brand New"}, "errors": []}
        assert names((await upgraded.data(FIND, text="brand new"))["models"]) == ["Brand New"]

    @pytest.mark.parametrize("grain", [1, 60, 1440])
    async def test_calls_that_are_kept_are_attributed(self, upgraded: Api, grain: int) -> None:
        kept = await select_rows(upgraded.database, _KEPT)
        assert kept
        assert await select_rows(upgraded.database, _ATTRIBUTED, grain=grain) == kept

    async def test_usage_goes_on(self, upgraded: Api, old: Archive) -> None:
        now = utc_now()
        await add_catalog(upgraded.database)
        await keep_partitions(upgraded.database, now, A_DAY * 10_000)
        calls = Traffic(Random(1), now - A_DAY, now).take(200)
        await ingest_of(upgraded.database, now).take(calls)
        await roll_up(upgraded.database, lambda: now + A_DAY)
        (found,) = await select_rows(upgraded.database, "select count(*) as n from inference")
        assert found["n"] == old.manifest.rows("inference") + 200
        assert await select_rows(upgraded.database, "select 1 from rollup_dirty where due_at < now()") == []

    async def test_as_a_backup_that_is_restored(
        self, old: Archive, empty_url: str, database_url: str, tmp_path: Path
    ) -> None:
        """The same as if the database had been upgraded in its place, but for the epoch and what tells of it."""
        done = modelhub({"DATABASE_URL": database_url}, tmp_path, "restore", "--yes", backup_of(old.manifest.revision))
        assert (done.returncode, done.stdout[:9]) == (0, "Restored."), done.stderr
        await migrate(empty_url)
        other = NEW_AT_RESTORE | {"model_search"}  # which names transactions
        assert await contents(database_url, other) == await contents(empty_url, other)
        assert await current_revision(database_url) == head()


class TestFrom0001:
    """What later revisions made of it."""

    @pytest_asyncio.fixture
    async def database(self, empty_url: str) -> AsyncIterator[Database]:
        await leave(empty_url, "0001")
        await migrate(empty_url)
        opened = Database(empty_url)
        yield opened
        await opened.close()

    @pytest.mark.parametrize(
        "wrong",
        [
            "select 1 from model where rating_count <> 0 or rating_average is not null or archived_at is not null",
            "select 1 from model where latency_ms is distinct from baseline_latency_ms or curated <> '{}'",
            "select 1 from model group by ordinal having count(*) > 1",
            "select 1 from model where ordinal > (select last_value from model_ordinal_seq)",
            "select 1 from model m where not exists (select from model_search s where s.model_id = m.id)",
            """select 1 from model m join model_search s on s.model_id = m.id
               where (s.ordinal, s.security_level, s.is_archived)
                     is distinct from (m.ordinal, m.security_level, m.archived_at is not null)""",
            "select 1 from model_version where updated_at <> created_at or revision <> 1 or configuration <> '{}'",
            "select 1 from experiment where archived_at is not null",
            """select 1 from model_alias a full join model_alias_move m using (id)
               where (a.model_id, a.name, a.model_version_id, a.moved_at)
                     is distinct from (m.model_id, m.name, m.model_version_id, m.moved_at)""",
            """select 1 from price p where (superseded_at is null) = exists (
                   select from price l where l.recorded_at > p.recorded_at and
                   (l.model_id, l.token_class, l.conditions, l.source)
                       = (p.model_id, p.token_class, p.conditions, p.source)
                   and l.effective_from is not distinct from p.effective_from)""",
        ],
    )
    async def test_what_is_new_is_as_if_it_had_always_been_there(self, database: Database, wrong: str) -> None:
        assert await select_rows(database, wrong) == []

    async def test_corrected_prices_are_among_them(self, database: Database) -> None:
        (found,) = await select_rows(database, "select count(*) as n from price where superseded_at is not null")
        assert found["n"] > 0


def database_of(url: str) -> str:
    """The name of its database."""
    return make_url(url).database or ""


def migrate_killed_at(url: str, moment: int) -> tuple[int | None, int | None]:
    """The exit code of a migration that is killed at a moment, and how many it passed if it was not."""
    here, there = Pipe(duplex=False)
    child = CHILDREN.Process(target=run, args=(url, moment, there), daemon=True)
    child.start()
    there.close()
    child.join(60)
    return child.exitcode, here.recv() if child.exitcode == 0 else None


class TestKilledMigration:
    async def test_leaves_the_old_revision_whole_or_the_new_one(
        self, old: Archive, empty_url: str, servers: EmbeddedServers
    ) -> None:
        before, revision = await contents(empty_url), old.manifest.revision
        async with own_database(servers, database_of(empty_url)) as copy:
            _, moments = await asyncio.to_thread(migrate_killed_at, copy, -1)
        assert moments is not None
        moment = 0
        for moment in sorted({*range(0, moments, moments // 12), *range(moments - 5, moments)}):
            code, _ = await asyncio.to_thread(migrate_killed_at, empty_url, moment)
            assert code == -signal.SIGKILL, moment
            if (found := await current_revision(empty_url)) == head():
                break
            assert (found, await contents(empty_url)) == (revision, before), moment
        assert moment in range(moments - len(("COMMIT", "unlock", "COMMIT")), moments)
        await migrate(empty_url)
        assert await current_revision(empty_url) == head()


def within(folder: Path, command: str) -> list[str]:
    """The words of a command, in which files are in a folder."""
    return [str(folder / word) if "." in word else word for word in command.split()]


class TestMismatch:
    """Who meets a schema that is not his says so, and leaves it alone."""

    @pytest.fixture
    def given(self, settings: Settings, tmp_path: Path) -> dict[str, str]:
        (tmp_path / "usage.csv").write_text("occurred_at,provider,model\n")
        return {
            "DATABASE_URL": settings.database_url or "",
            "REDIS_URL": settings.redis_url or "",
            "PORT": str(free_port()),
        }

    @pytest.mark.parametrize(
        "command", ["serve", "worker", "up", "migrate", "import catalog", "import usage usage.csv", "demo load",
                    "demo clear", "backup hub.backup"],
    )  # fmt: skip
    async def test_a_newer_one(
        self, command: str, given: dict[str, str], database: Database, database_url: str, tmp_path: Path
    ) -> None:
        await execute(database, "update alembic_version set version_num = 'from_tomorrow'")
        before = await contents(database_url)
        done = await asyncio.to_thread(modelhub, given, tmp_path, *within(tmp_path, command))
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1] == (
            "Error: The database is at revision from_tomorrow, which this Model Hub does not know: it is newer. "
            "Start the newer Model Hub, or give this one another MODELHUB_HOME or DATABASE_URL."
        )
        assert await contents(database_url) == before
        assert not list(tmp_path.glob("hub.backup*"))

    @pytest.mark.parametrize("command", ["serve", "worker"])
    async def test_an_older_one(
        self, command: str, given: dict[str, str], old: Archive, empty_url: str, tmp_path: Path
    ) -> None:
        before = await contents(empty_url)
        done = await asyncio.to_thread(modelhub, {**given, "DATABASE_URL": empty_url}, tmp_path, command)
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1] == (
            f"Error: The database is at revision {old.manifest.revision}, this Model Hub needs {head()}. "
            "Run `modelhub migrate`."
        )
        assert await contents(empty_url) == before

    async def test_a_backup_is_taken_of_an_older_one(self, old: Archive, empty_url: str, tmp_path: Path) -> None:
        """As one does before an upgrade, with whichever program is at hand."""
        done = await asyncio.to_thread(modelhub, {"DATABASE_URL": empty_url}, tmp_path, "backup", tmp_path / "b")
        assert done.returncode == 0, done.stderr
        assert open_archive(tmp_path / "b").manifest.tables == old.manifest.tables
