"""The GraphQL door: a credential becomes an actor, and each operation a fresh context."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import orjson
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket
from strawberry.asgi import GraphQL
from strawberry.schema import BaseSchema
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from app.identity.tokens import authenticate
from app.kit.access import Actor
from app.kit.context import Context
from app.kit.errors import HubError
from app.kit.ids import new_id
from app.kit.journal import Origin, Writer
from app.kit.reading import Reader
from app.web.guards import extensions
from app.web.hub import Hub
from app.web.pages import graphiql_page, wants_page

Receiver = Callable[[], Awaitable[Any]]


class GraphQLDoor(GraphQL[Context, None]):
    """`/graphql`: the API, and GraphiQL for browsers."""

    def __init__(self, schema: BaseSchema, hub: Hub) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
        )
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the page to browsers, refuse bad credentials, and hand everything else on."""
        if scope["type"] == "http":
            answer = self._before(Request(scope))
            if answer is not None:
                return await answer(scope, receive, send)
        return await super().__call__(scope, receive, send)

    def _before(self, request: Request) -> Response | None:
        if self._hub.settings.graphiql and wants_page(request):
            return graphiql_page(request)
        try:
            request.state.actor = self._actor(request)
        except HubError as error:
            return _refusal(error)
        return None

    def _actor(self, connection: HTTPConnection) -> Actor | None:
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            return None
        return authenticate(self._hub.keys, token.strip())

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002
        """A context for one operation."""
        now = self._hub.clock()
        request_id = str(new_id())
        client = request.client.host if request.client else None
        return Context(
            reader=Reader(self._hub.database, self._hub.cursors, lambda: now),
            writer=Writer(self._hub.database, Origin(request_id, client), self._hub.clock),
            request_id=request_id,
            caller=getattr(request.state, "actor", None),
        )

    def encode_json(self, data: object) -> str:
        """Encode with orjson, as text: bytes would become binary frames on WebSockets."""
        return orjson.dumps(data).decode()


def _refusal(error: HubError) -> Response:
    request_id = str(new_id())
    body = {"errors": [{"message": error.message, "extensions": extensions(error.code, request_id, error.details)}]}
    return Response(
        orjson.dumps(body),
        401,
        {"WWW-Authenticate": 'Bearer realm="modelhub"'},
        media_type="application/json",
    )
