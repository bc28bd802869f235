"""An operation on its way through any transport: found, admitted, executed, observed; its errors get their codes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from graphql import ExecutionResult, GraphQLError, OperationDefinitionNode, OperationType
from graphql.execution.async_iterables import aclosing
from graphql.execution.executor import Executor

from app.execution.deprecations import Deprecation, Deprecations
from app.execution.introspection import Introspection, only_introspects
from app.execution.operations import Events, Operation, Operations, Refused, executed, subscribed
from app.kit.context import Context
from app.kit.errors import ErrorCode, HubError
from app.limits.charging import Charged, charged_as
from app.live.sources import Source
from app.telemetry import observer
from app.telemetry.request import current, current_id
from app.web.gate import OpenGate, refused
from app.web.guards import MASKED, admit, coded, timestamp
from app.web.replies import encode
from app.web.sharing import Followed, Hearer, Sharing

log = logging.getLogger("modelhub.errors")

MAX_NAME: Final = 100
"""Longer names of operations are cut in logs, figures and spans."""

ALL: Final = frozenset(OperationType)
IN_ONE_PIECE: Final = frozenset({OperationType.QUERY, OperationType.MUTATION})


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
    deprecation: Deprecation | None = None
    charged: Charged | None = None

    def extensions(self) -> dict[str, Any]:
        """What every answer tells of itself."""
        told = {"requestId": self.request_id, "timestamp": timestamp()}
        return told | {"cost": self.charged.told()} if self.charged else told

    def body(self) -> dict[str, Any]:
        """As it travels."""
        if not self.errors:
            return {"data": self.data, "extensions": self.extensions()}
        data = {"data": self.data} if self.is_executed else {}
        return {"errors": [error.formatted for error in self.errors], **data, "extensions": self.extensions()}

    def codes(self) -> list[str]:
        """Of its errors."""
        return [(error.extensions or {})["code"] for error in self.errors]


_EVENT_CURSOR: Final = "eventCursor"
"""A field that must be read before all others."""

_WAYS: Final = {
    OperationType.MUTATION: ": use POST.",
    OperationType.SUBSCRIPTION: ": use a WebSocket, or accept text/event-stream.",
}


class NotHere(HubError):
    """An operation of a kind that does not travel this way."""

    code = ErrorCode.INVALID_REQUEST

    def __init__(self, kind: OperationType) -> None:
        super().__init__(f"A {kind.value} cannot be sent this way{_WAYS.get(kind, '.')}")
        self.kind = kind


class TimedOut(HubError):
    """It took longer than a request may; what a mutation had done by then is kept."""

    code = ErrorCode.REQUEST_TIMEOUT


class Defect(HubError):
    """Ours; what it is stands in the log only."""

    code = ErrorCode.INTERNAL_ERROR


Enter = Callable[[], Awaitable[Context]]
"""Makes a fresh context for whoever asks. Raises a `HubError` if he is not, or no longer, to be let in."""
Tell = Callable[[Answer], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Bought:
    """An operation that may be executed now, and what was taken for it."""

    operation: Operation
    executor: Executor[Any]
    charged: Charged | None


class Answering:
    """Answers the operations of one schema; `sharing` serves those about events, which cannot be served without."""

    def __init__(
        self,
        operations: Operations,
        gate: OpenGate | None = None,
        seconds: float = 30,
        sharing: Sharing | None = None,
    ) -> None:
        self._operations, self._gate, self._sharing = operations, gate or OpenGate(operations), sharing
        self._deprecations = Deprecations(operations.schema)
        self._seconds = seconds
        self._introspection = Introspection()

    async def is_subscription(self, asked: Asked, context: Context) -> bool:
        """Whether it is one, as far as can be told before it is answered; what will not be answered is none."""
        if self._gate.is_closed(context):
            return False
        try:
            text = await self._gate.text_of(asked.text, asked.document_id)
            return (await self._operations.find_aside(text, asked.name or None)).kind is OperationType.SUBSCRIPTION
        except (Refused, HubError):
            return False

    async def answer(self, asked: Asked, context: Context, allowed: frozenset[OperationType] = IN_ONE_PIECE) -> Answer:
        """The answer to one operation, which must be of an `allowed` kind. Raises nothing but cancellation."""
        with _observed(context) as seen:
            try:
                async with self._gate.turns(context):
                    answer = await self._answered(asked, context, allowed, seen)
            except Exception as failure:  # noqa: BLE001 - nothing unexpected gets out
                answer = _failure(failure, context, seen)
            return _noted(answer, context, seen)

    async def _answered(self, asked: Asked, context: Context, allowed: frozenset[OperationType], seen: Seen) -> Answer:
        bought = await self._bought(asked, context, allowed, seen)
        if self._sharing and _EVENT_CURSOR in bought.operation.text:
            context.event_cursor = await self._sharing.end()
        with charged_as(bought.charged):
            answer = _answer(await self._executed(bought.operation, bought.executor), context)
        answer.charged = bought.charged
        answer.deprecation = self._deprecations.of(bought.operation, asked.variables)
        return answer

    async def deliver(self, asked: Asked, enter: Enter, tell: Tell, hearer: Hearer) -> None:
        """Tell the answer to an operation of any kind: to a subscription one for each event, and if it cannot go on,
        one that was not executed. What is answered for many is for the `hearer`. Raises a `HubError` of the first
        `enter`; `tell` must not raise."""
        epoch = self._sharing.epoch() if self._sharing else 0
        context = await enter()
        if not await self.is_subscription(asked, context):
            return await tell(await self.answer(asked, context))
        with _observed(context) as seen:
            try:
                bought = await self._bought(asked, context, ALL, seen)
                events = await subscribed(bought.executor)
                if self._sharing and isinstance(events.source, Source):
                    followed, charged = Followed(bought.operation, asked.name, asked.variables or {}), bought.charged
                    source = events.source
                    del bought, events  # they are large, and this one may stay for days
                    await self._sharing.follow(followed, source, context, enter, hearer, _shown, epoch, charged)
                else:
                    await self._tell_all(events, enter, tell, seen)
            except Exception as failure:  # noqa: BLE001 - nothing unexpected gets out
                await tell(_noted(_failure(failure, context, seen), context, seen))

    async def _bought(self, asked: Asked, context: Context, allowed: frozenset[OperationType], seen: Seen) -> Bought:
        """The operation, admitted for this caller and paid for. Raises `Refused`; that costs something too."""
        await self._gate.refuse_closed(context)
        try:
            operation = await self._gate.find(asked.text, asked.document_id, asked.name or None, context)
            _name(operation.definition, seen)
            if seen:
                seen.is_trusted = context.caller is not None
            if operation.kind not in allowed:
                raise refused(NotHere(operation.kind))
            admit(operation, context)
            executor = self._gate.executor(operation, asked.variables, context)
        except Refused:
            await self._gate.charge_failed(context)
            raise
        return Bought(operation, executor, await self._gate.charge(operation, executor, context))

    async def _tell_all(self, events: Events, enter: Enter, tell: Tell, seen: Seen) -> None:
        async with aclosing(events.source) as source:
            async for event in source:
                context = await enter()
                result = await events.execute(event, context)
                await tell(_noted(_answer(result, context), context, seen))

    async def _executed(self, operation: Operation, executor: Executor[Any]) -> ExecutionResult:
        """Data and errors; of what takes too long, an error only."""
        limit = asyncio.timeout(self._seconds)
        try:
            async with limit:
                if only_introspects(operation):
                    return await self._introspection.execute(operation, executor)
                return await executed(executor)
        except TimeoutError:
            if not limit.expired():
                raise
            error = TimedOut(f"It took longer than {self._seconds:g} s.")
            return ExecutionResult(None, [GraphQLError(error.message, original_error=error)])


Seen = observer.Operation | None


def _answer(result: ExecutionResult, context: Context) -> Answer:
    return Answer(context.request_id, result.data, result.errors or [], is_executed=True)


def _shown(result: ExecutionResult, context: Context) -> str:
    """The body of an answer for many."""
    return encode(_noted(_answer(result, context), context, None).body()).decode()


def _failure(failure: Exception, context: Context, seen: Seen) -> Answer:
    """The answer to what is not executed; what is unexpected stands in the log only."""
    if isinstance(failure, HubError):
        failure = refused(failure)
    elif isinstance(failure, GraphQLError):
        failure = Refused([failure])
    elif not isinstance(failure, Refused):
        log.error("request %s failed unexpectedly", context.request_id, exc_info=failure)
        failure = refused(Defect(MASKED))
    _name(failure.definition, seen)
    return Answer(context.request_id, errors=failure.errors)


def _noted(answer: Answer, context: Context, seen: Seen) -> Answer:
    """The answer as the client may see it, and its codes as operators do."""
    if answer.errors:
        answer.errors = [coded(error, context.request_id) for error in answer.errors]
    if seen:
        seen.codes = list(dict.fromkeys([*seen.codes, *answer.codes(), *context.take_refusals()]))
    return answer


def refusing(error: HubError) -> Answer:
    """The answer to a request that is not, or no longer, answered for this reason."""
    return Answer(current_id(), errors=[coded(error, current_id()) for error in refused(error).errors])


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
