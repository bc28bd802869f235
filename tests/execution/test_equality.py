"""Breadth-first execution answers as graphql-core does: generated documents through both executors."""

from __future__ import annotations

import gc
import os
import warnings
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from graphql import DocumentNode, GraphQLSchema, execute, parse
from graphql.pyutils import is_awaitable

from app.execution.executor import BreadthFirstExecutor, StandardExecutor
from tests.execution.comparing import Answer, TellingExecutor, difference, settled
from tests.execution.documents import PLACE, VARIABLES, Documents
from tests.execution.torture import schema

EXECUTORS = (BreadthFirstExecutor, StandardExecutor)


@pytest.fixture(autouse=True)
def no_warnings() -> Iterator[None]:
    """graphql-core leaves coroutines of its own behind where a synchronous failure overtakes them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
        gc.collect()


async def run(of: GraphQLSchema, document: DocumentNode, executor: Any) -> Any:
    """The result of an executor."""
    result: Any = execute(of, document, root_value={}, variable_values=VARIABLES, executor_class=executor)
    return await result if is_awaitable(result) else result


async def answer(of: GraphQLSchema, document: DocumentNode, executor: Any) -> Answer:
    """The answer of an executor, which is the same when it knows the document already."""
    answers = [Answer.of(await run(of, document, executor)) for _ in range(2)]
    assert answers[0] == answers[1]
    return answers[0]


async def compare_without_waiting(number: int, seed: int) -> int:
    """How many of so many documents had errors; they are told in the same order."""
    of, failed = schema(waits=False), 0
    documents = Documents(of, seed)
    for _ in range(number):
        text = documents.make().replace(PLACE, "")
        ours, theirs = [await answer(of, parse(text), executor) for executor in EXECUTORS]
        assert ours == theirs, text
        failed += bool(theirs.errors)
    return failed


async def compare_with_waiting(number: int, seed: int) -> int:
    """How many of so many documents had errors. Each is also executed without propagation of errors."""
    of, failed = schema(waits=True), 0
    documents = Documents(of, seed)
    for _ in range(number):
        text = documents.make()
        possible = Answer.of(await settled(await run(of, parse(text), TellingExecutor)))
        for document in (parse(text.replace(PLACE, " " * len(PLACE))), parse(text)):
            ours, theirs = [await answer(of, document, executor) for executor in EXECUTORS]
            assert not difference(ours, theirs, possible), (difference(ours, theirs, possible), text)
            assert not difference(theirs, ours, possible), "the comparison is wrong"
        failed += bool(theirs.errors)
    return failed


async def test_without_waiting_answers_are_the_same_to_the_order_of_errors() -> None:
    assert await compare_without_waiting(1400, seed=1) > 700


async def test_with_waiting_answers_are_the_same() -> None:
    assert await compare_with_waiting(500, seed=2) > 250


SOAK = int(os.environ.get("MODELHUB_SOAK_DOCUMENTS", "25000"))


@pytest.mark.soak
@pytest.mark.parametrize("compare", [compare_without_waiting, compare_with_waiting])
async def test_so_they_are_over_many_documents(compare: Callable[[int, int], Awaitable[int]]) -> None:
    assert await compare(SOAK, 3) > SOAK // 2
