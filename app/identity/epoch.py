"""The authorisation epoch: a number that grows with every change of who may do what, heard of within a second."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from typing import Any, NoReturn

import asyncpg
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncSession
from sqlalchemy.sql.expression import Executable

from app.kit.db import Database, Row, statement

log = logging.getLogger("modelhub.identity")

CHANNEL = "modelhub_authorisation"
POLL_EVERY = 2.0
"""Seconds between looks at the number, for the case that a notification was lost."""
ANSWER_WITHIN = 5.0
_PAUSE = 0.5
_LOST = (OSError, TimeoutError, SQLAlchemyError, asyncpg.PostgresError, asyncpg.InterfaceError)

_RAISE = text(
    f"""
    with raised as (update authorisation_epoch set value = value + 1 where id = 1 returning value)
    select pg_notify('{CHANNEL}', cast(value as text)) from raised
    """  # noqa: S608 - a constant
)
_VALUE = text("select value from authorisation_epoch where id = 1")


@statement
def _value() -> Executable:
    return _VALUE


async def raise_epoch(session: AsyncSession) -> None:
    """Say, in the transaction of the change, that somebody may do more or less from now on. Call it last."""
    await session.execute(_RAISE)


async def read_epoch(database: Database) -> int:
    """The epoch as it is now. Raises `SERVICE_UNAVAILABLE`."""
    (row,) = await database.fetch(_value(), Row)
    return row["value"]


async def follow(engine: AsyncEngine, heard: Callable[[int], None]) -> NoReturn:
    """Tell `heard` the epoch, again and again: as soon as it changes, and every two seconds.

    The connection is of its own, and made anew when it is lost; meanwhile nothing is told."""
    is_there = True
    while True:
        try:
            async with engine.connect() as connection:
                is_there = True
                await _listen(connection, heard)
        except _LOST as error:
            if is_there:
                log.warning("changes of permissions cannot be heard of: %s", type(error).__name__)
            is_there = False
        await asyncio.sleep(_PAUSE)


async def _listen(connection: AsyncConnection, heard: Callable[[int], None]) -> NoReturn:
    driver: Any = (await connection.get_raw_connection()).driver_connection
    await driver.add_listener(CHANNEL, lambda *notification: heard(int(notification[3])))
    while True:
        async with asyncio.timeout(ANSWER_WITHIN):
            value = await connection.scalar(_VALUE)
        heard(value)
        await asyncio.sleep(POLL_EVERY)
