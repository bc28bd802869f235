"""What is told of a GraphQL operation: its name, its kind and its failures."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from graphql import OperationDefinitionNode, get_operation_ast
from strawberry.types import ExecutionContext

from app.kit.context import Context
from app.telemetry.request import UNKNOWN, current

MAX_NAME = 100
"""Longer names of operations are cut in logs, figures and spans."""


@contextmanager
def observed(execution: ExecutionContext) -> Generator[None]:
    """Count, log and trace an operation of a request that came through the web; its errors must be coded by the end."""
    request = current()
    if request is None:
        yield
        return
    context: Context = execution.context
    with request.observer.observe(request, context.caller.id if context.caller else None) as operation:
        yield
        operation.is_trusted = context.caller is not None and operation.request.kind != UNKNOWN
        name_operation(selected(execution))
        operation.codes = _codes(execution.result, context)


def selected(execution: ExecutionContext) -> OperationDefinitionNode | None:
    """The operation of the document that is asked for; None if there is none, or no telling."""
    document = execution.graphql_document
    return get_operation_ast(document, execution.operation_name or None) if document else None


def name_operation(operation: OperationDefinitionNode | None) -> None:
    """From here on every line of the log names it. Called when its document was found valid, else at the end."""
    request = current()
    if request and operation:
        request.operation = operation.name.value[:MAX_NAME] if operation.name else None
        request.kind = operation.operation.value


def _codes(result: Any, context: Context) -> list[str]:
    """The codes of all failures, each once: those of the answer's errors, and those that mutations gave as data."""
    errors = (result.errors or ()) if result is not None else ()
    shown = [error.extensions["code"] for error in errors]
    return list(dict.fromkeys([*shown, *context.take_refusals()]))
