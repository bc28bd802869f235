"""The GraphQL door: a credential becomes an actor, and each operation a fresh context."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import orjson
from cross_web import HTTPException
from graphql import OperationType
from starlette.requests import HTTPConnection, Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect
from strawberry import UNSET
from strawberry.asgi import ASGIWebSocketAdapter, GraphQL
from strawberry.http import GraphQLRequestData
from strawberry.http.exceptions import WebSocketDisconnected
from strawberry.subscriptions import GRAPHQL_TRANSPORT_WS_PROTOCOL
from strawberry.types import ExecutionResult

from app.execution.operations import Operations
from app.identity.context import MAX_USER_AGENT, Visit
from app.kit.access import Actor
from app.kit.context import Context
from app.kit.errors import ErrorCode, HubError
from app.kit.journal import Origin, Writer
from app.kit.reading import Reader
from app.telemetry.request import current_id
from app.web.answering import Answering, Asked
from app.web.hub import Hub
from app.web.pages import graphiql_page, wants_page
from app.web.refusals import bearer_token, refusal, unauthorized
from app.web.sockets import Caller, Socket, admit


class TextFrames(ASGIWebSocketAdapter):
    """Sends JSON as text: of bytes Strawberry would make binary frames, which browsers' clients cannot read."""

    async def send_json(self, message: Mapping[str, object]) -> None:
        """Send one message."""
        try:
            await self.ws.send_text(self.view.encode_json_string(message))
        except WebSocketDisconnect as error:
            raise WebSocketDisconnected from error


_JSON: Final = {"application/json", "application/json; charset=utf-8"}
_BY_POST: Final = frozenset({OperationType.QUERY, OperationType.MUTATION})


class GraphQLDoor(GraphQL[Context, None]):
    """`/graphql`: the API, and GraphiQL for browsers."""

    websocket_adapter_class = TextFrames
    graphql_transport_ws_handler_class = Socket  # pyright: ignore[reportAssignmentType] - it serves this door only

    def __init__(self, operations: Operations, hub: Hub) -> None:
        super().__init__(
            operations.wrapped,
            graphql_ide=None,
            allow_queries_via_get=False,
            subscription_protocols=[GRAPHQL_TRANSPORT_WS_PROTOCOL],
        )
        self._hub = hub
        self.answering = Answering(operations)

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
            request.state.actor = await self._actor(request)
            if request.method != "POST":
                return refusal(405, ErrorCode.INVALID_REQUEST, "Send operations by POST.", {"Allow": "POST"})
            return await self._plain(request) or await self.run(request)
        except HubError as error:
            return unauthorized(error)
        except HTTPException as error:
            return refusal(error.status_code, ErrorCode.INVALID_REQUEST, error.reason)

    async def _plain(self, request: Request) -> Response | None:
        """The answer to an operation posted as JSON, without Strawberry's look-out for all else; None for all else."""
        data = await self._plain_operation(request)
        if data is None:
            return None
        answer = await self.answering.answer(data, self.context_of(request, request.state.actor), _BY_POST)
        return Response(self.encode_json(answer.body()), media_type="application/json")

    async def execute_single(self, *_: Any, context: Context, request_data: GraphQLRequestData, **__: Any) -> Any:
        """The answer to an operation that came in any other way that Strawberry reads."""
        if not request_data.query:
            raise HTTPException(400, "The request has no `query`.")
        asked = Asked(request_data.query, request_data.variables, request_data.operation_name)
        answer = await self.answering.answer(asked, context, _BY_POST)
        return ExecutionResult(answer.data, answer.errors or None, answer.extensions())

    async def _plain_operation(self, request: Request) -> Asked | None:
        if not _is_plain(request):
            return None
        body = self.parse_json(await request.body())
        query, variables = body.get("query"), body.get("variables")
        is_plain = isinstance(query, str) and isinstance(variables, dict | None) and body.get("extensions") is None
        return Asked(query, variables, body.get("operationName")) if is_plain else None

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

    async def _actor(self, connection: HTTPConnection) -> Actor | None:
        token = bearer_token(connection)
        return await self._hub.authentication.actor_of(token) if token else None

    async def get_context(self, request: Request | WebSocket, response: Response | WebSocket) -> Any:  # noqa: ARG002
        """A context for the one operation of a request; of a socket, who is there."""
        if isinstance(request, WebSocket):
            return Caller(request, self._hub.authentication)
        return self.context_of(request, request.state.actor)

    async def entered(self, request: Request) -> Context:
        """A context for whoever the credential of a request stands for."""
        return self.context_of(request, await self._actor(request))

    def context_of(self, connection: HTTPConnection, actor: Actor | None) -> Context:
        """A context for one operation of this actor."""
        now, hub = self._hub.clock(), self._hub
        origin = Origin(current_id(), connection.client.host if connection.client else None)
        return Visit(
            reader=Reader(hub.database, hub.cursors, lambda: now),
            writer=Writer(hub.database, origin, hub.clock, hub.authentication.confirm),
            request_id=origin.request_id or "",
            caller=actor,
            authentication=hub.authentication,
            user_agent=connection.headers.get("user-agent", "")[:MAX_USER_AGENT] or None,
        )

    async def on_ws_connect(self, context: Any) -> Any:
        """Take the credential of a socket, or refuse the socket."""
        await admit(context)
        return UNSET

    def encode_json(self, data: object) -> bytes:
        """With orjson, but for text that is no valid Unicode and comes back in a message."""
        try:
            return orjson.dumps(data)
        except TypeError:
            return json.dumps(data).encode()


def _refuse_constant(name: str) -> Any:
    """Python would take `NaN` and `Infinity` for JSON."""
    raise ValueError(name)


def _is_plain(request: Request) -> bool:
    """Whether JSON is posted, and JSON in one piece is wanted."""
    accept = request.headers.get("accept", "")
    streams = "stream" in accept or "multi" in accept
    return request.method == "POST" and request.headers.get("content-type") in _JSON and not streams
