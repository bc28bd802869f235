"""A filled database, what it holds, and the commands that keep it; shared by the tests of backups."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import timedelta
from pathlib import Path
from random import Random

import asyncpg

from app.identity.tables import Team
from app.kit.db import Database
from app.kit.ids import new_id
from app.metrics.jobs import notice, roll_up
from tests.kit.rows import deployment, model, price, provider, put, version
from tests.metrics.sending import NOW, Traffic, add_catalog, batches, ingest_of

ROOT = Path(__file__).resolve().parent.parent.parent
NEW_AT_RESTORE = {"event_stream", "event", "audit_event"}
"""Tables to which a restore adds."""


async def fill(database: Database, calls: int = 1500) -> None:
    """A catalog with every kind of row, and traffic over several days, partly rolled up."""
    await add_catalog(database)
    acme = provider()
    first, second = (
        model(acme, "first", tags=["a\\b", "tab\there", "new\nline", 'quo"te', "ü😀"]),
        model(acme, "second"),
    )
    second.replacement_id = first.id
    rows = (acme, first, second, version(first, "1.0"), price(first, "INPUT", "0.000000000001"))
    await put(database, *rows, deployment(first, "chat", spec={"a": [1, None, "\\N"]}))
    ingest = ingest_of(database)
    for batch in batches(Traffic(Random(5), NOW - timedelta(days=3), NOW).take(calls), 500):
        await ingest.take(batch)
    await roll_up(database, lambda: NOW)
    await notice(database, NOW - timedelta(days=3), NOW)


async def connect(url: str) -> asyncpg.Connection[asyncpg.Record]:
    """The driver's connection."""
    return await asyncpg.connect(url.replace("+asyncpg", ""))


async def contents(url: str, without: AbstractSet[str] = frozenset[str]()) -> dict[str, tuple[int, str | None]]:
    """How many rows each table and partition holds, and a digest of all their columns, generated ones too."""
    connection = await connect(url)
    try:
        tables = await connection.fetch(
            "select relname from pg_class where relkind in ('r', 'p') and relnamespace = 'public'::regnamespace"
        )
        names = sorted({row["relname"] for row in tables} - without)
        digest = "select count(*), md5(string_agg(md5(t::text), '' order by md5(t::text))) from {} t"
        return {name: tuple(await connection.fetchrow(digest.format(name)) or ()) for name in names}
    finally:
        await connection.close()


async def add_team(database: Database, slug: str) -> None:
    """Something that was not there before."""
    await put(database, Team(id=new_id(), slug=slug, name=slug))


def environment(given: Mapping[str, str], home: Path) -> dict[str, str]:
    """These settings, and none of the person who runs the tests."""
    names = {"HOST", "PORT", "DEMO", "DATABASE_URL", "REDIS_URL"}
    kept = {name: value for name, value in os.environ.items() if name not in names and not name.startswith("MODELHUB_")}
    return {**kept, "MODELHUB_HOME": str(home), **given}


def command(*arguments: object) -> list[str]:
    """What starts `modelhub …`."""
    return [sys.executable, "-m", "app", *map(str, arguments)]


def modelhub(
    given: Mapping[str, str], folder: Path, *arguments: object, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end; its home is in the folder."""
    return subprocess.run(
        command(*arguments), env=environment(given, folder / "home"), cwd=ROOT, input=stdin, capture_output=True,
        text=True, timeout=60, check=False,
    )  # fmt: skip
