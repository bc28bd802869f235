"""The catalog's closed lists of words."""

from __future__ import annotations

from enum import StrEnum


class ModelType(StrEnum):
    """What a model takes and gives."""

    TEXT = "TEXT"
    VISION = "VISION"
    MULTIMODAL = "MULTIMODAL"
    EMBEDDING = "EMBEDDING"
    CODE = "CODE"
    AUDIO = "AUDIO"
    RERANK = "RERANK"
    IMAGE_GENERATION = "IMAGE_GENERATION"
    MODERATION = "MODERATION"


class ModelStatus(StrEnum):
    """Where a model is in its life."""

    EXPERIMENTAL = "EXPERIMENTAL"
    ACTIVE = "ACTIVE"
    MAINTENANCE = "MAINTENANCE"
    DEPRECATED = "DEPRECATED"
    RETIRED = "RETIRED"


class ModelSource(StrEnum):
    """How a model came into the catalog."""

    IMPORTED = "IMPORTED"
    DISCOVERED = "DISCOVERED"
    REGISTERED = "REGISTERED"


class ModelOrderField(StrEnum):
    """What models can be sorted by."""

    NAME = "NAME"
    CREATED_AT = "CREATED_AT"
    UPDATED_AT = "UPDATED_AT"
    POPULARITY = "POPULARITY"
    COST = "COST"
    LATENCY = "LATENCY"
    CONTEXT_WINDOW = "CONTEXT_WINDOW"
    RATING = "RATING"
    RELEVANCE = "RELEVANCE"
