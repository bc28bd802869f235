"""The public catalog: providers, models and prices out of the wheel `genai-prices`, read without network.

Prices are not interpreted here: the library is asked for those of every day and hour when they can change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from itertools import combinations, groupby
from typing import Any, TypeAlias

from genai_prices.data_snapshot import DataSnapshot, get_snapshot
from genai_prices.data_units import unit_data
from genai_prices.types import (
    ModelInfo,
    ModelPrice,
    StartDateConstraint,
    TieredPrices,
    TimeOfDateConstraint,
)

from app.catalog.pricing import PriceRow, context_rank
from app.catalog.vocabulary import ModelType

_Window: TypeAlias = tuple[time, time]
_Line: TypeAlias = tuple[str, int | None, _Window | None, tuple[tuple[str, str], ...]]

_TYPE_RULES: Sequence[tuple[ModelType, str]] = (
    (ModelType.MODERATION, r"moderation|guard|content-safety"),
    (ModelType.RERANK, r"rerank|RERANK_SEARCH"),
    (ModelType.EMBEDDING, r"embed|\b(bge|gte|voyage)-"),
    (ModelType.IMAGE_GENERATION, r"\bimage\b|nano-banana|IMAGE_OUTPUT"),
    (ModelType.MULTIMODAL, r"multimodal|\bomni\b|IMAGE_INPUT|VIDEO_INPUT|VIDEO_OUTPUT"),
    (ModelType.AUDIO, r"whisper|\btts\b|transcribe|voice|audio|sonic|voxtral|lyria"),
    (ModelType.AUDIO, r"AUDIO_OUTPUT|AUDIO_HOUR|INPUT_CHARACTER"),
    (ModelType.CODE, r"\bcode|coder|devstral|\bcomposer\b"),
    (
        ModelType.VISION,
        r"vision|vl\b|internvl|pixtral|molmo|moondream|ui-tars|ocr\b|glm-\d[.\d]*v\b|DOCUMENT_PAGE",
    ),
    (
        ModelType.MULTIMODAL,
        r"gemini|gpt-4o|gpt-4\.1|gpt-4-turbo|gpt-[5-9]|claude-(?!instant|v1|2)|AUDIO_INPUT",
    ),
    (ModelType.MULTIMODAL, r"nova-(2-)?(lite|pro|premier)|llama-?4"),
)
"""The first match on id, name or priced classes decides, else TEXT: a rule, the source has no such fact."""

_CAPABILITIES: Mapping[str, str] = {
    "prompt_caching": r"CACHE",
    "audio_input": r"AUDIO_INPUT|INPUT_AUDIO",
    "audio_output": r"AUDIO_OUTPUT|OUTPUT_AUDIO",
    "image_input": r"IMAGE_INPUT|INPUT_PIXEL",
    "image_output": r"IMAGE_OUTPUT",
    "video_input": r"VIDEO_INPUT",
    "video_output": r"VIDEO_OUTPUT",
    "document_input": r"DOCUMENT_PAGE",
    "reasoning": r"REASONING",
    "citations": r"CITATION",
    "web_search": r"WEB_SEARCH",
    "social_search": r"SOCIAL_SEARCH",
    "storage_search": r"STORAGE_SEARCH",
    "code_execution": r"CODE_EXECUTION",
}
"""A capability is what the latest prices charge for by a class of its own; the source states no others."""

_MODES = {"processing": {"batch"}, "service_tier": {"flex", "priority", "fast"}, "speed": {"fast"}}
"""Ways of processing that are priced apart; each is a capability too."""


@dataclass(frozen=True, slots=True)
class SourceModel:
    """A model. `slug` is `provider/model-id`; `name` is the id where the source has no name."""

    slug: str
    name: str
    description: str | None
    context_window: int | None
    deprecated: bool
    model_type: ModelType
    capabilities: tuple[str, ...]
    prices: tuple[PriceRow, ...]


@dataclass(frozen=True, slots=True)
class SourceProvider:
    """A provider; `website` is the first of its pricing pages."""

    slug: str
    name: str
    website: str | None
    description: str | None
    models: list[SourceModel]


def providers() -> Iterator[SourceProvider]:
    """All providers with their models, in the order of the source."""
    for provider in get_snapshot().providers:
        models = [_model(f"{provider.id}/{model.id}", model) for model in provider.models]
        website = next(iter(provider.pricing_urls or ()), None)
        yield SourceProvider(provider.id, provider.name, website, provider.description, models)


UNKNOWN = "unknown"
"""What a provider is called that nobody has named."""


@lru_cache(maxsize=16_384)
def resolve_slug(provider: str, model: str) -> str | None:
    """The slug for names as calls carry them: those of a slug, else what genai-prices matches, else None.

    Where a provider offers another's model the answer is the owner's: azure's `gpt-4o` is `openai/gpt-4o`. Where the
    provider is `UNKNOWN`, it is who is known for a model of that name.
    Such calls cost the owner's prices without context, since batch and tiers are the owner's alone.
    """
    exact, owned = _slugs()
    return exact.get(f"{provider}/{model}".lower()) or owned.get(_matched(provider, model))


def _matched(provider: str, model: str) -> int | None:
    # A snapshot of its own, because the shared one remembers every unknown name for ever.
    snapshot = DataSnapshot(get_snapshot().providers, from_auto_update=False)
    try:
        known = None if provider == UNKNOWN else provider
        return id(snapshot.find_provider_model(model, None, known, None)[1])
    except LookupError:
        return None


@cache
def _slugs() -> tuple[dict[str, str], dict[int | None, str]]:
    owned: dict[int | None, str] = {id(m): f"{p.id}/{m.id}" for p in get_snapshot().providers for m in p.models}
    return {slug.lower(): slug for slug in owned.values()}, owned


def _model(slug: str, model: ModelInfo) -> SourceModel:
    prices = price_rows(model)
    latest = " ".join(sorted({row.token_class for row in prices if row.effective_to is None}))
    return SourceModel(
        slug=slug,
        name=model.name or model.id,
        description=model.description,
        context_window=model.context_window,
        deprecated=bool(model.deprecated),
        model_type=_model_type(f"{model.id} {model.name or ''}".lower() + f" {latest}"),
        capabilities=_capabilities(model, latest),
        prices=prices,
    )


def _model_type(text: str) -> ModelType:
    return next((kind for kind, pattern in _TYPE_RULES if re.search(pattern, text)), ModelType.TEXT)


def _capabilities(model: ModelInfo, classes: str) -> tuple[str, ...]:
    charged = {name for name, pattern in _CAPABILITIES.items() if re.search(pattern, classes)}
    asked = {pair for variant in model.price_variants or () for pair in variant.when.items()}
    return tuple(sorted(charged | {value for key, value in asked if value in _MODES.get(key, ())}))


def price_rows(model: ModelInfo) -> tuple[PriceRow, ...]:
    """The model's prices at all times, one row per class, condition and span of days with the same price."""
    days = sorted({rule.start_date for rule in _rules(model) if isinstance(rule, StartDateConstraint)})
    before = days[0] - timedelta(days=1) if days else date(1970, 1, 1)
    history = [_lines(model, day) for day in (before, *days)]
    bounds = [None, *(datetime.combine(day, time(), UTC) for day in days), None]
    lines = dict.fromkeys(line for prices in history for line in prices)
    return tuple(row for line in lines for row in _rows(line, [prices.get(line) for prices in history], bounds))


