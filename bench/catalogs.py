"""Installations with a generated catalog: a database of its own for each size, and the API over it."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx2

from app.identity.rules import Role
from app.identity.tokens import issue_development_token
from app.kit.db import Database
from app.main import build
from app.migrate import migrate
from app.settings import Settings
from bench import generated


@dataclass(frozen=True, slots=True)
class Hub:
    """The API in this process over one database."""

    client: httpx2.AsyncClient
    database: Database
    headers: dict[str, str]

    async def ask(self, document: str, /, **variables: Any) -> dict[str, Any]:
        """The data of an answer. Raises if it has errors."""
        body = {"query": document, "variables": variables}
        answer = (await self.client.post("/graphql", json=body, headers=self.headers)).json()
        if "errors" in answer:
            raise RuntimeError(answer["errors"])
        return answer["data"]


@asynccontextmanager
async def serving(database_url: str, redis_url: str, home: Path) -> AsyncGenerator[Hub]:
    """The API, asked by a developer, for as long as the block runs."""
    given = {"DATABASE_URL": database_url, "REDIS_URL": redis_url, "MODELHUB_HOME": home, "DEMO": False}
    app = build(Settings.model_validate(given))
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://hub") as client,
    ):
        token = issue_development_token(app.state.hub.keys, Role.DEVELOPER)
        yield Hub(client, app.state.hub.database, {"authorization": f"Bearer {token}"})


async def make_catalog(database_url: str, size: int) -> str:
    """A database beside this one with so many models; its URL."""
    url = database_url.replace("/modelhub?", f"/catalog_{size}?")
    connection = await asyncpg.connect(_plain(database_url))
    await connection.execute(f"create database catalog_{size}")
    await connection.close()
    await migrate(url)
    await _fill(url, size)
    return url


async def _fill(url: str, size: int) -> None:
    connection = await asyncpg.connect(_plain(url))
    try:
        providers = [(key, provider.slug, provider.name) for key, provider in generated.providers()]
        await connection.copy_records_to_table("provider", records=providers, columns=["id", "slug", "name"])
        models = generated.models(size)
        await connection.copy_records_to_table("model", records=models, columns=generated.COLUMNS)
        await connection.execute("vacuum analyze")
    finally:
        await connection.close()


def _plain(url: str) -> str:
    return url.replace("+asyncpg", "")
