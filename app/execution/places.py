"""Where the values of a column lie in the answer, and when they came.

A path is made only for an error, or on request."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Sequence
from itertools import accumulate
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
    """Items of the lists that lie at `lists`, of which each has so many as `counts` says."""

    __slots__ = ("_counts", "_known_ends", "awaited", "lists")

    def __init__(self, lists: Places, counts: Sequence[int]) -> None:
        self.lists, self._counts = lists, counts
        self._known_ends: list[int] | None = None
        self.awaited: Collection[int] = ()

    def path(self, index: int) -> Path:
        """The list's path and the number."""
        owner, offset = self._place(index)
        return Path(self.lists.path(owner), offset, None)

    def order(self, index: int) -> Order:
        """After the list's earlier items."""
        owner, offset = self._place(index)
        return (*self.lists.order(owner), offset)

    def waits(self, index: int) -> int:
        """As many as the list, and its own."""
        return self.lists.waits(self._place(index)[0]) + (index in self.awaited)

    def _place(self, index: int) -> tuple[int, int]:
        """The list that an item is in, and its number there."""
        ends = self._ends()
        owner = bisect_right(ends, index)
        return owner, index - (ends[owner] - self._counts[owner])

    def _ends(self) -> list[int]:
        """Where each list ends among all items; worked out once, and only if there is anything to tell."""
        if self._known_ends is None:
            self._known_ends = list(accumulate(self._counts))
        return self._known_ends


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
