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


class Metric(StrEnum):
    """What experiments can measure of each unit: rates are shares of its calls, all else averages over them."""

    USER_RATING = "user_rating"
    ACCEPTANCE_RATE = "acceptance_rate"
    CONFIDENCE_SCORE = "confidence_score"
    SUCCESS_RATE = "success_rate"
    RESPONSE_TIME = "response_time"
    TIME_TO_FIRST_TOKEN = "time_to_first_token"  # noqa: S105 - a metric, not a secret
    COST_PER_REQUEST = "cost_per_request"
    TOKENS_PER_REQUEST = "tokens_per_request"


class ExperimentOrderField(StrEnum):
    """What experiments can be sorted by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
