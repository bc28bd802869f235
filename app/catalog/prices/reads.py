"""What is read of prices: those of a time as believed at a time, their history, and whose changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, DateTime, any_, bindparam, or_, select, text
from sqlalchemy.sql.expression import Executable

from app.catalog.events import CatalogImported, ModelPriced
from app.catalog.price_book import price_row
from app.catalog.pricing import PriceList, PriceRow, cost_per_1k_tokens, prices_in_force
from app.catalog.tables import Price
from app.kit.access import Actor, Permission
from app.kit.db import Database, Row, Selection, statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.journal import GOVERNANCE_STREAM
from app.kit.listing import Listing, Shape
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader


class StoredPrice(Row):
    """A price as stored."""


class _Cost(Row):
    """What a model is said to cost."""


class _Event(Row):
    """Where the log of events ends, and one event before that, if there is one."""


@dataclass(frozen=True, slots=True)
class Position:
    """Up to where the log of events was read. Another epoch is another history: a restored one."""

    epoch: UUID | None
    head: int


NOWHERE = Position(None, 2**62)
"""Where who has not read the log yet begins: at its end."""


@dataclass(frozen=True, slots=True)
class News:
    """Whose prices changed up to a position; `everything` if we cannot tell."""

    position: Position
    everything: bool = False
    models: frozenset[UUID] = frozenset()


def _believed(at_a_time: bool) -> ColumnElement[bool]:
    if not at_a_time:
        return Price.superseded_at.is_(None)
    known_at = bindparam("known_at", type_=DateTime(timezone=True))
    return (Price.recorded_at <= known_at) & or_(Price.superseded_at.is_(None), Price.superseded_at > known_at)


@statement
def _prices(at_a_time: bool) -> Selection:
    chosen = select(Price.__table__).where(Price.model_id == any_(keys_parameter()), _believed(at_a_time))
    return chosen.order_by(Price.model_id, Price.token_class, Price.conditions, Price.effective_from, Price.id)


def _history(_: Shape) -> Selection:
    return select(Price.__table__)


def _of_model(model: ColumnElement[UUID]) -> ColumnElement[bool]:
    return Price.model_id == model


HISTORY = Listing(row=StoredPrice, id=Price.id, select=_history, sorts={"RECORDED_AT": Price.recorded_at})
NEWEST = Order("RECORDED_AT", descending=True)


async def prices_by_model(
    read: Reader, actor: Actor, keys: Sequence[UUID], as_of: datetime | None = None, known_at: datetime | None = None
) -> dict[UUID, list[StoredPrice]]:
    """The prices of each model in force at `as_of`, as we believed at `known_at`; both are now by default."""
    actor.require(Permission.MODELS_READ)
    given = {} if known_at is None else {"known_at": known_at}
    stored = grouped(await read.fetch(_prices(bool(given)), StoredPrice, keys=keys, **given), "model_id")
    return {key: in_force(prices, as_of or _present(read, prices)) for key, prices in stored.items()}


def _present(read: Reader, stored: Sequence[StoredPrice]) -> datetime:
    """Now; not before what is recorded already, as this very request may have done, or a host whose clock is ahead."""
    return max(read.now(), *(price["recorded_at"] for price in stored))


def in_force(stored: Sequence[StoredPrice], at: datetime) -> list[StoredPrice]:
    """Those of a model's stored prices that hold at a time, by token class."""
    by_key = {price["id"]: price for price in stored}
    return [by_key[row.key] for row in prices_in_force(map(price_row, stored), at)]


async def histories_by_model(
    read: Reader, actor: Actor, keys: Sequence[UUID], request: PageRequest
) -> dict[UUID, Page[StoredPrice]]:
    """A page of everything each model was ever said to cost, what was recorded last first."""
    actor.require(Permission.MODELS_READ)
    return await HISTORY.pages_by(_of_model, read, keys, NEWEST, request, {})


async def counts_by_model(read: Reader, actor: Actor, keys: Sequence[UUID]) -> dict[UUID, int]:
    """How many rows each model's history has."""
    actor.require(Permission.MODELS_READ)
    return await HISTORY.counts_by(_of_model, read, keys, {})


async def price_lists(database: Database, model_ids: set[UUID]) -> dict[UUID, PriceList]:
    """What ingest prices by: a list for each model, an empty one where no price is known."""
    books = await _books(database, model_ids)
    return {key: PriceList(books[key]) for key in model_ids}


async def _books(database: Database, model_ids: Iterable[UUID]) -> dict[UUID, list[PriceRow]]:
    """What we believe each model costs, now and at other times."""
    keys = list(model_ids)
    stored = grouped(await database.fetch(_prices(False), StoredPrice, keys=keys), "model_id")
    return {key: list(map(price_row, stored.get(key, []))) for key in keys}


@statement
def _repriced() -> Executable:
    return text("""
        select m.id, m.baseline_cost_per_1k_tokens as cost from model m where m.id in (
            select model_id from price
            where recorded_at > :since or superseded_at > :since or (superseded_at is null and (
                (effective_from > :since and effective_from <= :until)
                or (effective_to > :since and effective_to <= :until)))) order by m.id""")


async def overtaken_costs(database: Database, since: datetime, until: datetime) -> list[UUID]:
    """Models that do not cost what their prices say at `until`, if a price came, went, began or ended since.

    What a model without any price costs is for people to say."""
    found = await database.fetch(_repriced(), _Cost, since=since, until=until)
    overtaken: list[UUID] = []
    for start in range(0, len(found), 500):
        some = found[start : start + 500]
        books = await _books(database, (model["id"] for model in some))
        overtaken += (m["id"] for m in some if _is_overtaken(m["cost"], books[m["id"]], until))
    return overtaken


def _is_overtaken(cost: Decimal | None, book: Sequence[PriceRow], at: datetime) -> bool:
    return bool(book) and cost != cost_per_1k_tokens(book, at)


@statement
def _events() -> Executable:
    return text("""
        select s.epoch, s.head, e.kind, e.payload ->> 'resource_id' as resource_id
        from event_stream s left join event e
            on e.stream = s.id and e.position > :since and e.kind = any(cast(:kinds as text[]))
        where s.id = :stream""")


async def price_news(database: Database, since: Position) -> News:
    """Whose prices changed since a position of the log of events, which is in the order of commits."""
    arguments: dict[str, Any] = {"stream": GOVERNANCE_STREAM, "since": since.head}
    found = await database.fetch(_events(), _Event, kinds=[ModelPriced.kind, CatalogImported.kind], **arguments)
    position = Position(found[0]["epoch"], found[0]["head"])
    everything = position.epoch != since.epoch or any(event["kind"] == CatalogImported.kind for event in found)
    return News(position, everything, frozenset(UUID(e["resource_id"]) for e in found if e["kind"] == ModelPriced.kind))
