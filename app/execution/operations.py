"""The operations of one schema: found in their documents, and executed. Every transport goes through here."""

from __future__ import annotations

from collections.abc import AsyncIterable, Iterable, Mapping
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any

import strawberry
from graphql import (
    DocumentNode,
    ExecutionResult,
    FragmentDefinitionNode,
    GraphQLError,
    OperationDefinitionNode,
    OperationType,
    create_source_event_stream,
    default_field_resolver,
    default_type_resolver,
    get_operation_ast,
)
from graphql.execution.collect_fields import FragmentDetails
from graphql.execution.executor import Executor
from graphql.execution.values import get_variable_values
from strawberry.execution import optimized_is_awaitable

from app.execution.documents import Known, KnownDocuments
from app.kit.errors import ErrorCode, HubError


class Refused(Exception):
    """An operation that is not executed, and why: there is no data to speak of. `definition` if it is known."""

    def __init__(self, errors: Iterable[GraphQLError], definition: OperationDefinitionNode | None = None) -> None:
        super().__init__()
        self.errors = list(errors)
        self.definition = definition


class Unresolved(HubError):
    """There is no telling which operation of a document is meant."""

    code = ErrorCode.OPERATION_RESOLUTION_FAILURE


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """One operation of a valid document."""

    document: DocumentNode
    definition: OperationDefinitionNode
    fragment_definitions: dict[str, FragmentDefinitionNode]
    fragments: dict[str, FragmentDetails]

    @property
    def kind(self) -> OperationType:
        """Query, mutation or subscription."""
        return self.definition.operation

    @property
    def text(self) -> str:
        """That of its whole document."""
        return self.definition.loc.source.body if self.definition.loc else ""


class Operations:
    """Those of a schema, executed by one class of executors."""

    def __init__(self, schema: strawberry.Schema, executor: type[Executor[Any]]) -> None:
        self.wrapped = schema
        self.schema = schema._schema  # noqa: SLF001 - graphql-core's, which Strawberry wraps
        self._executor = executor
        self._known = KnownDocuments()

    def find(self, text: str, name: str | None = None) -> Operation:
        """The operation of a document. Raises `Refused` if it cannot be parsed, is too complex or not valid, or if
        there is no telling which operation is meant."""
        return _operation(self._known.get(self.schema, text), name)

    async def find_aside(self, text: str, name: str | None = None) -> Operation:
        """The same; a long document that is not known is read beside the event loop."""
        return _operation(await self._known.get_aside(self.schema, text), name)

    async def execute(self, operation: Operation, variables: Mapping[str, Any] | None, context: Any) -> ExecutionResult:
        """Data and errors. Raises `Refused` if a variable is not what it is declared to be."""
        return await executed(self.executor(operation, variables, context))

    def executor(self, operation: Operation, variables: Mapping[str, Any] | None, context: Any) -> Executor[Any]:
        """graphql-core's executor of one request."""
        definitions = operation.definition.variable_definitions or ()
        values = get_variable_values(self.schema, definitions, dict(variables or {}), max_errors=MAX_VARIABLE_ERRORS)
        if isinstance(values, list):
            raise Refused(values)
        what = (self.schema, operation.fragment_definitions, operation.fragments, None, context)
        return self._executor(*what, operation.definition, values, *_RESOLVERS, is_awaitable=_IS_AWAITABLE)


@dataclass(frozen=True, slots=True)
class Events:
    """What a subscription's source has to tell, to be read once and closed; each event is executed by itself."""

    executor: Executor[Any]
    source: AsyncIterable[Any]

    async def execute(self, event: Any, context: Any) -> ExecutionResult:
        """Data and errors of one event."""
        executor = self.executor.build_per_event_executor(event)
        executor.context_value = context
        result: Any = executor.execute_operation(False)
        return await result if isawaitable(result) else result


async def executed(executor: Executor[Any]) -> ExecutionResult:
    """Data and errors."""
    result: Any = executor.execute_operation()
    return await result if isawaitable(result) else result


async def subscribed(executor: Executor[Any]) -> Events:
    """The events of a subscription. Raises `Refused` if there are none to be had."""
    source: Any = create_source_event_stream(executor)
    source = await source if isawaitable(source) else source
    if isinstance(source, ExecutionResult):
        raise Refused(source.errors or ())
    return Events(executor, source)


MAX_VARIABLE_ERRORS = 5
_RESOLVERS: Any = (default_field_resolver, default_type_resolver, default_field_resolver)
_IS_AWAITABLE: Any = optimized_is_awaitable


def _operation(known: Known, name: str | None) -> Operation:
    """The operation of a document, remembered with it."""
    if known.errors:
        raise Refused(known.errors, get_operation_ast(known.document, name))
    operation = known.chosen.get(name)
    if operation is None:
        operation = known.chosen[name] = _chosen(known, name)
    return operation


def _chosen(known: Known, name: str | None) -> Operation:
    definitions = known.document.definitions
    operations = [one for one in definitions if isinstance(one, OperationDefinitionNode)]
    named = [one for one in operations if name is None or (one.name and one.name.value == name)]
    if len(named) != 1:
        raise Refused([_unresolved(name, len(operations))])
    fragments = {one.name.value: one for one in definitions if isinstance(one, FragmentDefinitionNode)}
    details = {key: FragmentDetails(one, None) for key, one in fragments.items()}
    return Operation(known.document, named[0], fragments, details)


def _unresolved(name: str | None, operations: int) -> GraphQLError:
    if name is not None:
        refusal = Unresolved(f"Unknown operation named “{name}”: it is not in the document.")
    elif operations:
        refusal = Unresolved("The document has several operations: say which one by `operationName`.")
    else:
        refusal = Unresolved("The document has no operation.")
    return GraphQLError(refusal.message, original_error=refusal)
