"""Arrays of keys as arguments, and rows by key as results: one statement for many parents."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Text, Uuid, bindparam
from sqlalchemy.dialects.postgresql import ARRAY

from app.kit.db import Row

R = TypeVar("R", bound=Row)


def keys_parameter(name: str = "keys") -> ColumnElement[Any]:
    """An array of ids, for `= any(…)`."""
    return bindparam(name, type_=ARRAY(Uuid))


def texts_parameter(name: str) -> ColumnElement[Any]:
    """An array of texts, for `= any(…)`."""
    return bindparam(name, type_=ARRAY(Text))


def grouped(rows: Sequence[R], by: str) -> dict[UUID, list[R]]:
    """Rows by a key column, in order."""
    groups: dict[UUID, list[R]] = defaultdict(list)
    for row in rows:
        groups[row[by]].append(row)
    return groups
