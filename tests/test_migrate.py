"""The migrations make the tables of the code; several may migrate at once; a newer database is refused."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from app import migrate
from app.embedded import EmbeddedServers
from app.kit.errors import Unavailable

ROOT = Path(__file__).resolve().parent.parent


async def test_tables_are_those_of_the_code(database_url: str) -> None:
    def check(connection: Connection) -> None:
        configured = migrate.configuration()
        configured.attributes["connection"] = connection
        command.check(configured)  # what `alembic check` does

    engine = create_async_engine(database_url)
    async with engine.connect() as connection:
        await connection.run_sync(check)
    await engine.dispose()


def test_history_is_one_line_without_a_way_back() -> None:
    scripts = ScriptDirectory.from_config(migrate.configuration())
    assert scripts.get_heads() == [migrate.head()]
    assert [script.revision for script in scripts.walk_revisions() if hasattr(script.module, "downgrade")] == []


async def test_again_changes_nothing(empty_url: str) -> None:
    assert await migrate.current_revision(empty_url) is None
    assert await migrate.migrate(empty_url) == migrate.head()
    assert await migrate.migrate(empty_url) == migrate.head() == await migrate.current_revision(empty_url)
    await migrate.refuse_mismatch(empty_url)


def migrating(url: str, servers: EmbeddedServers) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "DATABASE_URL": url, "REDIS_URL": servers.urls.redis, "MODELHUB_HOME": str(servers.home)}
    command = [sys.executable, "-m", "app", "migrate"]
    return subprocess.run(command, env=env, cwd=ROOT, capture_output=True, text=True, timeout=60, check=False)


async def test_several_processes_at_once(empty_url: str, servers: EmbeddedServers) -> None:
    done = await asyncio.gather(*(asyncio.to_thread(migrating, empty_url, servers) for _ in range(3)))
    assert [(each.returncode, each.stdout) for each in done] == [(0, "The database is up to date.\n")] * 3, done
    assert await migrate.current_revision(empty_url) == migrate.head()


async def test_a_database_that_was_not_migrated_is_refused(empty_url: str) -> None:
    with pytest.raises(migrate.SchemaMismatch, match=r"at revision none, .* needs .* Run `modelhub migrate`"):
        await migrate.refuse_mismatch(empty_url)


async def test_a_newer_database_is_refused(database_url: str) -> None:
    connection = await asyncpg.connect(database_url.replace("+asyncpg", ""))
    await connection.execute("update alembic_version set version_num = 'from_tomorrow'")
    await connection.close()
    for act in (migrate.migrate, migrate.refuse_mismatch):
        with pytest.raises(
            migrate.SchemaMismatch, match="from_tomorrow, which this Model Hub does not know: it is newer"
        ):
            await act(database_url)
    assert await migrate.current_revision(database_url) == "from_tomorrow"


async def test_an_old_postgres_is_refused(empty_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(migrate, "OLDEST_POSTGRES", 99)
    with pytest.raises(migrate.SchemaMismatch, match="needs Postgres 99 or newer; this one is 1"):
        await migrate.migrate(empty_url)


@pytest.mark.parametrize(("part", "other"), [("/test_", "/gone_"), ("modelhub@", "stranger:secret@")])
async def test_a_database_out_of_reach_is_named_without_its_password(empty_url: str, part: str, other: str) -> None:
    with pytest.raises(Unavailable, match=r"The database .* cannot be reached: .* does not exist") as caught:
        await migrate.migrate(empty_url.replace(part, other, 1))
    assert "secret" not in str(caught.value)
