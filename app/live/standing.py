"""What the subscriptions of one principal may come to at once, in one process."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Final

from app.kit.errors import ErrorCode, HubError

MAX_NUMBER: Final = 10_000
MAX_COST: Final = 20_000
"""Points of cost, if each of them told an event. Those that are the same are answered once, and count once."""


class TooManySubscriptions(HubError):
    """More than one principal may have."""

    code = ErrorCode.RATE_LIMIT_EXCEEDED


@dataclass(slots=True)
class Standing:
    """Of one principal."""

    number: int = 0
    cost: int = 0
    _same: Counter[Hashable] = field(default_factory=Counter[Hashable])

    def add(self, key: Hashable, cost: int) -> None:
        """One more, whose events cost so much. Raises `RATE_LIMIT_EXCEEDED`."""
        if self.number >= MAX_NUMBER:
            raise TooManySubscriptions(f"You may have {MAX_NUMBER} subscriptions at once.")
        more = 0 if self._same[key] else cost
        if self.cost + more > MAX_COST:
            raise TooManySubscriptions(f"An event of all your subscriptions together may cost {MAX_COST}.")
        self.number, self.cost = self.number + 1, self.cost + more
        self._same[key] += 1

    def remove(self, key: Hashable, cost: int) -> None:
        """One less."""
        self.number -= 1
        self._same[key] -= 1
        if not self._same[key]:
            del self._same[key]
            self.cost -= cost
