"""The nearest words of a vocabulary."""

from __future__ import annotations

import pytest

from app.catalog.search.spelling import Vocabulary

WORDS = Vocabulary(
    {"claude": 30, "sonnet": 9, "anthropic": 30, "embedding": 12, "gemini": 20, "flash": 8, "qwen": 5, "clouds": 1}
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("cluade sonet", "claude sonnet"),
        ("antropic", "anthropic"),
        ("embeding", "embedding"),
        ("gemni flsh", "gemini flash"),
        ("qwne", "qwen"),
        ("Antropic claude", "anthropic claude"),
        ("cluade-3-5", "claude-3-5"),
        ("antropic OR gemni", "anthropic OR gemini"),
    ],
)
def test_unknown_words_become_known_ones(typed: str, meant: str) -> None:
    assert WORDS.corrected(typed) == meant


@pytest.mark.parametrize("typed", ["claude", "clau", "sonn", "zzzzzz", "gpt", "12345", "", "🙂", "a" * 1000, "or"])
def test_known_words_their_beginnings_and_nonsense_stay(typed: str) -> None:
    assert WORDS.corrected(typed) is None


def test_of_words_as_near_the_more_frequent_is_meant() -> None:
    assert Vocabulary({"modal": 1, "model": 50}).corrected("modxl") == "model"


def test_empty_vocabulary_corrects_nothing() -> None:
    assert Vocabulary({}).corrected("cluade sonet") is None
