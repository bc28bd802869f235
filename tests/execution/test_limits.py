"""Documents that ask for too much are refused with a code, by either executor, in time linear in their length."""

from __future__ import annotations

import time

import pytest
from graphql import get_introspection_query, parse

from app.execution.limits import TooComplex, check_document
from app.main import EXECUTORS
from app.settings import Execution, Settings
from tests.conftest import Api, answering


def nested(levels: int, inner: str = "__typename") -> str:
    """A query of that depth."""
    return "{ " + "a { " * (levels - 1) + inner + " }" * levels


def bomb(fragments: int, aliases: str = "") -> str:
    """Each fragment spreads the next one twice: expanded, 2^fragments."""
    parts = [f"fragment f{n} on Query {{ ...f{n + 1} ...f{n + 1} }}" for n in range(fragments)]
    return "\n".join(["{ ...f0 }", *parts, f"fragment f{fragments} on Query {{ __typename {aliases} }}"])


ALLOWED = {
    "levels": nested(15),
    "levels in a fragment": "{ a { ...f } } fragment f on T " + nested(14),
    "aliases": "{ " + " ".join(f"a{n}: x" for n in range(30)) + " }",
    "directives": "{ x " + "@d " * 50 + "}",
    "definitions": "{ x } " + " ".join(f"fragment f{n} on T {{ x }}" for n in range(59)),
    "variables": "query (" + " ".join(f"$v{n}: Int" for n in range(100)) + ") { x }",
    "introspection": get_introspection_query(),
}
REFUSED = {
    "levels": nested(16),
    "levels in a fragment": "{ a { ...f } } fragment f on T " + nested(15),
    "levels of inline fragments": "{ ... { " + nested(16)[2:] + " }",
    "aliases": "{ " + " ".join(f"a{n}: x" for n in range(31)) + " }",
    "aliases of a fragment at each place": "{ a { ...f } b { ...f } } fragment f on T { "
    + " ".join(f"a{n}: x" for n in range(16)) + " }",
    "aliases in the second operation": "query a { x } query b { " + " ".join(f"a{n}: x" for n in range(31)) + " }",
    "directives": "{ x " + "@d " * 51 + "}",
    "directives of all parts": "query " + "@d " * 30 + "{ ...f @d } fragment f on T " + "@d " * 20 + "{ x }",
    "definitions": "{ x } " + " ".join(f"fragment f{n} on T {{ x }}" for n in range(60)),
    "variables": "query (" + " ".join(f"$v{n}: Int" for n in range(101)) + ") { x }",
    "a bomb": bomb(40, "a: __typename"),
}  # fmt: skip


@pytest.mark.parametrize("name", ALLOWED)
def test_at_the_limit_is_allowed(name: str) -> None:
    check_document(parse(ALLOWED[name]))


@pytest.mark.parametrize("name", REFUSED)
def test_over_the_limit_is_refused(name: str) -> None:
    with pytest.raises(TooComplex):
        check_document(parse(REFUSED[name]))


def test_fragments_within_themselves_come_to_an_end() -> None:
    check_document(parse("{ ...a } fragment a on Query { ...b x } fragment b on Query { ...a ...b ...missing }"))


def test_nested_fragments_take_linear_time() -> None:
    """Followed spread by spread, 55 levels would take centuries."""
    document = parse(bomb(55))
    begun = time.perf_counter()
    check_document(document)
    assert time.perf_counter() - begun < 0.5


class TestAnswers:
    @pytest.mark.parametrize("execution", list(Execution))
    async def test_have_a_code_and_name_the_limit(self, settings: Settings, execution: Execution) -> None:
        assert set(EXECUTORS) == set(Execution)
        async with answering(settings.model_copy(update={"execution": execution})) as api:
            for query, limit in [
                (nested(16), 15),
                (bomb(40, "a: __typename"), 30),
                ("{ __typename " + "x " * 5000 + "}", 5_000),
                ("{ __typename } #" + "x" * 100_000, 100_000),
                ("{ __typename } #" + "ä" * 50_000, 100_000),
            ]:
                (error,) = (await api.ask(query))["errors"]
                assert error["extensions"]["code"] == "QUERY_TOO_COMPLEX", query[:50]
                assert error["extensions"]["details"] == {"limit": limit}

    async def test_named_operation_over_a_limit_is_refused_too(self, api: Api) -> None:
        body = {"query": "query a { __typename } #" + "x" * 100_000, "operationName": "a"}
        answer = (await api.client.post("/graphql", json=body)).json()
        assert [error["extensions"]["code"] for error in answer["errors"]] == ["QUERY_TOO_COMPLEX"]

    async def test_at_most_five_faults_are_told(self, api: Api) -> None:
        query = "{ " + " ".join(f"wrong{n}" for n in range(20)) + " }"
        for _ in range(2):
            assert await api.codes(query) == ["GRAPHQL_VALIDATION_FAILED"] * 5

    async def test_errors_of_execution_are_never_cut(self, api: Api) -> None:
        query = "{ " + " ".join(f'a{n}: model(by: {{id: "x"}}) {{ id }}' for n in range(20)) + " }"
        assert await api.codes(query) == ["INVALID_PARAMETER"] * 20
