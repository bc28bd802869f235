"""A backup of a million inferences: how long it takes, how large it is, how much memory it needs."""

from __future__ import annotations

import os
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from app.kit.db import Database
from tests.backup.contents import NEW_AT_RESTORE, ROOT, command, contents, environment, fill
from tests.kit.rows import execute, select_rows

SEEDS, COPIES = 1000, 1000
MOST_MEMORY = 400
"""MB of the command; it does not grow with the database."""
MULTIPLY = f"""
    insert into inference
    select (jsonb_populate_record(i, jsonb_build_object('event_id', gen_random_uuid()))).*
    from inference i, generate_series(2, {COPIES})
"""
KEYS = """
    insert into inference_key select event_id, occurred_at, sha256(uuid_send(event_id)) from inference
    on conflict do nothing
"""


@dataclass(frozen=True, slots=True)
class Measured:
    """What a command took: seconds, and the most memory it had at once (MB)."""

    seconds: float
    memory: float


def measure(url: str, folder: Path, *arguments: object) -> Measured:
    """Run a command that must succeed."""
    begun, log = time.monotonic(), (folder / "log").open("wb")
    given = environment({"DATABASE_URL": url}, folder / "home")
    process = subprocess.Popen(command(*arguments), env=given, cwd=ROOT, stdout=log, stderr=log)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    log.close()
    assert process.returncode == 0, (folder / "log").read_text()
    return Measured(time.monotonic() - begun, used.ru_maxrss / 1024)


@pytest.mark.soak
async def test_a_million_inferences(database: Database, database_url: str, empty_url: str, tmp_path: Path) -> None:
    await fill(database, SEEDS)
    await execute(database, MULTIPLY, KEYS, "analyze")
    sizes = "select count(*) as rows, pg_database_size(current_database()) as size from inference"
    (made,) = await select_rows(database, sizes)
    assert made["rows"] == SEEDS * COPIES
    before = await contents(database_url, NEW_AT_RESTORE)
    file = tmp_path / "hub.backup"
    backup = measure(database_url, tmp_path, "backup", file)
    restore = measure(empty_url, tmp_path, "restore", "--yes", file)
    again = measure(empty_url, tmp_path, "restore", "--yes", file)
    print(
        f"\n{made['rows']:,} inferences, {made['size'] / 1e6:,.0f} MB in Postgres, {file.stat().st_size / 1e6:,.0f} MB"
    )
    for name, took in (("backup", backup), ("restore into an empty database", restore), ("restore over it", again)):
        print(f"{name}: {took.seconds:.1f} s, {took.memory:.0f} MB of memory at most")
    assert await contents(empty_url, NEW_AT_RESTORE) == before
    assert max(took.memory for took in (backup, restore, again)) < MOST_MEMORY
