"""Writers and rollers that run in processes of their own, so that they can be killed."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from multiprocessing.connection import Connection
from random import Random

from app.kit.db import Database
from app.metrics.ingest.rules import Inference
from app.metrics.jobs import roll_up
from tests.metrics.sending import NOW, Traffic, ingest_of

START = NOW - timedelta(days=1, hours=7, minutes=11)
LATER = NOW + timedelta(days=3)
"""When every bucket is closed."""


def everything() -> list[Inference]:
    """What all writers together send."""
    return Traffic(Random(77), START, NOW, minutes=25).take(2400)


async def write(database: Database, random: Random) -> None:
    """Send a part of it, in any order, in batches of any size."""
    ingest, calls = ingest_of(database), everything()
    left = random.sample(calls, 1600)
    while left:
        size = random.randint(1, 60)
        batch, left = left[:size], left[size:]
        await ingest.take(batch)


async def roll(database: Database) -> None:
    """Roll up for ever."""
    while True:
        await roll_up(database, lambda: LATER)
        await asyncio.sleep(0.02)


async def work(url: str, role: str, seed: float, ready: Connection) -> None:
    """Write or roll, and say so before."""
    database = Database(url, read_connections=1, write_connections=2)
    async with database.driver():
        ready.send("ready")
    await (write(database, Random(seed)) if role == "write" else roll(database))
    await database.close()


def run(url: str, role: str, seed: float, ready: Connection) -> None:
    """What a process does."""
    asyncio.run(work(url, role, seed, ready))
