"""A small catalog to search in."""

from __future__ import annotations

import pytest

from app.kit.db import Database
from tests.conftest import Api
from tests.kit.rows import model, provider, put


@pytest.fixture
async def real(api: Api) -> Database:
    """Some models as they are called in the world."""
    openai, anthropic, google = provider("openai", name="OpenAI"), provider("anthropic"), provider("google")
    await put(
        api.database,
        *(openai, anthropic, google),
        model(openai, "GPT-4o", slug="openai/gpt-4o", popularity=900),
        model(openai, "GPT-4o mini", slug="openai/gpt-4o-mini", popularity=500),
        model(openai, "GPT-4 Turbo", slug="openai/gpt-4-turbo"),
        model(openai, "Text Embedding 3 small", slug="openai/text-embedding-3-small", model_type="EMBEDDING"),
        model(
            anthropic,
            "Claude 3.5 Sonnet",
            slug="anthropic/claude-3-5-sonnet",
            description="Unlike GPT-4o.",
        ),
        model(
            anthropic,
            "Claude 3 Opus",
            slug="anthropic/claude-3-opus",
            tags=["approved"],
            supported_tasks=["translation"],
        ),
        model(google, "Gemini 2.0 Flash", slug="google/gemini-2.0-flash", capabilities=["audio_input"]),
    )
    return api.database
