"""The closed lists of words about alerts, in the words of Prometheus and Grafana."""

from __future__ import annotations

from enum import StrEnum


class AlertState(StrEnum):
    """Where an alert is; ERROR: its rule cannot be evaluated."""

    INACTIVE = "INACTIVE"
    PENDING = "PENDING"
    FIRING = "FIRING"
    RESOLVED = "RESOLVED"
    ERROR = "ERROR"


class AlertType(StrEnum):
    """What an alert is about (MH: `AlertSystem.alerts.type`)."""

    PERFORMANCE = "PERFORMANCE"
    COST = "COST"
    QUALITY = "QUALITY"
    SECURITY = "SECURITY"


class Comparator(StrEnum):
    """How a value is compared with the threshold."""

    GT = "GT"
    GTE = "GTE"
    LT = "LT"
    LTE = "LTE"


class NoData(StrEnum):
    """What it means that a metric has no value."""

    OK = "OK"
    KEEP = "KEEP"
    ALERT = "ALERT"


class AlertLabel(StrEnum):
    """By what a rule is divided into alerts."""

    MODEL = "MODEL"
    PROVIDER = "PROVIDER"
    DEPLOYMENT = "DEPLOYMENT"
    ENVIRONMENT = "ENVIRONMENT"
    TEAM = "TEAM"


class AlertMetric(StrEnum):
    """What a rule watches."""

    REQUESTS = "REQUESTS"
    FAILED_REQUESTS = "FAILED_REQUESTS"
    ERROR_RATE = "ERROR_RATE"
    SUCCESS_RATE = "SUCCESS_RATE"
    LATENCY_AVG_MS = "LATENCY_AVG_MS"
    LATENCY_P50_MS = "LATENCY_P50_MS"
    LATENCY_P95_MS = "LATENCY_P95_MS"
    LATENCY_P99_MS = "LATENCY_P99_MS"
    LATENCY_MIN_MS = "LATENCY_MIN_MS"
    LATENCY_MAX_MS = "LATENCY_MAX_MS"
    TIME_TO_FIRST_TOKEN_AVG_MS = "TIME_TO_FIRST_TOKEN_AVG_MS"  # noqa: S105 - a metric, not a secret
    TIME_TO_FIRST_TOKEN_P95_MS = "TIME_TO_FIRST_TOKEN_P95_MS"  # noqa: S105 - a metric, not a secret
    TOKENS = "TOKENS"
    TOKENS_PER_REQUEST = "TOKENS_PER_REQUEST"
    TOKENS_PER_SECOND = "TOKENS_PER_SECOND"
    COST = "COST"
    COST_PER_REQUEST = "COST_PER_REQUEST"
    UNPRICED_REQUESTS = "UNPRICED_REQUESTS"
    USER_RATING = "USER_RATING"
    CONFIDENCE_SCORE = "CONFIDENCE_SCORE"
    ACCEPTANCE_RATE = "ACCEPTANCE_RATE"
    SPEND_TODAY = "SPEND_TODAY"
    DAILY_BUDGET_USED = "DAILY_BUDGET_USED"
    UNUSUAL_SPEND = "UNUSUAL_SPEND"
    INGEST_AGE_SECONDS = "INGEST_AGE_SECONDS"
    FAILED_DEPLOYMENTS = "FAILED_DEPLOYMENTS"
    DATABASE_LATENCY_MS = "DATABASE_LATENCY_MS"
    REDIS_AVAILABLE = "REDIS_AVAILABLE"
    WORKER_LAG_SECONDS = "WORKER_LAG_SECONDS"
    EVALUATION_LAG_SECONDS = "EVALUATION_LAG_SECONDS"


class EntryKind(StrEnum):
    """What an entry of an alert's history tells."""

    TRANSITION = "TRANSITION"
    ACKNOWLEDGEMENT = "ACKNOWLEDGEMENT"


class Notice(StrEnum):
    """What became of telling the channels of a transition."""

    NONE = "NONE"
    SENT = "SENT"
    HELD = "HELD"
    DROPPED = "DROPPED"


class HeldBy(StrEnum):
    """Why channels are not told yet."""

    SILENCE = "SILENCE"
    INHIBITION = "INHIBITION"
    COOLDOWN = "COOLDOWN"


class Delivery(StrEnum):
    """How far a notification has come."""

    PENDING = "PENDING"
    SENT = "SENT"
    DEAD = "DEAD"


class ChannelKind(StrEnum):
    """Where notifications go (MH: `channels`)."""

    DASHBOARD = "DASHBOARD"
    WEBHOOK = "WEBHOOK"
    SLACK = "SLACK"
    EMAIL = "EMAIL"


class DigestPeriod(StrEnum):
    """How often a channel is told of everything at once (MH: `notifications.digest`)."""

    HOURLY = "HOURLY"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"


class SilenceLabel(StrEnum):
    """What a matcher of a silence looks at."""

    RULE = "RULE"
    SEVERITY = "SEVERITY"
    TYPE = "TYPE"
    METRIC = "METRIC"
    MODEL = "MODEL"
    PROVIDER = "PROVIDER"
    DEPLOYMENT = "DEPLOYMENT"
    ENVIRONMENT = "ENVIRONMENT"
    TEAM = "TEAM"


class AlertOrderField(StrEnum):
    """What alerts can be sorted by."""

    CHANGED_AT = "CHANGED_AT"
    CREATED_AT = "CREATED_AT"


class AlertRuleOrderField(StrEnum):
    """What rules can be sorted by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"


class SilenceOrderField(StrEnum):
    """What silences can be sorted by."""

    ENDS_AT = "ENDS_AT"
    CREATED_AT = "CREATED_AT"
