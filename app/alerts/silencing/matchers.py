"""Matchers as people write them: things by their ids. Pure."""

from __future__ import annotations

from uuid import UUID

from app.alerts.vocabulary import SilenceLabel
from app.kit.ids import global_id, key_of

KINDS = {
    SilenceLabel.RULE: "AlertRule",
    SilenceLabel.MODEL: "Model",
    SilenceLabel.PROVIDER: "Provider",
    SilenceLabel.DEPLOYMENT: "Deployment",
    SilenceLabel.TEAM: "Team",
}
"""The types of which the values of a label are ids."""


def value_text(label: SilenceLabel, value: str) -> str:
    """A value as people write it."""
    return global_id(KINDS[label], UUID(value)) if label in KINDS else value


def value_of(label: SilenceLabel, text: str, argument: str) -> str:
    """A value as it is compared. Raises `INVALID_PARAMETER`."""
    return str(key_of(text, KINDS[label], argument=argument)) if label in KINDS else text
