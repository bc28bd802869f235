"""Where the values of a column lie in the answer, and when they came.

A path is made only for an error, or on request."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Protocol

from graphql.pyutils import Path

Order = tuple[int, ...]
"""A place's rank among those of one moment: that in which one value after another would have been completed."""


class Places(Protocol):
    """The places of a column, by index."""

    def path(self, index: int) -> Path | None:
        """The path in the answer."""
        ...

    def order(self, index: int) -> Order:
        """The rank."""
        ...

    def waits(self, index: int) -> int:
        """How many awaitables had to give their value before, one after the other."""
        ...


class Root:
    """The place of the whole answer."""

    __slots__ = ()

    def path(self, index: int) -> Path | None:  # noqa: ARG002
        """It has none."""
        return None

    def order(self, index: int) -> Order:  # noqa: ARG002
        """The first."""
        return ()

    def waits(self, index: int) -> int:  # noqa: ARG002
        """It is there."""
        return 0


class FieldPlaces:
    """One field of objects that lie at `objects`; `ordinal` is its number among their fields."""

    __slots__ = ("awaited", "name", "objects", "ordinal", "type_name")

    def __init__(self, objects: Places, name: str, type_name: str, ordinal: int) -> None:
        self.objects, self.name, self.type_name, self.ordinal = objects, name, type_name, ordinal
        self.awaited: Collection[int] = ()

    def path(self, index: int) -> Path:
        """The object's path and the name."""
        return Path(self.objects.path(index), self.name, self.type_name)

    def order(self, index: int) -> Order:
        """After the object's earlier fields."""
        return (*self.objects.order(index), self.ordinal)

    def waits(self, index: int) -> int:
        """As many as the object, and its own."""
        return self.objects.waits(index) + (index in self.awaited)


class ItemPlaces:
    """Items of the lists that lie at `lists`: item `i` is number `offsets[i]` of list `owners[i]`."""

    __slots__ = ("awaited", "lists", "offsets", "owners")

    def __init__(self, lists: Places, owners: Sequence[int], offsets: Sequence[int]) -> None:
        self.lists, self.owners, self.offsets = lists, owners, offsets
        self.awaited: Collection[int] = ()

    def path(self, index: int) -> Path:
        """The list's path and the number."""
        return Path(self.lists.path(self.owners[index]), self.offsets[index], None)

    def order(self, index: int) -> Order:
        """After the list's earlier items."""
        return (*self.lists.order(self.owners[index]), self.offsets[index])

    def waits(self, index: int) -> int:
        """As many as the list, and its own."""
        return self.lists.waits(self.owners[index]) + (index in self.awaited)


class SomePlaces:
    """Some of the places of a column."""

    __slots__ = ("all", "chosen")

    def __init__(self, of: Places, chosen: Sequence[int]) -> None:
        self.all, self.chosen = of, chosen

    def path(self, index: int) -> Path | None:
        """As in the whole column."""
        return self.all.path(self.chosen[index])

    def order(self, index: int) -> Order:
        """As in the whole column."""
        return self.all.order(self.chosen[index])

    def waits(self, index: int) -> int:
        """As in the whole column."""
        return self.all.waits(self.chosen[index])
