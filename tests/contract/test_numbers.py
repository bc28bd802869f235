"""Numbers that nobody can store, wherever a mutation takes one: refused with a code that says where, never kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from graphql import (
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    get_named_type,
    parse_value,
    print_ast,
    value_from_ast_untyped,
)
from graphql.type import GraphQLInputField

from tests.conftest import Api
from tests.contract.acting import GRAPH, contents, document, input_of, mutations
from tests.contract.examples import EXAMPLES, TELEMETRY
from tests.contract.generating import literal
from tests.kit.rows import put
from tests.web.test_graphql import is_needed, minimal

HERE = 123456.75
"""Stands in for the number in what is sent."""

TOO_LARGE = ("1e999", "-1e999", "1" * 5000)
NO_JSON = ("NaN", "Infinity", "-Infinity")
NO_AMOUNTS = ("NaN", "sNaN", "Infinity", "-Infinity", "1e999", "1e999999999", "1e-999999999")
NUMBERS = {"Float", "Decimal", "JSON"}

Path = tuple[str | int, ...]


def is_list(field: GraphQLInputField) -> bool:
    """Whether the field takes a list."""
    kind = field.type.of_type if isinstance(field.type, GraphQLNonNull) else field.type
    return isinstance(kind, GraphQLList)


def places(kind: str, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Where an input takes numbers, and of which scalar; of lists, their first item."""
    found = GRAPH.type_map[kind]
    assert isinstance(found, GraphQLInputObjectType)
    for name, field in found.fields.items():
        inner = get_named_type(field.type)
        here: Path = (*path, name, *([0] if is_list(field) else []))
        if isinstance(inner, GraphQLInputObjectType):
            yield from places(inner.name, here)
        elif inner.name in NUMBERS:
            yield here, inner.name


def needed(kind: Any) -> dict[str, Any]:
    """The fields that an object must have, with any values."""
    shortest = {name: minimal(field.type) for name, field in kind.fields.items() if is_needed(field)}
    return {name: value_from_ast_untyped(parse_value(text)) for name, text in shortest.items()}


def placed(given: Any, kind: Any, path: Path, value: Any) -> Any:
    """The input with another value there; objects on the way to it that it lacks are made."""
    if not path:
        return value
    step, *rest = path
    if isinstance(step, int):
        items = given or [needed(kind)]
        return [placed(items[0], kind, tuple(rest), value), *items[1:]]
    base = needed(kind) if given is None else given
    return {**base, step: placed(base.get(step), get_named_type(kind.fields[step].type), tuple(rest), value)}


def with_number(name: str, given: dict[str, Any], path: Path, scalar: str) -> dict[str, Any]:
    """The input with the stand-in there; in JSON, as deep as a list in an object."""
    value = {"a": [HERE]} if scalar == "JSON" else HERE
    return placed(given, GRAPH.type_map[input_of(name)], path, value)


async def send(api: Api, body: str) -> tuple[int, dict[str, Any]]:
    """Status and answer of a body that may be no JSON."""
    headers = {"authorization": f"Bearer {api.token()}", "content-type": "application/json"}
    answer = await api.client.post("/graphql", content=body, headers=headers)
    return answer.status_code, answer.json()


def as_variable(name: str, given: dict[str, Any], number: str) -> str:
    """The body that sends the input as a variable."""
    return json.dumps({"query": document(name), "variables": {"input": given}}).replace(str(HERE), number)


def as_literal(name: str, given: dict[str, Any], number: str) -> str:
    """The body that has the input in its document."""
    written = print_ast(literal(given, input_of(name))).replace(str(HERE), number)
    return json.dumps({"query": f"mutation {{ {name}(input: {written}) {{ errors {{ code path }} }} }}"})


def leads_to(error: dict[str, Any], body: str, path: Path) -> bool:
    """Whether the error names the place of the number, or points to it in the document."""
    named = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    at = error["locations"][0]
    line = json.loads(body)["query"].splitlines()[at["line"] - 1]
    return named in error["message"] or line[at["column"] - 1 :].startswith(tuple(n[:5] for n in TOO_LARGE))


