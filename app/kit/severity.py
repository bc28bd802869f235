"""How grave something is, in the one order that everything uses."""

from __future__ import annotations

from enum import StrEnum


class Severity(StrEnum):
    """How grave something is, in rising order."""

    INFO = "INFO"
    LOW = "LOW"
    MEDIUM = "MEDIUM"
    HIGH = "HIGH"
    CRITICAL = "CRITICAL"
