"""What a request costs, reckoned before it is executed."""

from __future__ import annotations

import time
from typing import Any

import pytest
from graphql import get_introspection_query

from app.execution.cost import MAX_COST, Costs
from app.execution.executor import BreadthFirstExecutor
from app.execution.limits import TooComplex
from app.execution.operations import Operations
from app.schema import schema
from tests.contract.test_schema import FIELDS, bare

OPERATIONS = Operations(schema, BreadthFirstExecutor)


def cost(document: str, **variables: Any) -> int:
    """Of one request, with nothing remembered."""
    return Costs(OPERATIONS.schema).of(OPERATIONS.find(document), variables)


ONE_PAGE = 1 + 20
"""A connection, and the twenty of its page."""

DOCUMENTS = {
    "{ __typename }": 0,
    "{ viewer { name role } }": 1,
    "{ models { nodes { name } } }": ONE_PAGE,
    "{ models { edges { cursor node { name } } pageInfo { hasNextPage } } }": ONE_PAGE,
    "{ models { totalCount } }": 1 + 5,
    "{ models(first: 3) { nodes { name } } }": 1 + 3,
    "{ models(last: 7) { nodes { name } } }": 1 + 7,
    "{ models(first: null) { nodes { name } } }": ONE_PAGE,
    "{ models(first: 2000000000) { nodes { name } } }": 1 + 100,
    "{ models(first: -5) { nodes { name } } }": 1,
    "{ models(first: 3) { nodes { deployments { nodes { phase } } } } }": 1 + 3 * (1 + ONE_PAGE),
    "{ models(first: 3) { nodes { versions { label } } } }": 1 + 3 * (1 + 20),
    '{ nodes(ids: ["a", "b", "c"]) { id } }': 3,
    "{ dashboard { recentActivity { message } } }": 20 + 1 + 20,
    "{ __schema { types { name } } }": 100,
    'mutation { archiveModel(input: {modelId: "x"}) { errors { message } } }': 10 + 1 + 10,
}
MERGED = {
    "{ models { nodes { name } nodes { slug } } models { nodes { id } } }": ONE_PAGE,
    "{ ...a ...b } fragment a on Query { viewer { name } } fragment b on Query { viewer { role } }": 1,
    "{ ...a ...a } fragment a on Query { viewer { name } }": 1,
    "{ one: viewer { name } two: viewer { name } }": 2,
    "{ ... { viewer { name } } ... on Query { viewer { role } } }": 1,
    '{ node(id: "x") { ... on Model { provider { name } } ... on Deployment { model { name } } } }': 1 + 1 + 1,
}
CHOSEN = """query ($n: Int, $yes: Boolean!) {
  models(first: $n) @include(if: $yes) { nodes { name } totalCount @skip(if: $yes) }
}"""

_TWO_WAYS = "replacement {{ ...f{0} }} deployments(first: 1) {{ nodes {{ model {{ ...f{0} }} }} }}"
UNFOLDING = " ".join(
    [
        '{ model(by: {slug: "x"}) { ...f0 } }',
        *(f"fragment f{n} on Model {{ {_TWO_WAYS.format(n + 1)} }}" for n in range(4)),
        "fragment f4 on Model { id }",
    ]
)


class TestCost:
    @pytest.mark.parametrize("document", DOCUMENTS)
    def test_objects_count_as_often_as_there_may_be_of_them(self, document: str) -> None:
        assert cost(document) == DOCUMENTS[document]

    @pytest.mark.parametrize("document", MERGED)
    def test_what_is_executed_once_counts_once(self, document: str) -> None:
        assert cost(document) == MERGED[document]

    def test_variables_decide(self) -> None:
        costs, operation = Costs(OPERATIONS.schema), OPERATIONS.find(CHOSEN)
        found = [costs.of(operation, given) for given in ({"n": 3, "yes": True}, {"n": 9, "yes": True}, {"yes": False})]
        assert found == [1 + 3, 1 + 9, 0]
        assert [costs.of(operation, {"n": 3, "yes": True}), costs.of(operation, {"yes": True})] == [1 + 3, ONE_PAGE]

    def test_of_a_list_in_a_variable_the_length_counts(self) -> None:
        document = "query ($ids: [ID!]!) { nodes(ids: $ids) { id } }"
        assert [cost(document, ids=["x"] * length) for length in (0, 1, 40)] == [0, 1, 40]

    def test_default_of_a_variable_counts(self) -> None:
        operation = OPERATIONS.find("query ($n: Int = 4) { models(first: $n) { nodes { name } } }")
        coerced = OPERATIONS.executor(operation, {}, None).variable_values.coerced
        assert Costs(OPERATIONS.schema).of(operation, coerced) == 1 + 4

    def test_introspection_of_everything_is_admitted(self) -> None:
        assert cost(get_introspection_query()) == 100

    def test_too_much_is_refused_with_both_figures(self) -> None:
        inner = "deployments(first: 100) { nodes { phase } }"
        with pytest.raises(TooComplex) as refusal:
            cost(f"{{ models(first: 100) {{ nodes {{ {inner} }} }} }}")
        assert refusal.value.details["limit"] == MAX_COST
        assert "10201" in refusal.value.message

    def test_a_document_that_unfolds_is_reckoned_in_bounded_time(self) -> None:
        """Each fragment leads to the next in two ways."""
        begun = time.perf_counter()
        assert cost(UNFOLDING) == 1 + 60
        assert time.perf_counter() - begun < 0.2

    def test_one_that_needs_too_many_steps_is_refused(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("app.execution.cost.MAX_STEPS", 20)
        with pytest.raises(TooComplex):
            cost(UNFOLDING)

    def test_what_was_reckoned_is_remembered_for_few_microseconds(self) -> None:
        costs, operation = Costs(OPERATIONS.schema), OPERATIONS.find(CHOSEN)
        best = min(_timed(costs, operation) for _ in range(5))
        assert best < 20e-6


def _timed(costs: Costs, operation: Any) -> float:
    begun = time.perf_counter()
    for _ in range(200):
        costs.of(operation, {"n": 3, "yes": True})
    return (time.perf_counter() - begun) / 200


class TestDeclared:
    def test_every_connection_is_as_long_as_its_page(self) -> None:
        costs = Costs(OPERATIONS.schema)
        found = 0
        for name, field in FIELDS.items():
            if str(bare(field.type)).endswith("Connection"):
                price = costs.price(*name.split("."))
                assert price
                assert (price.slices, price.sized, price.assumed) == (
                    ("first", "last"),
                    ("edges", "nodes"),
                    20,
                )
                found += 1
        assert found > 15

    def test_every_act_costs_more_than_a_look(self) -> None:
        costs = Costs(OPERATIONS.schema)
        names = [name.partition(".")[2] for name in FIELDS if name.startswith("Mutation.")]
        assert len(names) > 20
        assert {name for name in names if costs.price("Mutation", name).weight < 10} == set()  # type: ignore[union-attr]