def _rows(line: _Line, prices: list[Decimal | None], bounds: Sequence[datetime | None]) -> Iterator[PriceRow]:
    for price, run in groupby(range(len(prices)), key=prices.__getitem__):
        if price is not None:
            spans = list(run)
            yield PriceRow(line[0], price, bounds[spans[0]], bounds[spans[-1] + 1], _conditions(line))


def _conditions(line: _Line) -> dict[str, Any]:
    _, above, window, context = line
    hours = [hour.isoformat().removesuffix(":00") for hour in window or ()]
    size: dict[str, Any] = {} if above is None else {"inputTokensAbove": above}
    named = {_camel(key): value for key, value in context} | size | ({"utcHours": hours} if hours else {})
    return dict(sorted(named.items()))


def _lines(model: ModelInfo, day: date) -> dict[_Line, Decimal]:
    """The day's prices; hours are named only where a price differs from the last, over midnight, or lacks."""
    lines: dict[_Line, Decimal] = {}
    for context, offer in _offers(model):
        cells = [(cell, _flat(offer, datetime.combine(day, cell[0], UTC), context)) for cell in _windows(model)]
        usual = {key: price for key, price in cells[-1][1].items() if all(key in prices for _, prices in cells)}
        for cell, prices in cells:
            for (name, above), price in prices.items():
                window = None if usual.get((name, above)) == price else cell
                lines[name, above, window, tuple(context.items())] = price
    return lines


