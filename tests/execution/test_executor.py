"""The executor within Strawberry: order of mutations, events, hooks, cancellation, and what it hands over."""

from __future__ import annotations

import asyncio
import gc
import logging
import tracemalloc
from collections.abc import AsyncGenerator, Iterator
from typing import Any

import pytest
import strawberry
from graphql import ExecutionResult
from strawberry.extensions import SchemaExtension

from app.execution.executor import BreadthFirstExecutor, StandardExecutor
from app.execution.operations import Operations, Refused
from app.kit.context import Context
from app.kit.edges import edge

CALLS: list[Any] = []


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    CALLS.clear()


def context() -> Any:
    """What an operation has at hand."""
    return Context(None, None, "id", object())  # type: ignore[arg-type]


async def friends(_read: Any, _actor: Any, keys: list[int]) -> dict[int, Person]:
    """The next person, but for the one after 9."""
    CALLS.append(sorted(keys))
    await asyncio.sleep(0)
    return {key: Person(number=key + 1) for key in keys if key != 9}


@strawberry.type
class Person:
    number: int

    friend: Person | None = edge(friends, key=lambda person: person.number, description="The next.")

    @strawberry.field
    async def slow(self, seconds: float) -> str:
        try:
            await asyncio.sleep(seconds)
        except asyncio.CancelledError:
            CALLS.append(("cancelled", self.number))
            raise
        return "done"

    @strawberry.field
    async def hasty(self) -> str:
        try:
            async with asyncio.timeout(0.01):
                await asyncio.sleep(1)
        except TimeoutError:
            return "in time"
        return "late"


@strawberry.type
class Query:
    @strawberry.field
    async def people(self, count: int = 3) -> list[Person]:
        return [Person(number=n) for n in range(count)]

    @strawberry.field
    def word(self) -> str:
        return "word"


@strawberry.type
class Mutation:
    @strawberry.mutation
    async def note(self, word: str, wait: float = 0) -> list[Person]:
        CALLS.append(f"begin {word}")
        await asyncio.sleep(wait)
        CALLS.append(f"end {word}")
        return [Person(number=1), Person(number=2)]

    @strawberry.mutation
    async def fail(self) -> str:
        raise ValueError("failed")


@strawberry.type
class Subscription:
    @strawberry.subscription
    async def arrivals(self, events: int) -> AsyncGenerator[list[Person]]:
        for event in range(events):
            yield [Person(number=10 * event), Person(number=10 * event + 1)]


class Counting(SchemaExtension):
    """Middleware: it wraps every resolver."""

    def resolve(self, _next: Any, root: Any, info: Any, *args: Any, **kwargs: Any) -> Any:
        CALLS.append(info.field_name)
        return _next(root, info, *args, **kwargs)


class Refusing(SchemaExtension):
    """Answers in the place of execution."""

    def on_execute(self) -> Iterator[None]:
        CALLS.append("before")
        if "word" in (self.execution_context.query or ""):
            self.execution_context.result = ExecutionResult({"word": "refused"})
        yield
        CALLS.append("after")


def made(executor: Any = BreadthFirstExecutor, *extensions: Any) -> strawberry.Schema:
    """The schema with an executor."""
    return strawberry.Schema(
        Query, Mutation, Subscription, execution_context_class=executor, extensions=list(extensions)
    )


async def data(query: str, *extensions: Any) -> Any:
    """The data of an answer that is the same by both executors, except that the ordinary one calls batches too."""
    for executor in (StandardExecutor, BreadthFirstExecutor):
        CALLS.clear()
        result = await made(executor, *extensions).execute(query, context_value=context())
        assert not result.errors
    return result.data


class TestEdges:
    async def test_level_is_one_call_whatever_the_branch(self) -> None:
        query = (
            "{ people { friend { friend { number } } again: friend { number } } other: people { friend { number } } }"
        )
        found = await data(query)
        assert found["people"][2] == {"friend": {"friend": {"number": 4}}, "again": {"number": 3}}
        assert CALLS == [[0, 1, 2], [3]]

    async def test_nothing_found_is_null(self) -> None:
        assert (await data("{ people(count: 10) { friend { number } } }"))["people"][9] == {"friend": None}


class TestMutations:
    async def test_run_one_after_another_with_breadth_below(self) -> None:
        query = 'mutation { a: note(word: "a", wait: 0.02) { friend { number } } b: note(word: "b") { number } }'
        found = await data(query)
        assert found["a"] == [{"friend": {"number": 2}}, {"friend": {"number": 3}}]
        assert CALLS == ["begin a", "end a", [1, 2], "begin b", "end b"]

    async def test_none_follows_a_failure_that_leaves_no_data(self) -> None:
        for executor in (StandardExecutor, BreadthFirstExecutor):
            CALLS.clear()
            result = await made(executor).execute(
                'mutation { a: note(word: "a") { number } fail b: note(word: "b") { number } }'
            )
            assert (result.data, [error.path for error in result.errors or ()]) == (None, [["fail"]])
            assert CALLS == ["begin a", "end a"]


