"""The catalog's rows against the library they come from, for every model it knows."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_EVEN, Decimal
from itertools import combinations, pairwise
from typing import get_args

import pytest
from genai_prices.data_snapshot import get_snapshot
from genai_prices.data_units import unit_data
from genai_prices.types import (
    ConditionalPrice,
    ModelInfo,
    ModelPrice,
    PriceVariant,
    Provider,
    StartDateConstraint,
    TimeOfDateConstraint,
    Usage,
)

from app.catalog.pricing import PriceList, PriceRow, TokenClass, TokenUsage
from app.catalog.source import price_rows, providers, resolve_slug, token_class

NOW = datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
MOMENT = timedelta(microseconds=1)
USAGES = [
    TokenUsage(0, 0),
    TokenUsage(37, 8, 24),
    TokenUsage(1_234_567, 0, 1_000_003),
    TokenUsage(272_000, 4_099, 0, 1_024),
    TokenUsage(272_001, 4_099, 271_999, 4_099),
    TokenUsage(128_001, 1, 128_001),
]
CATALOG = {provider.slug: provider for provider in providers()}
MODELS = {model.slug: model for provider in CATALOG.values() for model in provider.models}


def rows_of(slug: str, name: str) -> list[tuple[str, date | None, date | None]]:
    rows = [row for row in MODELS[slug].prices if row.token_class == name and not row.conditions]
    return [(str(row.usd_per_million), day(row.effective_from), day(row.effective_to)) for row in rows]


def day(moment: datetime | None) -> date | None:
    return moment and moment.date()


def constraints(model: ModelInfo) -> list[StartDateConstraint | TimeOfDateConstraint]:
    priced = model.prices if isinstance(model.prices, list) else []
    return [offer.constraint for offer in (*priced, *(model.price_variants or ())) if offer.constraint]


def moments(model: ModelInfo) -> Iterator[datetime]:
    yield from (NOW, datetime(2023, 3, 1, tzinfo=UTC), datetime(2030, 12, 31, 23, 59, 59, tzinfo=UTC))
    for rule in constraints(model):
        if isinstance(rule, StartDateConstraint):
            edges = [datetime.combine(rule.start_date, time(), UTC)]
        else:
            edges = [datetime.combine(NOW.date(), edge, UTC) for edge in (rule.start_time, rule.end_time)]
        yield from (edge - gap for edge in edges for gap in (0 * MOMENT, MOMENT))


def contexts(model: ModelInfo) -> list[dict[str, str]]:
    single = [variant.when for variant in model.price_variants or ()]
    return [{}, *single, *(one | two for one, two in combinations(single, 2)), {"no_such": "context"}]


def camel(context: dict[str, str]) -> dict[str, str]:
    names = {"service_tier": "serviceTier", "search_type": "searchType", "no_such": "noSuch"}
    return {names.get(key, key): value for key, value in context.items()}


def expected(
    provider: Provider, model: ModelInfo, used: TokenUsage, at: datetime, context: dict[str, str]
) -> Decimal | None:
    """What the library says, but unknown where it would leave out tokens for want of a price."""
    priced = vars(model.get_prices(at, context)).keys()
    needed = {"input_mtok"} if used.tokens_in else set[str]()
    needed |= {"output_mtok"} if used.tokens_out else set()
    if not priced & {"input_mtok", "output_mtok"} or needed - priced:
        return None
    usage = Usage(
        input_tokens=used.tokens_in,
        output_tokens=used.tokens_out,
        cache_read_tokens=used.tokens_cached,
        output_reasoning_tokens=used.tokens_reasoning,
    )
    total = model.calc_price(usage, provider, genai_request_timestamp=at, price_context=context).total_price
    return total.quantize(Decimal("1e-12"), ROUND_HALF_EVEN)


def differences(provider: Provider, model: ModelInfo, rows: tuple[PriceRow, ...]) -> Iterator[object]:
    prices = PriceList(replace(row, conditions=json.loads(json.dumps(row.conditions))) for row in rows)
    for at in moments(model):
        for context in contexts(model):
            for used in USAGES:
                ours = prices.cost(used, at, camel(context))
                theirs = expected(provider, model, used, at, context)
                if ours != theirs:
                    yield model.id, at, context, used, ours, theirs


class TestAgainstTheLibrary:
    @pytest.mark.parametrize("provider", get_snapshot().providers, ids=lambda provider: provider.id)
    def test_every_model_costs_the_same_at_every_edge(self, provider: Provider) -> None:
        ours = CATALOG[provider.id].models
        for known, model in zip(provider.models, ours, strict=True):
            assert list(differences(provider, known, model.prices)) == []

    def test_constraints_that_the_data_does_not_combine_yet(self) -> None:
        """Windows that hide a class, dates after windows, a first price with a constraint."""
        start, hours = StartDateConstraint(date(2026, 3, 1)), TimeOfDateConstraint(time(20), time(4, 30))
        low, high = (ModelPrice(input_mtok=Decimal(usd), output_mtok=Decimal(usd)) for usd in ("1.1", "2.2"))
        cached = ModelPrice(input_mtok=Decimal(3), cache_read_mtok=Decimal("0.7"), output_mtok=Decimal(4))
        batch = PriceVariant({"processing": "batch"}, ModelPrice(input_mtok=Decimal("0.9")), hours)
        known = get_snapshot().providers[0].models[0]
        for prices in (
            [ConditionalPrice(prices=cached), ConditionalPrice(hours, prices=low)],
            [ConditionalPrice(prices=low), ConditionalPrice(hours, prices=cached)],
            [
                ConditionalPrice(prices=low),
                ConditionalPrice(hours, prices=cached),
                ConditionalPrice(start, prices=high),
            ],
            [ConditionalPrice(start, prices=cached), ConditionalPrice(hours, prices=high)],
            [ConditionalPrice(hours, prices=ModelPrice(input_mtok=Decimal(5)))],
        ):
            model = replace(known, prices=prices, price_variants=[batch])
            provider = replace(get_snapshot().providers[0], models=[model])
            assert list(differences(provider, model, price_rows(model))) == []


class TestCatalog:
    def test_nothing_is_left_out(self) -> None:
        assert (len(CATALOG), len(MODELS)) == (47, 2_330)
        assert sum(len(model.prices) for model in MODELS.values()) == 7_795

    def test_slugs_differ_in_more_than_case(self) -> None:
        assert len({slug.lower() for slug in MODELS}) == 2_330
        assert len({slug.lower() for slug in CATALOG}) == 47

    def test_rows_of_one_kind_never_overlap(self) -> None:
        always, never = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
        for model in MODELS.values():
            kinds: dict[tuple[str, str], list[tuple[datetime, datetime]]] = {}
            for row in model.prices:
                span = row.effective_from or always, row.effective_to or never
                kinds.setdefault((row.token_class, json.dumps(row.conditions)), []).append(span)
            for spans in kinds.values():
                assert all(one[1] <= two[0] for one, two in pairwise(sorted(spans)))
                assert all(begin < end for begin, end in spans)

    def test_every_unit_of_the_library_has_a_class_of_its_own(self) -> None:
        names = [token_class(key, unit) for key, unit in unit_data.items()]
        assert sorted(names) == sorted(get_args(TokenClass))

    def test_a_class_missing_from_a_later_price_set_ends(self) -> None:
        assert rows_of("openrouter/openai/gpt-oss-120b", "CACHED_INPUT") == [
            ("0.075", date(2026, 10, 19), date(2026, 11, 3))
        ]

    @pytest.mark.parametrize(
        ("slug", "name", "usd"),
        [
            ("perplexity/sonar", "REQUEST", 12_000),
            ("openai/gpt-5", "WEB_SEARCH", 10_000),
            ("groq/whisper-large-v3", "AUDIO_HOUR", 111_000),
            ("openai/tts-1", "INPUT_CHARACTER", 15),
            ("openai/gpt-5", "CACHED_INPUT", Decimal("0.125")),
        ],
    )
    def test_prices_are_per_million_of_their_unit(self, slug: str, name: str, usd: Decimal) -> None:
        assert next(row.usd_per_million for row in MODELS[slug].prices if row.token_class == name) == usd

    def test_what_the_source_does_not_know_is_none(self) -> None:
        model = MODELS["openrouter/deepseek/deepseek-r1:free"]
        assert (model.description, model.prices, model.capabilities) == (None, (), ())
        assert model.name == "deepseek/deepseek-r1:free"
        assert sum(model.context_window is not None for model in MODELS.values()) == 1_419
        assert sum(model.description is not None for model in MODELS.values()) == 342
        assert sum(model.deprecated for model in MODELS.values()) == 71

    @pytest.mark.parametrize(
        ("slug", "kind"),
        [
            ("groq/meta-llama/llama-guard-4-12b", "MODERATION"),
            ("cloudflare/@cf/baai/bge-reranker-base", "RERANK"),
            ("mistral/codestral-embed-2505", "EMBEDDING"),
            ("openai/gpt-image-1", "IMAGE_GENERATION"),
            ("google/gemini-3.8-live", "MULTIMODAL"),
            ("openai/gpt-4o-transcribe", "AUDIO"),
            ("openai/gpt-5.3-codex", "CODE"),
            ("mistral/pixtral-large", "VISION"),
            ("anthropic/claude-opus-5-5", "MULTIMODAL"),
            ("anthropic/claude-2", "TEXT"),
            ("openai/gpt-3.5-turbo", "TEXT"),
        ],
    )
    def test_model_types(self, slug: str, kind: str) -> None:
        assert MODELS[slug].model_type == kind

    def test_capabilities_are_those_that_are_priced(self) -> None:
        assert MODELS["anthropic/claude-opus-5-5"].capabilities == (
            "batch",
            "fast",
            "prompt_caching",
            "web_search",
        )
        assert MODELS["openai/gpt-realtime"].capabilities == (
            "audio_input", "audio_output", "image_input", "prompt_caching",
        )  # fmt: skip
        counts = Counter(name for model in MODELS.values() for name in model.capabilities)
        assert (counts["batch"], counts["prompt_caching"], counts["audio_output"]) == (108, 976, 12)


class TestResolveSlug:
    def test_every_models_own_names_resolve_to_it(self) -> None:
        for provider in CATALOG.values():
            for model in provider.models:
                assert resolve_slug(provider.slug, model.slug.removeprefix(f"{provider.slug}/")) == model.slug

    @pytest.mark.parametrize(
        ("provider", "model", "slug"),
        [
            ("openai", "gpt-5-2025-08-07", "openai/gpt-5"),
            ("openai", "gpt-5-20250807", "openai/gpt-5"),
            ("OpenAI", "GPT-4o", "openai/gpt-4o"),
            ("azure", "gpt-4o", "openai/gpt-4o"),
            ("litellm", "anthropic/claude-opus-4-5", "anthropic/claude-opus-4-5"),
            ("vertex_ai", "gemini-2.5-flash", "google/gemini-2.5-flash"),
            ("openai", "no-such-model", None),
            ("no-such-provider", "gpt-4o", None),
            ("", "", None),
        ],
    )
    def test_names_as_calls_carry_them(self, provider: str, model: str, slug: str | None) -> None:
        assert resolve_slug(provider, model) == slug

    def test_unknown_names_are_not_remembered_by_the_library(self) -> None:
        before = repr(vars(get_snapshot())["_provider_misses"])
        assert resolve_slug("nobody", "nothing") is None
        assert repr(vars(get_snapshot())["_provider_misses"]) == before
