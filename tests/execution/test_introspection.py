"""Questions about the schema are answered beside the event loop, as graphql-core answers them, and once."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from graphql import get_introspection_query, graphql_sync

from app.execution.executor import BreadthFirstExecutor
from app.execution.introspection import MAX_ANSWERS, Introspection, only_introspects
from app.execution.operations import Operations
from app.schema import schema

OPERATIONS = Operations(schema, BreadthFirstExecutor)
TYPE = "query ($name: String!) { __type(name: $name) { name fields { name } } }"


async def answer(kept: Introspection, document: str, **variables: Any) -> Any:
    operation = OPERATIONS.find(document)
    return (await kept.execute(operation, OPERATIONS.executor(operation, variables, None))).data


@pytest.mark.parametrize(
    ("document", "is_only"),
    [
        (get_introspection_query(), True),
        ("{ __typename a: __schema { queryType { name } } }", True),
        ('{ ...f ... on Query { __type(name: "Model") { name } } } fragment f on Query { __typename }', True),
        ("{ __schema { queryType { name } } viewer { name } }", False),
        ("{ ...f } fragment f on Query { viewer { name } }", False),
        ("mutation { __typename }", False),
    ],
)  # fmt: skip
def test_what_asks_for_nothing_but_the_schema(document: str, is_only: bool) -> None:
    assert only_introspects(OPERATIONS.find(document)) is is_only


async def test_is_answered_as_by_graphql_core() -> None:
    document = get_introspection_query()
    assert await answer(Introspection(), document) == graphql_sync(OPERATIONS.schema, document).data


async def test_variables_are_told_apart() -> None:
    kept = Introspection()
    names = [(await answer(kept, TYPE, name=name))["__type"]["name"] for name in ("Model", "Team", "Model")]
    assert names == ["Model", "Team", "Model"]
    assert len(kept.answers) == 2


async def test_few_are_kept() -> None:
    kept = Introspection()
    for number in range(MAX_ANSWERS + 5):
        await answer(kept, TYPE, name=f"Nothing{number}")
    assert len(kept.answers) == MAX_ANSWERS


async def test_the_event_loop_goes_on_meanwhile() -> None:
    turns = 0

    async def turn() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    turning = asyncio.create_task(turn())
    await answer(Introspection(), get_introspection_query())
    turning.cancel()
    assert turns > 3