def assert_refused(name: str, body: str, answer: dict[str, Any], path: Path, scalar: str) -> None:
    """There is a code that a client can act on, and it says which number is meant."""
    if "errors" in answer:
        (error,) = answer["errors"]
        assert error["extensions"]["code"] == "GRAPHQL_VALIDATION_FAILED", (path, error)
        assert leads_to(error, body, path), (path, error)
    else:
        inside = ("a", 0) if scalar == "JSON" else ()
        (error,) = answer["data"][name]["errors"]
        assert (error["code"], error["path"]) == ("INVALID_PARAMETER", [str(step) for step in (*path, *inside)])


NUMERIC = [name for name in mutations() if any(places(input_of(name)))]


@pytest.mark.parametrize("name", NUMERIC)
async def test_number_that_nobody_can_store_is_refused_with_its_place(api: Api, name: str) -> None:
    example = {**EXAMPLES, **TELEMETRY}[name]()
    await put(api.database, *example.rows)
    before = await contents(api.database)
    for path, scalar in places(input_of(name)):
        given = with_number(name, example.input, path, scalar)
        bodies = [as_literal(name, given, number) for number in TOO_LARGE]
        for body in bodies:
            assert_refused(name, body, (await send(api, body))[1], path, scalar)
    assert await contents(api.database) == before


async def test_body_with_a_number_that_cannot_be_read_is_no_json(api: Api) -> None:
    example = EXAMPLES["registerModelVersion"]()
    await put(api.database, *example.rows)
    before = await contents(api.database)
    given = with_number("registerModelVersion", example.input, ("configuration",), "JSON")
    for number in (*NO_JSON, *TOO_LARGE):
        status, answer = await send(api, as_variable("registerModelVersion", given, number))
        assert (status, answer["errors"][0]["extensions"]["code"]) == (400, "INVALID_REQUEST"), number
    assert await contents(api.database) == before


async def test_text_that_is_no_amount_is_refused_with_its_place(api: Api) -> None:
    for name in NUMERIC:
        example = {**EXAMPLES, **TELEMETRY}[name]()
        await put(api.database, *example.rows)
        before = await contents(api.database)
        for path, scalar in places(input_of(name)):
            for amount in NO_AMOUNTS if scalar == "Decimal" else ():
                given = placed(example.input, GRAPH.type_map[input_of(name)], path, amount)
                body = as_variable(name, given, "")
                assert_refused(name, body, (await send(api, body))[1], path, scalar)
        assert await contents(api.database) == before


@pytest.mark.parametrize("bound", ["minRating: 1e999", "maxLatencyMs: -1e999", 'maxCostPer1kTokens: "1e999999999"'])
async def test_bound_of_a_filter_that_no_number_reaches_is_refused_with_its_place(api: Api, bound: str) -> None:
    answer = await api.ask(f"{{ models(filter: {{and: [{{{bound}}}]}}) {{ appliedFilter {{ values }} }} }}")
    (error,) = answer["errors"]
    told = (error["extensions"]["code"], error["extensions"]["details"]["argument"])
    assert told == ("INVALID_PARAMETER", f"filter.and[0].{bound.partition(':')[0]}")


async def test_numbers_that_json_can_hold_come_back_as_they_were(api: Api) -> None:
    example = EXAMPLES["registerModelVersion"]()
    await put(api.database, *example.rows)
    held = {"a": [1e308, -1e308, 5e-324, 0.1, -0.0, 2**53 - 1, 1.5]}
    asked = document("registerModelVersion").replace("{ id }", "{ configuration }")
    payload = (await api.data(asked, input={**example.input, "configuration": held}))["registerModelVersion"]
    assert payload["modelVersion"] == {"configuration": held}


def test_there_are_such_places_in_mutations_of_every_kind() -> None:
    found = {scalar for name in NUMERIC for _, scalar in places(input_of(name))}
    assert found == NUMBERS
