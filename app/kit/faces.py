"""Words of the kit as GraphQL enums: schemas take them from here, so that they are published before they are used."""

from __future__ import annotations

from app.kit.enums import graphql_enum
from app.kit.severity import Severity

__all__ = ["Severity"]

graphql_enum(
    Severity,
    "How grave something is, in rising order. New values may be added.",
    INFO="For the record.",
    LOW="When there is time.",
    MEDIUM="Today.",
    HIGH="Now, in working hours.",
    CRITICAL="Now, at any hour.",
)
