"""A process that migrates a database, and is killed before a given statement, or before the COMMIT after the last."""

from __future__ import annotations

import asyncio
import os
import signal
from itertools import count
from multiprocessing.connection import Connection
from typing import Any

from sqlalchemy import Engine, event

from app.migrate import migrate

MOMENTS = ("before_cursor_execute", "commit")


def run(url: str, moment: int, passed: Connection) -> None:
    """What the process does; without being killed it tells how many moments there were."""
    moments = count()

    def pass_by(*_: Any) -> None:
        if next(moments) == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    for name in MOMENTS:
        event.listen(Engine, name, pass_by)
    asyncio.run(migrate(url))
    passed.send(next(moments))
