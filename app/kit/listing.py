"""Lists of entities: pages, look-ups by key, and pages of children for many parents, from one description."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Generic, TypeAlias, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, any_, column, func, select, true

from app.kit.db import Row, Selection, Statement, compile_statement
from app.kit.grouping import grouped, keys_parameter
from app.kit.paging import KeysetShape, Order, Page, PageRequest, cursor_arguments, keyset, shape_of
from app.kit.reading import Reader

R = TypeVar("R", bound=Row)

Shape: TypeAlias = "tuple[Any, ...]"
"""Which conditions of a filter are there: what about it changes the SQL."""

Parent = Callable[[ColumnElement[UUID]], ColumnElement[bool]]
"""The condition that makes an entity a child of the parent with this key."""

Arguments = Mapping[str, Any]


class _Count(Row):
    """A number, perhaps of a parent."""


@dataclass(frozen=True, eq=False)
class Listing(Generic[R]):
    """How one kind of entity is listed.

    `select` gives the visible ones under the conditions of a shape, `sorts` the sortable expressions by name. Every
    statement is compiled once per shape."""

    row: type[R]
    id: Any
    select: Callable[[Shape], Selection]
    sorts: Mapping[str, Any]

    async def page(
        self, read: Reader, order: Order, request: PageRequest, shape: Shape, arguments: Arguments
    ) -> Page[R]:
        """One page of those that match, with their count on demand."""
        order = self._own(order)
        position = read.position(request, order)
        statement = _page(self, shape, shape_of(request, order, position))
        beginning = cursor_arguments(position, self.sorts[order.key].type)
        rows = await read.fetch(statement, self.row, **arguments, **beginning, limit=request.size + 1)

        async def count() -> int:
            return (await read.fetch(_count(self, shape), _Count, **arguments))[0]["n"]

        return Page.of(rows, request, order, read.cursors, count)

    def _own(self, order: Order) -> Order:
        return replace(order, of=self.row.__name__)

    async def by_id(self, read: Reader, keys: Sequence[UUID], arguments: Arguments) -> dict[UUID, R]:
        """Visible entities by key."""
        return {row["id"]: row for row in await read.fetch(_by_id(self), self.row, keys=keys, **arguments)}

    async def pages_by(
        self,
        parent: Parent,
        read: Reader,
        keys: Sequence[UUID],
        order: Order,
        request: PageRequest,
        arguments: Arguments,
    ) -> dict[UUID, Page[R]]:
        """A page of children for each parent, in one statement; parents without children have an empty one."""
        order = self._own(order)
        position = read.position(request, order)
        statement = _pages_by(self, parent, shape_of(request, order, position))
        beginning = cursor_arguments(position, self.sorts[order.key].type)
        rows = await read.fetch(statement, self.row, keys=keys, **arguments, **beginning, limit=request.size + 1)
        children = grouped(rows, "parent_key")
        return {key: Page.of(children.get(key, []), request, order, read.cursors) for key in keys}

    async def counts_by(
        self, parent: Parent, read: Reader, keys: Sequence[UUID], arguments: Arguments
    ) -> dict[UUID, int]:
        """How many visible children each parent has."""
        rows = await read.fetch(_counts_by(self, parent), _Count, keys=keys, **arguments)
        return {row["parent_key"]: row["n"] for row in rows}


@lru_cache(maxsize=1024)
def _page(listing: Listing[Any], shape: Shape, page: KeysetShape) -> Statement:
    return compile_statement(keyset(listing.select(shape), listing.sorts[page.order.key], listing.id, page))


@lru_cache(maxsize=1024)
def _count(listing: Listing[Any], shape: Shape) -> Statement:
    return compile_statement(
        listing.select(shape).with_only_columns(func.count().label("n"), maintain_column_froms=True)
    )


@lru_cache(maxsize=64)
def _by_id(listing: Listing[Any]) -> Statement:
    return compile_statement(listing.select(()).where(listing.id == any_(keys_parameter())))


@lru_cache(maxsize=256)
def _pages_by(listing: Listing[Any], parent: Parent, page: KeysetShape) -> Statement:
    parents = _parents()
    children = listing.select(()).where(parent(parents.c.parent_key))
    found = keyset(children, listing.sorts[page.order.key], listing.id, page).lateral("page")
    return compile_statement(select(found, parents.c.parent_key).select_from(parents).join(found, true()))


@lru_cache(maxsize=64)
def _counts_by(listing: Listing[Any], parent: Parent) -> Statement:
    parents = _parents()
    children = listing.select(()).where(parent(parents.c.parent_key))
    number = children.with_only_columns(func.count(listing.id).label("n")).scalar_subquery()
    return compile_statement(select(parents.c.parent_key, number.label("n")))


def _parents() -> Any:
    keys = func.unnest(keys_parameter(), type_=Uuid)
    return keys.table_valued(column("parent_key", Uuid), name="parents").render_derived()
