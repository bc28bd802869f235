"""Databases as earlier releases left them: one of each revision that was released (`tests.upgrade.record`)."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

from app.backup.archive import Archive, open_archive
from app.backup.connecting import connected
from app.backup.restoring import put_back
from tests.backup.contents import connect

HERE = Path(__file__).resolve().parent
REVISIONS = sorted(path.stem for path in HERE.glob("*.backup"))

Digests = dict[str, tuple[int, str | None]]
"""How many rows a table has, and a digest of the columns that it had then."""


def backup_of(revision: str) -> Path:
    """What that release held."""
    return HERE / f"{revision}.backup"


def answers_of(revision: str) -> dict[str, Any]:
    """What that release answered to which query."""
    recorded = json.loads(gzip.decompress((HERE / f"{revision}.json.gz").read_bytes()))
    return {each["query"]: each["data"] for each in recorded}


async def leave(url: str, revision: str) -> Archive:
    """Leave an empty database as that release would have."""
    archive = open_archive(backup_of(revision))
    async with connected(url, "test") as connection, connection.begin():
        await put_back(connection, archive)
    return archive


async def stored(url: str, archive: Archive) -> Digests:
    """The rows of the release's tables, as far as it knew their columns."""
    connection = await connect(url)
    try:
        return {
            table.name: tuple(await connection.fetchrow(_digest(table.name, table.columns)) or ())
            for table in archive.manifest.tables
        }
    finally:
        await connection.close()


def _digest(table: str, columns: list[str]) -> str:
    row = f"md5(row({', '.join(columns)})::text)"
    return f"select count(*), md5(string_agg({row}, '' order by {row})) from {table}"
