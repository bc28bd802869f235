"""The HTTP status of an answer and its headers, by what it is and by the media type it has."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from email.utils import format_datetime
from typing import Any, Final

from graphql import OperationType
from starlette.responses import Response

from app.kit.errors import ErrorCode, HubError
from app.settings import HttpStatuses
from app.web.answering import Answer, NotHere
from app.web.negotiation import PLAIN_JSON, RESPONSE_JSON
from app.web.parameters import NotWellFormed
from app.web.refusals import Refusal, refusal

BY_CODE: Final = {
    ErrorCode.UNAUTHORIZED: 401,
    ErrorCode.TOKEN_EXPIRED: 401,
    ErrorCode.FORBIDDEN: 403,
    ErrorCode.RATE_LIMIT_EXCEEDED: 429,
    ErrorCode.INTERNAL_ERROR: 500,
    ErrorCode.SERVICE_UNAVAILABLE: 503,
}
"""What is not in here is the fault of the request: 400, or 422 if it could be read at least."""
PARTIAL: Final = 294
CHALLENGE: Final = b'Bearer realm="modelhub"'
_READ: Final = {
    ErrorCode.GRAPHQL_VALIDATION_FAILED,
    ErrorCode.OPERATION_RESOLUTION_FAILURE,
    ErrorCode.QUERY_TOO_COMPLEX,
}
_WHATEVER_THE_TYPE: Final = {405, 406, 429, 500, 503}
"""Statuses that concern more than GraphQL: those on the way must see them, too."""


class Statuses:
    """By one edition of GraphQL over HTTP: the one that the public audit knows, or that of September 2026."""

    def __init__(self, edition: HttpStatuses) -> None:
        self._is_new = edition is HttpStatuses.EDITION_2026
        self.otherwise = RESPONSE_JSON if self._is_new else PLAIN_JSON
        """The media type for those who take either."""

    def of(self, answer: Answer, json: str) -> tuple[int, str]:
        """Status and media type of an answer that would be `json`."""
        if answer.is_executed:
            return (PARTIAL if self._is_new and answer.errors else 200), json
        status = self._of_refused(answer)
        if self._is_new:
            return status, RESPONSE_JSON
        return (status if json == RESPONSE_JSON or status in _WHATEVER_THE_TYPE else 200), json

    def of_request(self, refusal: HubError, json: str) -> tuple[int, str]:
        """Status and media type for a request that does not come to be an operation."""
        kind = RESPONSE_JSON if self._is_new else json
        if isinstance(refusal, Refusal):
            return refusal.status, kind
        is_read = isinstance(refusal, NotWellFormed) or refusal.code in _READ
        return BY_CODE.get(refusal.code, 422 if self._is_new and is_read else 400), kind

    def _of_refused(self, answer: Answer) -> int:
        cause = answer.errors[0].original_error
        if isinstance(cause, NotHere):
            return 405 if cause.kind is OperationType.MUTATION else 406
        code = ErrorCode(answer.codes()[0])
        return BY_CODE.get(code, 422 if self._is_new and code in _READ else 400)


def headers_of(answer: Answer, status: int) -> Iterator[tuple[bytes, bytes]]:
    """What an answer's headers tell beyond its content."""
    if answer.deprecation:
        yield b"deprecation", b"@%d" % answer.deprecation.since.timestamp()
        if answer.deprecation.until:
            yield b"sunset", format_datetime(answer.deprecation.until, usegmt=True).encode()
    if status >= 400:
        yield from ways_out(status, (answer.errors[0].extensions or {}).get("details") or {})


def response_to(error: HubError) -> Response:
    """The answer, where it is not GraphQL's, to a request that is refused."""
    status = error.status if isinstance(error, Refusal) else BY_CODE.get(error.code, 400)
    headers = {name.decode(): value.decode() for name, value in ways_out(status, error.details)}
    return refusal(status, error.code, error.message, headers)


def ways_out(status: int, details: Mapping[str, Any]) -> Iterator[tuple[bytes, bytes]]:
    """What headers say of how to do better."""
    if status == 401:
        yield b"www-authenticate", CHALLENGE
    elif status == 405:
        yield b"allow", b"POST"
    elif status == 429:
        yield b"retry-after", b"%d" % details.get("retryAfterSeconds", 1)
