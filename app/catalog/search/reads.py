"""What is read when people search: a page, what they may have meant, and what they can narrow by."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from sqlalchemy import Text, case, func, null

from app.catalog.reads import ModelRow
from app.catalog.search import facets
from app.catalog.search.columns import Columns
from app.catalog.search.conditions import Group, arguments, shape
from app.catalog.search.copies import Copies, Entry, changed_models, entries_of, together
from app.catalog.search.facets import Facet
from app.catalog.search.rules import Text as FreeText
from app.catalog.search.rules import parse
from app.catalog.search.spelling import Vocabulary
from app.catalog.search.statements import RELEVANCE, models, probe
from app.catalog.search.tables import ModelSearch
from app.catalog.service import scope
from app.catalog.tables import Model
from app.kit.access import Actor, Permission
from app.kit.db import Row, Statement, compile_statement
from app.kit.listing import Listing
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader

FEW = 5
"""Text that finds fewer may be misspelled."""

SEARCHED = Listing(
    row=ModelRow,
    id=Model.id,
    select=models,
    sorts={
        "NAME": func.lower(Model.name, type_=Text()),
        "CREATED_AT": Model.created_at,
        "UPDATED_AT": Model.updated_at,
        "POPULARITY": Model.popularity,
        "COST": Model.baseline_cost_per_1k_tokens,
        "LATENCY": Model.latency_ms,
        "CONTEXT_WINDOW": Model.context_window,
        "RATING": Model.rating_average,
        "RELEVANCE": RELEVANCE,
    },
)
NEWEST, MOST_RELEVANT = Order("CREATED_AT", descending=True), Order("RELEVANCE", descending=True)

_WORDS = Copies()


class _Count(Row):
    """A number."""


@dataclass(frozen=True, slots=True)
class Search:
    """What is asked for: free text (None: any), a filter, and whose eyes see it."""

    read: Reader
    actor: Actor
    text: FreeText | None
    filter: Group

    def texts(self) -> dict[str, Any]:
        """The arguments of free text."""
        if self.text is None:
            return {}
        return {"query": self.text.tsquery(), "ranking": self.text.ranking(), "name": self.text.name()}

    def shape(self) -> tuple[Any, ...]:
        """What changes the SQL."""
        return (self.text is not None, shape(self.filter))

    def arguments(self) -> dict[str, Any]:
        """What does not."""
        return {**scope(self.actor), **self.texts(), **arguments(self.filter)}

    async def page(self, order: Order, request: PageRequest) -> Page[ModelRow]:
        """One page of what matches."""
        return await SEARCHED.page(self.read, order, request, self.shape(), self.arguments())

    async def count(self, limit: int) -> int:
        """How many match, counted up to the limit."""
        rows = await self.read.fetch(probe(self.shape()), _Count, **self.arguments(), limit=limit)
        return rows[0]["n"]

    async def facets(self) -> list[Facet]:
        """What it can be narrowed by."""
        return await facets.facets(self.read, self.actor, self.texts(), self.filter)

    def corrected(self, raw: str) -> Search:
        """The same with other text."""
        return Search(self.read, self.actor, parse(raw), self.filter)


@dataclass(slots=True)
class Found:
    """A page of what `shown` asks for: that is `asked`, or, where this finds nothing, its correction."""

    asked: Search
    shown: Search
    page: Page[ModelRow]
    _meant: list[str | None] = field(default_factory=list[str | None])

    @property
    def is_corrected(self) -> bool:
        """Whether the text as typed finds nothing, so that its correction is shown."""
        return self.shown is not self.asked

    async def did_you_mean(self) -> str | None:
        """Text that differs in spelling and finds more; None if the text as typed finds enough, or nothing does."""
        if not self._meant:
            self._meant.append(None if len(self.page.nodes) >= FEW else (await _meant(self.asked))[0])
        return self._meant[0]


async def search_models(
    read: Reader, actor: Actor, query: str | None, chosen: Group, order: Order | None, request: PageRequest
) -> Found:
    """One page of the visible models that match; by relevance where there is text, else the newest first."""
    actor.require(Permission.MODELS_READ)
    asked = Search(read, actor, parse(query), chosen)
    order = order or (MOST_RELEVANT if asked.text else NEWEST)
    if asked.text is None and order.key == MOST_RELEVANT.key:
        order = NEWEST
    page = await asked.page(order, request)
    if page.nodes or asked.text is None:
        return Found(asked, asked, page)
    meant, found = await _meant(asked)
    if meant is None or found:
        return Found(asked, asked, page, [meant])
    shown = asked.corrected(meant)
    return Found(asked, shown, await shown.page(order, request), [meant])


async def _meant(asked: Search) -> tuple[str | None, int]:
    """A better spelling, if there is one, and how many the text as typed finds: up to `FEW`."""
    if asked.text is None:
        return None, 0
    vocabulary = await _vocabulary(asked.read, asked.actor)
    better = vocabulary.corrected(asked.text.raw)
    if better is None or (found := await asked.count(FEW)) >= FEW:
        return None, FEW
    more = await asked.corrected(better).count(FEW)
    return (better if more > found else None), found


async def _vocabulary(read: Reader, actor: Actor) -> Vocabulary:
    base = _WORDS.of(read.database)
    entries = await read.fetch(_words(whole=not base.horizon), Entry, horizon=str(base.horizon))
    return _of_levels(_WORDS.refreshed(read.database, base, entries), tuple(actor.levels()))


@lru_cache(maxsize=8)
def _of_levels(words: Columns, levels: Sequence[str]) -> Vocabulary:
    """The words of models that are visible to somebody and not archived, and of no others."""
    counts: dict[str, int] = {}
    for level in levels:
        for word, number in words.of(level).counted().items():
            counts[word] = counts.get(word, 0) + number
    return Vocabulary(counts)


@lru_cache(maxsize=2)
def _words(*, whole: bool) -> Statement:
    """Words by security level; archived models hold none."""
    changed = changed_models(
        *(
            case((Model.archived_at.is_(None), Model.security_level), else_=null()).label("level"),
            ModelSearch.words.label("words"),
        ),
        whole=whole,
    )
    held = func.unnest(changed.c.words, type_=Text).table_valued("word", name="held").render_derived()
    entries = entries_of(changed.c.level, held.c.word, changed, held)
    return compile_statement(together(changed, entries.where(changed.c.level.is_not(None))))
