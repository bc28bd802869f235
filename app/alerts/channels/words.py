"""The words of channels as GraphQL enums."""

from __future__ import annotations

from app.alerts.channels.vocabulary import AlertChannelOrderField, DeliveryOutcome, MessageKind
from app.kit.enums import graphql_enum

graphql_enum(
    MessageKind,
    "What a message is for. New values may be added.",
    ALERTS="It tells of one incident.",
    DIGEST="It tells of everything since the one before.",
    TEST="Somebody wanted to know whether it arrives.",
)
graphql_enum(
    DeliveryOutcome,
    "What came of an attempt to deliver a message. New values may be added.",
    DELIVERED="The receiver took it.",
    FAILED="It did not; it is tried again.",
    GIVEN_UP="It did not, for a day; it is not tried again.",
)
graphql_enum(
    AlertChannelOrderField,
    "What channels can be sorted by.",
    NAME="Their name, ignoring case.",
    CREATED_AT="When they were made.",
)
