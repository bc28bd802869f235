"""A Postgres and a Valkey of the benchmark's own, with its rows in a database of their own."""

from __future__ import annotations

import asyncio
import shutil
import tempfile
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import asyncpg

from app.embedded import EmbeddedServers
from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.secrets import load_keys
from bench.page.servers import Place

ROWS = Path(__file__).with_name("data.sql")


@contextmanager
def prepared() -> Generator[Place]:
    """Both servers and the rows, for the length of the block; nothing is left behind."""
    home = Path(tempfile.mkdtemp(prefix="mh-bench-"))
    try:
        with EmbeddedServers(home, lambda _line: None) as servers:
            database = servers.urls.database.replace("/modelhub?", "/bench?")
            asyncio.run(_fill(servers.urls.database, database))
            sockets = Path(parse_qs(urlsplit(database).query)["host"][0])
            yield Place(database, sockets, servers.urls.redis, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def token_of(place: Place) -> str:
    """What requests are signed with."""
    return issue_development_token(load_keys(place.home), Role.ADMIN)


async def _fill(server: str, database: str) -> None:
    await _execute(server, "create database bench")
    await _execute(database, ROWS.read_text(encoding="utf-8"))


async def _execute(url: str, script: str) -> None:
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(script)
    finally:
        await connection.close()
