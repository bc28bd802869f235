"""What is remembered is bounded, in number and in weight."""

from __future__ import annotations

import asyncio
from typing import Any

import strawberry
from graphql import parse

from app.execution.documents import KnownDocuments
from app.execution.executor import BreadthFirstExecutor
from app.execution.plans import Plans
from app.execution.recent import Recent
from app.schema import schema


def test_least_recently_used_goes_first() -> None:
    recent = Recent[str, int](entries=2, weight=100)
    recent.put("a", 1, 1)
    recent.put("b", 2, 1)
    assert recent.get("a") == 1
    recent.put("c", 3, 1)
    assert (recent.get("a"), recent.get("b"), recent.get("c")) == (1, None, 3)


def test_weight_is_bounded() -> None:
    recent = Recent[int, str](entries=100, weight=10)
    for n in range(50):
        recent.put(n, "x", n % 7)
        assert recent.weight <= 10
    recent.put(-1, "heavy", 11)
    assert (len(recent), recent.weight, recent.get(-1)) == (0, 0, None)


async def test_documents_that_come_at_once_are_read_with_pauses() -> None:
    known, graph, read, seen = KnownDocuments(), schema._schema, list[int](), list[int]()

    async def ask(number: int) -> None:
        await known.get_aside(graph, f"{{ a{number}: __typename }}")
        read.append(number)

    asking = asyncio.gather(*map(ask, range(6)))
    while not asking.done():
        await asyncio.sleep(0)
        seen.append(len(read))
    assert read == list(range(6))
    assert {1, 2, 3, 4, 5} <= set(seen)


def test_documents_are_parsed_and_validated_once_and_bounded() -> None:
    known = KnownDocuments(Recent(3, 1000))
    graph = schema._schema
    first = known.get(graph, "{ __typename }")
    assert known.get(graph, "{ __typename }") is first
    wrong = known.get(graph, "{ wrong }")
    assert wrong.errors
    assert known.get(graph, "{ wrong }") is wrong
    for n in range(10):
        known.get(graph, f"{{ a{n}: __typename }}")
        known.get(graph, f"{{ a{n}: ")
    assert len(known.recent) == 3
    assert known.get(graph, "{ __typename }") is not first


@strawberry.type
class Query:
    @strawberry.field
    def word(self) -> str:
        return "word"


def test_plans_are_remembered_and_bounded() -> None:
    plans, graph = Plans(operations=3, characters=10_000), strawberry.Schema(Query)._schema
    documents = [parse(f"query ($yes: Boolean!) {{ a{n}: word @include(if: $yes) }}") for n in range(5)]
    made: list[Any] = []
    for document in documents:
        executor: Any = BreadthFirstExecutor.build(graph, document, raw_variable_values={"yes": True})
        plan = plans.of(executor)
        assert plans.of(executor) is plan
        assert plan.deciding == ("yes",)
        made.append(plan)
    assert len(plans.known) == 3
    assert len({id(plan) for plan in made}) == 5
