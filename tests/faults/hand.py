"""A process that performs one mutation with the whole API, and is killed at a given moment of the write."""

from __future__ import annotations

import asyncio
import os
import signal
from dataclasses import dataclass
from typing import Any

import httpx2
from sqlalchemy import event

from app.kit.db import Database
from app.main import build
from app.settings import Settings

MOMENTS = ("before_cursor_execute", "commit", "checkin")
"""Before each statement, before COMMIT, and after it."""


@dataclass(slots=True)
class Fate:
    """Kills this process at the moment when no more of them are left."""

    left: int

    def pass_by(self, *_: Any) -> None:
        """One moment more."""
        if self.left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        self.left -= 1

    def watch(self, database: Database) -> None:
        """From now on count the moments of writes."""
        for name in MOMENTS:
            event.listen(database._writes.sync_engine, name, self.pass_by)


async def act(settings: dict[str, Any], token: str, request: dict[str, Any], moment: int) -> None:
    """Send the request, and take the answer unless killed before."""
    app = build(Settings.model_validate(settings))
    transport = httpx2.ASGITransport(app=app)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=transport, base_url="http://hub") as client,
    ):
        Fate(moment).watch(app.state.hub.database)
        answer = await client.post("/graphql", json=request, headers={"authorization": f"Bearer {token}"})
        assert answer.status_code == 200


def run(settings: dict[str, Any], token: str, request: dict[str, Any], moment: int) -> None:
    """What the process does."""
    asyncio.run(act(settings, token, request, moment))
