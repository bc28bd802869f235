"""Remembers the plans of documents, as far as they do not depend on the variables of a request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from graphql import DirectiveNode, GraphQLSchema, Node, OperationDefinitionNode, SelectionSetNode, VariableNode
from graphql.execution.executor import Executor

from app.execution.plan import Selection
from app.execution.recent import Recent

MAX_OPERATIONS = 500
MAX_CHARACTERS = 500_000
"""Of all documents together whose plans are remembered."""

_MAX_VARIANTS = 16
_INCREMENTAL = {"defer", "stream"}
_DECIDING = {"include", "skip"}


@dataclass(slots=True)
class Plan:
    """What is known of one operation: it is kept alive, so that its identity names it."""

    schema: GraphQLSchema
    operation: OperationDefinitionNode
    is_incremental: bool
    """Whether it has `@defer` or `@stream`."""
    is_constant: bool
    """Whether what it selects depends on nothing but `deciding`."""
    deciding: tuple[str, ...]
    """The variables of its `@include` and `@skip`, and those of fragments."""
    roots: dict[tuple[Any, ...], Selection] = field(default_factory=dict[tuple[Any, ...], Selection])
    """The selections at the root, by the values of these variables."""

    def root(self, executor: Executor[Any], make: Callable[[], Selection]) -> Selection:
        """The selection of this request."""
        if not self.is_constant:
            return make()
        values = tuple(executor.variable_values.coerced.get(name) for name in self.deciding)
        known = self.roots.get(values)
        if known is None:
            known = make()
            if len(self.roots) < _MAX_VARIANTS:
                self.roots[values] = known
        return known


class Plans:
    """Plans by operation and schema."""

    def __init__(self, operations: int = MAX_OPERATIONS, characters: int = MAX_CHARACTERS) -> None:
        self.known: Recent[tuple[int, int], Plan] = Recent(operations, characters)

    def of(self, executor: Executor[Any]) -> Plan:
        """The plan of the executor's operation."""
        key = id(executor.schema), id(executor.operation)
        plan = self.known.get(key)
        if plan is None:
            plan = _made(executor)
            self.known.put(key, plan, _characters(executor.operation))
        return plan


def _characters(operation: OperationDefinitionNode) -> int:
    return len(operation.loc.source.body) if operation.loc else 0


def _made(executor: Executor[Any]) -> Plan:
    directives = list(_directives(executor))
    names = {directive.name.value for directive in directives}
    deciding = (directive for directive in directives if directive.name.value in _DECIDING)
    return Plan(
        executor.schema,
        executor.operation,
        is_incremental=not _INCREMENTAL.isdisjoint(names),
        is_constant=all(fragment.variable_signatures is None for fragment in executor.fragments.values()),
        deciding=tuple(sorted({name for directive in deciding for name in _variables(directive)})),
    )


def _variables(directive: DirectiveNode) -> Iterator[str]:
    values = (argument.value for argument in directive.arguments or ())
    return (value.name.value for value in values if isinstance(value, VariableNode))


def _directives(executor: Executor[Any]) -> Iterator[DirectiveNode]:
    """Of all selections of the document."""
    waiting: list[Node] = [executor.operation, *executor.fragment_definitions.values()]
    while waiting:
        node: Any = waiting.pop()
        yield from node.directives or ()
        inner: SelectionSetNode | None = getattr(node, "selection_set", None)
        waiting += inner.selections if inner else ()
