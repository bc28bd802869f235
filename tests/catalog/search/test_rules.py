"""What is understood of free text."""

from __future__ import annotations

import pytest

from app.catalog.search.rules import Text, parse, words_of
from app.kit.errors import InvalidParameter


def understood(raw: str) -> Text:
    """Text in which there are words."""
    text = parse(raw)
    assert text is not None
    return text


class TestWords:
    @pytest.mark.parametrize(
        ("raw", "words"),
        [
            ("gpt-4o-mini", ["gpt", "4o", "mini"]),
            ("Claude_3.5/Sonnet", ["claude", "3", "5", "sonnet"]),
            ("modèle français", ["modèle", "français"]),
            ("مرحبا بالعالم", ["مرحبا", "بالعالم"]),
            ("🙂 !!! \x00 ' \\ & | ! ( ) : * < >", []),
        ],
    )
    def test_are_divided_by_what_is_neither_letter_nor_digit(self, raw: str, words: list[str]) -> None:
        assert words_of(raw) == words


class TestParse:
    @pytest.mark.parametrize("raw", [None, "", "   ", "- | & ! OR", '"', '""', "-", "🙂🙂", "\x00", "OR OR or"])
    def test_text_without_words_is_none(self, raw: str | None) -> None:
        assert parse(raw) is None

    def test_takes_a_thousand_characters_and_no_more(self) -> None:
        assert parse("a" * 1000) is not None
        with pytest.raises(InvalidParameter) as caught:
            parse("a" * 1001)
        assert caught.value.details == {"argument": "query"}

    def test_looks_for_24_words_at_most(self) -> None:
        text = understood(" ".join(f"w{n}" for n in range(100)))
        assert sum(len(term.words) for term in text.alternatives[0]) == 24

    def test_operators_of_web_search(self) -> None:
        (terms,) = understood('"claude sonnet" -legacy gpt-4o').alternatives
        assert [(term.words, term.is_phrase, term.is_excluded) for term in terms] == [
            (("claude", "sonnet"), True, False),
            (("legacy",), False, True),
            (("gpt", "4o"), False, False),
        ]
        assert len(understood("llama or mistral OR qwen").alternatives) == 3

    def test_quote_that_is_never_closed_divides_only(self) -> None:
        assert [term.words for term in understood('"claude sonnet').alternatives[0]] == [("claude",), ("sonnet",)]

    def test_fillers_are_not_looked_for_beside_other_words(self) -> None:
        assert [term.words for term in understood("a model for the translation").alternatives[0]] == [
            ("model",),
            ("translation",),
        ]
        assert [term.words for term in understood("the").alternatives[0]] == [("the",)]

    @pytest.mark.parametrize(
        ("raw", "alone"), [("-gpt", True), ("gpt OR -llama", True), ("gpt -llama", False), ("gpt", False)]
    )
    def test_knows_text_that_only_excludes(self, raw: str, alone: bool) -> None:
        assert understood(raw).only_excludes is alone

    def test_name_is_what_is_wanted_in_one_word(self) -> None:
        assert understood("GPT 4o-mini").name() == "gpt4omini"
        assert understood("gpt -mini").name() == understood("gpt OR llama").name() == ""
