"""Which prices can be taken. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, get_args

from app.catalog.price_history import kind_of
from app.catalog.pricing import PriceRow, TokenClass
from app.kit.errors import HubError, Invalid, Missing

MAX_PRICES, MAX_CONTEXT = 100, 100
YEARS = range(2000, 2101)

_CLASSES = frozenset(get_args(TokenClass))
_LIMIT, _TWELVE_PLACES = Decimal(10) ** 12, Decimal("1e-12")
_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedPrice:
    """What a class is to cost under these conditions, in US dollars per million; None: nothing of our own any more."""

    token_class: str
    usd_per_million: Decimal | None
    conditions: Mapping[str, Any] = field(default_factory=dict[str, Any])

    def row(self, begin: datetime, end: datetime | None) -> PriceRow:
        """The price as it would hold in a period; a withdrawn one as if it were free."""
        amount = self.usd_per_million or Decimal(0)
        return PriceRow(self.token_class, amount, begin, end, self.conditions, is_manual=True)


def faults_of(prices: Sequence[WantedPrice], begin: datetime, end: datetime | None) -> Iterator[HubError]:
    """Everything about these prices in this period that cannot be taken, with its path."""
    if not prices:
        yield Missing("Give at least one price.", "prices")
    if len(prices) > MAX_PRICES:
        yield Invalid(f"There may be {MAX_PRICES} prices at most.", "prices")
    for place, price in enumerate(prices):
        for fault in _faults_of_price(price):
            yield fault.at("prices", place, *fault.path)
    yield from _repetitions(prices, begin)
    yield from _faults_of_period(begin, end)


def _faults_of_price(price: WantedPrice) -> Iterator[HubError]:
    if price.token_class not in _CLASSES:
        yield Invalid("There is no such token class; see `Price.tokenClass`.", "tokenClass")
    if price.usd_per_million is not None:
        yield from _faults_of_amount(price.usd_per_million)
    for name, value in price.conditions.items():
        if (fault := _fault_of_condition(name, value)) is not None:
            yield Invalid(fault, "conditions", name)


def _faults_of_amount(usd: Decimal) -> Iterator[HubError]:
    if not 0 <= usd < _LIMIT:
        yield Invalid("A price must be 0 or more, and less than a trillion (10^12).", "usdPerMillion")
    elif usd != usd.quantize(_TWELVE_PLACES):
        yield Invalid("A price may have 12 decimal places at most.", "usdPerMillion")


def _fault_of_condition(name: str, value: Any) -> str | None:
    if name == "inputTokensAbove":
        return None if value >= 0 else "This must be 0 or more."
    if name == "utcHours":
        return None if _are_hours(value) else 'Give two different hours, from and to, such as ["22:00", "06:00"].'
    if not 1 <= len(value) <= MAX_CONTEXT or value != value.strip():
        return f"This must have 1 to {MAX_CONTEXT} characters, without space around them."
    return None


def _are_hours(value: Sequence[str]) -> bool:
    return len(set(value)) == len(value) == 2 and all(map(_HOUR.fullmatch, value))


def _repetitions(prices: Sequence[WantedPrice], begin: datetime) -> Iterator[HubError]:
    seen: dict[tuple[str, bytes], int] = {}
    for place, price in enumerate(prices):
        first = seen.setdefault(kind_of(price.row(begin, None)), place)
        if first != place:
            yield Invalid(f"This is for the same class and conditions as the price at {first}.", "prices", place)


def _faults_of_period(begin: datetime, end: datetime | None) -> Iterator[HubError]:
    for name, instant in (("effectiveFrom", begin), ("effectiveTo", end)):
        if instant and instant.year not in YEARS:
            yield Invalid(f"This must lie within the years {YEARS[0]} to {YEARS[-1]}.", name)
    if end and end <= begin:
        yield Invalid("A price must end after it begins, which is now unless you say when.", "effectiveTo")