def _flat(offer: ModelInfo, at: datetime, context: dict[str, str]) -> dict[tuple[str, int | None], Decimal]:
    flat: dict[tuple[str, int | None], Decimal] = {}
    for key, price in vars(offer.get_prices(at, context)).items():
        name, scale = _classes()[key]
        tiers = price.tiers if isinstance(price, TieredPrices) else ()
        flat[name, None] = scale * (price.base if isinstance(price, TieredPrices) else price)
        flat |= {(name, tier.start): scale * tier.price for tier in tiers}
    return flat


def _offers(model: ModelInfo) -> Iterator[tuple[dict[str, str], ModelInfo]]:
    """The model in each context, reduced to what that changes."""
    yield {}, model
    changes = replace(model, prices=ModelPrice())
    contexts = [dict(pairs) for pairs in dict.fromkeys(tuple(v.when.items()) for v in model.price_variants or ())]
    yield from ((context, changes) for context in contexts)
    # Two contexts need rows of their own where the library's precedence is not that of `PriceRow`.
    for one, two in combinations(contexts, 2):
        if not one.keys() & two.keys() and context_rank(map(_camel, one)) < context_rank(map(_camel, two)):
            yield one | two, changes


def _rules(model: ModelInfo) -> Iterator[StartDateConstraint | TimeOfDateConstraint | None]:
    priced = [] if isinstance(model.prices, ModelPrice) else model.prices
    yield from (offer.constraint for offer in (*priced, *(model.price_variants or ())))


def _windows(model: ModelInfo) -> list[_Window]:
    rules = [rule for rule in _rules(model) if isinstance(rule, TimeOfDateConstraint)]
    hours = sorted({_utc(hour) for rule in rules for hour in (rule.start_time, rule.end_time)}) or [time()]
    return list(zip(hours, [*hours[1:], hours[0]], strict=True))


def _utc(hour: time) -> time:
    return datetime.combine(date(1970, 1, 1), hour, hour.tzinfo or UTC).astimezone(UTC).time()


@cache
def _classes() -> dict[str, tuple[str, Decimal]]:
    """Token class and the factor to a million of its unit, by the library's price key."""
    return {unit["price_key"]: (token_class(key, unit), _scale(unit)) for key, unit in unit_data.items()}


def _scale(unit: Mapping[str, Any]) -> Decimal:
    # A price per hour has no exact price per second, so the unit of durations is the hour.
    per = 1 if unit["dimensions"]["family"] == "durations" else unit["per"]
    return Decimal(1_000_000) / per


def token_class(usage_key: str, unit: Mapping[str, Any]) -> str:
    """Our name for a unit of the library: `cache_audio_read_tokens` is CACHED_AUDIO_INPUT."""
    dimensions: Mapping[str, str] = unit["dimensions"]
    if dimensions["family"] != "tokens":
        return re.sub(r"(?<=CH)ES$|S$", "", usage_key.upper()).replace("SECOND", "HOUR")
    kind, direction = dimensions.get("token_type", ""), dimensions["direction"]
    cached, written = kind == "cache_read", kind == "cache_write"
    noun = "cache_write" if written else direction if cached or not kind else f"{kind}_{direction}"
    parts = (
        "cached" if cached else "",
        dimensions.get("modality", ""),
        noun,
        dimensions.get("cache_ttl", ""),
    )
    return "_".join(filter(None, parts)).upper()


def _camel(key: str) -> str:
    head, *tail = key.split("_")
    return head + "".join(map(str.title, tail))
