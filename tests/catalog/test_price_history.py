"""What is believed of prices when people or a source say something else, against naive models of both."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from app.catalog.price_history import Changes, lay_over, reconcile
from app.catalog.pricing import PriceRow
from app.kit.ids import new_id

DAYS = 12
Setting = tuple[int, int | None, int | None]
"""From which day until which (None: for ever) what amount holds (None: no price)."""


def day(number: int) -> datetime:
    return datetime(2026, 1, 1, tzinfo=UTC) + timedelta(days=number)


def row(begin: int | None, end: int | None, amount: int = 0) -> PriceRow:
    first, last = (None if number is None else day(number) for number in (begin, end))
    return PriceRow("INPUT", Decimal(amount), first, last)


@dataclass(slots=True)
class Recorded:
    """A row as a table would hold it: known from one step until before another."""

    row: PriceRow
    since: int
    until: int | None = None


class Book:
    """A table of prices that is only added to."""

    def __init__(self) -> None:
        self.rows: list[Recorded] = []

    def believed(self, step: int | None = None) -> list[PriceRow]:
        if step is None:
            return [recorded.row for recorded in self.rows if recorded.until is None]
        known = (r for r in self.rows if r.since <= step and (r.until is None or r.until > step))
        return [recorded.row for recorded in known]

    def apply(self, changes: Changes, step: int) -> None:
        gone = {row.key for row in (*changes.remaining, *changes.withdrawn)}
        for recorded in self.rows:
            if recorded.row.key in gone:
                assert recorded.until is None
                recorded.until = step
        for new in (*changes.added, *changes.remaining):
            self.rows.append(Recorded(replace(new, key=new_id()), step))


def amounts(rows: Iterable[PriceRow], at: datetime) -> list[int]:
    return [int(row.usd_per_million) for row in rows if row.in_force(at)]


@st.composite
def settings(draw: st.DrawFn) -> Setting:
    begin = draw(st.integers(0, DAYS - 1))
    end = draw(st.none() | st.integers(begin + 1, DAYS))
    return begin, end, draw(st.none() | st.integers(1, 3))


class TestLayOver:
    @given(st.lists(settings(), max_size=8))
    def test_at_any_instant_the_newest_that_covers_it_wins_and_what_was_known_stays_known(
        self, said: list[Setting]
    ) -> None:
        book = Book()
        for step, (begin, end, amount) in enumerate(said):
            price = None if amount is None else Decimal(amount)
            book.apply(lay_over(book.believed(), row(begin, end), price), step)
        for step in range(len(said)):
            for number in range(DAYS + 2):
                assert amounts(book.believed(step), day(number)) == self.newest(said[: step + 1], number)

    def newest(self, said: Sequence[Setting], number: int) -> list[int]:
        covering = [amount for begin, end, amount in said if begin <= number and (end is None or number < end)]
        return [covering[-1]] if covering and covering[-1] is not None else []

    @given(st.lists(settings(), min_size=1, max_size=6))
    def test_the_same_again_changes_nothing(self, said: list[Setting]) -> None:
        book = Book()
        for step, (begin, end, amount) in enumerate([*said, said[-1]]):
            changes = lay_over(book.believed(), row(begin, end), None if amount is None else Decimal(amount))
            assert step < len(said) or not changes
            book.apply(changes, step)

    def test_a_part_of_what_holds_already_changes_nothing(self) -> None:
        held = [replace(row(0, 4, 2), key=new_id()), replace(row(4, None, 2), key=new_id())]
        assert not lay_over(held, row(2, 6), Decimal(2))

    def test_a_row_cut_in_two_remains_twice(self) -> None:
        held = replace(row(0, None, 2), key=new_id())
        changes = lay_over([held], row(3, 5), Decimal(7))
        assert changes.added == [row(3, 5, 7)]
        assert changes.remaining == [replace(held, effective_to=day(3)), replace(held, effective_from=day(5))]
        assert changes.withdrawn == []


@st.composite
def sources(draw: st.DrawFn) -> list[PriceRow]:
    """What a source says of one price: spans that follow one another, perhaps with gaps, the first since ever."""
    dates = sorted(draw(st.sets(st.integers(0, DAYS), max_size=3)))
    bounds: list[int | None] = [None, *dates, None]
    spans = [(begin, end, draw(st.none() | st.integers(1, 3))) for begin, end in pairwise(bounds)]
    return [row(begin, end, amount) for begin, end, amount in spans if amount is not None]


class TestReconcile:
    @given(st.lists(sources(), min_size=1, max_size=5), st.lists(st.integers(0, 3), min_size=5, max_size=5))
    def test_what_holds_now_is_what_the_source_says_and_saying_it_again_changes_nothing(
        self, said: list[list[PriceRow]], pauses: list[int]
    ) -> None:
        book, now = Book(), day(0) + timedelta(hours=1)
        for step, (wanted, pause) in enumerate(zip(said, pauses, strict=False)):
            now += timedelta(days=pause, minutes=1)
            book.apply(reconcile(book.believed(), wanted, now), step)
            latest = max((r for r in book.believed() if r.in_force(now)), key=self.begin, default=None)
            assert ([int(latest.usd_per_million)] if latest else []) == amounts(wanted, now)
            assert not reconcile(book.believed(), wanted, now + timedelta(seconds=1))

    @given(st.lists(sources(), min_size=2, max_size=5), st.lists(st.integers(0, 3), min_size=5, max_size=5))
    def test_what_a_source_announces_comes_true(self, said: list[list[PriceRow]], pauses: list[int]) -> None:
        book, now, wanted = Book(), day(0) + timedelta(hours=1), said[0]
        for step, (wanted, pause) in enumerate(zip(said, pauses, strict=False)):
            now += timedelta(days=pause, minutes=1)
            book.apply(reconcile(book.believed(), wanted, now), step)
        for number in range(40):
            at = day(number)
            if at > now:
                latest = max((r for r in book.believed() if r.in_force(at)), key=self.begin, default=None)
                assert ([int(latest.usd_per_million)] if latest else []) == amounts(wanted, at)

    def begin(self, row: PriceRow) -> datetime:
        return row.effective_from or datetime.min.replace(tzinfo=UTC)
