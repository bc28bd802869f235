"""An operation on its way through any transport: found, admitted, executed, observed; its errors get their codes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from inspect import isawaitable
from typing import Any, Final

from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution.executor import Executor

from app.execution.introspection import Introspection, only_introspects
from app.execution.operations import Operation, Operations, Refused
from app.kit.context import Context
from app.kit.errors import ErrorCode, HubError
from app.limits.charging import Charged, charged_as
from app.telemetry import observer
from app.telemetry.request import current
from app.web.gate import OpenGate, refused
from app.web.guards import MASKED, admit, coded, timestamp

log = logging.getLogger("modelhub.errors")

MAX_NAME: Final = 100
"""Longer names of operations are cut in logs, figures and spans."""

ALL: Final = frozenset(OperationType)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a client asks for; `name` chooses among several operations of the document."""

    text: str | None
    variables: dict[str, Any] | None = None
    name: str | None = None
    document_id: str | None = None
    """Of a trusted document, instead of its text."""


@dataclass(slots=True)
class Answer:
    """What the client gets. One that was not executed has errors and no data to speak of."""

    request_id: str
    data: dict[str, Any] | None = None
    errors: list[GraphQLError] = field(default_factory=list[GraphQLError])
    is_executed: bool = False
    charged: Charged | None = None

    def extensions(self) -> dict[str, Any]:
        """What every answer tells of itself."""
        told = {"requestId": self.request_id, "timestamp": timestamp()}
        return told | {"cost": self.charged.told()} if self.charged else told

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


class TimedOut(HubError):
    """It took longer than a request may; what a mutation had done by then is kept."""

    code = ErrorCode.REQUEST_TIMEOUT


class Defect(HubError):
    """Ours; what it is stands in the log only."""

    code = ErrorCode.INTERNAL_ERROR


class Answering:
    """Answers the operations of one schema."""

    def __init__(self, operations: Operations, gate: OpenGate | None = None, seconds: float = 30) -> None:
        self._gate = gate or OpenGate(operations)
        self._seconds = seconds
        self._introspection = Introspection()

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
        try:
            operation = await self._gate.find(asked.text, asked.document_id, asked.name or None, context)
            _name(operation.definition, seen)
            if seen:
                seen.is_trusted = context.caller is not None
            if operation.kind not in allowed:
                raise refused(NotHere(f"A {operation.kind.value} cannot be sent this way."))
            admit(operation, context)
            executor = self._gate.executor(operation, asked.variables, context)
        except Refused:
            await self._gate.charge_failed(context)
            raise
        answer.charged = await self._gate.charge(operation, executor, context)
        with charged_as(answer.charged):
            result = await self._executed(operation, executor)
        answer.data, answer.errors, answer.is_executed = result.data, result.errors or [], True

    async def _executed(self, operation: Operation, executor: Executor[Any]) -> ExecutionResult:
        """Data and errors; of what takes too long, an error only."""
        limit = asyncio.timeout(self._seconds)
        try:
            async with limit:
                if only_introspects(operation):
                    return await self._introspection.execute(operation, executor)
                result: Any = executor.execute_operation()
                return await result if isawaitable(result) else result
        except TimeoutError:
            if not limit.expired():
                raise
            error = TimedOut(f"It took longer than {self._seconds:g} s.")
            return ExecutionResult(None, [GraphQLError(error.message, original_error=error)])


Seen = observer.Operation | None


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
