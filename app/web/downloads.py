"""Endpoints beside `/graphql` that need a credential: the same actor, and refusals with a status and a code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from app.kit.context import Context
from app.kit.errors import HubError, TokenExpired, Unauthorized
from app.web.entrance import Entrance
from app.web.refusals import refusal, unauthorized
from app.web.statuses import BY_CODE

Answer = Callable[[Context, Request], Awaitable[Response]]


def signed_in(entrance: Entrance, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for whoever has a credential that `/graphql` takes."""

    async def endpoint(request: Request) -> Response:
        try:
            context = await entrance.entered(request)
            context.actor  # noqa: B018 - refuses those without a credential
            return await answer(context, request)
        except (Unauthorized, TokenExpired) as error:
            return unauthorized(error)
        except HubError as error:
            return refusal(BY_CODE.get(error.code, 400), error.code, error.message)

    return endpoint
