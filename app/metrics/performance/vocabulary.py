"""The words of insights."""

from __future__ import annotations

from enum import StrEnum


class InsightType(StrEnum):
    """What an insight is about (API: `insights.type`)."""

    PERFORMANCE = "PERFORMANCE"
    COST = "COST"
    QUALITY = "QUALITY"
    USAGE = "USAGE"


class InsightRule(StrEnum):
    """Which rule found it."""

    LATENCY_REGRESSION = "LATENCY_REGRESSION"
    ERROR_SPIKE = "ERROR_SPIKE"
    COST_SPIKE = "COST_SPIKE"
    UNUSED_DEPLOYMENT = "UNUSED_DEPLOYMENT"
    PRICE_UNKNOWN = "PRICE_UNKNOWN"
