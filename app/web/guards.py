"""Guards around every operation: who may ask at all, and errors that get a code and lose their secrets."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from graphql import (
    ExecutionResult,
    FieldNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
)
from strawberry.extensions import SchemaExtension

from app.kit.context import Context
from app.kit.errors import ErrorCode, HubError, Unauthorized
from app.web.operations import name_operation, observed, selected

log = logging.getLogger("modelhub.errors")

_REPEATED = re.compile(
    r"(to be an object|to include (?:required|unknown) field '.*?')(\. Did you mean [^?]*\?)?(?:,? [fF]ound): .*",
    re.DOTALL,
)
"""How graphql-core repeats an input object that it cannot take, with every password in it."""

MASKED = "Something went wrong on our side. Tell the administrators the request id."


class CodedErrors(SchemaExtension):
    """Gives every error `extensions {code requestId timestamp details}`; what is unexpected is logged and masked."""

    def on_operation(self) -> Iterator[None]:
        """Rewrite the errors when the operation is done, and tell of it."""
        with observed(self.execution_context):
            yield
            result: Any = self.execution_context.result
            if result is not None:
                self._code(result)

    def on_stream_result(self, result: Any) -> Iterator[None]:
        """Rewrite the errors of what is sent to a socket, before it is."""
        self._code(result)
        yield

    def _code(self, result: Any) -> None:
        """Code those errors that are not coded yet."""
        if result.errors:
            known = [(error, "code" in (error.extensions or {})) for error in result.errors]
            result.errors = [error if is_coded else coded(error, self._request_id) for error, is_coded in known]

    def get_results(self) -> dict[str, Any]:
        """`extensions` of every answer."""
        return {"requestId": self._request_id, "timestamp": timestamp()}

    @property
    def _request_id(self) -> str:
        context: Context = self.execution_context.context
        return context.request_id


FREE = frozenset({"signIn", "refreshSession", "acceptInvitation"})
"""The mutations by which one gets a credential."""


class Admission(SchemaExtension):
    """Refuses, before anything is resolved, an operation that is ambiguous or whose caller is not signed in.

    Only introspection is free, and getting a credential."""

    def on_execute(self) -> Iterator[None]:
        """Give the refusal as the result, which keeps the operation from being executed."""
        refusal = self._refusal()
        if refusal is not None:
            self.execution_context.result = ExecutionResult(data=None, errors=[refusal])
        yield

    def _refusal(self) -> GraphQLError | None:
        operation = selected(self.execution_context)
        if operation is None:
            return GraphQLError("Must provide operation name if query contains multiple operations.")
        name_operation(operation)
        try:
            if not _is_open(operation.selection_set):
                self.execution_context.context.actor  # noqa: B018 - raises without a credential
        except Unauthorized as error:
            return GraphQLError(error.message, nodes=operation, original_error=error)
        return None


def _is_open(selections: SelectionSetNode) -> bool:
    return all(_is_free(selection) for selection in selections.selections)


def _is_free(selection: SelectionNode) -> bool:
    if isinstance(selection, FieldNode):
        return selection.name.value.startswith("__") or selection.name.value in FREE
    if isinstance(selection, InlineFragmentNode):
        return _is_open(selection.selection_set)
    return False


def timestamp() -> str:
    """Now, as errors show it."""
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def coded(error: GraphQLError, request_id: str) -> GraphQLError:
    """The error as the client may see it."""
    code, message, details = _explain(error, request_id)
    return GraphQLError(
        message,
        nodes=error.nodes,
        source=error.source,
        positions=error.positions,
        path=error.path,
        original_error=error.original_error,
        extensions=extensions(code, request_id, details),
    )


def extensions(code: ErrorCode, request_id: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """`extensions` of an error."""
    told = {"details": details} if details else {}
    return {"code": code.value, "requestId": request_id, "timestamp": timestamp(), **told}


def _explain(error: GraphQLError, request_id: str) -> tuple[ErrorCode, str, dict[str, Any] | None]:
    cause = error.original_error
    if isinstance(cause, HubError):
        return cause.code, cause.message, cause.details
    if isinstance(error, GraphQLSyntaxError):
        return ErrorCode.GRAPHQL_PARSE_FAILED, error.message, None
    if not error.path:
        return _of_document(error)
    log.error("request %s failed at %s", request_id, error.path, exc_info=cause or error)
    return ErrorCode.INTERNAL_ERROR, MASKED, None


def _of_document(error: GraphQLError) -> tuple[ErrorCode, str, None]:
    unresolved = error.message.startswith(("Unknown operation named", "Must provide operation name"))
    code = ErrorCode.OPERATION_RESOLUTION_FAILURE if unresolved else ErrorCode.GRAPHQL_VALIDATION_FAILED
    return code, _REPEATED.sub(lambda told: f"{told[1]}{told[2] or '.'}", error.message), None
