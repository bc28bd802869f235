"""The faces and mutations of signing in and out."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

import strawberry

from app.identity.context import visit_of
from app.identity.reads import users_by_id
from app.identity.schema import User, Viewer
from app.identity.sessions import reads, service, signing_in
from app.identity.sessions.signing_in import Opened, Where
from app.kit.connections import After, Before, Connection, First, Last, connection
from app.kit.context import Info
from app.kit.edges import PERSONAL, extends
from app.kit.errors import HubError, Invalid
from app.kit.ids import key_of
from app.kit.inputs import check
from app.kit.mutations import CLIENT_MUTATION_ID, Payload, perform, shown
from app.kit.nodes import Node, Rows, fetched_by, row_of
from app.kit.paging import PageRequest
from app.kit.scalars import SecretText
from app.secret import Secret

P = TypeVar("P", bound="SessionPayload")

MAX_SECRET = 1000


@strawberry.type(description="One sign-in of yours, on one device.")
class Session(Rows, Node):
    row = reads.SessionRow

    ip: str | None = strawberry.field(description="The address it was opened from.")
    user_agent: str | None = strawberry.field(description="The program it was opened with, as that calls itself.")
    created_at: datetime = strawberry.field(description="When you signed in.")
    refreshed_at: datetime = strawberry.field(description="When it was last refreshed; coarse, about each 15 minutes.")
    expires_at: datetime = strawberry.field(description="When it ends at the latest.")
    revoked_at: datetime | None = strawberry.field(description="When it was ended; null if it was not.")

    @strawberry.field(description="Whether this request belongs to it.", metadata=PERSONAL)
    def is_current(self, info: Info) -> bool:
        return row_of(self)["id"] == info.context.actor.credential


fetched_by("Session", reads.sessions_by_id)


@extends(Viewer)
class ViewerSessions:
    @strawberry.field(description="Your sessions that are not over, newest first.")
    async def sessions(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[Session]:
        return connection(await info.context.read(reads.page_of_sessions, PageRequest(first, after, last, before)))


@strawberry.type(description="A session that was opened or goes on. Its tokens are shown here and never again.")
class SessionPayload(Payload):
    opened: strawberry.Private[Opened | None] = None

    @strawberry.field(
        description="For `Authorization: Bearer …`, for 15 minutes; null if nobody was signed in. A secret."
    )
    def access_token(self) -> str | None:
        return self.opened.access_token.reveal() if self.opened else None

    @strawberry.field(description="When the access token expires.")
    def expires_at(self) -> datetime | None:
        return self.opened.expires_at if self.opened else None

    @strawberry.field(
        description="For one `refreshSession`, within 7 days; the session ends after 30. A secret: whoever has it is "
        "you."
    )
    def refresh_token(self) -> str | None:
        return self.opened.refresh_token.reveal() if self.opened else None

    @strawberry.field(description="You from now on, also for the rest of this request; null if nobody was signed in.")
    def viewer(self, info: Info) -> Viewer | None:
        return Viewer(actor=info.context.actor) if self.opened else None


async def open_with(info: Info, payload: type[P], given: object, flow: Callable[[Where], Awaitable[Opened]]) -> P:
    """Sign in; whatever is refused, wrong passwords too, is data of the payload."""
    try:
        check(given)
        return payload(opened=await flow(visit_of(info)))
    except HubError as refusal:
        info.context.refuse(refusal.code)
        return payload(errors=shown(refusal))


def secret(given: Secret[str], *path: str) -> Secret[str]:
    """A secret of an input, which is of bearable length."""
    if len(given) > MAX_SECRET:
        raise Invalid(f"This may have {MAX_SECRET} characters at most.", *path)
    return given


@strawberry.input(description="Who you are, and the proof of it.")
class SignInInput:
    email: str = strawberry.field(description="Your e-mail address, in any case; at most 254 characters.")
    password: SecretText = strawberry.field(description="Your password; at most 1,000 characters.")


@strawberry.type(description="What came of `signIn`.")
class SignInPayload(SessionPayload):
    pass


@strawberry.input(description="How to go on without a password.")
class RefreshSessionInput:
    refresh_token: SecretText = strawberry.field(
        description="The last refresh token you got; at most 1,000 characters."
    )


@strawberry.type(description="What came of `refreshSession`.")
class RefreshSessionPayload(SessionPayload):
    pass


@strawberry.input(description="Ends the session that you came by.")
class SignOutInput:
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Ending:
        """The present session."""
        return service.Ending()


@strawberry.input(description="Ends a session.")
class RevokeSessionInput:
    session_id: strawberry.ID = strawberry.field(description="The session.")
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Ending:
        """The session wanted."""
        return service.Ending(session=key_of(self.session_id, "Session", argument="sessionId"))


@strawberry.type(description="A session that was ended.")
class EndedSessionPayload(Payload):
    @strawberry.field(description="The session as it is now; null if nothing was written, or if it is not yours.")
    async def session(self, info: Info) -> Session | None:
        return await info.context.load(reads.sessions_by_id, self.key) if self.key else None


@strawberry.type(description="What came of `signOut`.")
class SignOutPayload(EndedSessionPayload):
    pass


@strawberry.type(description="What came of `revokeSession`.")
class RevokeSessionPayload(EndedSessionPayload):
    pass


@strawberry.input(description="Gives you another password. All your other sessions end.")
class ChangePasswordInput:
    current_password: SecretText = strawberry.field(description="The present one; at most 1,000 characters.")
    new_password: SecretText = strawberry.field(
        description="From then on: 12 to 200 characters, at least five different."
    )


@strawberry.type(description="What came of `changePassword`.")
class ChangePasswordPayload(Payload):
    @strawberry.field(description="You; null if nothing was written.")
    async def user(self, info: Info) -> User | None:
        return await info.context.load(users_by_id, self.key) if self.key else None


@strawberry.type
class SessionMutation:
    @strawberry.mutation(
        description="Sign in with e-mail and password; needs no credential. `UNAUTHORIZED`, always the same, if there "
        "is no such user or the password is another; `RATE_LIMIT_EXCEEDED` with `details.retryAfterSeconds` after "
        "several failures for an account or from an address. Cannot be repeated by a key: each opens a session."
    )
    async def sign_in(
        self, info: Info, input: Annotated[SignInInput, strawberry.argument(description="Who you are.")]
    ) -> SignInPayload | None:
        async def flow(where: Where) -> Opened:
            password = secret(input.password, "password")
            return await signing_in.sign_in(where, signing_in.SignIn(email=input.email, password=password))

        return await open_with(info, SignInPayload, input, flow)

    @strawberry.mutation(
        description="Exchange a refresh token for a new pair of tokens; needs no other credential. A refresh token is "
        "good for one use: when one comes again more than 10 seconds after its first use, somebody else may have it, "
        "and the whole session is revoked. `UNAUTHORIZED` or `TOKEN_EXPIRED` if the session is over."
    )
    async def refresh_session(
        self, info: Info, input: Annotated[RefreshSessionInput, strawberry.argument(description="The token.")]
    ) -> RefreshSessionPayload | None:
        async def flow(where: Where) -> Opened:
            return await signing_in.refresh(where, secret(input.refresh_token, "refreshToken"))

        return await open_with(info, RefreshSessionPayload, input, flow)

    @strawberry.mutation(description="Sign out: your session ends at once, everywhere it is used. Needs a session.")
    async def sign_out(
        self, info: Info, input: Annotated[SignOutInput, strawberry.argument(description="Nothing much.")]
    ) -> SignOutPayload | None:
        return await perform(info, SignOutPayload, service.revoke_session, input)

    @strawberry.mutation(
        description="End a session at once: one of your own, or that of a user whom you manage (`users:manage`)."
    )
    async def revoke_session(
        self, info: Info, input: Annotated[RevokeSessionInput, strawberry.argument(description="Which session.")]
    ) -> RevokeSessionPayload | None:
        return await perform(info, RevokeSessionPayload, service.revoke_session, input)

    @strawberry.mutation(
        description="Change your password; all your other sessions end. Needs a session. `UNAUTHORIZED` if the "
        "present password is another, which counts like a failed sign-in."
    )
    async def change_password(
        self, info: Info, input: Annotated[ChangePasswordInput, strawberry.argument(description="Both passwords.")]
    ) -> ChangePasswordPayload | None:
        try:
            check(input)
            given = signing_in.NewPassword(
                current=secret(input.current_password, "currentPassword"),
                new=secret(input.new_password, "newPassword"),
            )
            return ChangePasswordPayload(key=await signing_in.change_password(visit_of(info), given))
        except HubError as refusal:
            info.context.refuse(refusal.code)
            return ChangePasswordPayload(errors=shown(refusal))
