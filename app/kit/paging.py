"""Keyset pages: cursors hold the sort value and the id, signed, so a page costs the same at any depth."""

from __future__ import annotations

import hashlib
import hmac
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Generic, TypeVar
from uuid import UUID

import orjson
from sqlalchemy import Column, ColumnElement, and_, bindparam, or_, tuple_
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeEngine

from app.kit.db import Row, Selection
from app.kit.errors import InvalidParameter

R = TypeVar("R", bound=Row)

DEFAULT_SIZE, MAX_SIZE = 20, 100


@dataclass(frozen=True, slots=True)
class Order:
    """A sort: `key` names the indexed column, nulls come last in both directions, the id breaks ties."""

    key: str
    descending: bool
    of: str = ""
    """What is listed: a cursor of one list is none of another."""


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page is wanted: `first` after a cursor, or `last` before one. At most 100 rows; 20 by default."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    def __post_init__(self) -> None:
        if self.first is not None and self.last is not None:
            raise InvalidParameter("Give `first` or `last`, not both.", argument="first")
        if (self.after is not None and self.last is not None) or (self.before is not None and self.last is None):
            raise InvalidParameter("`after` goes with `first`, `before` with `last`.", argument="after")
        if not 1 <= self.size <= MAX_SIZE:
            raise InvalidParameter(f"`{self._size_name}` must be 1 to {MAX_SIZE}.", argument=self._size_name)

    @property
    def _size_name(self) -> str:
        return "first" if self.last is None else "last"

    @property
    def size(self) -> int:
        """How many rows the page holds at most."""
        given = self.first if self.last is None else self.last
        return DEFAULT_SIZE if given is None else given

    @property
    def backward(self) -> bool:
        """Whether the page ends before its cursor rather than beginning after it."""
        return self.last is not None


@dataclass(frozen=True, slots=True)
class Position:
    """Where a row stands in an order."""

    value: Any
    id: UUID


class Cursors:
    """Writes and reads cursors; the signature keeps them opaque."""

    def __init__(self, key: bytes) -> None:
        self._key = key

    def write(self, order: Order, position: Position) -> str:
        """The cursor of a row."""
        body = orjson.dumps([order.of, order.key, order.descending, _plain(position.value), str(position.id)])
        return urlsafe_b64encode(self._sign(body) + body).rstrip(b"=").decode()

    def read(self, cursor: str, order: Order, argument: str) -> Position:
        """Where the cursor points; `INVALID_PARAMETER` if it is malformed, foreign, or of another order."""
        try:
            raw = urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
            of, key, descending, value, row_id = orjson.loads(self._verified(raw))
        except ValueError:
            raise InvalidParameter(f"`{argument}` is not a cursor of this list.", argument=argument) from None
        if (of, key, descending) != (order.of, order.key, order.descending):
            message = f"`{argument}` is a cursor of another list or `orderBy`; start again without it."
            raise InvalidParameter(message, argument=argument)
        return Position(value, UUID(row_id))

    def _verified(self, raw: bytes) -> bytes:
        signature, body = raw[:12], raw[12:]
        if not hmac.compare_digest(signature, self._sign(body)):
            raise ValueError
        return body

    def _sign(self, body: bytes) -> bytes:
        return hmac.new(self._key, body, hashlib.sha256).digest()[:12]


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal | UUID) else value


@dataclass(frozen=True, slots=True)
class KeysetShape:
    """What about a page changes its SQL."""

    order: Order
    backward: bool
    from_cursor: bool = False
    from_null: bool = False


def shape_of(request: PageRequest, order: Order, position: Position | None) -> KeysetShape:
    """The shape of a page that starts at `position` (None: at the end of the list)."""
    return KeysetShape(order, request.backward, position is not None, position is not None and position.value is None)


def keyset(select: Selection, sort: ColumnElement[Any], id_column: Any, shape: KeysetShape) -> Selection:
    """Order by `sort` (nulls last) and the id, begin at `:cursor_value, :cursor_id`, take `:limit` rows.

    The result has an extra column `sort_value` for the cursors."""
    descending = shape.order.descending != shape.backward
    if shape.from_cursor:
        select = select.where(_beyond(sort, id_column, shape, descending))
    direction = sort.desc() if descending else sort.asc()
    if not _is_known(sort):
        direction = direction.nulls_first() if shape.backward else direction.nulls_last()
    tie = id_column.desc() if descending else id_column.asc()
    return select.add_columns(sort.label("sort_value")).order_by(direction, tie).limit(bindparam("limit"))


def _beyond(sort: ColumnElement[Any], id_column: Any, shape: KeysetShape, descending: bool) -> ColumnElement[bool]:
    cursor_id = bindparam("cursor_id", type_=id_column.type)
    later_id = id_column < cursor_id if descending else id_column > cursor_id
    if shape.from_null:
        among_nulls = and_(sort.is_(None), later_id)
        return or_(sort.is_not(None), among_nulls) if shape.backward else among_nulls
    value = bindparam("cursor_value", type_=sort.type)
    if _is_known(sort):
        row, cursor = tuple_(sort, id_column), tuple_(value, cursor_id)
        return row < cursor if descending else row > cursor
    later = or_(sort < value if descending else sort > value, and_(sort == value, later_id))
    return later if shape.backward else or_(later, sort.is_(None))


def _is_known(sort: ColumnElement[Any]) -> bool:
    """Whether it is never null: it is made of columns that are not. Then an index may lead to the cursor."""
    columns = [part for part in iterate(sort.expression) if isinstance(part, Column)]
    return bool(columns) and not any(column.nullable for column in columns)


def cursor_arguments(position: Position | None, sort_type: TypeEngine[Any]) -> dict[str, Any]:
    """The values of the parameters that `keyset` put into the statement."""
    if position is None:
        return {}
    return {"cursor_value": _typed(position.value, sort_type), "cursor_id": position.id}


def _typed(value: Any, sort_type: TypeEngine[Any]) -> Any:
    if not isinstance(value, str) or sort_type.python_type is str:
        return value
    return datetime.fromisoformat(value) if sort_type.python_type is datetime else sort_type.python_type(value)


async def _uncounted() -> int | None:
    return None


@dataclass(frozen=True, slots=True)
class Page(Generic[R]):
    """One page of rows, in the order asked for, and how to go on from it."""

    nodes: Sequence[R]
    has_next_page: bool
    has_previous_page: bool
    cursor_of: Callable[[R], str]
    count: Callable[[], Awaitable[int | None]] = _uncounted

    @classmethod
    def of(
        cls,
        rows: Sequence[R],
        request: PageRequest,
        order: Order,
        cursors: Cursors,
        count: Callable[[], Awaitable[int | None]] = _uncounted,
    ) -> Page[R]:
        """Make a page of up to `size + 1` rows as the statement gave them."""
        more, started = len(rows) > request.size, request.after is not None or request.before is not None
        kept = list(rows[: request.size])
        if request.backward:
            kept.reverse()
        forward, back = (started, more) if request.backward else (more, started)
        return cls(kept, forward, back, lambda row: cursors.write(order, Position(row.sort_value, row.id)), count)

    def counted_by(self, count: Callable[[], Awaitable[int | None]]) -> Page[R]:
        """The same page, with its total counted so."""
        return Page(self.nodes, self.has_next_page, self.has_previous_page, self.cursor_of, count)
