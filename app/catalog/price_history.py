"""What becomes of the prices we believe when a source, or a person, says something else. Pure.

Rows are never changed: one that ends, or is cut, is superseded by what remains of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain

import orjson

from app.catalog.pricing import PriceRow

_DAWN, _DUSK = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass(slots=True)
class Changes:
    """What is to be done: rows added, what remains of rows (with their keys), and rows of which nothing remains."""

    added: list[PriceRow] = field(default_factory=list[PriceRow])
    remaining: list[PriceRow] = field(default_factory=list[PriceRow])
    withdrawn: list[PriceRow] = field(default_factory=list[PriceRow])

    def __bool__(self) -> bool:
        return bool(self.added or self.remaining or self.withdrawn)

    def add(self, others: Changes) -> None:
        """Do these as well."""
        self.added += others.added
        self.remaining += others.remaining
        self.withdrawn += others.withdrawn


def kind_of(row: PriceRow) -> tuple[str, bytes]:
    """What a price is for: its class and conditions."""
    return row.token_class, orjson.dumps(row.conditions, option=orjson.OPT_SORT_KEYS)


def by_kind(rows: Iterable[PriceRow]) -> defaultdict[tuple[str, bytes], list[PriceRow]]:
    """Rows by what they are for, in their order."""
    kinds: defaultdict[tuple[str, bytes], list[PriceRow]] = defaultdict(list)
    for row in rows:
        kinds[kind_of(row)].append(row)
    return kinds


def reconcile(held: Iterable[PriceRow], wanted: Iterable[PriceRow], now: datetime) -> Changes:
    """Compare the prices of one model that we believe with what their source says now.

    It is believed from the first date on that it names for a class and conditions, at the latest from now on: dated
    prices are taken as they are dated, also when corrected. For an undated price the source does not say since when
    it holds: if it differs from the one in force, that one ends now and the new one begins. A price that left the
    source ends now; one announced for later and withdrawn is superseded by nothing. Where nothing was believed of the
    time before, the source is believed since ever."""
    changes = Changes()
    mine, theirs = by_kind(held), by_kind(wanted)
    for kind in mine.keys() | theirs.keys():
        changes.add(_compare(mine[kind], _reconciled(mine[kind], theirs[kind], now)))
    return changes


def lay_over(held: Sequence[PriceRow], wanted: PriceRow, amount: Decimal | None) -> Changes:
    """Let `amount` hold in the period of `wanted`, above the disjoint dated rows `held` of the same kind.

    None: nothing holds there. No change if at every instant the price is what it was."""
    remaining = [rest for row in held for rest in _outside(row, wanted)]
    rows = remaining if amount is None else [*remaining, replace(wanted, usd_per_million=amount)]
    return Changes() if _timeline(rows) == _timeline(held) else _compare(held, rows)


def _outside(row: PriceRow, wanted: PriceRow) -> Iterator[PriceRow]:
    """What remains of a row before and after the period of `wanted`."""
    if _begin(row) >= _end(wanted) or _end(row) <= _begin(wanted):
        yield row
        return
    if _begin(row) < _begin(wanted):
        yield replace(row, effective_to=wanted.effective_from)
    if _end(wanted) < _end(row):
        yield replace(row, effective_from=wanted.effective_to)


def _timeline(rows: Sequence[PriceRow]) -> list[tuple[datetime, datetime, Decimal]]:
    """From when to when which amount holds, whatever rows it is made of."""
    spans: list[tuple[datetime, datetime, Decimal]] = []
    for row in sorted(rows, key=_begin):
        begin = _begin(row)
        if spans and spans[-1][1:] == (begin, row.usd_per_million):
            begin = spans.pop()[0]
        spans.append((begin, _end(row), row.usd_per_million))
    return spans


def _begin(row: PriceRow) -> datetime:
    return row.effective_from or _DAWN


def _end(row: PriceRow) -> datetime:
    return row.effective_to or _DUSK


def _compare(held: Sequence[PriceRow], rows: Sequence[PriceRow]) -> Changes:
    left = {row.key for row in rows}
    return Changes(
        [row for row in rows if row.key is None],
        [row for row in rows if row.key is not None and row not in held],
        [row for row in held if row.key not in left],
    )


def _reconciled(held: Sequence[PriceRow], wanted: Sequence[PriceRow], now: datetime) -> list[PriceRow]:
    """The prices of one kind as they are to be believed: from a turn on as the source says, before it as we did."""
    dates = {day for row in wanted for day in (row.effective_from, row.effective_to) if day}
    turn = min(dates | {now})
    if not any(_begin(row) < turn for row in held):
        turn = _DAWN
    parts = [_since(row, turn) for row in wanted if _end(row) > turn]
    rows = [_continued(part, held, turn) for part in parts]
    kept = {row.key for row in rows}
    return [*rows, *(_until(row, turn) for row in held if row.key not in kept and _begin(row) < turn)]


def _continued(part: PriceRow, held: Sequence[PriceRow], turn: datetime) -> PriceRow:
    """The held row that begins with this part, or goes on at the turn as it does, with its end; else the part."""
    alike = [row for row in held if row.usd_per_million == part.usd_per_million]
    begun = (row for row in alike if row.effective_from == part.effective_from)
    going = (row for row in alike if _begin(row) < turn == _begin(part) <= _end(row))
    known = next(chain(begun, going), None)
    return part if known is None else replace(known, effective_to=part.effective_to)


def _since(row: PriceRow, turn: datetime) -> PriceRow:
    return row if _begin(row) >= turn else replace(row, effective_from=turn)


def _until(row: PriceRow, turn: datetime) -> PriceRow:
    return row if _end(row) <= turn else replace(row, effective_to=turn)
