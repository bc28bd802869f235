"""What is read when people search: a page, what they may have meant, and what they can narrow by."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from sqlalchemy import Text, case, func, null

from app.catalog.reads import ModelRow
from app.catalog.search.columns import Columns
from app.catalog.search.conditions import Group, arguments, shape
from app.catalog.search.copies import Copies, Entry, changed_models, entries_of, together
from app.catalog.search.facets import Facet, Hits, hits
from app.catalog.search.rules import Text as FreeText
from app.catalog.search.rules import parse
from app.catalog.search.spelling import Vocabulary
from app.catalog.search.statements import RELEVANCE, Matching, fitting, models, probe
from app.catalog.search.tables import ModelSearch
from app.catalog.service import scope
from app.catalog.tables import Model
from app.kit.access import Actor, Permission
from app.kit.db import Row, Statement, compile_statement
from app.kit.errors import InvalidParameter
from app.kit.listing import Listing
from app.kit.paging import Order, Page, PageRequest
from app.kit.reading import Reader

FEW = 5
"""Text that finds fewer may be misspelled."""

MOST_RANKED = 3_000
"""Text that fits more is too broad to rank: the most popular come first."""

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

_BROAD = {Matching.MANY, Matching.MOST}
_WORDS = Copies()


class _Count(Row):
    """A number."""


@dataclass(slots=True)
class Search:
    """What is asked for: free text (None: any), a filter, and whose eyes see it. What was found is remembered."""

    read: Reader
    actor: Actor
    text: FreeText | None
    filter: Group
    _matching: Matching | None = None
    _few: int = -1
    _hits: asyncio.Task[Hits] | None = None

    async def page(self, order: Order, request: PageRequest) -> Page[ModelRow]:
        """One page of what matches, and how many do."""
        matching = await self._how_many()
        if order.key == MOST_RELEVANT.key:
            page = await self._by_relevance(matching, order, request)
        else:
            page = await self._page(matching, order, request)
        return page.counted_by(self._count) if matching in _BROAD else page

    async def _how_many(self) -> Matching:
        if self._matching is None:
            self._matching = Matching.ALL if self.text is None else await self._density(self.text)
        return self._matching

    async def _density(self, text: FreeText) -> Matching:
        if text.only_excludes:
            return Matching.MOST
        rows = await self.read.fetch(fitting(), _Count, **self._texts(), **scope(self.actor), limit=MOST_RANKED + 1)
        return Matching.MANY if rows[0]["n"] > MOST_RANKED else Matching.FEW

    async def _by_relevance(self, matching: Matching, order: Order, request: PageRequest) -> Page[ModelRow]:
        """Of many the most popular first; later pages stay with the order of their cursor."""
        if matching is Matching.ALL:
            return await self._page(matching, NEWEST, request)
        orders = [(Matching.FEW, order), (Matching.MANY, replace(order, key="POPULARITY"))]
        first, other = reversed(orders) if matching in _BROAD else orders
        try:
            return await self._page(*first, request)
        except InvalidParameter:
            return await self._page(*other, request)

    async def _page(self, matching: Matching, order: Order, request: PageRequest) -> Page[ModelRow]:
        return await SEARCHED.page(self.read, order, request, (matching, shape(self.filter)), self._arguments())

    async def few(self) -> int:
        """How many match, counted up to `FEW`."""
        if self._few < 0:
            wanted = probe((await self._how_many(), shape(self.filter)))
            self._few = (await self.read.fetch(wanted, _Count, **self._arguments(), limit=FEW))[0]["n"]
        return self._few

    async def facets(self) -> list[Facet]:
        """What it can be narrowed by."""
        return (await self._all()).facets()

    async def _count(self) -> int:
        return (await self._all()).count()

    async def _all(self) -> Hits:
        """Found once, for the count and the facets."""
        if self._hits is None:
            found = hits(self.read, self.actor, await self._how_many(), self._texts(), self.filter)
            self._hits = asyncio.create_task(found)
        return await self._hits

    def _texts(self) -> dict[str, Any]:
        if self.text is None:
            return {}
        return {"query": self.text.tsquery(), "ranking": self.text.ranking(), "name": self.text.name()}

    def _arguments(self) -> dict[str, Any]:
        return {**scope(self.actor), **self._texts(), **arguments(self.filter)}


@dataclass(frozen=True, slots=True)
class Found:
    """A page of what `shown` asks for: that is `asked`, or, where this finds nothing, its correction."""

    asked: Search
    shown: Search
    page: Page[ModelRow]

    async def did_you_mean(self) -> str | None:
        """Text that differs in spelling and finds more; None if the text as typed finds enough, or nothing does."""
        if self.shown is self.asked and len(self.page.nodes) >= FEW:
            return None
        meant = self.shown if self.shown is not self.asked else await _meant(self.asked)
        return meant.text.raw if meant and meant.text else None


async def search_models(
    read: Reader, actor: Actor, query: str | None, chosen: Group, order: Order | None, request: PageRequest
) -> Found:
    """One page of the visible models that match; by relevance where there is text, else the newest first."""
    actor.require(Permission.MODELS_READ)
    asked = Search(read, actor, parse(query), chosen)
    page = await asked.page(order or MOST_RELEVANT, request)
    if page.nodes or asked.text is None or await asked.few():
        return Found(asked, asked, page)
    shown = await _meant(asked)
    return (
        Found(asked, shown, await shown.page(order or MOST_RELEVANT, request)) if shown else Found(asked, asked, page)
    )


async def _meant(asked: Search) -> Search | None:
    """The same in a better spelling, if there is one that finds more and few are found as typed."""
    if asked.text is None or await asked.few() >= FEW:
        return None
    vocabulary = await _vocabulary(asked.read, asked.actor)
    better = vocabulary.corrected(asked.text.raw)
    corrected = Search(asked.read, asked.actor, parse(better), asked.filter)
    return corrected if better and await corrected.few() > await asked.few() else None


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
