"""What the worker does for alerts: seeds the rules that come with the product, evaluates, tells, forgets."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts import claiming, defaults, releasing
from app.alerts.channels import configured
from app.alerts.evaluating import evaluate_due
from app.alerts.looking import Surroundings
from app.kit.access import SYSTEM, Actor
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.journal import Writer
from app.kit.paging import Cursors
from app.kit.reading import Reader
from app.kit.sealing import Keyring
from app.secret import Secret

log = logging.getLogger("modelhub.alerts")

Note = Callable[[float], None]


def evaluating(
    database: Database, clock: Clock, around: Surroundings, note: Note = lambda _seconds: None
) -> Callable[[], Awaitable[object]]:
    """The job that evaluates rules; `note` is told by how many seconds the rule was late that waited longest."""
    read, writer = Reader(database, Cursors(b""), clock), Writer(database, clock=clock)

    async def run() -> int:
        note((await claiming.lag(read)).total_seconds())
        done = 0
        while claimed := await evaluate_due(read, writer, around):
            done += claimed
        await writer.write(SYSTEM, releasing.release, clock())
        return done

    return run


async def seed(database: Database) -> int:
    """Add the rules that come with the product, once."""
    return await Writer(database).write(SYSTEM, defaults.seed)


async def set_up(database: Database, keyring: Keyring, webhooks: Sequence[Secret[str]]) -> None:
    """Add the rules that come with the product, and the webhooks that the settings name, each once."""
    await seed(database)
    await Writer(database).write(SYSTEM, configured.configure, keyring, webhooks)


_FORGET = (
    """
    delete from alert_entry e using alert a where a.id = e.alert_id and e.at < :before
        and a.state not in ('FIRING', 'PENDING', 'ERROR')
    """,
    """
    delete from alert a where a.changed_at < :before and a.state in ('INACTIVE', 'RESOLVED')
        and not exists (select from alert_entry e where e.alert_id = a.id)
    """,
    "delete from alert_silence where ends_at < :before",
    "delete from alert_message where created_at < :before and status <> 'PENDING'",
)


async def forget(database: Database, before: datetime) -> None:
    """Delete the history of alerts that are over, silences, and what was delivered, from before an instant."""
    await Writer(database).write(SYSTEM, _forget, before)


async def _forget(session: AsyncSession, _: Actor, before: datetime) -> None:
    for statement in _FORGET:
        await session.execute(text(statement), {"before": before})
