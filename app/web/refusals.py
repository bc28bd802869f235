"""Requests that are refused before anything is done: a status, and a body with a code. Each is a line of the log."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any

import orjson
from starlette.requests import HTTPConnection
from starlette.responses import Response

from app.kit.errors import ErrorCode, HubError
from app.telemetry.request import current_id
from app.web.guards import extensions

log = logging.getLogger("modelhub.web")


class Refusal(HubError):
    """A request that HTTP has a status for."""

    def __init__(self, status: int, message: str, headers: Sequence[tuple[bytes, bytes]] = ()) -> None:
        super().__init__(message)
        self.status = status
        self.headers = headers


def bearer_token(connection: HTTPConnection) -> str | None:
    """The token of `Authorization: Bearer …`; None if there is none."""
    return bearer_in(connection.headers.get("authorization", ""))


def bearer_in(value: str) -> str | None:
    """The token in `Bearer …`; None if it says something else."""
    scheme, _, token = value.partition(" ")
    return token.strip() or None if scheme.lower() == "bearer" else None


def unauthorized(error: HubError) -> Response:
    """401 with the error's code, and how to do better."""
    return refusal(401, error.code, error.message, {"WWW-Authenticate": 'Bearer realm="modelhub"'})


def refusal(status: int, code: ErrorCode, message: str, headers: Mapping[str, str] | None = None) -> Response:
    """An answer of one error."""
    more = {"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff", **(headers or {})}
    return Response(orjson.dumps(refused(status, code, message)), status, more, media_type="application/json")


def refused(status: int, code: ErrorCode, message: str, details: dict[str, Any] | None = None) -> dict[str, Any]:
    """The content of an answer of one error, which is noted in the log."""
    log.info("refused", extra={"code": code.value, "status": status})
    return {"errors": [{"message": message, "extensions": extensions(code, current_id(), details)}]}
