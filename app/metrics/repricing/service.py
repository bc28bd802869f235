"""Works out anew what calls cost after a price was corrected; each hour of a model is one act, on record with sums."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession

from app.catalog.prices.reads import price_lists
from app.catalog.pricing import PriceList, TokenUsage
from app.catalog.tables import Model
from app.kit.access import Actor, Permission
from app.kit.db import Database
from app.kit.journal import Writer, record
from app.kit.scoping import tags
from app.metrics.contention import patiently
from app.metrics.events import CallsRepriced
from app.metrics.labels import MARK_MINUTES
from app.metrics.repricing import statements
from app.metrics.rollups import MARK
from app.metrics.rules import TimeRange
from app.metrics.tables import HOUR

_A_MINUTE, _AN_HOUR = timedelta(minutes=1), timedelta(hours=1)


@dataclass(slots=True)
class Repriced:
    """What was changed: calls, and what these cost before and after, in US dollars."""

    models: int = 0
    calls: int = 0
    before: Decimal = Decimal(0)
    after: Decimal = Decimal(0)

    def add(self, sums: Mapping[str, Any]) -> None:
        """Count an hour."""
        self.calls += sums["calls"]
        self.before += sums["cost_before"]
        self.after += sums["cost_after"]


@dataclass(frozen=True, slots=True)
class _Correction:
    model_id: UUID
    prices: PriceList
    reason: str | None


async def reprice(
    database: Database, actor: Actor, slugs: Sequence[str] | None, span: TimeRange, reason: str | None
) -> Repriced:
    """Let the calls of these models within the hours of a range cost what today's prices of that time say.

    Without `slugs`, of all models. What senders said that a call cost stays. It can be ended at any moment and run
    again: what is right is left alone."""
    actor.require(Permission.MODELS_UPDATE)
    done = Repriced()
    async with database.driver() as connection:
        models = [row["id"] for row in await connection.fetch(statements.MODELS, span.start, span.end, slugs)]
    for model in models:
        calls = done.calls
        await _reprice_model(database, actor, model, span, reason, done)
        done.models += done.calls > calls
    return done


async def _reprice_model(
    database: Database, actor: Actor, model: UUID, span: TimeRange, reason: str | None, done: Repriced
) -> None:
    correction = _Correction(model, (await price_lists(database, {model}))[model], reason)
    async with database.driver() as connection:
        hours = [row["hour"] for row in await connection.fetch(statements.HOURS, model, span.start, span.end)]
    for hour in hours:
        for sums in await _write_hour(database, actor, correction, hour):
            done.add(sums)


async def _write_hour(
    database: Database, actor: Actor, correction: _Correction, hour: datetime
) -> list[Mapping[str, Any]]:
    return await patiently(lambda: Writer(database).write(actor, _reprice_hour, correction, hour))


async def _reprice_hour(
    session: AsyncSession, actor: Actor, correction: _Correction, hour: datetime
) -> list[Mapping[str, Any]]:
    connection = await _driver(session)
    locked = await connection.fetch(statements.LOCK, correction.model_id, hour, hour + _AN_HOUR)
    minutes = sorted({row["bucket"] for row in locked})
    wrong = {minute: calls for minute in minutes if (calls := await _wrong(connection, correction, minute))}
    if not wrong:
        return []
    await connection.execute(MARK_MINUTES, list(wrong))
    await connection.execute(MARK, HOUR, [hour])
    changed = [
        await connection.fetchrow(statements.COMPENSATE, *calls, correction.model_id) for calls in wrong.values()
    ]
    await _record(session, actor, correction, hour, changed)
    return changed


async def _driver(session: AsyncSession) -> Any:
    """The driver's own connection, within the transaction: that begins with the session's first statement."""
    await session.execute(text("select"))
    raw: Any = await (await session.connection()).get_raw_connection()
    return raw.driver_connection


async def _wrong(connection: Any, correction: _Correction, minute: datetime) -> Sequence[Sequence[Any]]:
    """When, which, and what they should cost: the calls of a minute that cost something else, in columns."""
    calls = await connection.fetch(statements.CALLS, minute, minute + _A_MINUTE, correction.model_id)
    priced = [(call["occurred_at"], call["event_id"], _cost(correction.prices, call), call["cost"]) for call in calls]
    return list(zip(*[(at, event, cost) for at, event, cost, before in priced if cost != before], strict=True))


def _cost(prices: PriceList, call: Mapping[str, Any]) -> Decimal | None:
    tokens = (call[f"tokens_{name}"] for name in ("in", "out", "cached", "reasoning"))
    return prices.cost(TokenUsage(*tokens), call["occurred_at"])


async def _record(
    session: AsyncSession, actor: Actor, correction: _Correction, hour: datetime, changed: Sequence[Mapping[str, Any]]
) -> None:
    level = await session.scalar(select(Model.security_level).where(Model.id == correction.model_id))
    event = CallsRepriced(
        resource_id=str(correction.model_id),
        model_id=str(correction.model_id),
        hour=hour.isoformat(),
        calls=sum(sums["calls"] for sums in changed),
        scope_tags=tags(level),
    )
    before, after = (_told(hour, event.calls, changed, when) for when in ("before", "after"))
    record(session, actor, event, before=before, after=after, reason=correction.reason)


def _told(hour: datetime, calls: int, changed: Sequence[Mapping[str, Any]], when: str) -> dict[str, Any]:
    cost = sum((sums[f"cost_{when}"] for sums in changed), Decimal(0))
    unpriced = sum(sums[f"unpriced_{when}"] for sums in changed)
    return {"hour": hour.isoformat(), "calls": calls, "cost": f"{cost:f}", "unpriced": unpriced}
