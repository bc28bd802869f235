"""Prices, and what usage costs by them: pure arithmetic, exact, fast enough to run for every inference."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from decimal import ROUND_HALF_EVEN, Context, Decimal
from operator import mul
from typing import Any, Literal, NamedTuple, TypeAlias, get_args
from uuid import UUID

TokenClass = Literal[
    "INPUT", "CACHED_INPUT", "CACHE_WRITE", "CACHE_WRITE_5M", "CACHE_WRITE_1H", "TOOL_INPUT",
    "OUTPUT", "REASONING_OUTPUT", "CITATION_OUTPUT",
    "TEXT_INPUT", "CACHED_TEXT_INPUT", "TEXT_CACHE_WRITE", "TEXT_CACHE_WRITE_5M", "TEXT_CACHE_WRITE_1H",
    "TEXT_TOOL_INPUT", "TEXT_OUTPUT", "TEXT_REASONING_OUTPUT", "TEXT_CITATION_OUTPUT",
    "AUDIO_INPUT", "CACHED_AUDIO_INPUT", "AUDIO_CACHE_WRITE", "AUDIO_CACHE_WRITE_5M", "AUDIO_CACHE_WRITE_1H",
    "AUDIO_TOOL_INPUT", "AUDIO_OUTPUT", "AUDIO_REASONING_OUTPUT", "AUDIO_CITATION_OUTPUT",
    "IMAGE_INPUT", "CACHED_IMAGE_INPUT", "IMAGE_CACHE_WRITE", "IMAGE_CACHE_WRITE_5M", "IMAGE_CACHE_WRITE_1H",
    "IMAGE_TOOL_INPUT", "IMAGE_OUTPUT", "IMAGE_REASONING_OUTPUT", "IMAGE_CITATION_OUTPUT",
    "VIDEO_INPUT", "CACHED_VIDEO_INPUT", "VIDEO_CACHE_WRITE", "VIDEO_CACHE_WRITE_5M", "VIDEO_CACHE_WRITE_1H",
    "VIDEO_TOOL_INPUT", "VIDEO_OUTPUT", "VIDEO_REASONING_OUTPUT", "VIDEO_CITATION_OUTPUT",
    "INPUT_CHARACTER", "INPUT_TEXT_MESSAGE", "INPUT_PIXEL",
    "INPUT_DOCUMENT_PAGE", "INPUT_ANNOTATED_DOCUMENT_PAGE",
    "AUDIO_HOUR", "INPUT_AUDIO_HOUR", "OUTPUT_AUDIO_HOUR",
    "RERANK_SEARCH", "WEB_SEARCH", "SOCIAL_SEARCH", "STORAGE_SEARCH", "CODE_EXECUTION", "REQUEST",
]  # fmt: skip
"""What is priced, in US dollars per million: tokens, unless the name ends in another unit."""

MANUAL = "manual"
"""The source of prices that people set."""

CONTEXT_ORDER = ("serviceTier", "processing", "speed")
"""Where two context conditions hold, the earlier key decides; keys not named here come after these."""

RequestContext: TypeAlias = Mapping[str, str]
_Pairs: TypeAlias = frozenset[tuple[str, Any]]

_CLASS_ORDER = {name: place for place, name in enumerate(get_args(TokenClass))}
_EXACT = Context(prec=60, rounding=ROUND_HALF_EVEN)
_PLACES = 12
_TWELVE_PLACES = Decimal("1e-12")
_NO_CONTEXT: _Pairs = frozenset()
_ALWAYS = datetime.min.replace(tzinfo=UTC)
_COSTED = ("INPUT", "CACHED_INPUT", "OUTPUT", "REASONING_OUTPUT", "REQUEST")


@dataclass(frozen=True, slots=True)
class PriceRow:
    """US dollars for a million units of one class, from `effective_from` until before `effective_to`.

    An absent bound is open. All conditions must hold: `inputTokensAbove` (the whole request is priced by this
    row if its input is larger), `utcHours` (daily `["22:00", "06:00"]`, end excluded), any other key a value
    of the request's context. Of the rows that hold, the one with most context conditions wins, then by
    `CONTEXT_ORDER`, then one with hours, then the highest threshold, then one that people set, then the latest
    `effective_from`. `key` is that of the row as stored, if it is.
    """

    token_class: str
    usd_per_million: Decimal
    effective_from: datetime | None = None
    effective_to: datetime | None = None
    conditions: Mapping[str, Any] = field(default_factory=dict[str, Any])
    is_manual: bool = False
    key: UUID | None = None

    def in_force(self, at: datetime) -> bool:
        """Whether `at` (with a time zone) lies within the row's dates, whatever its conditions."""
        begun = self.effective_from is None or self.effective_from <= at
        return begun and (self.effective_to is None or at < self.effective_to)


