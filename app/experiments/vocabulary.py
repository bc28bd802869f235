"""The closed lists of words about experiments."""

from __future__ import annotations

from enum import StrEnum


class ExperimentStatus(StrEnum):
    """Where an experiment is in its life."""

    DRAFT = "DRAFT"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    STOPPED = "STOPPED"


class TrafficType(StrEnum):
    """How units are let into an experiment."""

    PERCENTAGE = "PERCENTAGE"
    RULES = "RULES"


class ExperimentOrderField(StrEnum):
    """What experiments can be sorted by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
