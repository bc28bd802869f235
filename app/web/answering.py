"""An operation on its way through any transport: found, admitted, executed, observed; its errors get their codes."""

from __future__ import annotations

import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import GraphQLError, OperationDefinitionNode, OperationType

from app.execution.operations import Operations, Refused
from app.kit.context import Context
from app.kit.errors import ErrorCode, HubError
from app.telemetry import observer
from app.telemetry.request import current
from app.web.guards import MASKED, admit, coded, timestamp

log = logging.getLogger("modelhub.errors")

MAX_NAME: Final = 100
"""Longer names of operations are cut in logs, figures and spans."""

ALL: Final = frozenset(OperationType)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for; `name` chooses among several operations of the document."""

    text: str
    variables: dict[str, Any] | None = None
    name: str | None = None


@dataclass(slots=True)
class Answer:
    """What the client gets. One that was not executed has errors and no data to speak of."""

    request_id: str
    data: dict[str, Any] | None = None
    errors: list[GraphQLError] = field(default_factory=list[GraphQLError])
    is_executed: bool = False

    def extensions(self) -> dict[str, Any]:
        """What every answer tells of itself."""
        return {"requestId": self.request_id, "timestamp": timestamp()}

    def body(self) -> dict[str, Any]:
        """As it travels."""
        if not self.errors:
            return {"data": self.data, "extensions": self.extensions()}
        errors = [error.formatted for error in self.errors]
        return {"data": self.data, "errors": errors, "extensions": self.extensions()}

    def codes(self) -> list[str]:
        """Of its errors."""
        return [(error.extensions or {})["code"] for error in self.errors]


class NotHere(HubError):
    """An operation of a kind that does not travel this way."""

    code = ErrorCode.INVALID_REQUEST


class Malformed(HubError):
    """An operation whose name or variables are of the wrong kind."""


class Defect(HubError):
    """Ours; what it is stands in the log only."""

    code = ErrorCode.INTERNAL_ERROR


class Answering:
    """Answers the operations of one schema."""

    def __init__(self, operations: Operations) -> None:
        self._operations = operations

    async def answer(self, asked: Asked, context: Context, allowed: frozenset[OperationType] = ALL) -> Answer:
        """The answer to one operation, which must be of an `allowed` kind. Raises nothing but cancellation."""
        answer = Answer(context.request_id)
        with _observed(context) as seen:
            try:
                await self._fill(answer, asked, context, allowed, seen)
            except Refused as refusal:
                answer.errors = refusal.errors
                _name(refusal.definition, seen)
            except Exception:
                log.exception("request %s failed unexpectedly", context.request_id)
                answer.errors = refused(Defect(MASKED)).errors
            if answer.errors:
                answer.errors = [coded(error, context.request_id) for error in answer.errors]
            if seen:
                seen.codes = list(dict.fromkeys([*answer.codes(), *context.take_refusals()]))
        return answer

    async def _fill(
        self, answer: Answer, asked: Asked, context: Context, allowed: frozenset[OperationType], seen: Seen
    ) -> None:
        check(asked)
        operation = self._operations.find(asked.text, asked.name or None)
        _name(operation.definition, seen)
        if seen:
            seen.is_trusted = context.caller is not None
        if operation.kind not in allowed:
            raise refused(NotHere(f"A {operation.kind.value} cannot be sent this way."))
        admit(operation, context)
        result = await self._operations.execute(operation, asked.variables, context)
        answer.data, answer.errors, answer.is_executed = result.data, result.errors or [], True


Seen = observer.Operation | None


def check(asked: Asked) -> None:
    """Raise `Refused` for what a client sent and JSON cannot tell: a name that is no string, variables that are no
    object."""
    name: Any = asked.name
    variables: Any = asked.variables
    if not isinstance(name, str | None):
        raise refused(Malformed("`operationName` must be a string."))
    if not isinstance(variables, dict | None):
        raise refused(Malformed("`variables` must be an object."))


def refused(error: HubError) -> Refused:
    """An operation is not executed for this reason."""
    return Refused([GraphQLError(error.message, original_error=error)])


@contextmanager
def _observed(context: Context) -> Generator[Seen]:
    """Count, log and trace an operation of a request that came through the web."""
    request = current()
    if request is None:
        yield None
        return
    with request.observer.observe(request, context.caller.id if context.caller else None) as operation:
        yield operation


def _name(definition: OperationDefinitionNode | None, seen: Seen) -> None:
    """From here on every line of the log names it."""
    if seen and definition:
        seen.request.operation = definition.name.value[:MAX_NAME] if definition.name else None
        seen.request.kind = definition.operation.value
