"""What a model is checked for, and what may come of it."""

from __future__ import annotations

from enum import StrEnum


class Check(StrEnum):
    """One aspect of a model that a use case depends on."""

    STATUS = "STATUS"
    CAPABILITIES = "CAPABILITIES"
    CONTEXT = "CONTEXT"
    PRICE = "PRICE"
    COMPLIANCE = "COMPLIANCE"
    PROBE = "PROBE"


class CheckOutcome(StrEnum):
    """What came of a check."""

    PASSED = "PASSED"
    FAILED = "FAILED"
    UNKNOWN = "UNKNOWN"
