"""Makes the prices we hold say what a source says, and keep what it said before. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TypeAlias, TypeVar
from uuid import UUID

import orjson

from app.catalog.pricing import PriceRow

T = TypeVar("T")

_DAWN = datetime.min.replace(tzinfo=UTC)

Ends: TypeAlias = "list[tuple[UUID, datetime]]"


@dataclass(slots=True)
class Held:
    """A price row as stored; `key` is None for one that is about to be."""

    row: PriceRow
    key: UUID | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be done: rows added, rows that end then, and announcements withdrawn before they held."""

    added: list[PriceRow] = field(default_factory=list[PriceRow])
    ended: Ends = field(default_factory=list[tuple[UUID, datetime]])
    withdrawn: list[UUID] = field(default_factory=list[UUID])


def reconcile(held: Iterable[Held], wanted: Iterable[PriceRow], now: datetime) -> Changes:
    """Compare the prices of one model, `held` in the order they were recorded, with what the source says now.

    Dated prices are taken as they are dated, also when corrected. For an undated price the source does not say since
    when it holds: if it differs from the one in force, that one ends now and the new one begins. A price that left
    the source ends now; one announced for later and withdrawn is removed."""
    changes = Changes()
    mine, theirs = _by_kind((h.row, h) for h in held), _by_kind((row, row) for row in wanted)
    for kind in mine.keys() | theirs.keys():
        _reconcile_kind(mine[kind], theirs[kind], now, changes)
    return changes


def _by_kind(rows: Iterable[tuple[PriceRow, T]]) -> defaultdict[tuple[str, bytes], list[T]]:
    kinds: defaultdict[tuple[str, bytes], list[T]] = defaultdict(list)
    for row, value in rows:
        kinds[row.token_class, orjson.dumps(row.conditions, option=orjson.OPT_SORT_KEYS)].append(value)
    return kinds


def _reconcile_kind(held: list[Held], wanted: Sequence[PriceRow], now: datetime, changes: Changes) -> None:
    first = not held
    for row in wanted:
        if row.effective_from is not None or first:
            _take_dated(held, row, changes)
        else:
            _end_undated(held, row, changes)
    _withdraw(held, {row.effective_from for row in wanted}, now, changes)
    _settle(held, _in_force(map(Held, wanted), now), now, changes)


def _take_dated(held: list[Held], row: PriceRow, changes: Changes) -> None:
    same = next((h for h in reversed(held) if h.row.effective_from == row.effective_from), None)
    if same is None or same.row.usd_per_million != row.usd_per_million:
        _add(held, row, changes)
    elif same.row.effective_to != row.effective_to and row.effective_to is not None:
        _end(same, row.effective_to, changes)


def _end_undated(held: list[Held], row: PriceRow, changes: Changes) -> None:
    first = next((h for h in held if h.row.effective_from is None), None)
    if first and row.effective_to not in {None, first.row.effective_to} and first.row.effective_to is None:
        _end(first, row.effective_to, changes)


def _withdraw(held: list[Held], dates: set[datetime | None], now: datetime, changes: Changes) -> None:
    for price in [h for h in held if (h.row.effective_from or now) > now and h.row.effective_from not in dates]:
        held.remove(price)
        if price.key:
            changes.withdrawn.append(price.key)


def _settle(held: list[Held], wanted: Held | None, now: datetime, changes: Changes) -> None:
    """Make the price in force now the wanted one."""
    current = _in_force(held, now)
    if current and wanted and current.row.usd_per_million == wanted.row.usd_per_million:
        return
    while current:
        _end(current, now, changes)
        current = _in_force(held, now)
    if wanted:
        _add(held, replace(wanted.row, effective_from=now), changes)


def _in_force(held: Iterable[Held], now: datetime) -> Held | None:
    running = [h for h in held if h.row.in_force(now)]
    return max(reversed(running), key=lambda h: h.row.effective_from or _DAWN, default=None)


def _add(held: list[Held], row: PriceRow, changes: Changes) -> None:
    held.append(Held(row))
    changes.added.append(row)


def _end(price: Held, when: datetime | None, changes: Changes) -> None:
    price.row = replace(price.row, effective_to=when)
    if price.key and when:
        changes.ended.append((price.key, when))
