"""Alerts as lines of text, for those who watch in a terminal."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from datetime import datetime

from app.alerts import reads
from app.alerts.events import AlertEvent
from app.kit.access import SYSTEM
from app.kit.db import Database
from app.kit.paging import Cursors
from app.kit.reading import Reader
from app.kit.severity import Severity
from app.kit.writing import write_time
from app.live.log import Log
from app.live.printing import happenings


async def lines(url: str, least: Severity, *, follow: bool) -> AsyncGenerator[str]:
    """What fires, oldest first, the gravest twenty; then, if wanted, everything that happens to alerts, for ever. Only
    those at least so grave. Raises `SERVICE_UNAVAILABLE`."""
    graver = list(Severity)[list(Severity).index(least) :]
    database = Database(url, read_connections=1, write_connections=1)
    try:
        log = Log(database)
        end = await log.end()
        firing = await reads.firing(Reader(database, Cursors(b"")), SYSTEM)
        for row in sorted((row for row in firing if row["severity"] in graver), key=lambda row: row["changed_at"]):
            yield _line(row["changed_at"], row["state"], row["severity"], row["message"])
        async for event in happenings(log, end.head, follow=follow):
            said = event.payload
            if event.topic == AlertEvent.topic and said["severity"] in graver:
                yield _line(event.occurred_at, _happened(event.kind, said["state"]), said["severity"], said["message"])
    finally:
        await database.close()


def _happened(kind: str, state: str) -> str:
    return "ACKNOWLEDGED" if kind.endswith(".acknowledged") else state


def _line(at: datetime, what: str, severity: str, message: str) -> str:
    return f"{write_time(at)} {what:12} {severity:8} {message}"
