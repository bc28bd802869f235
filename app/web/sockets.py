"""WebSockets: the credential of `connection_init` holds for the whole socket, and as long as it is valid."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from starlette.websockets import WebSocket
from strawberry.exceptions import ConnectionRejectionError
from strawberry.subscriptions.protocols.graphql_transport_ws.handlers import BaseGraphQLTransportWSHandler, Operation
from strawberry.subscriptions.protocols.graphql_transport_ws.types import ConnectionInitMessage

from app.identity.authentication import Authentication
from app.kit.access import Actor
from app.kit.context import Context
from app.kit.errors import HubError, TokenExpired, Unauthorized, Unavailable
from app.web.answering import Asked
from app.web.refusals import bearer_in, bearer_token

if TYPE_CHECKING:
    from app.web.graphql import GraphQLDoor

REVOKED = 4403
"""The code a socket closes with when its credential is refused, expires or is revoked: get another and come again."""
LOOK_AGAIN = 1.0


class Caller:
    """Who is at the other end of a socket."""

    def __init__(self, websocket: WebSocket, authentication: Authentication) -> None:
        self.websocket = websocket
        self.connection_params: dict[str, Any] = {}
        self._authentication = authentication

    @property
    def credential(self) -> str | None:
        """What `connection_init` brought as `authorization`, or else the header of the handshake."""
        named = {name.lower(): value for name, value in self.connection_params.items()}
        given = named.get("authorization")
        return bearer_in(given) if isinstance(given, str) else bearer_token(self.websocket)

    async def actor(self) -> Actor | None:
        """Who it is at this moment; None without a credential. Raises `UNAUTHORIZED` or `TOKEN_EXPIRED`."""
        return await self._authentication.actor_of(self.credential) if self.credential else None

    async def is_refused(self) -> HubError:
        """Wait until the credential is no longer taken, and say why."""
        while True:
            try:
                await self._wait()
            except (Unauthorized, TokenExpired) as refusal:
                return refusal
            except Unavailable:
                await asyncio.sleep(LOOK_AGAIN)

    async def _wait(self) -> None:
        """Wait until the credential expires or somebody's permissions change. Raises if it is not taken."""
        _, until = await self._authentication.recognise(self.credential or "")
        left = None if until is None else (until - self._authentication.clock()).total_seconds()
        with suppress(TimeoutError):
            async with asyncio.timeout(left):
                await self._authentication.changed()


class Socket(BaseGraphQLTransportWSHandler[Context, None]):
    """One socket: each operation gets a context of its own, with the actor as he is when it begins."""

    view: GraphQLDoor
    _watch: asyncio.Task[None] | None = None

    async def handle_connection_init(self, message: ConnectionInitMessage) -> None:
        """Take the credential, and watch it from then on."""
        await super().handle_connection_init(message)
        if self.connection_acknowledged and self._caller.credential and self._watch is None:
            self._watch = asyncio.create_task(self._close_when_refused())

    async def run_operation(self, operation: Operation[Context, None]) -> None:
        """Run it with a fresh context; a credential that is no longer taken closes the socket."""
        try:
            fresh = self.view.context_of(self._caller.websocket, await self._caller.actor())
        except (Unauthorized, TokenExpired) as refusal:
            return await self.websocket.close(REVOKED, refusal.code)
        asked = Asked(operation.query, operation.variables, operation.operation_name)
        answer = await self.view.answering.answer(asked, fresh)
        if not answer.is_executed:
            return await operation.send_initial_errors(answer.errors)
        told: Any = {"id": operation.id, "type": "next", "payload": answer.body()}
        await operation.send_operation_message(told)
        return await operation.send_operation_message({"id": operation.id, "type": "complete"})

    async def shutdown(self) -> None:
        """End the watch with the socket."""
        if self._watch is not None:
            self._watch.cancel()
        await super().shutdown()

    @property
    def _caller(self) -> Caller:
        return self.context  # pyright: ignore[reportReturnType] - what the door gives a socket as its context

    async def _close_when_refused(self) -> None:
        refusal = await self._caller.is_refused()
        await self.websocket.close(REVOKED, refusal.code)


async def admit(caller: Caller) -> None:
    """Refuse a socket whose credential is not taken (4403)."""
    try:
        await caller.actor()
    except HubError as refusal:
        raise ConnectionRejectionError from refusal
