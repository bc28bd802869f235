"""What somebody may have meant: the nearest words of the catalog to those it does not hold. Pure."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Mapping

from rapidfuzz import process
from rapidfuzz.distance import OSA

_RUN = re.compile(r"[^\W\d_]{3,40}")
_OPERATORS = frozenset({"or", "not", "and"})


class Vocabulary:
    """Words of letters, each with how many models hold it."""

    def __init__(self, counts: Mapping[str, int]) -> None:
        self._counts = counts
        self._sorted = sorted(counts)

    def corrected(self, raw: str) -> str | None:
        """The text with its unknown words replaced by the nearest known ones; None if there are none to replace.

        Digits stay as they are: nobody who asks for version 5 means version 4."""
        fixed = _RUN.sub(lambda found: self._nearest(found.group().lower()) or found.group(), raw)
        return None if fixed == raw else fixed

    def _nearest(self, word: str) -> str | None:
        if word in _OPERATORS or self._is_known(word):
            return None
        found = process.extract(word, self._sorted, scorer=OSA.distance, score_cutoff=_tolerance(word), limit=50)
        near = [(distance, other) for other, distance, _ in found if len(word) > 3 or sorted(word) == sorted(other)]
        return min(near, key=lambda each: self._strangeness(word, *each))[1] if near else None

    def _is_known(self, word: str) -> bool:
        place = bisect_left(self._sorted, word)
        return place < len(self._sorted) and self._sorted[place].startswith(word)

    def _strangeness(self, word: str, distance: float, other: str) -> tuple[float, bool, int, str]:
        """Fewer mistakes first, then the same beginning, then the more frequent."""
        return (distance, word[0] != other[0], -self._counts[other], other)


def _tolerance(word: str) -> int:
    return 1 if len(word) < 6 else 2
