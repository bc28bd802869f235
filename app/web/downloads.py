"""Endpoints beside `/graphql` that need a credential: the same actor, and refusals with a status and a code."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from app.kit.context import Context
from app.kit.errors import HubError
from app.web.entrance import Entrance
from app.web.statuses import response_to

Answer = Callable[[Context, Request], Awaitable[Response]]


def signed_in(entrance: Entrance, answer: Answer) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for whoever has a credential that `/graphql` takes."""

    async def endpoint(request: Request) -> Response:
        try:
            context = await entrance.entered(request)
            context.actor  # noqa: B018 - refuses those without a credential
            return await answer(context, request)
        except HubError as error:
            return response_to(error)

    return endpoint
