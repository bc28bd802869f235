"""How much may be asked within a time: sliding windows, reckoned from the counts of two fixed ones.

A window of 60 s counts what was admitted in this minute, and of the last one as large a part as still lies within 60 s:
`before × (1 − elapsed ÷ length) + now`. Nothing that is refused is counted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a window counts."""

    REQUESTS = "requests"
    COST = "cost"


@dataclass(frozen=True, slots=True)
class Window:
    """At most `limit` units within any `seconds`."""

    unit: Unit
    seconds: int
    limit: int

    @property
    def length(self) -> int:
        """In milliseconds."""
        return self.seconds * 1000

    @property
    def share(self) -> int:
        """A process may take one part in so many of what is left ahead: little enough to be no loss if it does not
        spend it, and more of a second, in which it is there again soon."""
        return 4 if self.seconds == 1 else 20


@dataclass(frozen=True, slots=True)
class Count:
    """What a window has counted in the fixed window that is the `index`th since 1970, and in the one before."""

    index: int = 0
    before: int = 0
    now: int = 0

    def at(self, index: int) -> Count:
        """As it looks in a later window."""
        if index == self.index:
            return self
        return Count(index, self.now if index == self.index + 1 else 0, 0)

    def plus(self, units: int) -> Count:
        """With that many more."""
        return Count(self.index, self.before, self.now + units)


def counted(window: Window, count: Count, moment: int) -> float:
    """How much the window holds at a moment, in milliseconds since 1970."""
    index, elapsed = divmod(moment, window.length)
    seen = count.at(index)
    return seen.before * (1 - elapsed / window.length) + seen.now


def room(window: Window, count: Count, moment: int) -> int:
    """How many more units it admits."""
    return max(math.floor(window.limit - counted(window, count, moment)), 0)


def opens_at(window: Window, count: Count, moment: int, units: int) -> int:
    """When it admits that many units, `limit` at most, if nobody else takes any; within two windows from now."""
    index, left = moment // window.length, window.limit - units
    seen = count.at(index)
    if seen.now <= left:
        part = 1 - (left - seen.now) / seen.before if seen.before else 0
        return max(moment, math.ceil((index + max(part, 0)) * window.length))
    return math.ceil((index + 2 - left / seen.now) * window.length)


def empty_at(window: Window, count: Count, moment: int) -> int:
    """When all of it is there again if nobody takes any."""
    index = moment // window.length
    seen = count.at(index)
    return (index + 2) * window.length if seen.now else (index + 1) * window.length if seen.before else moment


def fitting(times: int, units: int, left: int | None) -> int:
    """How many times, at most so many, that many units are there."""
    return times if left is None or not units else min(times, left // units)


def ahead(wanted: int, rooms: Iterable[tuple[Window, int]]) -> int:
    """How much one process may take ahead, by what is left of each window."""
    return min([wanted, *(left // window.share for window, left in rooms)])
