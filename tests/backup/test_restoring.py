"""A backup put back: all of it or nothing, never over a running hub, and known to all who held cursors."""

from __future__ import annotations

import asyncio
import signal
import subprocess
import time
from pathlib import Path
from random import Random
from typing import Any

import pytest
import pytest_asyncio

from app.backup.archive import open_archive
from app.backup.connecting import connected
from app.backup.restoring import InUse, content_of, restore
from app.backup.taking import back_up
from app.kit.db import Database
from app.kit.errors import Conflict
from app.kit.journal import cursor_text
from app.metrics.jobs import roll_up
from app.metrics.rules import explicit_range
from app.migrate import LOCK, SchemaMismatch, current_revision, head
from tests.backup.contents import (
    NEW_AT_RESTORE,
    ROOT,
    add_team,
    command,
    connect,
    contents,
    environment,
    fill,
    modelhub,
)
from tests.kit.rows import model, provider, put, select_rows
from tests.metrics.recount import check_estate, raw_rows, reader_of
from tests.metrics.sending import A_DAY, NOW, Traffic, add_catalog, batches, ingest_of


@pytest_asyncio.fixture
async def filled(database: Database) -> Database:
    await fill(database)
    return database


class TestRoundTrip:
    async def test_everything_is_back_and_nothing_else(
        self, filled: Database, database_url: str, tmp_path: Path
    ) -> None:
        before = await contents(database_url)
        assert min(count for name, (count, _) in before.items() if name in {"inference", "price", "event", "rollup_1h"})
        manifest = await back_up(database_url, tmp_path / "hub.backup")
        await add_team(filled, "later")
        await select_rows(filled, "delete from price returning id")
        await filled.close()
        await restore(database_url, open_archive(tmp_path / "hub.backup"))
        after = await contents(database_url)
        assert {n: c for n, c in after.items() if n not in NEW_AT_RESTORE} == {
            n: c for n, c in before.items() if n not in NEW_AT_RESTORE
        }
        assert [after[name][0] - before[name][0] for name in sorted(NEW_AT_RESTORE)] == [1, 1, 0]
        assert manifest.rows("inference") == before["inference"][0]

    async def test_into_an_empty_database_and_on_from_there(
        self, filled: Database, database_url: str, empty_url: str, tmp_path: Path
    ) -> None:
        await back_up(database_url, tmp_path / "hub.backup")
        assert await content_of(empty_url) is None
        await restore(empty_url, open_archive(tmp_path / "hub.backup"))
        there = Database(empty_url)
        acme = provider("another")
        await put(there, acme, model(acme, "third"))  # identities go on where they stood
        await there.close()
        same = [
            name for name in await contents(empty_url, NEW_AT_RESTORE) if not name.startswith(("model", "provider"))
        ]
        here, gone = await contents(database_url), await contents(empty_url)
        assert {name: gone[name] for name in same} == {name: here[name] for name in same}

    async def test_begins_an_epoch_and_is_in_the_records(
        self, filled: Database, database_url: str, tmp_path: Path
    ) -> None:
        (old,) = await select_rows(filled, "select * from event_stream")
        manifest = await back_up(database_url, tmp_path / "hub.backup")
        await restore(database_url, open_archive(tmp_path / "hub.backup"))
        (new,) = await select_rows(filled, "select * from event_stream")
        assert new["epoch"] != old["epoch"] == manifest.epoch
        assert new["head"] == old["head"] + 1
        assert cursor_text(new["epoch"], 1, old["head"]) != cursor_text(old["epoch"], 1, old["head"])
        (event,) = await select_rows(filled, "select * from event order by position desc limit 1")
        assert (event["position"], event["kind"], event["topic"]) == (new["head"], "backup.restored", "installation")
        assert event["payload"]["taken_at"] == manifest.taken_at.isoformat()
        (audit,) = await select_rows(filled, "select * from audit_event where action = 'backup.restored'")
        assert audit["reason"] == "modelhub restore hub.backup"
        assert audit["epoch"] == new["epoch"]
        assert (audit["before"], audit["after"]["epoch"]) == ({"epoch": str(old["epoch"])}, str(new["epoch"]))

    async def test_search_of_a_server_that_counted_further_is_as_if_written_here(
        self, filled: Database, database_url: str, tmp_path: Path
    ) -> None:
        await select_rows(filled, "update model_search set tx = '9000000000' where ordinal = 1 returning tx::text")
        await back_up(database_url, tmp_path / "hub.backup")
        await filled.close()
        await restore(database_url, open_archive(tmp_path / "hub.backup"))
        strange = "select count(*) as n from model_search where tx > pg_current_xact_id()"
        assert await select_rows(filled, strange) == [{"n": 0}]

    async def test_generated_columns_triggers_and_indexes_are_there_again(
        self, filled: Database, database_url: str, tmp_path: Path
    ) -> None:
        parts = """
            select 'i', indexdef from pg_indexes where schemaname = 'public' union all
            select 't', pg_get_triggerdef(oid) || tgenabled::text from pg_trigger where not tgisinternal union all
            select 'c', conname || pg_get_constraintdef(oid) || convalidated::text from pg_constraint
            where connamespace = 'public'::regnamespace union all
            select 'f', proname from pg_proc where pronamespace = 'public'::regnamespace order by 1, 2
        """
        before = await select_rows(filled, parts)
        await back_up(database_url, tmp_path / "hub.backup")
        await filled.close()
        await restore(database_url, open_archive(tmp_path / "hub.backup"))
        assert await select_rows(filled, parts) == before
        assert len(before) > 50


