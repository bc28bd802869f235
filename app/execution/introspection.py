"""Operations that ask for the schema alone: executed beside the event loop, which they would hold up, and kept."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import ExecutionResult, FieldNode, FragmentSpreadNode, OperationType
from graphql.execution.executor import Executor

from app.execution.operations import Operation
from app.execution.recent import Recent

MAX_ANSWERS: Final = 8
"""Each may have some megabytes."""
_FIELDS: Final = {"__schema", "__type", "__typename"}
_ASIDE: Final = ThreadPoolExecutor(1, "introspection")


@dataclass(frozen=True, slots=True)
class _Answer:
    operation: Operation
    """Is kept alive, so that its identity names it."""
    result: ExecutionResult


@dataclass(slots=True)
class Introspection:
    """Of one schema."""

    answers: Recent[tuple[Any, ...], _Answer] = field(
        default_factory=lambda: Recent[tuple[Any, ...], _Answer](MAX_ANSWERS, MAX_ANSWERS)
    )

    async def execute(self, operation: Operation, executor: Executor[Any]) -> ExecutionResult:
        """Data and errors. The data is not to be changed."""
        key = id(operation), repr(executor.variable_values.coerced)
        known = self.answers.get(key)
        if known is None:
            result = await asyncio.get_running_loop().run_in_executor(_ASIDE, _executed, executor)
            known = _Answer(operation, result)
            if self.answers.get(key) is None:
                self.answers.put(key, known, 1)
        return ExecutionResult(known.result.data, known.result.errors)


def only_introspects(operation: Operation) -> bool:
    """Whether an operation asks for nothing but the schema."""
    return operation.kind is OperationType.QUERY and _FIELDS.issuperset(_roots(operation))


def _roots(operation: Operation) -> Iterator[str]:
    """The names of the fields at the root; ends with the first that is none of introspection's."""
    waiting: list[Any] = list(operation.definition.selection_set.selections)
    spread: set[str] = set()
    while waiting:
        one = waiting.pop()
        if isinstance(one, FieldNode):
            yield one.name.value
        elif isinstance(one, FragmentSpreadNode):
            if one.name.value not in spread:
                spread.add(one.name.value)
                waiting += operation.fragment_definitions[one.name.value].selection_set.selections
        else:
            waiting += one.selection_set.selections


def _executed(executor: Executor[Any]) -> ExecutionResult:
    """In a thread without an event loop, where it is executed at once."""
    result: Any = executor.execute_operation()
    return result
