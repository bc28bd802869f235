"""A catalog of any size, always the same: the models of the public catalog, and variants of them as companies make."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Any, TypeVar
from uuid import UUID

from app.catalog import source
from app.catalog.vocabulary import ModelSource, ModelStatus
from app.kit.access import Clearance

T = TypeVar("T")

SEED = 20261121
_NEWEST = datetime(2026, 11, 21, tzinfo=UTC)

_TEAMS = [f"{area}-{kind}" for area in ("search", "support", "risk", "ads", "maps") for kind in ("ml", "core", "apps")]
_TUNINGS = ("finetuned", "distilled", "awq", "gguf", "fp8", "lora", "eu", "us", "batch", "preview", "2025-08-07")
_TASKS = ("chat", "summarization", "classification", "extraction", "translation", "code-generation", "rag", "agents")
_TAGS = ("approved", "cheap", "fast", "long-context", "multilingual", "pilot", "vendor", "in-house", "gpu", "legacy")
_FORMATS = ("text", "image", "audio", "video", "pdf", "json")
_REGIMES = ("gdpr", "hipaa", "soc2", "iso27001", "pci")
_CATEGORIES = ("general", "assistant", "developer", "analytics", "safety", None)

COLUMNS = (
    *("id", "slug", "name", "provider_id", "model_type", "description", "category", "tags", "capabilities"),
    *("supported_tasks", "input_formats", "output_formats", "context_window", "baseline_latency_ms"),
    *("baseline_cost_per_1k_tokens", "status", "security_level", "compliance", "owner", "retires_on", "source"),
    *("popularity", "rating_average", "rating_count", "archived_at", "created_at", "updated_at"),
)


def providers() -> Iterator[tuple[UUID, source.SourceProvider]]:
    """The providers, each with an id that is always the same."""
    return ((UUID(int=number), provider) for number, provider in enumerate(source.providers(), start=1))


def models(size: int) -> Iterator[tuple[Any, ...]]:
    """So many rows for `COLUMNS`: first the real models, then variants of them."""
    seeds = [(key, model) for key, provider in providers() for model in provider.models]
    random = Random(SEED)  # noqa: S311 - a catalog, not a secret
    for number in range(size):
        key, model = seeds[number % len(seeds)]
        yield _row(random, number, key, model, number // len(seeds))


def _row(random: Random, number: int, provider: UUID, model: source.SourceModel, generation: int) -> tuple[Any, ...]:
    variant = f"-{random.choice(_TUNINGS)}-{random.choice(_TEAMS)}-{generation}" if generation else ""
    created = _NEWEST - timedelta(minutes=random.randrange(1_000_000))
    used = random.random() < 0.3
    return (
        *(UUID(int=(int(created.timestamp()) << 80) | number), f"{model.slug}{variant}", f"{model.name}{variant}"),
        *(provider, model.model_type, model.description, random.choice(_CATEGORIES), _some(random, _TAGS, 4)),
        *(list(model.capabilities), _some(random, _TASKS, 3), _some(random, _FORMATS, 3), _some(random, _FORMATS, 2)),
        *(model.context_window, random.lognormvariate(6.5, 0.8) if used else None),
        *(Decimal(random.randrange(1, 100_000)).scaleb(-6) if random.random() < 0.8 else None,),
        *(_weighted(random, list(ModelStatus)), _weighted(random, [level.value for level in _LEVELS])),
        *(_some(random, _REGIMES, 2), random.choice(_TEAMS) if random.random() < 0.7 else None),
        *(date(2026, 6, 1) + timedelta(days=random.randrange(600)) if random.random() < 0.2 else None,),
        *(ModelSource.IMPORTED.value if not generation else ModelSource.REGISTERED.value,),
        *(int(random.paretovariate(0.5)) % 10**9 if used else None, *_rating(random)),
        *(created if random.random() < 0.02 else None, created, created + timedelta(minutes=random.randrange(10_000))),
    )


_LEVELS = (Clearance.INTERNAL, Clearance.PUBLIC, Clearance.RESTRICTED, Clearance.CONFIDENTIAL)


def _weighted(random: Random, values: list[T]) -> T:
    """One of them, the earlier the likelier."""
    return values[min(int(random.expovariate(1.2)), len(values) - 1)]


def _some(random: Random, values: tuple[str, ...], most: int) -> list[str]:
    return random.sample(values, random.randrange(most + 1))


def _rating(random: Random) -> tuple[Decimal | None, int]:
    if random.random() < 0.6:
        return None, 0
    return Decimal(random.randrange(100, 501)).scaleb(-2), random.randrange(1, 200)
