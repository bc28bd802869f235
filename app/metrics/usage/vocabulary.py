"""The words of usage."""

from __future__ import annotations

from enum import StrEnum


class UsageDimension(StrEnum):
    """By what usage is divided."""

    MODEL = "MODEL"
    PROVIDER = "PROVIDER"
    TEAM = "TEAM"
    ENVIRONMENT = "ENVIRONMENT"
    API_KEY = "API_KEY"
    USER = "USER"
    USE_CASE = "USE_CASE"


class UsageOrder(StrEnum):
    """What comes first."""

    COST = "COST"
    REQUESTS = "REQUESTS"
    TOKENS = "TOKENS"


LABELS = frozenset({UsageDimension.API_KEY, UsageDimension.USER, UsageDimension.USE_CASE})
"""What is known by what the sender called it: each has roll-ups of its own, so one at most can be asked for at once."""

PERSONAL = frozenset({UsageDimension.API_KEY, UsageDimension.USER})
"""What tells of single people: it needs `costs:read`."""
