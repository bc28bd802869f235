"""The closed lists of words about messages and their delivery."""

from __future__ import annotations

from enum import StrEnum


class MessageKind(StrEnum):
    """What a message is for."""

    ALERTS = "ALERTS"
    DIGEST = "DIGEST"
    TEST = "TEST"


class DeliveryOutcome(StrEnum):
    """What came of one attempt to deliver a message."""

    DELIVERED = "DELIVERED"
    FAILED = "FAILED"
    GIVEN_UP = "GIVEN_UP"


class AlertChannelOrderField(StrEnum):
    """What channels can be sorted by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
