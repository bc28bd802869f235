"""Expected failures: each carries a code that clients can rely on, a message for people, and details to act on."""

from __future__ import annotations

from enum import StrEnum
from typing import Any, Self


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
    MISSING_REQUIRED_FIELD = "MISSING_REQUIRED_FIELD"
    INVALID_PARAMETER = "INVALID_PARAMETER"
    MODEL_ALREADY_EXISTS = "MODEL_ALREADY_EXISTS"
    CONFLICT = "CONFLICT"
    DEPLOYMENT_LIMIT_EXCEEDED = "DEPLOYMENT_LIMIT_EXCEEDED"
    QUERY_TOO_COMPLEX = "QUERY_TOO_COMPLEX"
    RATE_LIMIT_EXCEEDED = "RATE_LIMIT_EXCEEDED"
    INTERNAL_ERROR = "INTERNAL_ERROR"
    SERVICE_UNAVAILABLE = "SERVICE_UNAVAILABLE"
    CURSOR_EXPIRED = "CURSOR_EXPIRED"
    GRAPHQL_PARSE_FAILED = "GRAPHQL_PARSE_FAILED"
    GRAPHQL_VALIDATION_FAILED = "GRAPHQL_VALIDATION_FAILED"
    OPERATION_RESOLUTION_FAILURE = "OPERATION_RESOLUTION_FAILURE"
    PERSISTED_QUERY_NOT_FOUND = "PERSISTED_QUERY_NOT_FOUND"
    REQUEST_TIMEOUT = "REQUEST_TIMEOUT"


class HubError(Exception):
    """A failure the caller can understand. Subclasses fix the code. `path` leads to the input at fault, camelCase."""

    code = ErrorCode.INVALID_REQUEST
    path: tuple[str, ...] = ()

    def __init__(self, message: str, **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.details = details

    def at(self, *path: str | int) -> Self:
        """The same failure, of the input there."""
        self.path = tuple(map(str, path))
        return self


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


class Invalid(HubError):
    """A value in the input of a mutation that cannot be taken; `path` leads to it."""

    code = ErrorCode.INVALID_PARAMETER

    def __init__(self, message: str, *path: str | int, **details: Any) -> None:
        super().__init__(message, **details)
        self.at(*path)


class Missing(Invalid):
    """A value that the input must have."""

    code = ErrorCode.MISSING_REQUIRED_FIELD


class NotFound(HubError):
    """What a mutation is about does not exist, or may not be seen; never says which."""

    code = ErrorCode.NOT_FOUND


class Rejected(HubError):
    """Several failures at once, so that a form can show them all."""

    def __init__(self, *faults: HubError) -> None:
        super().__init__("; ".join(fault.message for fault in faults))
        self.faults = faults


class Conflict(HubError):
    """The state of things does not allow it; fetch anew and decide again."""

    code = ErrorCode.CONFLICT


class RevisionConflict(Conflict):
    """Somebody changed it since the caller looked; `current` is its revision now."""

    def __init__(self, current: int) -> None:
        super().__init__(f"It was changed meanwhile and is at revision {current}. Fetch it and decide again.")
        self.current = current
        self.at("expectedRevision")


class RateLimited(HubError):
    """Too many attempts or requests; `retryAfterSeconds` in the details is how long to wait, one at least."""

    code = ErrorCode.RATE_LIMIT_EXCEEDED

    def __init__(self, message: str, retry_after: int) -> None:
        super().__init__(message, retryAfterSeconds=retry_after)


class Unavailable(HubError):
    code = ErrorCode.SERVICE_UNAVAILABLE
