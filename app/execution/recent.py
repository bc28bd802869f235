"""A bounded memory: what was used least recently is forgotten first."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)
V = TypeVar("V")


class Recent(Generic[K, V]):
    """At most `entries` values whose weights sum to at most `weight`. What is heavier than that is not kept at all."""

    def __init__(self, entries: int, weight: int) -> None:
        self._entries, self._weight = entries, weight
        self._kept: OrderedDict[K, tuple[V, int]] = OrderedDict()
        self.weight = 0
        """Of all that is kept."""

    def __len__(self) -> int:
        return len(self._kept)

    def get(self, key: K) -> V | None:
        """The value, which becomes the most recently used; None if it is not known."""
        found = self._kept.get(key)
        if found is None:
            return None
        self._kept.move_to_end(key)
        return found[0]

    def put(self, key: K, value: V, weight: int) -> None:
        """Keep a value of a new key."""
        self._kept[key] = (value, weight)
        self.weight += weight
        while self.weight > self._weight or len(self._kept) > self._entries:
            self.weight -= self._kept.popitem(last=False)[1][1]