class TokenUsage(NamedTuple):
    """Tokens of one request: cached ones are part of `tokens_in`, reasoning is part of `tokens_out`."""

    tokens_in: int
    tokens_out: int
    tokens_cached: int = 0
    tokens_reasoning: int = 0


Tokens: TypeAlias = tuple[int, int, int, int]
"""As a `TokenUsage`."""


class PriceList:
    """The price rows of one model, prepared for many calls; share it freely."""

    __slots__ = ("_contexts", "_dates", "_hours", "_offers", "_tariffs")

    def __init__(self, rows: Iterable[PriceRow]) -> None:
        self._offers = sorted(map(_offer, rows), key=_rank)
        dates = {day for offer in self._offers for day in (offer.row.effective_from, offer.row.effective_to)}
        self._dates = sorted(day for day in dates if day is not None)
        self._hours = sorted({hour for offer in self._offers for hour in offer.hours})
        self._contexts = frozenset(pair for offer in self._offers for pair in offer.context)
        self._tariffs: dict[tuple[int, int, _Pairs], _Tariff] = {}

    def cost(self, usage: Tokens, at: datetime, context: RequestContext | None = None) -> Decimal | None:
        """US dollars of one request at `at` (with a time zone), to 12 places; None if a price is unknown.

        By the rules of genai-prices: cached input without its own price costs as input, reasoning as output,
        and a price per request is added. `context` has the keys of conditions: `{"processing": "batch"}`.
        Raises ValueError where a part exceeds its whole.
        """
        thresholds, rates_by_size = self._tariff(at, context)
        rates = rates_by_size[bisect_left(thresholds, usage[0])]
        return None if rates is None else rates.cost(usage)

    def prices(self, at: datetime, context: RequestContext | None, tokens_in: int) -> dict[str, Decimal]:
        """US dollars per million by token class, for a request with `tokens_in` tokens of input."""
        known = self._known(context)
        held = (offer for offer in self._offers if offer.above < tokens_in and offer.holds(at, known))
        # The offers are in order of rank, so what is written last wins.
        return {offer.row.token_class: offer.row.usd_per_million for offer in held}

    def _known(self, context: RequestContext | None) -> _Pairs:
        return self._contexts.intersection(context.items()) if context and self._contexts else _NO_CONTEXT

    def _tariff(self, at: datetime, context: RequestContext | None) -> _Tariff:
        day = bisect_right(self._dates, at) if self._dates else 0
        hour = bisect_right(self._hours, at.astimezone(UTC).time()) if self._hours else 0
        cell = (day, hour, self._known(context) if context else _NO_CONTEXT)
        return self._tariffs.get(cell) or self._tariffs.setdefault(cell, self._make_tariff(at, context))

    def _make_tariff(self, at: datetime, context: RequestContext | None) -> _Tariff:
        thresholds = sorted({offer.above for offer in self._offers if offer.above >= 0})
        sizes = (0, *(threshold + 1 for threshold in thresholds))
        return thresholds, [_rates(self.prices(at, context, size)) for size in sizes]


def prices_in_force(rows: Iterable[PriceRow], at: datetime) -> list[PriceRow]:
    """The rows a user sees at `at`, under every condition, by class; of the same kind only the latest."""
    offers = sorted((_offer(row) for row in rows if row.in_force(at)), key=_rank)
    latest = {(offer.row.token_class, *offer[1:]): offer.row for offer in offers}
    return sorted(latest.values(), key=lambda row: _CLASS_ORDER.get(row.token_class, len(_CLASS_ORDER)))


