"""Which divisions of usage can be asked for. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from app.kit.errors import InvalidParameter
from app.metrics.usage.vocabulary import LABELS, UsageDimension

MAX_GROUPS = 100
MAX_LINES = 100_000
"""Of a file."""


def checked(wanted: Sequence[UsageDimension]) -> tuple[UsageDimension, ...]:
    """The dimensions, if usage can be divided by them together. Raises `INVALID_PARAMETER`."""
    if not wanted or len(set(wanted)) < len(wanted):
        raise InvalidParameter("`groupBy` takes one or more dimensions, each once.", argument="groupBy")
    if len(LABELS.intersection(wanted)) > 1:
        message = "`groupBy` takes one of API_KEY, USER and USE_CASE at a time."
        raise InvalidParameter(message, argument="groupBy")
    return tuple(wanted)


def checked_size(first: int) -> int:
    """How many groups. Raises `INVALID_PARAMETER`."""
    if not 1 <= first <= MAX_GROUPS:
        raise InvalidParameter(f"`first` must be 1 to {MAX_GROUPS}.", argument="first")
    return first
