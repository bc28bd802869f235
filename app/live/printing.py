"""The log of events as lines of text, for operators."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator

import orjson

from app.kit.db import Database
from app.kit.writing import write_time
from app.live.log import PAGE, Happening, Log
from app.live.tail import LOOK_EVERY


async def lines(url: str, last: int, *, follow: bool) -> AsyncIterator[str]:
    """The last events, oldest first, and if wanted what follows, for ever. Raises `SERVICE_UNAVAILABLE`."""
    database = Database(url, read_connections=1, write_connections=1)
    try:
        log = Log(database)
        end = await log.end()
        async for event in happenings(log, max(end.head - last, end.oldest - 1), follow=follow):
            yield _line(event)
    finally:
        await database.close()


async def happenings(log: Log, position: int, *, follow: bool) -> AsyncIterator[Happening]:
    """What happened after a position, and if wanted what follows, for ever."""
    while True:
        events = await log.after(position)
        for event in events:
            position = event.position
            yield event
        if len(events) < PAGE:
            if not follow:
                return
            await asyncio.sleep(LOOK_EVERY)


def _line(event: Happening) -> str:
    scope = ",".join(event.scope_tags) or "-"
    payload = orjson.dumps(event.payload).decode()
    return f"{event.position} {write_time(event.occurred_at)} {event.kind} {scope} {payload}"