class TestBackingUp:
    async def test_while_usage_comes_in(
        self, database: Database, database_url: str, empty_url: str, tmp_path: Path
    ) -> None:
        """The roll-ups in it are exactly those of the calls in it."""
        await add_catalog(database)
        calls = Traffic(Random(3), NOW.replace(hour=9), NOW).take(4000)
        ingest = ingest_of(database)

        async def send() -> None:
            for batch in batches(calls, 25):
                await ingest.take(batch)
                await roll_up(database, lambda: NOW)

        sending = asyncio.create_task(send())
        counts: list[int] = []
        for n in range(3):
            while len(await raw_rows(database)) < 300 * (n + 1):
                await asyncio.sleep(0.01)
            counts.append((await back_up(database_url, tmp_path / f"{n}.backup")).rows("inference"))
        assert not sending.done()
        await sending
        assert 300 <= counts[0] < counts[1] < counts[2] < 4000
        for n, count in enumerate(counts):
            await restore(empty_url, open_archive(tmp_path / f"{n}.backup"))
            there = Database(empty_url)
            raw = await raw_rows(there)
            assert len(raw) == count
            await check_estate(reader_of(there), raw, explicit_range(NOW - A_DAY, NOW + A_DAY))
            await there.close()

    async def test_nothing_waits_for_it_but_migrations(self, filled: Database, database_url: str) -> None:
        async with connected(database_url, "modelhub backup") as connection:
            await connection.exec_driver_sql(f"select pg_advisory_lock_shared({LOCK})")
            with pytest.raises(InUse, match="being migrated, backed up or restored"):
                await content_of(database_url)

    async def test_during_a_migration(self, database_url: str, tmp_path: Path) -> None:
        connection = await connect(database_url)
        await connection.execute("select pg_advisory_lock($1)", LOCK)
        with pytest.raises(Conflict, match="is being migrated or restored"):
            await back_up(database_url, tmp_path / "hub.backup")
        await connection.close()
        assert list(tmp_path.iterdir()) == []

    async def test_a_database_without_a_schema(self, empty_url: str, tmp_path: Path) -> None:
        with pytest.raises(SchemaMismatch, match="nothing to back up: this database was never migrated"):
            await back_up(empty_url, tmp_path / "hub.backup")
        assert list(tmp_path.iterdir()) == []

    async def test_killed_leaves_no_file_under_the_name(
        self, filled: Database, database_url: str, tmp_path: Path
    ) -> None:
        lock = await connect(database_url)
        async with lock.transaction():
            await lock.execute("lock table rollup in access exclusive mode")
            process = start(database_url, tmp_path, "backup", tmp_path / "hub.backup")
            await until((tmp_path / "hub.backup.partial").exists)
            process.kill()
            process.communicate()
        await lock.close()
        assert not (tmp_path / "hub.backup").exists()
        done = await asyncio.to_thread(
            modelhub, {"DATABASE_URL": database_url}, tmp_path, "backup", tmp_path / "hub.backup"
        )
        assert done.returncode == 0, done.stderr
        assert {path.name for path in tmp_path.glob("hub*")} == {"hub.backup"}
        open_archive(tmp_path / "hub.backup")

    async def test_a_disk_that_is_full(self, filled: Database, database_url: str, tmp_path: Path) -> None:
        limited = ["prlimit", "--fsize=20000", *command("backup", tmp_path / "hub.backup")]
        given = {
            "env": environment({"DATABASE_URL": database_url}, tmp_path / "home"),
            "cwd": ROOT,
            "capture_output": True,
            "text": True,
        }
        done = await asyncio.to_thread(subprocess.run, limited, check=False, timeout=60, **given)  # type: ignore[call-overload]
        assert done.returncode == 1
        assert done.stderr.splitlines()[-1].endswith("hub.backup cannot be written: File too large.")
        assert list(tmp_path.glob("hub*")) == []


def start(url: str, folder: Path, *arguments: object) -> subprocess.Popen[str]:
    """A command that goes on while the test does something."""
    env = environment({"DATABASE_URL": url}, folder / "home")
    return subprocess.Popen(
        command(*arguments), env=env, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


async def until(condition: Any, seconds: float = 20) -> None:
    """Wait for something to come true."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


class TestKilled:
    """Whenever a restore is killed, the old data is there, whole."""

    @pytest.mark.parametrize("moment", ["drop", "alembic_version", '"event"', '"inference"', "analyze"])
    async def test_leaves_what_was_there(
        self, moment: str, filled: Database, database_url: str, tmp_path: Path
    ) -> None:
        await back_up(database_url, tmp_path / "hub.backup")
        await add_team(filled, "later")
        before = await contents(database_url)
        await filled.close()
        process = start(database_url, tmp_path, "restore", "--yes", tmp_path / "hub.backup")
        try:
            seen = await stop_at(moment, database_url, process)
        finally:
            process.kill()
            process.communicate()
        assert seen, "the moment was missed"
        await gone(database_url)
        assert await contents(database_url) == before
        assert await current_revision(database_url) == head()


async def stop_at(moment: str, url: str, process: subprocess.Popen[str]) -> bool:
    """Kill the restore while Postgres is at a statement with this text; whether it was seen there."""
    connection = await connect(url)
    look = "select query from pg_stat_activity where application_name = 'modelhub restore' and state <> 'idle'"
    try:
        while process.poll() is None:
            if moment in str(await connection.fetchval(look)):
                process.send_signal(signal.SIGKILL)
                return True
    finally:
        await connection.close()
    return False


async def gone(url: str) -> None:
    """Wait until Postgres has noticed that the restore is dead."""
    connection = await connect(url)
    count = "select count(*) from pg_stat_activity where application_name = 'modelhub restore'"
    end = time.monotonic() + 20
    while await connection.fetchval(count):
        assert time.monotonic() < end
        await asyncio.sleep(0.01)
    await connection.close()
