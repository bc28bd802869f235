"""What stands before an operation: whether its document may be sent at all, and whether it may cost that much now."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from graphql import FieldNode, GraphQLError, SelectionNode
from graphql.execution.executor import Executor

from app.execution.operations import Operation, Operations, Refused
from app.kit.access import Permission
from app.kit.context import Context
from app.kit.errors import ErrorCode, Forbidden, HubError, Unauthorized
from app.limits.charging import UNKNOWN, Account, Charged, Limiter
from app.limits.turns import Turns
from app.settings import FreeDocuments
from app.web.guards import FREE
from app.web.trusted import TrustedDocuments, check_same
from app.web.turnstile import Turnstile

_OF_SCHEMA: Final = frozenset({"__schema", "__type"})
_SUGGESTION: Final = re.compile(r" ?Did you mean [^?]*\?")


class Mixed(HubError):
    """An operation that has to be two."""

    code = ErrorCode.QUERY_TOO_COMPLEX


@dataclass(frozen=True, slots=True)
class OpenGate:
    """Without limits: everybody may send everything."""

    operations: Operations

    @property
    def turnstile(self) -> Turnstile:
        """What stands before it is known who asks."""
        return Turnstile()

    def turns(self, context: Context) -> Turns:  # noqa: ARG002
        """In which the operations of the caller are executed."""
        return Turns()

    def is_closed(self, context: Context) -> bool:  # noqa: ARG002
        """Whether nothing more is taken from the caller now, whatever he asks."""
        return False

    async def find(self, text: str | None, document_id: str | None, name: str | None, context: Context) -> Operation:  # noqa: ARG002
        """The operation that is asked for, if the caller may send its document. Raises `Refused`."""
        return await self.operations.find_aside(text or "", name)

    def executor(self, operation: Operation, variables: Mapping[str, Any] | None, context: Context) -> Executor[Any]:
        """The executor of an operation. Raises `Refused` if a variable is not what it is declared to be."""
        return self.operations.executor(operation, variables, context)

    async def text_of(self, text: str | None, document_id: str | None) -> str:  # noqa: ARG002
        """The document: as it was sent, or by its id. Raises a `HubError`."""
        return text or ""

    async def charge(self, operation: Operation, executor: Executor[Any], context: Context) -> Charged | None:  # noqa: ARG002
        """Take the price of an operation. Raises `Refused`."""
        return None

    async def charge_failed(self, context: Context) -> None:
        """Take the price of what came to nothing. Raises `Refused`."""

    async def refuse_closed(self, context: Context) -> None:
        """Raise `Refused` if nothing more is taken from the caller now, whatever he asks."""


@dataclass(frozen=True, slots=True)
class Gate(OpenGate):
    """Of one process."""

    limiter: Limiter
    documents: TrustedDocuments
    free: FreeDocuments

    @property
    def turnstile(self) -> Turnstile:
        """What stands before it is known who asks."""
        return Turnstile(self.limiter)

    def turns(self, context: Context) -> Turns:
        """In which the operations of the caller are executed."""
        return self._account(context).turns

    def is_closed(self, context: Context) -> bool:
        """Whether nothing more is taken from the caller now, whatever he asks."""
        return bool(self.limiter.closed(self._account(context)))

    async def find(self, text: str | None, document_id: str | None, name: str | None, context: Context) -> Operation:
        """The operation that is asked for, if the caller may send its document. Raises `Refused`."""
        try:
            found = await self.text_of(text, document_id)
        except HubError as error:
            raise refused(error) from None
        is_free = not text or self.may_write(context) or await self.documents.has(found)
        operation = await self._found(found, name, context, is_free=is_free)
        if is_mixed(self.limiter.costs.roots(operation)):
            raise refused(Mixed("Ask for the schema in a request of its own."))
        return operation

    async def text_of(self, text: str | None, document_id: str | None) -> str:
        """The document: as it was sent, or by its id. Raises a `HubError`."""
        if text:
            if document_id is not None:
                check_same(text, document_id)
            return text
        if document_id is None:
            raise HubError("The request has neither a `query` nor a `documentId`.")
        return await self.documents.named(document_id)

    def executor(self, operation: Operation, variables: Mapping[str, Any] | None, context: Context) -> Executor[Any]:
        """The executor of an operation; who may not write documents of his own gets no suggestions."""
        try:
            return self.operations.executor(operation, variables, context)
        except Refused as refusal:
            if self.may_write(context):
                raise
            raise Refused(map(_without_suggestion, refusal.errors), refusal.definition) from None

    async def charge(self, operation: Operation, executor: Executor[Any], context: Context) -> Charged:
        """Take the price of an operation. Raises `Refused`."""
        try:
            return await self.limiter.charge(self._account(context), operation, executor.variable_values.coerced)
        except HubError as error:
            raise refused(error) from None

    async def charge_failed(self, context: Context) -> None:
        """Take the price of what came to nothing. Raises `Refused`."""
        try:
            await self.limiter.charge_failed(self._account(context))
        except HubError as error:
            raise refused(error) from None

    async def refuse_closed(self, context: Context) -> None:
        """Raise `Refused` if nothing more is taken from the caller now, whatever he asks."""
        try:
            await self.limiter.refuse_closed(self._account(context))
        except HubError as error:
            raise refused(error) from None

    def may_write(self, context: Context) -> bool:
        """Whether the caller may send documents of his own."""
        if self.free is FreeDocuments.PERMITTED:
            return context.caller is not None and context.caller.may(Permission.DOCUMENTS_WRITE)
        return self.free is FreeDocuments.ANYONE

    def _account(self, context: Context) -> Account:
        """Who pays for what is done in a context."""
        caller = context.caller
        return self.limiter.account(caller.id if caller else None, context.writer.origin.ip or UNKNOWN)

    async def _found(self, text: str, name: str | None, context: Context, *, is_free: bool) -> Operation:
        try:
            operation = await self.operations.find_aside(text, name)
        except Refused:
            if is_free:
                raise
            raise self._unknown(context) from None
        if not is_free and not (self.free is FreeDocuments.PERMITTED and is_entrance(operation)):
            raise self._unknown(context)
        return operation

    def _unknown(self, context: Context) -> Refused:
        """Why a document is not taken: nothing is told of the schema."""
        if context.caller is None:
            return refused(Unauthorized("Sign in first: send `Authorization: Bearer <token>`."))
        if self.free is FreeDocuments.NOBODY:
            return refused(Forbidden("Only trusted documents are taken here: send a `documentId`."))
        needed = Permission.DOCUMENTS_WRITE
        message = f"Documents of one's own need the permission {needed}; trusted ones are sent by `documentId`."
        return refused(Forbidden(message, permission=needed.value))


def refused(error: HubError) -> Refused:
    """An operation is not executed for this reason."""
    return Refused([GraphQLError(error.message, original_error=error)])


def is_mixed(roots: Mapping[str, int]) -> bool:
    """Whether fields at the root ask for the schema and for something else. The schema is answered beside the event
    loop, which nothing else can be."""
    return not _OF_SCHEMA.isdisjoint(roots) and any(not name.startswith("__") for name in roots)


def is_entrance(operation: Operation) -> bool:
    """Whether an operation does nothing but get a credential."""
    return all(map(_is_entrance, operation.definition.selection_set.selections))


def _is_entrance(selection: SelectionNode) -> bool:
    if not isinstance(selection, FieldNode):
        return False
    inner = selection.selection_set.selections if selection.selection_set else ()
    return selection.name.value == "__typename" or (selection.name.value in FREE and all(map(_is_told, inner)))


def _is_told(selection: SelectionNode) -> bool:
    """Whether it is a plain field of a payload, or its errors."""
    if not isinstance(selection, FieldNode):
        return False
    return selection.selection_set is None or selection.name.value == "errors"


def _without_suggestion(error: GraphQLError) -> GraphQLError:
    message = _SUGGESTION.sub("", error.message)
    return GraphQLError(message, error.nodes, original_error=error.original_error)