def cost_per_1k_tokens(rows: Iterable[PriceRow], at: datetime) -> Decimal | None:
    """US dollars for 1,000 tokens to 12 places, blended as (3 x input + 1 x output) / 4; None unless both are known.

    For a small request without context. 3:1 is the convention of Artificial Analysis.
    """
    prices = PriceList(rows).prices(at, None, 0)
    if "INPUT" not in prices or "OUTPUT" not in prices:
        return None
    cost = _EXACT.divide(_EXACT.fma(prices["INPUT"], Decimal(3), prices["OUTPUT"]), Decimal(4_000))
    return _EXACT.quantize(cost, _TWELVE_PLACES)


def context_rank(keys: Iterable[str]) -> tuple[int, list[tuple[int, str]]]:
    """How specific conditions on these context keys are; the greater wins."""
    places = {key: -place for place, key in enumerate(CONTEXT_ORDER)}
    ranked = sorted(((places.get(key, -len(places)), key) for key in keys), reverse=True)
    return len(ranked), ranked


class _Offer(NamedTuple):
    """A row with its conditions taken apart; `above` is -1 where the size does not matter."""

    row: PriceRow
    context: _Pairs
    hours: tuple[time, ...]
    above: int

    def holds(self, at: datetime, context: _Pairs) -> bool:
        return self.context <= context and self.row.in_force(at) and (not self.hours or self._is_hour(at))

    def _is_hour(self, at: datetime) -> bool:
        (start, end), now = self.hours, at.astimezone(UTC).time()
        return start <= now < end if start <= end else now >= start or now < end


class _Rates(NamedTuple):
    """Prices of single units as whole numbers of 10**-places dollars: integers are exact in any context.

    `rates` are those of plain and cached input, of plain and reasoning output; `unknown` are the places among them
    for which there is no price."""

    rates: tuple[int, ...]
    request: int
    places: int
    unknown: tuple[int, ...]

    def cost(self, usage: Tokens) -> Decimal | None:
        tokens_in, tokens_out, cached, reasoning = usage
        if not (0 <= cached <= tokens_in and 0 <= reasoning <= tokens_out):
            raise ValueError(f"A part exceeds its whole, or a count is negative: {usage}")
        counts = tokens_in - cached, cached, tokens_out - reasoning, reasoning
        if self.unknown and any(counts[place] for place in self.unknown):
            return None
        total = sum(map(mul, counts, self.rates), self.request)
        if self.places == _PLACES:
            return _EXACT.scaleb(total, -_PLACES)
        return _EXACT.quantize(_EXACT.scaleb(Decimal(total), -self.places), _TWELVE_PLACES)


_Tariff: TypeAlias = tuple[list[int], list[_Rates | None]]


def _offer(row: PriceRow) -> _Offer:
    given = dict(row.conditions)
    above, hours = given.pop("inputTokensAbove", -1), given.pop("utcHours", ())
    return _Offer(row, frozenset(given.items()), tuple(map(time.fromisoformat, hours)), above)


def _rank(offer: _Offer) -> tuple[object, ...]:
    row, context = offer.row, context_rank(key for key, _ in offer.context)
    return context, bool(offer.hours), offer.above, row.is_manual, row.effective_from or _ALWAYS


def _rates(prices: Mapping[str, Decimal]) -> _Rates | None:
    # A model priced only by hour, page or character cannot be costed from tokens, not even from none.
    if "INPUT" not in prices and "OUTPUT" not in prices:
        return None
    names = [name for name in _COSTED if name in prices]
    places = max(12, *(6 - int(prices[name].as_tuple().exponent) for name in names))
    unit = {name: int(_EXACT.scaleb(prices[name], places - 6)) for name in names}
    plain, out = unit.get("INPUT"), unit.get("OUTPUT")
    cached, reasoning = unit.get("CACHED_INPUT", plain), unit.get("REASONING_OUTPUT", out)
    rates = plain, cached, out, reasoning
    unknown = tuple(place for place, rate in enumerate(rates) if rate is None)
    return _Rates(tuple(rate or 0 for rate in rates), unit.get("REQUEST", 0), places, unknown)
