"""What was released keeps working: a change that breaks it fails here, until there is a new major version."""

from __future__ import annotations

import pytest
from graphql import GraphQLSchema, build_schema

from tests.frontend_contract.contract import schema
from tests.frontend_contract.releases import Release, broken, current, line_of, releases

SDL = """type Query { model(id: ID!): Model  old: Int @deprecated(reason: "Use `model`.")  asked: Int @deprecated }
type Model { id: ID!  name: String! }"""
RELEASE = Release("1.2.0", SDL, {"a": "{ model(id: 1) { name } }", "b": "{ asked }"})
MAJOR = "2.0.0"


def changed(*replacements: tuple[str, str]) -> GraphQLSchema:
    """The schema of the release with something else in it."""
    sdl = SDL
    for before, after in replacements:
        assert before in sdl
        sdl = sdl.replace(before, after)
    return build_schema(sdl)


def test_every_released_version_keeps_working() -> None:
    assert releases()
    assert [*broken(releases(), current(), schema())] == []


def test_the_version_is_not_behind_what_was_released() -> None:
    assert line_of(current()) >= max(release.line for release in releases())


@pytest.mark.parametrize(
    ("before", "after"),
    [("name: String!", "title: String!"), ("name: String!", "name: String"), ("id: ID!)", "id: ID!, at: Int!)")],
)
def test_breaking_change_is_found(before: str, after: str) -> None:
    assert [*broken([RELEASE], "1.3.0", changed((before, after)))]


def test_additions_and_announced_removals_are_none() -> None:
    removed = ('old: Int @deprecated(reason: "Use `model`.")', "")
    schema = changed(("name: String!", "name: String! owner: String"), removed)
    assert [*broken([RELEASE], "1.3.0", schema)] == []


def test_what_a_released_document_asks_for_cannot_go_even_if_it_was_announced() -> None:
    assert [*broken([RELEASE], "1.3.0", changed(("asked: Int @deprecated", "")))]
    assert [*broken([RELEASE], MAJOR, changed(("asked: Int @deprecated", "")))]


def test_in_a_new_major_version_what_nobody_asked_for_may_break() -> None:
    schema = changed(("id: ID!  name", "id: ID  name"))
    assert [*broken([RELEASE], "1.3.0", schema)]
    assert [*broken([RELEASE], MAJOR, schema)] == []
