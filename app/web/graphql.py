"""The GraphQL door: what comes in by HTTP is read, answered and sent as GraphQL over HTTP says."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from graphql import OperationType
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.execution.operations import Operations
from app.kit.errors import HubError
from app.web.answering import IN_ONE_PIECE, Answering, Asked
from app.web.bodies import body_of, check_content
from app.web.entrance import Entrance, caller_of
from app.web.gate import OpenGate
from app.web.hub import Hub
from app.web.negotiation import PLAIN_JSON, Acceptable, acceptable
from app.web.origins import Origins
from app.web.pacing import Pace
from app.web.pages import graphiql_page, wants_page
from app.web.parameters import asked_of, parameters_in, parameters_of, read_json
from app.web.refusals import Refusal, refused
from app.web.replies import Reply, json_reply
from app.web.sharing import Sharing
from app.web.sockets import Means as SocketMeans
from app.web.sockets import Sockets
from app.web.statuses import Statuses, headers_of, ways_out
from app.web.streams import EventStream

METHODS: Final = "GET, HEAD, POST, OPTIONS"
PREFLIGHT: Final = b"graphql-require-preflight"
"""A header that a page of another origin can only send after a preflight."""
_QUERIES: Final = frozenset({OperationType.QUERY})

Headers = Mapping[bytes, bytes]


class GraphQLDoor:
    """`/graphql`: the API, and GraphiQL for browsers. An ASGI application."""

    def __init__(self, operations: Operations, hub: Hub, gate: OpenGate | None = None) -> None:
        gate = gate or OpenGate(operations)
        self._turnstile = gate.turnstile
        self.entrance = Entrance(hub, self._turnstile)
        authentication = hub.authentication
        sharing = Sharing(operations, hub.exchange, self.entrance.context_of, lambda: authentication.epoch)
        self._answering = Answering(operations, gate, hub.settings.request_seconds, sharing)
        self._statuses = Statuses(hub.settings.http_statuses)
        self._metrics = hub.exchange.means.metrics
        self._pace = Pace()
        means = SocketMeans(self._answering, self.entrance, self._turnstile, self._pace, self._metrics)
        self._sockets = Sockets(means, Origins(hub.settings))
        self._has_page = hub.settings.shows_graphiql

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or talk over a WebSocket."""
        if scope["type"] == "websocket":
            return await self._sockets(scope, receive, send)
        headers = _headers(scope)
        taken = acceptable(_text(headers.get(b"accept")), self._statuses.otherwise)
        try:
            reply = await self._charged_reply(scope, receive, headers, taken)
        except HubError as refusal:
            reply = await self._refusal(refusal, headers, taken)
        except ClientDisconnect:
            return None
        return await reply(scope, receive, send)

    async def _charged_reply(self, scope: Scope, receive: Receive, headers: Headers, taken: Acceptable) -> ASGIApp:
        """The answer; what comes to be no operation is paid for by its address."""
        address = _address(scope)
        await self._turnstile.enter(address)
        try:
            return await self._reply(scope, receive, headers, taken)
        except HubError as refusal:
            await self._turnstile.charge(refusal, address)
            raise

    async def _reply(self, scope: Scope, receive: Receive, headers: Headers, taken: Acceptable) -> ASGIApp:
        if scope["method"] == "POST":
            check_content(headers)
            body = await body_of(receive, headers)
            async with self._pace.of(len(body)):
                asked = asked_of(parameters_of(read_json(body)))
            return await self._answer(asked, scope, headers, taken, IN_ONE_PIECE)
        if scope["method"] not in {"GET", "HEAD"}:
            return _of_method(scope["method"])
        if self._has_page and wants_page(Request(scope)):
            return graphiql_page(Request(scope))
        return await self._answer(_asked_by_url(scope, headers), scope, headers, taken, _QUERIES)

    async def _answer(
        self, asked: Asked, scope: Scope, headers: Headers, taken: Acceptable, allowed: frozenset[OperationType]
    ) -> ASGIApp:
        if taken.json is None and not taken.is_streamable:
            raise Refusal(406, "Answers are JSON, and events text/event-stream: ask for one of these by `Accept`.")
        caller = caller_of(headers, _address(scope))
        context = await self.entrance.enter(caller)
        if taken.json is None or (taken.is_streamable and await self._answering.is_subscription(asked, context)):
            last = _text(headers.get(b"last-event-id"))
            return EventStream(asked, caller, self._answering, self.entrance, self._metrics, last)
        answer = await self._answering.answer(asked, context, allowed)
        status, kind = self._statuses.of(answer, taken.json)
        return await json_reply(status, kind, answer.body(), headers, headers_of(answer, status))

    async def _refusal(self, refusal: HubError, headers: Headers, taken: Acceptable) -> Reply:
        status, kind = self._statuses.of_request(refusal, taken.json or PLAIN_JSON)
        more = refusal.headers if isinstance(refusal, Refusal) else ways_out(status, refusal.details)
        content = refused(status, refusal.code, refusal.message, refusal.details)
        return await json_reply(status, kind, content, headers, more)


def _headers(scope: Scope) -> Headers:
    """By name; those that are repeated are one list."""
    headers = dict(scope["headers"])
    if len(headers) != len(scope["headers"]):
        for name in headers:
            headers[name] = b", ".join(value for other, value in scope["headers"] if other == name)
    return headers


def _address(scope: Scope) -> str | None:
    return scope["client"][0] if scope["client"] else None


def _text(header: bytes | None) -> str | None:
    return header.decode("latin-1") if header else None


def _of_method(method: str) -> Reply:
    """What is said of methods that carry no operation."""
    if method == "OPTIONS":
        return Reply(204, [(b"allow", METHODS.encode())])
    raise Refusal(405, f"Send operations by POST; here are {METHODS}.", ((b"allow", METHODS.encode()),))


def _asked_by_url(scope: Scope, headers: Headers) -> Asked:
    """A query in a URL, which no page of another origin can ask for without having been let in before."""
    parameters = parameters_in(scope["query_string"])
    if PREFLIGHT not in headers and "documentId" not in parameters:
        raise Refusal(400, "Queries by GET need the header `GraphQL-Require-Preflight: 1`; POST needs none.")
    return asked_of(parameters)
