"""Expected failures: each carries a code that clients can rely on, a message for people, and details to act on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any


class ErrorCode(StrEnum):
    """`extensions.code` of every error, from the API specification; see docs/architecture.md."""

    UNAUTHORIZED = "UNAUTHORIZED"
    FORBIDDEN = "FORBIDDEN"
    TOKEN_EXPIRED = "TOKEN_EXPIRED"  # noqa: S105 - a code, not a secret
    MODEL_NOT_FOUND = "MODEL_NOT_FOUND"
    DEPLOYMENT_NOT_FOUND = "DEPLOYMENT_NOT_FOUND"
    EXPERIMENT_NOT_FOUND = "EXPERIMENT_NOT_FOUND"
    NOT_FOUND = "NOT_FOUND"
    INVALID_REQUEST = "INVALID_REQUEST"
    INVALID_PARAMETER = "INVALID_PARAMETER"
    CONFLICT = "CONFLICT"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"


class HubError(Exception):
    """A failure the caller can understand. Subclasses fix the code."""

    code = ErrorCode.INVALID_REQUEST

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details


class Unauthorized(HubError):
    code = ErrorCode.UNAUTHORIZED


class TokenExpired(HubError):
    code = ErrorCode.TOKEN_EXPIRED


class Forbidden(HubError):
    code = ErrorCode.FORBIDDEN


class InvalidParameter(HubError):
    """An argument that cannot be taken; `argument` names it as the client wrote it."""

    code = ErrorCode.INVALID_PARAMETER

    def __init__(self, message: str, *, argument: str, **details: Any) -> None:
        super().__init__(message, argument=argument, **details)


class Conflict(HubError):
    code = ErrorCode.CONFLICT


class Unavailable(HubError):
    code = ErrorCode.SERVICE_UNAVAILABLE
