"""Keyset pages, on real Postgres, over rows with many ties and nulls."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Integer, MetaData, Select, Table, Uuid, select

from app.kit.db import Database, Row, statement
from app.kit.errors import ErrorCode, InvalidParameter
from app.kit.ids import new_id
from app.kit.paging import Cursors, KeysetShape, Order, Page, PageRequest, Position, cursor_arguments, keyset, shape_of
from app.kit.reading import Reader
from tests.kit.rows import execute

THING = Table("thing", MetaData(), Column("id", Uuid, primary_key=True), Column("score", Integer))
CURSORS = Cursors(b"k" * 32)


class Thing(Row):
    """A row to page through."""


@statement
def _things(shape: KeysetShape) -> Select[Any]:
    return keyset(select(THING.c.id, THING.c.score), THING.c.score, THING.c.id, shape)


async def page_of(read: Reader, order: Order, request: PageRequest) -> Page[Thing]:
    """As every read of a page does it."""
    position = read.position(request, order)
    rows = await read.fetch(
        _things(shape_of(request, order, position)),
        Thing,
        **cursor_arguments(position, THING.c.score.type),
        limit=request.size + 1,
    )
    return Page.of(rows, request, order, read.cursors)


@dataclass(frozen=True, slots=True)
class Bench:
    """A loop and a database that outlive the examples of one test."""

    runner: asyncio.Runner
    read: Reader

    def fill(self, scores: list[int | None]) -> list[tuple[int | None, UUID]]:
        """Replace all rows."""
        rows = [(score, new_id()) for score in scores]
        values = ", ".join(f"('{key}', {'null' if score is None else score})" for score, key in rows)
        insert = [f"insert into thing values {values}"] if rows else []
        self.runner.run(execute(self.read.database, "delete from thing", *insert))
        return rows

    def walk(self, order: Order, size: int, *, backward: bool) -> list[UUID]:
        """All keys by pages of one size from one end, with what the pages say of each other checked."""
        found: list[UUID] = []
        cursor: str | None = None
        for _ in range(50):
            request = PageRequest(last=size, before=cursor) if backward else PageRequest(first=size, after=cursor)
            page = self.runner.run(page_of(self.read, order, request))
            keys = [row.id for row in page.nodes]
            assert len(keys) <= size
            found = keys + found if backward else found + keys
            more, behind = page.has_next_page, page.has_previous_page
            if backward:
                more, behind = behind, more
            assert behind == (cursor is not None)
            if not more:
                return found
            assert len(keys) == size
            cursor = page.cursor_of(page.nodes[0 if backward else -1])
        raise AssertionError("the pages never end")


@pytest.fixture
def bench(database_url: str) -> Iterator[Bench]:
    """A table of things."""
    with asyncio.Runner() as runner:
        database = Database(database_url, read_connections=1, write_connections=1)
        runner.run(execute(database, "create table thing (id uuid primary key, score integer)"))
        yield Bench(runner, Reader(database, CURSORS))
        runner.run(database.close())


def in_order(rows: list[tuple[int | None, UUID]], *, descending: bool) -> list[UUID]:
    """What the order means, in Python: nulls last in both directions, the id breaks ties."""
    known = sorted(((score, key) for score, key in rows if score is not None), reverse=descending)
    unknown = sorted((key for score, key in rows if score is None), reverse=descending)
    return [key for _, key in known] + unknown


class TestKeyset:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        scores=st.lists(st.none() | st.integers(-1, 2), max_size=12),
        size=st.integers(1, 13),
        descending=st.booleans(),
    )
    @example(scores=[None] * 5, size=2, descending=False)
    @example(scores=[None, 1, None, 1, None], size=1, descending=True)
    @example(scores=[1, 1, 1, 1], size=2, descending=True)
    def test_pages_from_either_end_hold_every_row_once_in_one_order(
        self, bench: Bench, scores: list[int | None], size: int, descending: bool
    ) -> None:
        expected = in_order(bench.fill(scores), descending=descending)
        order = Order("SCORE", descending)
        assert bench.walk(order, size, backward=False) == expected
        assert bench.walk(order, size, backward=True) == expected

    def test_row_deleted_under_a_cursor_does_not_stop_the_walk(self, bench: Bench) -> None:
        rows = bench.fill([1, 2, 3])
        order = Order("SCORE", descending=False)
        page = bench.runner.run(page_of(bench.read, order, PageRequest(first=2)))
        cursor = page.cursor_of(page.nodes[-1])
        bench.runner.run(execute(bench.read.database, f"delete from thing where id = '{rows[1][1]}'"))
        rest = bench.runner.run(page_of(bench.read, order, PageRequest(first=2, after=cursor)))
        assert [row.id for row in rest.nodes] == [rows[2][1]]


class TestPageRequest:
    @pytest.mark.parametrize(
        ("arguments", "argument"),
        [
            ({"first": 0}, "first"),
            ({"first": -5}, "first"),
            ({"first": 101}, "first"),
            ({"last": 0}, "last"),
            ({"last": 101}, "last"),
            ({"first": 1, "last": 1}, "first"),
            ({"last": 1, "after": "x"}, "after"),
            ({"before": "x"}, "after"),
        ],
    )
    def test_what_makes_no_sense_is_refused(self, arguments: dict[str, Any], argument: str) -> None:
        with pytest.raises(InvalidParameter) as refused:
            PageRequest(**arguments)
        assert refused.value.code == ErrorCode.INVALID_PARAMETER
        assert refused.value.details["argument"] == argument

    @pytest.mark.parametrize(
        ("arguments", "size"), [({}, 20), ({"first": 1}, 1), ({"first": 100}, 100), ({"last": 100}, 100)]
    )
    def test_size_is_20_by_default_and_100_at_most(self, arguments: dict[str, Any], size: int) -> None:
        assert PageRequest(**arguments).size == size


class TestCursors:
    ORDER = Order("NAME", descending=False)

    @given(st.none() | st.text() | st.integers(-(2**53), 2**53), st.uuids())
    def test_round_trip(self, value: Any, key: UUID) -> None:
        written = CURSORS.write(self.ORDER, Position(value, key))
        assert CURSORS.read(written, self.ORDER, "after") == Position(value, key)

    @settings(max_examples=300)
    @given(st.text() | st.binary().map(lambda raw: raw.hex()))
    def test_garbage_is_refused(self, text: str) -> None:
        self.refused(text)

    def test_truncated_altered_and_foreign_cursors_are_refused(self) -> None:
        good = CURSORS.write(self.ORDER, Position("anvil", new_id()))
        for end in range(len(good)):
            self.refused(good[:end])
        for place in range(len(good)):
            other = "A" if good[place] != "A" else "B"
            altered = good[:place] + other + good[place + 1 :]
            self.refused(altered, same=good)
        self.refused(Cursors(b"x" * 32).write(self.ORDER, Position("anvil", new_id())))

    def test_cursor_of_another_order_is_refused(self) -> None:
        for order in (Order("NAME", descending=True), Order("CREATED_AT", descending=False)):
            self.refused(CURSORS.write(order, Position("anvil", new_id())))

    def refused(self, cursor: str, *, same: str = "") -> None:
        """It is INVALID_PARAMETER, unless it stands for the same bytes as a good one (unused bits of base64)."""
        try:
            found = CURSORS.read(cursor, self.ORDER, "after")
        except InvalidParameter as error:
            assert error.details == {"argument": "after"}  # noqa: PT017 - a good cursor is legal here
        else:
            assert same, cursor
            assert found == CURSORS.read(same, self.ORDER, "after")