async def test_every_event_of_a_subscription_is_answered_level_by_level() -> None:
    for executor, expected in ((StandardExecutor, None), (BreadthFirstExecutor, [[0, 1], [10, 11]])):
        CALLS.clear()
        stream = await made(executor).subscribe(
            "subscription { arrivals(events: 2) { number friend { number } } }", context_value=context()
        )
        found: list[Any] = [result.data async for result in stream]  # type: ignore[union-attr]
        assert [[person["friend"]["number"] for person in one["arrivals"]] for one in found] == [[1, 2], [11, 12]]
        assert expected is None or expected == CALLS


class TestHandedOver:
    async def test_middleware_sees_every_field(self) -> None:
        await data("{ people(count: 1) { number } word }", Counting)
        assert CALLS == ["people", "word", "number"]

    async def test_introspection(self) -> None:
        found = await data("{ __schema { queryType { name } } word people { __typename } }")
        assert found["__schema"] == {"queryType": {"name": "Query"}}

    def test_execution_without_a_loop(self) -> None:
        assert made().execute_sync("{ word }").data == {"word": "word"}

    async def test_synchronous_execution_within_a_loop(self) -> None:
        assert made().execute_sync("{ word }").data == {"word": "word"}
        refused = made().execute_sync("{ people { number } }")
        assert "failed to complete synchronously" in str(refused.errors)


async def test_plan_of_a_document_serves_other_variables() -> None:
    """A known document is answered by the variables of each request, which may leave fields out."""
    both = [Operations(made(), executor) for executor in (StandardExecutor, BreadthFirstExecutor)]
    selection = "number @include(if: $yes) ... @skip(if: $yes) { friend { number } }"
    query = f"query ($n: Int!, $yes: Boolean!) {{ people(count: $n) {{ {selection} }} }}"
    for variables in ({"n": n, "yes": yes} for n in (2, 1, 2) for yes in (True, False, True)):
        theirs, ours = [await one.execute(one.find(query), variables, context()) for one in both]
        assert ours.data == theirs.data
        people = (ours.data or {})["people"]
        assert len(people) == variables["n"]
        assert set(people[0]) == ({"number"} if variables["yes"] else {"friend"})


async def test_hooks_may_answer_in_the_place_of_execution() -> None:
    assert await data("{ word }", Refusing) == {"word": "refused"}
    assert CALLS == ["before", "after"]
    assert (await data("{ people { number } }", Refusing))["people"][1] == {"number": 1}
    assert CALLS == ["before", "after"]


class TestCancellation:
    async def test_reaches_the_resolvers(self) -> None:
        query = "{ people { slow(seconds: 60) } people2: people { number friend { slow(seconds: 60) } } }"
        work = asyncio.create_task(made().execute(query, context_value=context()))
        await asyncio.sleep(0.05)
        work.cancel()
        with pytest.raises(asyncio.CancelledError):
            await work
        await asyncio.sleep(0)
        assert [call for call in CALLS if call[0] == "cancelled"] == [("cancelled", n) for n in (0, 1, 2, 1, 2, 3)]
        assert asyncio.all_tasks() == {asyncio.current_task()}

    async def test_time_limit_of_a_resolver_ends_it_alone(self) -> None:
        found = await data("{ people { hasty slow(seconds: 0.03) number } one: people(count: 1) { hasty } }")
        assert found["people"] == [{"hasty": "in time", "slow": "done", "number": n} for n in range(3)]
        assert found["one"] == [{"hasty": "in time"}]


async def test_memory_is_flat(caplog: pytest.LogCaptureFixture) -> None:
    """Over 2,600 requests, good ones and bad ones."""
    caplog.set_level(logging.CRITICAL)
    operations = Operations(made(), BreadthFirstExecutor)

    async def ask(requests: int) -> None:
        for n in range(requests):
            good = operations.find("{ people { number friend { friend { number } } } }")
            await operations.execute(good, None, context())
            with pytest.raises(Refused):
                operations.find(f"{{ people(count: {n % 7}) {{ friend {{ number }} }} wrong{n % 5} }}")
            CALLS.clear()
        gc.collect()

    await ask(100)
    tracemalloc.start()
    try:
        await ask(100)
        before = tracemalloc.get_traced_memory()[0]
        await ask(1300)
        assert tracemalloc.get_traced_memory()[0] - before < 100_000
    finally:
        tracemalloc.stop()
