"""Endpoints beside `/graphql` that need a credential: the same actor, and refusals with a status and a code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response

from app.kit.context import Context
from app.kit.errors import ErrorCode, HubError, TokenExpired, Unauthorized
from app.web.graphql import GraphQLDoor
from app.web.refusals import refusal, unauthorized

Answer = Callable[[Context, Request], Awaitable[Response]]

STATUSES: Final = {
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.RATE_LIMIT_EXCEEDED: 429,
    ErrorCode.SERVICE_UNAVAILABLE: 503,
}


def signed_in(door: GraphQLDoor, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for whoever has a credential that `/graphql` takes."""

    async def endpoint(request: Request) -> Response:
        try:
            context = await door.entered(request)
            context.actor  # noqa: B018 - refuses those without a credential
            return await answer(context, request)
        except (Unauthorized, TokenExpired) as error:
            return unauthorized(error)
        except HubError as error:
            return refusal(STATUSES.get(error.code, 400), error.code, error.message)

    return endpoint
