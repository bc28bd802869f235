"""Enums of the vocabulary as GraphQL enums, with a description for each value."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeVar

import strawberry

E = TypeVar("E", bound=StrEnum)


def graphql_enum(vocabulary: type[E], description: str, **values: str) -> type[E]:
    """Publish an enum. Every value must be described; outputs are open, so clients take unknown values."""
    if set(values) != {member.name for member in vocabulary}:
        raise TypeError(f"{vocabulary.__name__}: describe exactly {', '.join(vocabulary)}")
    published = strawberry.enum(vocabulary, description=description)
    for value in published.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = values[value.name]
    return published
