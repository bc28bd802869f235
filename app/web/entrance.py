"""Who comes in: a credential becomes an actor, and each operation gets a fresh context."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from starlette.requests import Request

from app.identity.context import MAX_USER_AGENT, Visit
from app.kit.access import Actor
from app.kit.context import Context
from app.kit.errors import HubError, TokenExpired, Unauthorized, Unavailable
from app.kit.journal import Origin, Writer
from app.kit.reading import Reader
from app.telemetry.request import current_id
from app.web.hub import Hub
from app.web.refusals import bearer_in
from app.web.turnstile import Turnstile

LOOK_AGAIN: Final = 1.0
"""Seconds until it is tried again to look up who it is, if that could not be done."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Somebody who asks: the credential, the address and the program as they were told."""

    credential: str | None
    address: str | None
    user_agent: str | None


class Entrance:
    """Of one process."""

    def __init__(self, hub: Hub, turnstile: Turnstile) -> None:
        self._hub, self._turnstile = hub, turnstile

    async def enter(self, caller: Caller) -> Context:
        """A context for one operation of whoever the credential stands for now. Raises `UNAUTHORIZED` or
        `TOKEN_EXPIRED`, or `RATE_LIMIT_EXCEEDED` for too many of these, and `SERVICE_UNAVAILABLE` if it cannot be
        looked up."""
        actor = await self._recognised(caller.credential, caller.address) if caller.credential else None
        return self._context(actor, caller, self._hub.clock())

    async def _recognised(self, credential: str, address: str | None) -> Actor:
        try:
            return await self._hub.authentication.actor_of(credential)
        except (Unauthorized, TokenExpired):
            await self._turnstile.hold(address)
            raise

    async def entered(self, request: Request) -> Context:
        """A context for whoever sent a request."""
        headers = request.headers
        address = request.client.host if request.client else None
        return await self.enter(Caller(bearer_in(headers.get("authorization", "")), address, headers.get("user-agent")))

    async def is_refused(self, caller: Caller) -> HubError:
        """Wait until the credential is no longer taken, and say why; without one for ever."""
        if caller.credential is None:
            return await asyncio.get_running_loop().create_future()
        while True:
            try:
                await self._change(caller.credential)
            except (Unauthorized, TokenExpired) as refusal:
                return refusal
            except Unavailable:
                await asyncio.sleep(LOOK_AGAIN)

    async def _change(self, credential: str) -> None:
        """Wait until the credential expires or somebody's permissions change. Raises if it is not taken."""
        authentication = self._hub.authentication
        _, until = await authentication.recognise(credential)
        left = None if until is None else (until - authentication.clock()).total_seconds()
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await authentication.changed()

    def context_of(self, actor: Actor) -> Context:
        """A context in which something is answered for an actor who does not ask."""
        return self._context(actor, Caller(None, None, None), self._hub.clock())

    def _context(self, actor: Actor | None, caller: Caller, now: datetime) -> Context:
        hub, origin = self._hub, Origin(current_id(), caller.address)
        return Visit(
            reader=Reader(hub.database, hub.cursors, lambda: now),
            writer=Writer(hub.database, origin, hub.clock, hub.authentication.confirm),
            request_id=origin.request_id or "",
            caller=actor,
            authentication=hub.authentication,
            user_agent=(caller.user_agent or "")[:MAX_USER_AGENT] or None,
        )


def caller_of(headers: Mapping[bytes, bytes], address: str | None) -> Caller:
    """Who asks, by the headers of a request."""
    given, program = headers.get(b"authorization"), headers.get(b"user-agent")
    credential = bearer_in(given.decode("latin-1")) if given else None
    return Caller(credential, address, program.decode("latin-1") if program else None)
