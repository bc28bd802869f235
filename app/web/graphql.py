"""The GraphQL door: a credential becomes an actor, and each operation a fresh context."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import orjson
from cross_web import HTTPException
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.schema import BaseSchema
from strawberry.schema.exceptions import CannotGetOperationTypeError
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL

from app.identity.tokens import authenticate
from app.kit.access import Actor
from app.kit.context import Context
from app.kit.errors import ErrorCode, HubError
from app.kit.journal import Origin, Writer
from app.kit.reading import Reader
from app.telemetry.request import current_id
from app.web.hub import Hub
from app.web.pages import graphiql_page, wants_page
from app.web.refusals import bearer_token, refusal, unauthorized


class TextFrames(ASGIWebSocketAdapter):
    """Sends JSON as text: of bytes Strawberry would make binary frames, which browsers' clients cannot read."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send one message."""
        try:
            await self.ws.send_text(self.view.encode_json_string(message))
        except WebSocketDisconnect as error:
            raise WebSocketDisconnected from error


class GraphQLDoor(GraphQL[Context, None]):
    """`/graphql`: the API, and GraphiQL for browsers."""

    websocket_adapter_class = TextFrames

    def __init__(self, schema: BaseSchema, hub: Hub) -> None:
        super().__init__(
            schema,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
        )
        self._hub = hub

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer HTTP here, so that every refusal has a code; WebSockets go on as they are."""
        if scope["type"] != "http":
            return await super().__call__(scope, receive, send)
        response = await self._answer(Request(scope, receive))
        return await response(scope, receive, send)

    async def _answer(self, request: Request) -> Response:
        if self._hub.settings.graphiql and wants_page(request):
            return graphiql_page(request)
        try:
            request.state.actor = self._actor(request)
            return await self.run(request)
        except HubError as error:
            return unauthorized(error)
        except HTTPException as error:
            unresolved = isinstance(error.__cause__, CannotGetOperationTypeError)
            code = ErrorCode.OPERATION_RESOLUTION_FAILURE if unresolved else ErrorCode.INVALID_REQUEST
            return refusal(error.status_code, code, error.reason)

    def decode_json(self, data: str | bytes) -> Any:
        """What a body or a message says. Raises `JSONDecodeError` for everything that is no JSON, such as NaN."""
        try:
            return json.loads(data, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise json.JSONDecodeError(str(error), "", 0) from None

    def parse_json(self, data: str | bytes) -> Any:
        """The JSON object in a body; anything else is a 400."""
        try:
            body = self.decode_json(data)
        except json.JSONDecodeError:
            raise HTTPException(400, "The body is not JSON.") from None
        if not isinstance(body, dict):
            raise HTTPException(400, "The body must be a JSON object with a `query`.")
        return body

    def _actor(self, connection: HTTPConnection) -> Actor | None:
        token = bearer_token(connection)
        return authenticate(self._hub.keys, token) if token else None

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Context:  # noqa: ARG002
        """A context for one operation."""
        now = self._hub.clock()
        request_id = current_id()
        client = request.client.host if request.client else None
        return Context(
            reader=Reader(self._hub.database, self._hub.cursors, lambda: now),
            writer=Writer(self._hub.database, Origin(request_id, client), self._hub.clock),
            request_id=request_id,
            caller=getattr(request.state, "actor", None),
        )

    def encode_json(self, data: object) -> bytes:
        """With orjson, but for text that is no valid Unicode and comes back in a message."""
        try:
            return orjson.dumps(data)
        except TypeError:
            return json.dumps(data).encode()


def _refuse_constant(name: str) -> Any:
    """Python would take `NaN` and `Infinity` for JSON."""
    raise ValueError(name)
