"""What is said where nothing is, or nothing by that method: a status and a code, as everywhere else."""

from __future__ import annotations

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from app.kit.errors import ErrorCode
from app.web.refusals import refusal

NOTHING = "There is nothing here."


async def nowhere(scope: Scope, receive: Receive, send: Send) -> None:
    """Of addresses that nobody answers. An ASGI application."""
    await refusal(404, ErrorCode.NOT_FOUND, NOTHING)(scope, receive, send)


async def refused(_: Request, error: Exception) -> Response:
    """The answer to what a route refuses by its status."""
    if not isinstance(error, HTTPException):
        raise error
    if error.status_code == 404:
        return refusal(404, ErrorCode.NOT_FOUND, NOTHING)
    return refusal(error.status_code, ErrorCode.INVALID_REQUEST, f"{error.detail}.", error.headers)
