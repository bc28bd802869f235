"""Access tokens for programs: the client-credentials grant of OAuth 2 (RFC 6749, 4.4) for service accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.identity.authentication import Authentication
from app.identity.secrets import API_KEY, is_of
from app.identity.tokens import issue_token
from app.kit.errors import HubError, TokenExpired, Unauthorized
from app.kit.ids import parse_global_id
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


async def grant(authentication: Authentication, client_id: str, client_secret: Secret[str], scope: str | None) -> Grant:
    """A token of 15 minutes for the service account `client_id`, by one of its API keys; confined to `scope`, or to
    all that the key may do. Raises `WrongClient` and `WrongScope`."""
    client = parse_global_id(client_id)
    if client is None or client[0] != "ServiceAccount" or not is_of(API_KEY, client_secret.reveal()):
        raise WrongClient(WRONG)
    try:
        actor = await authentication.actor_of(client_secret.reveal())
    except (Unauthorized, TokenExpired):
        raise WrongClient(WRONG) from None
    if actor.id != str(client[1]) or actor.credential is None:
        raise WrongClient(WRONG)
    held = frozenset(map(str, actor.permissions))
    scopes = held if scope is None else frozenset(scope.split())
    if not scopes or not scopes <= held:
        raise WrongScope("The key does not have all of these scopes.")
    token, expires_at = issue_token(
        authentication.keys, UUID(actor.id), actor.credential, authentication.clock(), scopes
    )
    return Grant(Secret(token), expires_at, scopes)


WRONG = "There is no such client, or its secret is another."
