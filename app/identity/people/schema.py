"""The faces and mutations of users and service accounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Annotated
from uuid import UUID

import strawberry

from app.identity import reads as identity_reads
from app.identity.people import joining, reads, service
from app.identity.schema import Principal, ServiceAccount
from app.identity.secrets import INVITATION, Minted
from app.identity.sessions.schema import SessionPayload, open_with, secret
from app.identity.sessions.signing_in import Opened, Where
from app.identity.vocabulary import Role
from app.kit.context import Info
from app.kit.errors import InvalidParameter
from app.kit.ids import key_of, parse_global_id
from app.kit.mutations import CLIENT_MUTATION_ID, EXPECTED_REVISION, Payload, perform
from app.kit.nodes import Node, Rows, fetched_by
from app.kit.scalars import SecretText

REASON = "Why, for the audit trail; at most 1,000 characters."


@strawberry.type(description="An offer to become a user. Seen by who made it, and by administrators.")
class Invitation(Rows, Node):
    row = reads.InvitationRow

    email: str | None = strawberry.field(description="For whom; null if the taker says his address himself.")
    role: Role = strawberry.field(description="What he will be.")
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime = strawberry.field(description="Until when it can be taken.")
    accepted_at: datetime | None = strawberry.field(description="When it was taken; null if it was not.")


fetched_by("Invitation", reads.invitations_by_id)


def principal_key(text: str, argument: str) -> UUID:
    """The key in the id of a user or a service account."""
    parsed = parse_global_id(text)
    if parsed is None or parsed[0] not in identity_reads.FACES.values():
        raise InvalidParameter(f"`{argument}` is not the id of a user or a service account.", argument=argument)
    return parsed[1]


def team_keys(ids: Sequence[strawberry.ID], argument: str) -> tuple[UUID, ...]:
    """The keys in the ids of teams."""
    return tuple(key_of(text, "Team", argument=f"{argument}.{n}") for n, text in enumerate(ids))


@strawberry.input(description="Offers somebody to become a user.")
class InviteUserInput:
    email: str = strawberry.field(description="For whom; at most 254 characters.")
    role: Role = strawberry.field(description="What he will be; nothing you are not yourself.")
    team_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list[strawberry.ID],
        description="The teams he will be in: yours only, and at least one unless you see every team; at most 100.",
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Offer:
        """The offer."""
        return service.Offer(email=self.email, role=self.role, teams=team_keys(self.team_ids, "teamIds"))


@strawberry.type(description="What came of `inviteUser`.")
class InviteUserPayload(Payload):
    minted: strawberry.Private[Minted | None] = None

    @strawberry.field(description="The invitation; null if nothing was written.")
    async def invitation(self, info: Info) -> Invitation | None:
        return await info.context.load(reads.invitations_by_id, self.key) if self.key else None

    @strawberry.field(
        description="What the invited gives to `acceptInvitation`, or opens as `/welcome#` followed by it. A secret, "
        "shown once: a repetition by `clientMutationId` gives null."
    )
    def token(self) -> str | None:
        return _once(self)


def _once(payload: InviteUserPayload) -> str | None:
    return payload.minted.secret.reveal() if payload.key and payload.minted and payload.minted.is_used else None


@strawberry.input(description="Makes you a user.")
class AcceptInvitationInput:
    token: SecretText = strawberry.field(description="What you were given; at most 1,000 characters.")
    name: str = strawberry.field(description="Your name; at most 200 characters.")
    password: SecretText = strawberry.field(description="From then on: 12 to 200 characters, at least five different.")
    email: str | None = strawberry.field(
        default=None,
        description="Your e-mail address, at most 254 characters, where the invitation names none; else it is ignored.",
    )


@strawberry.type(description="What came of `acceptInvitation`.")
class AcceptInvitationPayload(SessionPayload):
    pass


@strawberry.type(description="A user or service account that was changed.")
class PrincipalPayload(Payload):
    @strawberry.field(description="It as it is now; null if nothing was written.")
    async def principal(self, info: Info) -> Principal | None:
        return await info.context.load(identity_reads.principals_by_id, self.key) if self.key else None


@strawberry.input(description="Gives a principal another role.")
class SetRoleInput:
    principal_id: strawberry.ID = strawberry.field(description="The user or service account.")
    role: Role = strawberry.field(description="What it will be; nothing you are not yourself.")
    reason: str | None = strawberry.field(default=None, description=REASON)
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Appointment:
        """The appointment."""
        key = principal_key(self.principal_id, "principalId")
        return service.Appointment(principal=key, role=self.role, revision=self.expected_revision, reason=self.reason)


@strawberry.type(description="What came of `setRole`.")
class SetRolePayload(PrincipalPayload):
    pass


@strawberry.input(description="Lets a principal do nothing any more.")
class DisableUserInput:
    principal_id: strawberry.ID = strawberry.field(description="The user or service account.")
    reason: str | None = strawberry.field(default=None, description=REASON)
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Suspension:
        """Who is meant."""
        key = principal_key(self.principal_id, "principalId")
        return service.Suspension(principal=key, revision=self.expected_revision, reason=self.reason)


@strawberry.type(description="What came of `disableUser`.")
class DisableUserPayload(PrincipalPayload):
    pass


@strawberry.input(description="Lets a principal act again.")
class EnableUserInput:
    principal_id: strawberry.ID = strawberry.field(description="The user or service account.")
    reason: str | None = strawberry.field(default=None, description=REASON)
    expected_revision: int | None = strawberry.field(default=None, description=EXPECTED_REVISION)
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Suspension:
        """Who is meant."""
        key = principal_key(self.principal_id, "principalId")
        return service.Suspension(principal=key, revision=self.expected_revision, reason=self.reason)


@strawberry.type(description="What came of `enableUser`.")
class EnableUserPayload(PrincipalPayload):
    pass


@strawberry.input(description="Makes a service account; you answer for it.")
class CreateServiceAccountInput:
    name: str = strawberry.field(description="The name people use; at most 200 characters.")
    role: Role = strawberry.field(description="What it will be; nothing you are not yourself.")
    team_ids: list[strawberry.ID] = strawberry.field(
        default_factory=list[strawberry.ID],
        description="The teams it will be in: yours only, and at least one unless you see every team; at most 100.",
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Employment:
        """The service account."""
        return service.Employment(name=self.name, role=self.role, teams=team_keys(self.team_ids, "teamIds"))


@strawberry.type(description="What came of `createServiceAccount`.")
class CreateServiceAccountPayload(Payload):
    @strawberry.field(description="The service account; null if nothing was written.")
    async def service_account(self, info: Info) -> ServiceAccount | None:
        return await info.context.load(identity_reads.service_accounts_by_id, self.key) if self.key else None


@strawberry.type
class PeopleMutation:
    @strawberry.mutation(
        description="Offer somebody to become a user, with no more rights than you have. It can be taken for 7 days, "
        "and only while you still have those rights. Needs `users:manage`. `FORBIDDEN` for a role above yours, "
        "`CONFLICT` if you see a user with this address."
    )
    async def invite_user(
        self, info: Info, input: Annotated[InviteUserInput, strawberry.argument(description="Whom, and to what.")]
    ) -> InviteUserPayload | None:
        minted = Minted(INVITATION)
        payload = partial(InviteUserPayload, minted=minted)
        return await perform(info, payload, partial(service.invite_user, minted=minted), input)

    @strawberry.mutation(
        description="Take an invitation, which makes you a user and signs you in; needs no credential. `UNAUTHORIZED`, "
        "always the same, if the invitation is not open."
    )
    async def accept_invitation(
        self, info: Info, input: Annotated[AcceptInvitationInput, strawberry.argument(description="Who you are.")]
    ) -> AcceptInvitationPayload | None:
        async def flow(where: Where) -> Opened:
            token, password = secret(input.token, "token"), secret(input.password, "password")
            taking = joining.Taking(token=token, name=input.name, email=input.email, password=password)
            return await joining.accept(where, taking)

        return await open_with(info, AcceptInvitationPayload, input, flow)

    @strawberry.mutation(
        description="Give a user or service account another role; the same is no change. It holds from the next "
        "request on, and within a second on open sockets. Needs `users:manage`; a manager changes those only who are "
        "in no team but his. `FORBIDDEN` above your own rights, `CONFLICT` for yourself and the last administrator."
    )
    async def set_role(
        self, info: Info, input: Annotated[SetRoleInput, strawberry.argument(description="Who, and which role.")]
    ) -> SetRolePayload | None:
        return await perform(info, SetRolePayload, service.set_role, input)

    @strawberry.mutation(
        description="Let a user or service account do nothing any more, nor the service accounts a user answers for; "
        "his sessions end at once. Needs `users:manage`, and is refused as `setRole` is."
    )
    async def disable_user(
        self, info: Info, input: Annotated[DisableUserInput, strawberry.argument(description="Who.")]
    ) -> DisableUserPayload | None:
        return await perform(info, DisableUserPayload, service.disable, input)

    @strawberry.mutation(
        description="Let a disabled user or service account act again; a user signs in anew, API keys work again. "
        "Needs `users:manage`, and is refused as `setRole` is."
    )
    async def enable_user(
        self, info: Info, input: Annotated[EnableUserInput, strawberry.argument(description="Who.")]
    ) -> EnableUserPayload | None:
        return await perform(info, EnableUserPayload, service.enable, input)

    @strawberry.mutation(
        description="Make a service account for a program. It never does more than you may at that moment, so it stops "
        "when you are disabled. Needs `users:manage`. `FORBIDDEN` for a role above yours."
    )
    async def create_service_account(
        self, info: Info, input: Annotated[CreateServiceAccountInput, strawberry.argument(description="What it is.")]
    ) -> CreateServiceAccountPayload | None:
        return await perform(info, CreateServiceAccountPayload, service.create_service_account, input)
