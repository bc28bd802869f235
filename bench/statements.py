"""The SQL that a request leads to, and how Postgres goes about it."""

from __future__ import annotations

import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import asyncpg

from app.kit.db import Database, Statement


@dataclass(frozen=True, slots=True)
class Ran:
    """A statement, its arguments in order, and the milliseconds until its rows were there."""

    sql: str
    arguments: list[Any]
    milliseconds: float

    def __str__(self) -> str:
        return f"-- {self.milliseconds:.1f} ms\n{_shortened(self.sql)}"


@asynccontextmanager
async def recording(database: Database) -> AsyncGenerator[list[Ran]]:
    """What is read within the block, in the order in which it ended."""
    ran: list[Ran] = []
    fetch = database.fetch

    async def recorded(statement: Statement, row: Any, /, **values: Any) -> list[Any]:
        start = time.perf_counter()
        rows = await fetch(statement, row, **values)
        taken = 1000 * (time.perf_counter() - start)
        ran.append(Ran(statement.sql, statement.arguments(values), taken))
        return rows

    database.fetch = recorded  # type: ignore[method-assign]
    try:
        yield ran
    finally:
        database.fetch = fetch  # type: ignore[method-assign]


async def explained(url: str, ran: Ran) -> str:
    """The plan with its times and buffers."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        rows = await connection.fetch(f"explain (analyze, buffers) {ran.sql}", *ran.arguments)
    finally:
        await connection.close()
    return "\n".join(row[0] for row in rows)


def _shortened(sql: str) -> str:
    """The list of a model's columns says little."""
    return re.sub(r"SELECT model\.id, model\.slug,.*?model\.updated_at", "SELECT model.*", sql, flags=re.DOTALL)
