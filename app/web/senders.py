"""Doors for programs that send telemetry: an API key as a bearer or, where a tool knows only that, as a password."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any, Final

from starlette.requests import Request
from starlette.responses import Response

from app.identity.authentication import Authentication
from app.kit.access import Actor
from app.kit.errors import ErrorCode, HubError, TokenExpired, Unauthorized
from app.web.refusals import bearer_in, refusal
from app.web.turnstile import Turnstile

Answer = Callable[[Actor, Request], Awaitable[Response]]
Refuse = Callable[[Request, int, Any], Response]

STATUSES: Final = {
    ErrorCode.UNAUTHORIZED: 401,
    ErrorCode.TOKEN_EXPIRED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.RATE_LIMIT_EXCEEDED: 429,
    ErrorCode.SERVICE_UNAVAILABLE: 503,
}
RETRY_AFTER = 5
"""Seconds after which something that is away may be back."""


def plainly(_: Request, status: int, error: HubError) -> Response:
    """A refusal as everywhere else."""
    return refusal(status, error.code, error.message)


def sending(
    authentication: Authentication, turnstile: Turnstile, answer: Answer, refuse: Refuse = plainly
) -> Callable[[Request], Awaitable[Response]]:
    """An endpoint for whoever has a credential; `refuse` writes what is wrong in the form that senders understand."""

    async def charged_answer(request: Request) -> Response:
        address = request.client.host if request.client else None
        try:
            return await answer(await _actor(authentication, request), request)
        except (Unauthorized, TokenExpired):
            await turnstile.hold(address)
            raise
        except HubError as error:
            await turnstile.charge(error, address)
            raise

    async def endpoint(request: Request) -> Response:
        try:
            return await charged_answer(request)
        except HubError as error:
            status = getattr(error, "status", None) or STATUSES.get(error.code, 400)
            refused = refuse(request, status, error)
            refused.headers.update(_advice(status, error))
            return refused

    return endpoint


def _advice(status: int, error: HubError) -> dict[str, str]:
    if status == 401:
        return {"WWW-Authenticate": 'Bearer realm="modelhub"'}
    return {"Retry-After": str(error.details.get("retryAfterSeconds", RETRY_AFTER))} if status in {429, 503} else {}


async def _actor(authentication: Authentication, request: Request) -> Actor:
    credential = _credential(request.headers.get("authorization", ""))
    if credential is None:
        raise Unauthorized("Send `Authorization: Bearer …` with an API key, or the key as password of `Basic`.")
    return await authentication.actor_of(credential)


def _credential(header: str) -> str | None:
    scheme, _, encoded = header.partition(" ")
    if scheme.lower() != "basic":
        return bearer_in(header)
    try:
        _, colon, password = b64decode(encoded.strip(), validate=True).decode().partition(":")
    except ValueError:
        return None
    return password if colon and password else None
