"""Mutations: one act in one transaction; what a caller can understand comes back as data, the rest as an error."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Protocol, TypeAlias, TypeVar
from uuid import UUID

import orjson
import strawberry
from sqlalchemy.ext.asyncio import AsyncSession

from app.kit import errors
from app.kit.access import Actor
from app.kit.context import Info
from app.kit.enums import graphql_enum
from app.kit.errors import ErrorCode, HubError, Invalid, Rejected
from app.kit.idempotency import Attempt, once
from app.kit.ids import parse_global_id
from app.kit.inputs import MAX_ITEMS, check, content_of
from app.kit.journal import Denial
from app.kit.nodes import row_of
from app.kit.scalars import JSON

P = TypeVar("P", bound="Payload")
F = TypeVar("F", bound="type[UserError]")

MAX_KEY = 200
_TOP_LEVEL = {
    ErrorCode.UNAUTHORIZED,
    ErrorCode.TOKEN_EXPIRED,
    ErrorCode.FORBIDDEN,
    ErrorCode.SERVICE_UNAVAILABLE,
    ErrorCode.INTERNAL_ERROR,
}

graphql_enum(
    ErrorCode,
    "What went wrong, in a word that stays the same. New values may be added.",
    UNAUTHORIZED="Sign in first.",
    FORBIDDEN="Your role does not have the permission.",
    TOKEN_EXPIRED="The credential is no longer valid; sign in again.",  # noqa: S106 - a description, not a secret
    MODEL_NOT_FOUND="There is no such model, or you may not see it.",
    DEPLOYMENT_NOT_FOUND="There is no such deployment, or you may not see it.",
    EXPERIMENT_NOT_FOUND="There is no such experiment, or you may not see it.",
    NOT_FOUND="There is no such thing, or you may not see it.",
    INVALID_REQUEST="The request cannot be understood.",
    MISSING_REQUIRED_FIELD="Something that must be given is not.",
    INVALID_PARAMETER="A value cannot be taken.",
    MODEL_ALREADY_EXISTS="A model has this slug already.",
    RATE_LIMIT_EXCEEDED="Too many attempts or requests; wait as many seconds as `details.retryAfterSeconds` says.",
    CONFLICT="The state of things does not allow it; fetch anew and decide again.",
    DEPLOYMENT_LIMIT_EXCEEDED="The team has as many deployments there as it may; `limit` says how many.",
    QUERY_TOO_COMPLEX="The document asks for more than one request may; `details` say which limit it exceeds.",
    INTERNAL_ERROR="A defect on our side; the request id leads to it.",
    SERVICE_UNAVAILABLE="Something the server needs is away; try again later.",
    CURSOR_EXPIRED="What follows the cursor is no longer kept; fetch anew.",
    GRAPHQL_PARSE_FAILED="The document is not GraphQL.",
    GRAPHQL_VALIDATION_FAILED="The document does not fit the schema.",
    OPERATION_RESOLUTION_FAILURE="The document has no operation of that name.",
    PERSISTED_QUERY_NOT_FOUND="No manifest of trusted documents has one of that id.",
    REQUEST_TIMEOUT="It took too long and was given up. Fields of a mutation that were done before are kept.",
)

CLIENT_MUTATION_ID = (
    "A key of your own, 1 to 200 characters: the same key with the same input within 24 hours gives the first result."
)
EXPECTED_REVISION = "The `revision` you saw; if it is another by now, nothing is written and you get a `CONFLICT`."

if TYPE_CHECKING:
    Query: TypeAlias = Any


@dataclass(frozen=True, slots=True)
class Told:
    """A failure as a value: an exception itself would fail the field that holds it."""

    failure: HubError


def failure_of(face: Any) -> Any:
    """The failure behind a face."""
    return row_of(face).failure


@strawberry.interface(description="Why a mutation wrote nothing.")
class UserError:
    """Its values are `Told`; a face that shows more of one kind of failure names it in `error`."""

    error: ClassVar[type[HubError]]

    @strawberry.field(description="What is wrong and what to do, for people.")
    def message(self) -> str:
        return failure_of(self).message

    @strawberry.field(description="What is wrong, for programs.")
    def code(self) -> ErrorCode:
        return failure_of(self).code

    @strawberry.field(
        description="Where in `input` it is, such as `[variants, 0, weight]`; null if it is no one value."
    )
    def path(self) -> list[str] | None:
        return list(failure_of(self).path) or None

    @strawberry.field(description="More to act on, by name; null if there is none.")
    def details(self) -> JSON | None:
        return failure_of(self).details or None

    @classmethod
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        """Whether this face is the closest to the failure's class."""
        return next(_faces[kind] for kind in type(value.failure).__mro__ if kind in _faces) is cls


