"""Free text through the API: what it finds, what it is taken for, and that any text is an answer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from app.kit.db import Database
from tests.catalog.search.asking import FACETS, FIND, facet, find
from tests.conftest import Api
from tests.kit.rows import execute, model, names, provider, put


class TestText:
    async def test_names_are_found_as_people_write_them(self, api: Api, real: Database) -> None:
        for query, expected in [
            ("gpt-4o-mini", ["GPT-4o mini"]),
            ("gpt4omini", ["GPT-4o mini"]),
            ("GPT 4O MINI", ["GPT-4o mini"]),
            ("claude-3-5", ["Claude 3.5 Sonnet"]),
            ("claude 3.5", ["Claude 3.5 Sonnet"]),
            ("claude35", ["Claude 3.5 Sonnet"]),
            ("openai/gpt-4-turbo", ["GPT-4 Turbo"]),
            ("gemini flash", ["Gemini 2.0 Flash"]),
            ("flash 2.0 gemini", ["Gemini 2.0 Flash"]),
            ("embedd", ["Text Embedding 3 small"]),
            ("audio_input", ["Gemini 2.0 Flash"]),
            ("translation", ["Claude 3 Opus"]),
            ("approved", ["Claude 3 Opus"]),
            ('"3 opus"', ["Claude 3 Opus"]),
            ('"opus 3"', []),
        ]:
            assert names(await find(api, query)) == expected, query

    async def test_whole_names_come_first_then_names_then_what_is_said_about_them(
        self, api: Api, real: Database
    ) -> None:
        assert names(await find(api, "gpt-4o")) == ["GPT-4o", "GPT-4o mini", "Claude 3.5 Sonnet"]

    async def test_words_can_be_excluded_or_given_as_a_choice(self, api: Api, real: Database) -> None:
        assert set(names(await find(api, "gpt -mini -claude"))) == {"GPT-4o", "GPT-4 Turbo"}
        assert set(names(await find(api, "opus OR flash"))) == {"Claude 3 Opus", "Gemini 2.0 Flash"}
        assert names(await find(api, "-claude -gpt -embedding")) == ["Gemini 2.0 Flash"]
        assert (await find(api, "-claude"))["totalCount"] == 5

    async def test_with_an_order_it_only_filters(self, api: Api, real: Database) -> None:
        order = {"field": "NAME", "direction": "DESC"}
        assert names(await find(api, "gpt", order=order)) == [
            *("GPT-4o mini", "GPT-4o", "GPT-4 Turbo", "Claude 3.5 Sonnet"),
        ]

    async def test_relevance_without_text_is_the_newest_first(self, api: Api, real: Database) -> None:
        for direction in ("ASC", "DESC"):
            order = {"field": "RELEVANCE", "direction": direction}
            assert names(await find(api, order=order)) == names(await find(api))

    async def test_follows_what_changes(self, api: Api, real: Database) -> None:
        await execute(
            api.database,
            "update model set name = 'Kestrel' where slug = 'openai/gpt-4o'",
            "update provider set name = 'Deep Blue' where slug = 'google'",
            "update model set tags = '{raptor}' where slug = 'openai/gpt-4-turbo'",
        )
        assert names(await find(api, "kestrel")) == ["Kestrel"]
        assert names(await find(api, "deep blue")) == ["Gemini 2.0 Flash"]
        assert names(await find(api, "raptor")) == ["GPT-4 Turbo"]

    async def test_without_any_word_does_not_restrict(self, api: Api, real: Database) -> None:
        for query in ("-", "| & ! ( ) : * < > ' \\", '"', '"" ""', "OR", "OR OR -", "🙂", "\u202e\u200f", "   \n\t"):
            assert (await find(api, query))["totalCount"] == 7, query

    async def test_whatever_is_typed_is_an_answer(self, api: Api, real: Database) -> None:
        for query in [
            *('"never closed', '"a" "b', "a" * 1000, "a " * 500, "-a " * 300, "gpt:*", "gpt & !mini | (claude <-> 3)"),
            *("'; drop table model; --", "' or 1=1 --", "to_tsquery('gpt')", "$1", "%", "_", "\\", "gpt\\'", "gpt''"),
            *(
                "مرحبا بالعالم",
                "\u202egpt",
                "👩‍💻 gpt 🙂",
                "ﬁ",
                "İstanbul",
                "ẞ ß",
                "𝔤𝔭𝔱",
                "e\u0301",
                "\x7f\x01",
                "<script>",
            ),
            *(
                "gpt OR",
                "OR gpt",
                "gpt OR OR claude",
                "- gpt",
                "--gpt",
                '-"gpt 4o"',
                '""gpt""',
                "4o",
                "-3 -5",
                "3.5e10",
            ),
        ]:
            page = await find(api, query)
            assert page["totalCount"] == len(page["nodes"]), query

    async def test_more_than_a_thousand_characters_are_refused(self, api: Api) -> None:
        for query in ("a" * 1001, "gpt " * 2500, "🙂" * 1001):
            answer = await api.ask(FIND, query=query)
            assert answer["errors"][0]["extensions"]["code"] == "INVALID_PARAMETER"
            assert answer["errors"][0]["extensions"]["details"] == {"argument": "query"}

    async def test_text_that_postgres_cannot_hold_is_no_incident(self, api: Api, real: Database) -> None:
        headers = {"content-type": "application/json", "authorization": f"Bearer {api.token()}"}
        cases: list[dict[str, Any]] = [
            {field: text} for field in ("query",) for text in ("\x00", "gpt\x00", "\ud800", "gpt\udfff4o", '"\x00"')
        ]
        cases += [{"filter": {"name": {name: "a\x00"}}} for name in ("eq", "contains", "startsWith")]
        cases += [{"filter": {"tags": {"containsAny": ["\ud800"]}}}, {"filter": {"owner": {"contains": "\udfff"}}}]
        for document in (FIND, FACETS):
            for variables in cases:
                body = json.dumps({"query": document, "variables": variables})
                answer = (await api.client.post("/graphql", content=body, headers=headers)).json()
                codes = [error["extensions"]["code"] for error in answer.get("errors", [])]
                assert codes in ([], ["INVALID_PARAMETER"], ["GRAPHQL_VALIDATION_FAILED"]), variables


class TestSpelling:
    @pytest.mark.parametrize(
        ("query", "meant", "expected"),
        [
            ("cluade sonet", "claude sonnet", "Claude 3.5 Sonnet"),
            ("antropic opus", "anthropic opus", "Claude 3 Opus"),
            ("embeding", "embedding", "Text Embedding 3 small"),
            ("gemni flsh", "gemini flash", "Gemini 2.0 Flash"),
        ],
    )
    async def test_what_finds_nothing_is_answered_as_it_was_meant(
        self, api: Api, real: Database, query: str, meant: str, expected: str
    ) -> None:
        page = await find(api, query)
        assert (page["didYouMean"], names(page), page["totalCount"]) == (meant, [expected], 1)
        assert await facet(api, "MODEL_TYPE", query=query) == await facet(api, "MODEL_TYPE", query=meant)

    async def test_what_finds_few_is_shown_with_a_better_spelling(self, api: Api, real: Database) -> None:
        await put(api.database, made := provider("others"), model(made, "cluade tribute"))
        page = await find(api, "cluade")
        assert (names(page), page["didYouMean"]) == (["cluade tribute"], None)  # the word exists
        page = await find(api, "claudee OR tribute")
        assert (names(page), page["didYouMean"]) == (["cluade tribute"], "claude OR tribute")

    async def test_corrected_results_have_pages(self, api: Api, real: Database) -> None:
        first = await find(api, "antropic", first=1)
        second = await find(api, "antropic", first=1, after=first["pageInfo"]["endCursor"])
        assert {*names(first), *names(second)} == {"Claude 3.5 Sonnet", "Claude 3 Opus"}
        assert second["pageInfo"]["hasNextPage"] is False

    async def test_filter_holds_for_what_was_meant(self, api: Api, real: Database) -> None:
        page = await find(api, "antropic", filter={"provider": {"eq": "openai"}})
        assert (names(page), page["didYouMean"]) == ([], None)

    async def test_nothing_is_suggested_for_nonsense_or_good_spelling(self, api: Api, real: Database) -> None:
        for query in ("zzzzzzzz", "claude", "gpt", None):
            assert (await find(api, query))["didYouMean"] is None

    async def test_new_words_are_known_at_once(self, api: Api, real: Database) -> None:
        assert (await find(api, "kestrle"))["didYouMean"] is None
        await put(api.database, made := provider("falcons"), model(made, "kestrel"))
        assert (await find(api, "kestrle"))["didYouMean"] == "kestrel"
