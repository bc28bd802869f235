"""What waits to be sent to one client: bounded, in order, and without a task as long as the client keeps up."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Generator
from types import coroutine
from typing import Any, Final

from app.kit.tasks import ended

MAX_MESSAGES: Final = 256
MAX_CHARACTERS: Final = 1_000_000

Send = Callable[[str], Awaitable[None]]


class Outbox:
    """`overflowed` is called once, when more waits than may; what is offered from then on is dropped."""

    def __init__(self, send: Send, overflowed: Callable[[], None]) -> None:
        self._send, self._overflowed = send, overflowed
        self._waiting: OrderedDict[object, str] = OrderedDict()
        self._characters = 0
        self._draining: asyncio.Task[None] | None = None
        self._is_closed = False
        self.most = 0
        """Messages that ever waited at once."""

    def offer(self, message: str, slot: object = None) -> None:
        """Send it, or let it wait for its turn; one that waits in the same slot is replaced."""
        if self._is_closed:
            return
        if self._draining is None:
            self._begin(message)
        else:
            self._keep(message, object() if slot is None else slot)

    async def drained(self) -> None:
        """Wait until nothing waits any more."""
        while self._draining is not None:
            await asyncio.wait([self._draining])

    async def close(self) -> None:
        """Send nothing more, whatever waits."""
        self._is_closed = True
        self._waiting.clear()
        if self._draining is not None:
            await ended([self._draining])

    def _begin(self, message: str) -> None:
        """Most sends end at once; only one that does not needs a task."""
        sending: Any = self._send(message)
        try:
            waits_for = sending.send(None)
        except StopIteration:
            return
        self._draining = asyncio.create_task(self._drain(_rest(sending, waits_for)))

    def _keep(self, message: str, slot: object) -> None:
        self._characters += len(message) - len(self._waiting.pop(slot, ""))
        self._waiting[slot] = message
        self.most = max(self.most, len(self._waiting))
        if len(self._waiting) > MAX_MESSAGES or self._characters > MAX_CHARACTERS:
            self._is_closed = True
            self._waiting.clear()
            self._overflowed()

    async def _drain(self, begun: Awaitable[None]) -> None:
        try:
            await begun
            while self._waiting:
                _, message = self._waiting.popitem(last=False)
                self._characters -= len(message)
                await self._send(message)
        finally:
            self._draining = None


@coroutine
def _rest(sending: Any, waits_for: Any) -> Generator[Any, Any, None]:
    """What is left of a coroutine that was begun by hand."""
    while True:
        try:
            yield waits_for
        except BaseException as error:  # noqa: BLE001 - it is the coroutine's to handle
            step, value = sending.throw, error
        else:
            step, value = sending.send, None
        try:
            waits_for = step(value)
        except StopIteration:
            return