_faces: dict[type, type[UserError]] = {}


def shows_error(face: F) -> F:
    """Make a face known as that of its `error`."""
    _faces[face.error] = face
    return face


def error_faces() -> Iterable[type[UserError]]:
    """All faces of failures, which the schema must be told of."""
    return list(_faces.values())


@shows_error
@strawberry.type(description="Something that cannot be done, for the reason that `code` and `message` tell.")
class Refusal(UserError):
    error = HubError


@shows_error
@strawberry.type(description="A value that cannot be taken; `path` leads to it.")
class InvalidInput(UserError):
    error = Invalid


@shows_error
@strawberry.type(description="It was changed since you looked.")
class RevisionConflict(UserError):
    error = errors.RevisionConflict

    @strawberry.field(description="Its revision now.")
    def current_revision(self) -> int:
        return failure_of(self).current


@strawberry.type(description="What came of a mutation.")
class Payload:
    key: strawberry.Private[UUID | None] = None
    errors: list[UserError] = strawberry.field(
        default_factory=list[UserError], description="Why nothing was written; empty if it was. At most some dozens."
    )

    @strawberry.field(description="To read, in the same request, what the change led to.")
    def query(self) -> Annotated[Query, strawberry.lazy("app.schema")] | None:
        return self


def changed(payload: Payload) -> UUID | None:
    """The key of what was written; None if nothing was."""
    return payload.key


class Input(Protocol):
    """The input of a mutation: `command` is what the act takes; it may raise `INVALID_PARAMETER`."""

    client_mutation_id: str | None

    def command(self) -> Any:
        """The input in the words of the domain."""
        ...


async def perform(
    info: Info,
    payload: Callable[..., P],
    act: Callable[[AsyncSession, Actor, Any], Awaitable[UUID]],
    given: Input,
) -> P:
    """Run `act(session, actor, command)` as one mutation; the payload has the key it gives, or why it did not work.

    With a `clientMutationId` a repetition within 24 hours gives the first result. Raises what is no answer to this
    input: missing permissions, outages, defects."""

    async def work() -> P:
        return payload(key=await _write(info, act, given))

    return await attempt(info, payload, work, given)


async def attempt(
    info: Info, payload: Callable[..., P], work: Callable[[], Awaitable[P]], given: Any, *, most: int = MAX_ITEMS
) -> P:
    """Do a mutation's work, which gives its payload; what is refused is its `errors`. Lists have `most` items.

    Raises what is no answer to this input: missing permissions, outages, defects."""
    try:
        check(given, most)
        return await work()
    except HubError as refusal:
        if refusal.code in _TOP_LEVEL:
            await _put_on_record(info, given, refusal)
            raise
        info.context.refuse(refusal.code)
        return payload(errors=shown(refusal))


async def _write(info: Info, act: Callable[[AsyncSession, Actor, Any], Awaitable[UUID]], given: Input) -> UUID:
    command, key = given.command(), given.client_mutation_id
    if key is None:
        return await info.context.write(act, command)
    if not 1 <= len(key) <= MAX_KEY:
        raise Invalid(f"`clientMutationId` must have 1 to {MAX_KEY} characters.", "clientMutationId")
    content = orjson.dumps(content_of(given), option=orjson.OPT_SORT_KEYS).decode()
    return await info.context.write(once, Attempt.of(info.field_name, key, content), act, command)


async def _put_on_record(info: Info, given: Any, refusal: HubError) -> None:
    if refusal.code is ErrorCode.FORBIDDEN:
        kind, key = _named(given)
        denial = Denial(action=info.field_name, resource_type=kind, resource_id=key, reason=refusal.code.value)
        await info.context.writer.deny(info.context.actor, replace(denial, details=refusal.details))


def _named(given: Any) -> tuple[str, str]:
    """The type and key of the first thing that an input names; empty if it names none."""
    found = (parse_global_id(text) for text in vars(given).values() if isinstance(text, str))
    kind, key = next((parsed for parsed in found if parsed), ("", ""))
    return kind, str(key)


def shown(refusal: HubError) -> Any:
    """A refusal as the `errors` of a payload."""
    faults = refusal.faults if isinstance(refusal, Rejected) else (refusal,)
    return [Told(_located(fault)) for fault in faults]


def _located(fault: HubError) -> HubError:
    """An argument named in the details is a path in the input."""
    if not fault.path and "argument" in fault.details:
        fault.at(*str(fault.details["argument"]).split("."))
    return fault
