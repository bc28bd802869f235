"""How much may be asked within a time: sliding windows, reckoned from the counts of two fixed ones.

A window of 60 s counts what was admitted in this minute, and of the last one as large a part as still lies within 60 s:
`before × (1 − elapsed ÷ length) + now`. Nothing that is refused is counted."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final


class Unit(StrEnum):
    """What a window counts."""

    REQUESTS = "requests"
    COST = "cost"


SHARE: Final = 100
"""A process may take this part of what is left ahead, so that it is no loss if it does not spend it."""


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


def least_room(windows: Iterable[tuple[Window, Count]], moment: int, unit: Unit) -> int | None:
    """How much all windows of a unit admit; None if there is none."""
    return min((room(window, count, moment) for window, count in windows if window.unit is unit), default=None)


def fitting(times: int, units: int, left: int | None) -> int:
    """How many times, at most so many, that many units are there."""
    return times if left is None or not units else min(times, left // units)


def ahead(wanted: int, left: int | None) -> int:
    """How much one process may take ahead."""
    return wanted if left is None else min(wanted, left // SHARE)
