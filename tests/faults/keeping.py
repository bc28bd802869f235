"""A worker as a process, and one that does for deployments what it does, and may be killed at a given moment."""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from app.deployments.controlling.jobs import controlling
from app.kit.db import Database
from app.kit.journal import Writer
from app.settings import Settings
from app.worker import work
from tests.faults.hand import Fate

NEVER = sys.maxsize


async def keep(settings: dict[str, Any], moment: int) -> None:
    """Look after deployments for ever, unless killed before."""
    chosen = Settings.model_validate(settings)
    database = Database(chosen.database_url or "", read_connections=2, write_connections=2)
    controller = controlling(chosen, Writer(database))
    Fate(moment).watch(database)
    async with controller.running():
        while True:
            await controller.note()
            await asyncio.sleep(1)


def work_for_ever(settings: dict[str, Any]) -> None:
    """A whole worker, until it is told to end."""
    asyncio.run(work(Settings.model_validate(settings)))


def run(settings: dict[str, Any], moment: int) -> None:
    """What the process does."""
    asyncio.run(keep(settings, moment))
