"""Pages of children for many parents at once: one statement, whatever the number of parents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Uuid, bindparam, column, func, select, true
from sqlalchemy.dialects.postgresql import ARRAY

from app.kit.db import Row, Selection
from app.kit.paging import KeysetShape, Order, Page, PageRequest, keyset
from app.kit.reading import Reader

R = TypeVar("R", bound=Row)


def keys_parameter() -> ColumnElement[Any]:
    """`:keys`, an array of ids."""
    return bindparam("keys", type_=ARRAY(Uuid))


def pages_by_parent(
    children: Callable[[ColumnElement[UUID]], Selection],
    sort: ColumnElement[Any],
    id_column: Any,
    shape: KeysetShape,
) -> Selection:
    """A page of children for each of `:keys`; `children` gets the parent's key and selects its children.

    The result has a column `parent_key`, and the rows of each parent in page order."""
    parents = (
        func.unnest(keys_parameter(), type_=Uuid)
        .table_valued(column("parent_key", Uuid), name="parents")
        .render_derived()
    )
    page = keyset(children(parents.c.parent_key), sort, id_column, shape).lateral("page")
    return select(page, parents.c.parent_key).select_from(parents).join(page, true())


def grouped(rows: Sequence[R], by: str = "parent_key") -> dict[UUID, list[R]]:
    """Rows by a key column, in order."""
    groups: dict[UUID, list[R]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    return groups


def pages(
    read: Reader, rows: Sequence[R], keys: Sequence[UUID], order: Order, request: PageRequest
) -> dict[UUID, Page[R]]:
    """A page for each parent from the rows of `pages_by_parent`; parents without children have an empty one."""
    children = grouped(rows)
    return {key: Page.of(children.get(key, []), request, order, read.cursors) for key in keys}
