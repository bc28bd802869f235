"""The short way for most of an answer: attributes of rows, read and completed a column at a time."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from operator import attrgetter, itemgetter
from types import NoneType
from typing import Any, Final

from asyncpg import Record
from graphql import GraphQLLeafType

from app.execution.leaves import writer_of
from app.execution.waiting import Column

_MEMBERS: Final = frozenset(dir(Record))
"""Attributes that a record has besides its columns."""


@lru_cache(maxsize=10_000)
def getter(name: str, kind: type) -> Callable[[Any], Any]:
    """How an attribute is got from objects of a class. In a record without such a member, the name can mean nothing
    but a column, which is a lookup in C instead of a `__getattr__`."""
    is_column = issubclass(kind, Record) and name not in _MEMBERS and not hasattr(kind, name)
    return itemgetter(name) if is_column else attrgetter(name)


def kind_of(objects: Column) -> type | None:
    """The class of all of them, if it is one."""
    kinds = set(map(type, objects))
    return kinds.pop() if len(kinds) == 1 else None


class Plain:
    """One attribute that is a scalar or an enum, for objects of one class at a time."""

    __slots__ = ("_is_nullable", "_name", "_write")

    def __init__(self, name: str, leaf: GraphQLLeafType, *, is_nullable: bool) -> None:
        self._name, self._is_nullable, self._write = name, is_nullable, writer_of(leaf)

    def column(self, sources: Column, kind: type) -> Column | None:
        """The completed column; None where anything is unusual: the long way tells for which object, and why."""
        try:
            found = list(map(getter(self._name, kind), sources))
        except Exception:  # noqa: BLE001 - met again on the long way
            return None
        kinds = set(map(type, found))
        if NoneType in kinds and self._is_nullable:
            kinds.remove(NoneType)
        return self._write(found, kinds)
