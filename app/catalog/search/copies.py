"""Copies of columns in the process, brought up to date by the very statement that uses them.

Each model's search row names the transaction that wrote it last. A copy remembers the oldest transaction that was still
running when it was read; whatever that one or a later one wrote is read again. So nothing is ever missed, however many
processes there are and in whatever order transactions commit."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import ColumnElement, Text, bindparam, cast, func, literal_column, select, union_all
from sqlalchemy.sql.expression import CTE, FromClause

from app.catalog.search.columns import Columns, ordinals_of
from app.catalog.search.tables import ModelSearch
from app.catalog.tables import Model, Provider
from app.kit.db import Database, Row, Selection
from app.kit.journal import TransactionId

CHANGED, HITS = "changed", "hits"
"""Not fields: the ordinals of the models that are read anew (`value`: the next horizon), and of those that match."""


class Entry(Row):
    """`field`, `value`, and `rows`: the packed ordinals of the models that hold the value."""


class Copies:
    """One kind of columns, for each database of the process."""

    def __init__(self) -> None:
        self._columns: WeakKeyDictionary[Database, Columns] = WeakKeyDictionary()

    def of(self, database: Database) -> Columns:
        """What is there so far."""
        return self._columns.get(database) or Columns()

    def refreshed(self, database: Database, base: Columns, entries: Sequence[Entry]) -> Columns:
        """`base` with what changed since; it is kept unless another request has got further meanwhile."""
        mark = next(entry for entry in entries if entry["field"] == CHANGED)
        values = [entry for entry in entries if entry["field"] not in {CHANGED, HITS}]
        fresh = base.updated(int(mark["value"]), ordinals_of(mark["rows"]), values)
        if fresh.horizon >= self.of(database).horizon:
            self._columns[database] = fresh
        return fresh


def changed_models(*columns: ColumnElement[Any], whole: bool) -> CTE:
    """The models written since `:horizon`, or the whole catalog, with these columns."""
    chosen = (
        select(Model.ordinal, *columns)
        .join(ModelSearch, ModelSearch.model_id == Model.id)
        .join(Provider, Provider.id == Model.provider_id)
    )
    if not whole:
        horizon = cast(bindparam("horizon", type_=Text), TransactionId())
        chosen = chosen.where(ModelSearch.tx.op(">=", is_comparison=True)(horizon))
    return chosen.cte("changed")


def packed(ordinal: ColumnElement[int]) -> ColumnElement[bytes]:
    """Many numbers as four bytes each: a hundred thousand take a millisecond to send and to take."""
    return func.string_agg(func.int4send(ordinal), literal_column("''::bytea"))


def entries_of(field: ColumnElement[Any] | str, value: ColumnElement[Any], *source: FromClause) -> Selection:
    """Which models of `changed` hold which value; null is none."""
    name = literal_column(f"'{field}'", Text) if isinstance(field, str) else field
    ordinal = source[0].c.ordinal
    grouped = (name, value) if name is field else (value,)
    return (
        select(name.label("field"), value.label("value"), packed(ordinal).label("rows"))
        .select_from(*source)
        .where(value.is_not(None))
        .group_by(*grouped)
    )


def mark_of(changed: CTE) -> Selection:
    """Which models are read anew, and as of when this is true."""
    horizon = cast(func.pg_snapshot_xmin(func.pg_current_snapshot()), Text)
    return select(literal_column(f"'{CHANGED}'", Text), horizon, packed(changed.c.ordinal))


def together(changed: CTE, *parts: Selection) -> Any:
    """All parts and the mark in one statement, hence in one snapshot."""
    return union_all(*parts, mark_of(changed))
