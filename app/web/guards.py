"""Guards around every operation: who may ask at all, and errors that get a code and lose their secrets."""

from __future__ import annotations

import logging
import re
from datetime import UTC, datetime
from typing import Any

from graphql import (
    FieldNode,
    GraphQLError,
    GraphQLSyntaxError,
    InlineFragmentNode,
    SelectionNode,
    SelectionSetNode,
)

from app.execution.operations import Operation, Refused
from app.kit.context import Context
from app.kit.errors import ErrorCode, HubError, Unauthorized

log = logging.getLogger("modelhub.errors")

_REPEATED = re.compile(
    r"(to be an object|to include (?:required|unknown) field '.*?')(\. Did you mean [^?]*\?)?(?:,? [fF]ound): .*",
    re.DOTALL,
)
"""How graphql-core repeats an input object that it cannot take, with every password in it."""

MASKED = "Something went wrong on our side. Tell the administrators the request id."

FREE = frozenset({"signIn", "refreshSession", "acceptInvitation"})
"""The mutations by which one gets a credential."""


def admit(operation: Operation, context: Context) -> None:
    """Raise `Refused` if the caller is not signed in. Only introspection is free, and getting a credential."""
    if context.caller is None and not _is_open(operation.definition.selection_set):
        try:
            context.actor  # noqa: B018 - raises without a credential
        except Unauthorized as error:
            refusal = GraphQLError(error.message, nodes=operation.definition, original_error=error)
            raise Refused([refusal]) from None


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
    message = _REPEATED.sub(lambda told: f"{told[1]}{told[2] or '.'}", error.message)
    return ErrorCode.GRAPHQL_VALIDATION_FAILED, message, None
