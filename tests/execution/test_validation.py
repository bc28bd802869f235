"""Validation finds what graphql-core's own finds, and leaves nothing that only the garbage collector could find."""

from __future__ import annotations

import gc

import pytest
from graphql import GraphQLError, parse, validate

from app.execution.documents import RULES, KnownDocuments
from app.execution.validation import validated
from app.schema import schema

SCHEMA = schema._schema
MOST = 5
VALID = {
    "plain": "{ viewer { name role } }",
    "variables": "query ($n: Int!, $a: String) { models(first: $n, after: $a) { nodes { ...f } } } "
    "fragment f on Model { name deployments(first: $n) { nodes { id } } }",
}
NOT_VALID = {
    "unknown names": "{ viewer { " + " ".join(f"nam{n}" for n in range(1_500)) + " } }",
    "unknown variables": "{ models(first: $n) { nodes { ...f } } } "
    "fragment f on Model { deployments(first: $m) { nodes { id } } }",
    "kinds": 'query ($n: String, $m: Int) { models(first: $n, after: 5) { nodes { name { x } } } node(id: "1") }',
    "cycles": "{ ...a } " + " ".join(f"fragment {x} on Query {{ ...{y} }}" for x, y in ("ab", "bc", "ca")),
    "entangled": "{ viewer { " + "name " * 4_900 + "} }",
}
NO_DOCUMENTS = {"unfinished": "{ viewer { name ", "too long": "{ a }" * 5_000, "too deep": "{ a" * 1_000}


def told(errors: list[GraphQLError]) -> list[tuple[str, object]]:
    return [(error.message, error.locations) for error in errors[:MOST]]


@pytest.mark.parametrize("text", [*VALID.values(), *NOT_VALID.values()], ids=[*VALID, *NOT_VALID])
def test_finds_the_same_errors(text: str) -> None:
    document = parse(text)
    theirs, ours = validate(SCHEMA, document, RULES, MOST), validated(SCHEMA, document, RULES, MOST)
    if "aborted" in theirs[0].message if theirs else False:
        assert len(ours) == 1
    else:
        assert told(ours) == told(theirs)
    assert bool(ours) == (text in NOT_VALID.values())


@pytest.mark.parametrize("name", [*VALID, *NOT_VALID, *NO_DOCUMENTS])
def test_leaves_nothing_to_the_garbage_collector(name: str) -> None:
    text = {**VALID, **NOT_VALID, **NO_DOCUMENTS}[name]
    KnownDocuments().get(SCHEMA, text)
    gc.collect()
    gc.disable()
    try:
        KnownDocuments().get(SCHEMA, text)
        assert gc.collect() < 10
    finally:
        gc.enable()


def test_many_short_words_weigh_more_than_their_characters() -> None:
    known = KnownDocuments()
    known.get(SCHEMA, "{ viewer { name } }")
    plain = known.recent.weight
    known.get(SCHEMA, "{ nodes(ids: [" + '"" ' * 1_000 + "]) { id } }")
    assert plain < 100
    assert known.recent.weight - plain > 10_000
