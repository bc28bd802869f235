"""What the worker does for experiments: ends those whose time is over."""

from __future__ import annotations

from datetime import datetime

from app.experiments.running.service import complete_experiments
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.journal import Writer


async def complete(database: Database, now: datetime) -> int:
    """End every experiment whose planned end has come; returns how many."""
    return await Writer(database).write(SYSTEM, complete_experiments, now)
