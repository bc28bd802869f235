"""Runs migrations on the connection that `app.migrate` hands over; the `alembic` command makes its own."""

from __future__ import annotations

import asyncio
from typing import Any

from alembic import context
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql.base import ischema_names

from app.kit.journal import TransactionId
from app.kit.tls import open_engine
from app.migrate import METADATA, is_managed
from app.settings import Settings

config = context.config
ischema_names["xid8"] = TransactionId  # pyright: ignore[reportArgumentType]


def run(connection: Connection) -> None:
    """Run within one transaction: a migration happens whole or not at all."""
    context.configure(
        connection=connection,
        target_metadata=METADATA,
        include_name=lambda name, kind, _parents: is_managed(name, kind),
        compare_server_default=False,
        transaction_per_migration=True,
    )
    with context.begin_transaction():
        context.run_migrations()


async def run_on(url: str) -> None:
    """Connect by ourselves, for the `alembic` command."""
    engine = open_engine(url)
    async with engine.connect() as connection:
        await connection.run_sync(run)
        await connection.commit()
    await engine.dispose()


given: Any = config.attributes.get("connection")
if given is not None:
    run(given)
else:
    asyncio.run(run_on(Settings().database_url or "postgresql+asyncpg://modelhub@127.0.0.1/modelhub"))
