"""Subscriptions that many have: what happens is answered once for all who see the same."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, Final, Protocol

from graphql import ExecutionResult
from graphql.execution.executor import Executor

from app.execution.operations import Events, Operation, Operations, subscribed
from app.kit.access import Actor
from app.kit.context import Context
from app.kit.errors import Unavailable
from app.limits.charging import Charged
from app.live import sources
from app.live.exchange import Exchange
from app.live.groups import AT_ONCE, Frame, Member, Render, insisting
from app.live.personal import names_any, personal_fields
from app.live.scope import Listeners, scope_of

PAID_AT_ONCE: Final = 400
"""Points of cost of missed events that are paid for together: the more an event costs, the fewer."""
Show = Callable[[ExecutionResult, Context], str]
"""The body of an answer."""


class Hearer(Protocol):
    """One client, as a subscription sees it."""

    after: str | None
    """The cursor of the last event it has, if the transport knows that."""

    def hear(self, frame: Frame) -> None:
        """Send it, without waiting."""

    async def room(self) -> None:
        """Wait until what was to be sent is sent."""


@dataclass(frozen=True, slots=True)
class Followed:
    """What a client follows: `name` and `variables` as it sent them."""

    operation: Operation
    name: str | None
    variables: dict[str, Any]

    def key(self, actor: Actor, *, is_shared: bool) -> tuple[Any, ...]:
        """The same for all who are told the same: a cursor is where each begins, and no difference."""
        declared = self.operation.definition.variable_definitions or ()
        meant = {one.variable.name.value for one in declared if not _is_cursor(one.type)}
        chosen = {name: value for name, value in self.variables.items() if name in meant}
        canonical = json.dumps(chosen, sort_keys=True)
        return self.operation.text, self.name, canonical, scope_of(actor), None if is_shared else actor.id


def _is_cursor(declared: Any) -> bool:
    named = getattr(declared, "type", declared)
    return getattr(getattr(named, "name", None), "value", None) == "Cursor"


class Sharing:
    """Of one schema and one process. `context_of` makes a context for an actor, `epoch` is that of permissions."""

    def __init__(
        self,
        operations: Operations,
        exchange: Exchange,
        context_of: Callable[[Actor], Context],
        epoch: Callable[[], int],
    ) -> None:
        self._operations, self._exchange, self._context_of, self.epoch = operations, exchange, context_of, epoch
        self._personal = personal_fields(operations.schema)

    async def end(self) -> str:
        """The cursor of the last event. Raises `SERVICE_UNAVAILABLE`."""
        return (await self._exchange.means.tail.log.end()).cursor

    async def follow(
        self,
        followed: Followed,
        source: Any,
        context: Context,
        enter: Any,
        hearer: Hearer,
        show: Show,
        epoch: int,
        charged: Charged | None,
    ) -> None:
        """Tell a client everything, and look anew who it is whenever permissions change. Never ends by itself."""
        if isinstance(source, sources.Events) and hearer.after:
            source = replace(source, after=hearer.after)
        key = followed.key(context.actor, is_shared=self._is_shared(followed))
        with self._exchange.counted(context.actor.id, key, charged.cost if charged else 0):
            position = await self._exchange.position(source)
            member = Member(hearer.hear, hearer.room, position, epoch)
            if charged:
                member.pay, member.at_once = charged.again, min(AT_ONCE, max(PAID_AT_ONCE // max(charged.cost, 1), 1))
            while True:
                await self._serve(followed, source, context.actor, show, member)
                member.epoch = self.epoch()
                context = await insisting(enter)
                source = (await subscribed(self._executor(followed, context))).source

    def _is_shared(self, followed: Followed) -> bool:
        return not names_any(followed.operation.document, self._personal)

    async def _serve(self, followed: Followed, source: Any, actor: Actor, show: Show, member: Member) -> None:
        is_shared = self._is_shared(followed)
        viewer = Listeners.like(actor) if is_shared else actor
        key = followed.key(actor, is_shared=is_shared)
        await self._exchange.serve(
            key, source, viewer, partial(self._rendering, followed, source, viewer, show), member
        )

    def _rendering(self, followed: Followed, source: Any, viewer: Actor, show: Show) -> Render:
        """How those who listen to the same are answered. Made once for all of them, as executors are large."""
        events = Events(self._executor(followed, self._context_of(viewer)), source)

        async def render(value: Any) -> str:
            one = self._context_of(viewer)
            result = await events.execute(value, one)
            if any(isinstance(error.original_error, Unavailable) for error in result.errors or ()):
                raise Unavailable("An event could not be answered.")
            return show(result, one)

        return render

    def _executor(self, followed: Followed, context: Context) -> Executor[Any]:
        return self._operations.executor(followed.operation, followed.variables, context)
