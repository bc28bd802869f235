"""Access tokens for programs: the client-credentials grant of OAuth 2 (RFC 6749, 4.4) for service accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.identity.authentication import Authentication
from app.identity.events import AccessTokenGranted
from app.identity.refusals import Refused, count_refusal
from app.identity.secrets import API_KEY, PREFIX, is_of
from app.identity.service import NOBODY
from app.identity.sessions.throttle import address_of
from app.identity.tokens import issue_token
from app.kit.access import Actor
from app.kit.errors import HubError, TokenExpired, Unauthorized
from app.kit.ids import parse_global_id
from app.kit.journal import Writer, record
from app.secret import Secret


@dataclass(frozen=True, slots=True)
class Grant:
    """An access token, when it expires, and the permissions it is confined to."""

    token: Secret[str]
    expires_at: datetime
    scopes: frozenset[str]


class WrongClient(Unauthorized):
    """The client is none, or its secret is not one of its API keys."""


class WrongScope(HubError):
    """More was asked for than the API key may do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Client:
    """What a program says it is, one of its API keys, and the permissions it wants (None: all that the key has)."""

    id: str
    secret: Secret[str]
    scope: str | None


async def grant(authentication: Authentication, writer: Writer, client: Client) -> Grant:
    """A token of 15 minutes for a service account, by one of its API keys. Raises `WrongClient` and `WrongScope`."""
    try:
        actor, key = await _recognised(authentication, client)
    except WrongClient as refusal:
        ip = writer.origin.ip
        attempt = Refused(action=ACTION, reason=refusal.code.value, counted_for=address_of(ip), ip=ip)
        await writer.write(NOBODY, count_refusal, attempt, authentication.clock())
        raise
    scopes = _granted(actor, client.scope)
    await writer.write(actor, _note, key, client.secret.reveal()[:PREFIX], scopes)
    token, expires_at = issue_token(authentication.keys, UUID(actor.id), key, authentication.clock(), scopes)
    return Grant(Secret(token), expires_at, scopes)


async def _recognised(authentication: Authentication, client: Client) -> tuple[Actor, UUID]:
    named = parse_global_id(client.id)
    if named is None or named[0] != "ServiceAccount" or not is_of(API_KEY, client.secret.reveal()):
        raise WrongClient(WRONG)
    try:
        actor = await authentication.actor_of(client.secret.reveal())
    except (Unauthorized, TokenExpired):
        raise WrongClient(WRONG) from None
    if actor.id != str(named[1]) or actor.credential is None:
        raise WrongClient(WRONG)
    return actor, actor.credential


def _granted(actor: Actor, scope: str | None) -> frozenset[str]:
    held = frozenset(map(str, actor.permissions))
    scopes = held if scope is None else frozenset(scope.split())
    if not scopes or not scopes <= held:
        raise WrongScope("The key does not have all of these scopes.")
    return scopes


async def _note(session: AsyncSession, actor: Actor, key: UUID, prefix: str, scopes: frozenset[str]) -> None:
    message = f"{actor.name} got an access token"
    event = AccessTokenGranted(resource_id=str(key), principal_id=actor.id, prefix=prefix, message=message)
    record(session, actor, event, after={"scopes": sorted(scopes)})


ACTION = "oauthToken"
WRONG = "There is no such client, or its secret is another."
