"""What went wrong with values, on the way up to the places that may be null."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from graphql import FieldNode, GraphQLError, located_error

from app.execution.places import Order, Places


class Raised:
    """Stands in a column for a value whose making or completion failed."""

    __slots__ = ("error",)

    def __init__(self, error: Exception) -> None:
        self.error = error


class Broken(Raised):
    """The end of a list whose iteration raised."""


class Failed(NamedTuple):
    """Stands in a column for a value that is nulled: the error has its path, `moment` tells when it arose."""

    error: GraphQLError
    moment: tuple[int, Order]


def first(failures: Iterable[Failed]) -> Failed:
    """The one that arose first."""
    return min(failures, key=lambda failed: failed.moment)


class Failures:
    """The errors of one execution, in the order in which completing one value after another would have met them."""

    __slots__ = ("_caught", "_nulled", "happened")

    def __init__(self) -> None:
        self.happened = False
        """Whether there is any failure to look for."""
        self._caught: list[Failed] = []
        self._nulled: dict[Order, tuple[int, Order]] = {}

    def fail(self, error: Exception, nodes: list[FieldNode], places: Places, index: int) -> Failed:
        """A failure at a place."""
        self.happened = True
        path = places.path(index)
        located = located_error(error, nodes, path.as_list() if path else None)
        return Failed(located, (places.waits(index), places.order(index)))

    def catch(self, failed: Failed) -> None:
        """Note an error whose place becomes null."""
        self._caught.append(failed)

    def null(self, place: Order, cause: Failed) -> None:
        """What arose later within a place that was nulled is not told."""
        self._nulled[place] = min(self._nulled.get(place, cause.moment), cause.moment)

    def errors(self) -> list[GraphQLError]:
        """What the answer tells."""
        told = [failed for failed in self._caught if not self._is_late(failed)]
        return [failed.error for failed in sorted(told, key=lambda failed: failed.moment)]

    def _is_late(self, failed: Failed) -> bool:
        moment, order = failed.moment, failed.moment[1]
        nulled = (self._nulled.get(order[:length]) for length in range(len(order) + 1))
        return any(cause is not None and moment > cause for cause in nulled)
