"""The faces and mutations of API keys."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Annotated

import strawberry

from app.identity.keys import reads, service
from app.identity.people.schema import principal_key
from app.identity.reads import principals_by_id
from app.identity.schema import Principal, ServiceAccount, Viewer
from app.identity.secrets import API_KEY, Minted
from app.kit.access import Permission
from app.kit.connections import After, Before, Connection, First, Last, connection, pages
from app.kit.context import Info
from app.kit.edges import edge, edge_with_arguments, extends
from app.kit.errors import InvalidParameter
from app.kit.ids import key_of
from app.kit.mutations import CLIENT_MUTATION_ID, Payload, perform
from app.kit.nodes import Node, Rows, fetched_by
from app.kit.paging import PageRequest


@strawberry.type(
    description="A long-lived credential of a program. Seen by who sees its principal; the key itself was shown once."
)
class ApiKey(Rows, Node):
    row = reads.ApiKeyRow

    name: str = strawberry.field(description="What it is for.")
    prefix: str = strawberry.field(description="How the key begins, to recognise it by.")
    scopes: list[str] = strawberry.field(
        description="The permissions it is confined to, in alphabetical order; it never does more than its principal."
    )
    created_at: datetime = strawberry.field(description="When it was made.")
    expires_at: datetime | None = strawberry.field(description="Until when it works.")
    last_used_at: datetime | None = strawberry.field(
        description="The hour in which it was last used; null if it never was."
    )
    revoked_at: datetime | None = strawberry.field(description="When it was made void; null if it was not.")

    principal: Principal | None = edge(principals_by_id, key="principal_id", description="Whose it is.")
    replaces: ApiKey | None = edge(
        reads.keys_by_id, key="replaces_id", description="The key in whose place it came; null if there is none."
    )


fetched_by("ApiKey", reads.keys_by_id)


@extends(Viewer)
class ViewerKeys:
    @strawberry.field(description="Your API keys, and those of the service accounts you answer for, newest first.")
    async def api_keys(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ApiKey]:
        return connection(await info.context.read(reads.page_of_keys, PageRequest(first, after, last, before)))


@extends(ServiceAccount)
class ServiceAccountKeys:
    @edge_with_arguments(key="id", description="Its API keys, newest first, those that are void too.")
    def api_keys(
        self, info: Info, first: First = None, after: After = None, last: Last = None, before: Before = None
    ) -> Connection[ApiKey]:
        request = PageRequest(first, after, last, before)
        return pages(info, reads.keys_by_principal, reads.key_counts_by_principal, request)


@strawberry.type(description="An API key that was made or changed.")
class ApiKeyPayload(Payload):
    @strawberry.field(description="The key as it is now; null if nothing was written.")
    async def api_key(self, info: Info) -> ApiKey | None:
        return await info.context.load(reads.keys_by_id, self.key) if self.key else None


@strawberry.type(description="An API key that was made.")
class NewKeyPayload(ApiKeyPayload):
    minted: strawberry.Private[Minted | None] = None

    @strawberry.field(
        description="The key itself, for `Authorization: Bearer …`. A secret, shown once: a repetition by "
        "`clientMutationId` gives null."
    )
    def secret(self) -> str | None:
        is_new = self.key and self.minted and self.minted.is_used
        return self.minted.secret.reveal() if self.minted and is_new else None


@strawberry.input(description="Makes an API key.")
class CreateApiKeyInput:
    principal_id: strawberry.ID | None = strawberry.field(
        default=None, description="The service account it is for; left out: you yourself."
    )
    name: str = strawberry.field(description="What it is for; at most 200 characters.")
    scopes: list[str] = strawberry.field(
        description="Permissions such as `models:read`, of those that you and its principal have; 1 to 100."
    )
    expires_at: datetime | None = strawberry.field(
        default=None, description="Until when it works: within two years, which is what is taken if left out."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Order:
        """The key wanted."""
        principal = None if self.principal_id is None else principal_key(self.principal_id, "principalId")
        scopes = tuple(_permission(text, f"scopes.{n}") for n, text in enumerate(self.scopes))
        return service.Order(principal=principal, name=self.name, scopes=scopes, expires_at=self.expires_at)


def _permission(text: str, argument: str) -> Permission:
    try:
        return Permission(text)
    except ValueError:
        raise InvalidParameter("There is no such permission.", argument=argument) from None


@strawberry.type(description="What came of `createApiKey`.")
class CreateApiKeyPayload(NewKeyPayload):
    pass


@strawberry.input(description="Replaces an API key.")
class RotateApiKeyInput:
    api_key_id: strawberry.ID = strawberry.field(description="The key to replace.")
    overlap_hours: int = strawberry.field(
        default=24, description="For how many hours the old one works on: 0 to 168, 24 if left out."
    )
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Rotation:
        """The rotation."""
        return service.Rotation(
            key=key_of(self.api_key_id, "ApiKey", argument="apiKeyId"), overlap_hours=self.overlap_hours
        )


@strawberry.type(description="What came of `rotateApiKey`.")
class RotateApiKeyPayload(NewKeyPayload):
    pass


@strawberry.input(description="Makes an API key void.")
class RevokeApiKeyInput:
    api_key_id: strawberry.ID = strawberry.field(description="The key.")
    client_mutation_id: str | None = strawberry.field(default=None, description=CLIENT_MUTATION_ID)

    def command(self) -> service.Revocation:
        """The revocation."""
        return service.Revocation(key=key_of(self.api_key_id, "ApiKey", argument="apiKeyId"))


@strawberry.type(description="What came of `revokeApiKey`.")
class RevokeApiKeyPayload(ApiKeyPayload):
    pass


@strawberry.type
class KeyMutation:
    @strawberry.mutation(
        description="Make an API key: for yourself, or for a service account that you manage. Needs `users:manage` for "
        "a service account, and for your own key nothing more than having signed in; nobody makes keys by a key."
    )
    async def create_api_key(
        self, info: Info, input: Annotated[CreateApiKeyInput, strawberry.argument(description="What it is.")]
    ) -> CreateApiKeyPayload | None:
        minted = Minted(API_KEY)
        payload = partial(CreateApiKeyPayload, minted=minted)
        return await perform(info, payload, partial(service.create_api_key, minted=minted), input)

    @strawberry.mutation(
        description="Replace an API key by a new one with its name and scopes, which lives as long as the old one was "
        "to live; the old one works on for some hours. Needs `users:manage`, unless it is yours or you answer for its "
        "service account; nobody does it by a key. `CONFLICT` if it is void or was replaced already."
    )
    async def rotate_api_key(
        self, info: Info, input: Annotated[RotateApiKeyInput, strawberry.argument(description="Which key.")]
    ) -> RotateApiKeyPayload | None:
        minted = Minted(API_KEY)
        payload = partial(RotateApiKeyPayload, minted=minted)
        return await perform(info, payload, partial(service.rotate_api_key, minted=minted), input)

    @strawberry.mutation(
        description="Make an API key void at once. Needs `users:manage`, unless it is yours or you answer for its "
        "service account. One that is void is no change."
    )
    async def revoke_api_key(
        self, info: Info, input: Annotated[RevokeApiKeyInput, strawberry.argument(description="Which key.")]
    ) -> RevokeApiKeyPayload | None:
        return await perform(info, RevokeApiKeyPayload, service.revoke_api_key, input)
