"""Access tokens: EdDSA-signed JWTs that name a principal and the credential they came from, for minutes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol
from uuid import UUID

import jwt
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from app.identity.rules import CLEARANCES, PERMISSIONS
from app.identity.vocabulary import Role
from app.kit.access import Actor
from app.kit.errors import TokenExpired, Unauthorized
from app.kit.ids import new_id

ISSUER, AUDIENCE, ALGORITHM = "modelhub", "modelhub-api", "EdDSA"
MAX_LENGTH = 4096
LIFETIME = timedelta(minutes=15)
DEVELOPMENT_LIFETIME = timedelta(hours=24)
SKEW = timedelta(seconds=5)
"""How far the clocks of machines that share a secret may lie apart."""


class Signing(Protocol):
    """What signs access tokens now, and what verifies those that are in force."""

    @property
    def signing(self) -> Ed25519PrivateKey:
        """Signs."""
        ...

    @property
    def verifying(self) -> Iterable[Ed25519PublicKey]:
        """Verify."""
        ...


@dataclass(frozen=True, slots=True)
class Claims:
    """What a token says. A development token has a `role`, every other a `credential`: its session or API key.

    `scopes`: the permissions it is confined to; None if it is not."""

    subject: str
    expires_at: datetime
    role: Role | None = None
    credential: UUID | None = None
    scopes: frozenset[str] | None = None


def key_id(key: Ed25519PublicKey) -> str:
    """The `kid` of a key: 16 hexadecimal digits of the SHA-256 of it."""
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def issue_token(
    keys: Signing, principal: UUID, credential: UUID, now: datetime, scopes: frozenset[str] | None = None
) -> tuple[str, datetime]:
    """A token for 15 minutes, and when it expires. What it may do is looked up at each use."""
    confined = {} if scopes is None else {"scope": " ".join(sorted(scopes))}
    claims = {"sub": str(principal), "cred": str(credential), "jti": str(new_id()), **confined}
    return _signed(keys, claims, now, LIFETIME), now + LIFETIME


def issue_development_token(keys: Signing, role: Role, lifetime: timedelta = DEVELOPMENT_LIFETIME) -> str:
    """A token for whoever holds the installation's secret, with everything the role may do, for every team's data."""
    claims = {"sub": f"development:{role.lower()}", "role": role.value}
    return _signed(keys, claims, datetime.now(UTC), lifetime)


def _signed(keys: Signing, claims: dict[str, Any], now: datetime, lifetime: timedelta) -> str:
    times = {"iat": now - SKEW, "nbf": now - SKEW, "exp": now + lifetime}
    whole = {"iss": ISSUER, "aud": AUDIENCE, **claims, **times}
    headers = {"kid": key_id(keys.signing.public_key())}
    return jwt.encode(whole, keys.signing, algorithm=ALGORITHM, headers=headers)


def verify(keys: Signing, token: str) -> Claims:
    """What a token says that is ours and in force. Raises `TOKEN_EXPIRED` or `UNAUTHORIZED`."""
    if len(token) > MAX_LENGTH:
        raise Unauthorized("The access token is too long.")
    try:
        return _claims(_decoded(keys, token))
    except jwt.ExpiredSignatureError:
        raise TokenExpired("The access token has expired; get a new one.") from None
    except (jwt.InvalidTokenError, ValueError, TypeError, AttributeError):
        raise Unauthorized("The access token is not valid.") from None


def _decoded(keys: Signing, token: str) -> dict[str, Any]:
    known = {key_id(key): key for key in keys.verifying}
    kid = jwt.get_unverified_header(token).get("kid")
    if not isinstance(kid, str) or kid not in known:
        raise jwt.InvalidTokenError
    return jwt.decode(
        token,
        known[kid],
        algorithms=[ALGORITHM],
        issuer=ISSUER,
        audience=AUDIENCE,
        options={"require": ["exp", "iat", "nbf", "iss", "aud", "sub"]},
    )


def _claims(raw: dict[str, Any]) -> Claims:
    expires_at = datetime.fromtimestamp(raw["exp"], UTC)
    if "role" in raw:
        return Claims(raw["sub"], expires_at, role=Role(raw["role"]))
    scopes = frozenset(raw["scope"].split()) if "scope" in raw else None
    return Claims(raw["sub"], expires_at, credential=UUID(raw.get("cred")), scopes=scopes)


def authenticate(keys: Signing, token: str) -> Actor:
    """Who a development token stands for. Raises `TOKEN_EXPIRED` or `UNAUTHORIZED`, also for every other token."""
    return development_actor(verify(keys, token))


def development_actor(claims: Claims) -> Actor:
    """Who the claims of a development token stand for."""
    if claims.role is None:
        raise Unauthorized("Only a development token is taken here.")
    role = claims.role
    return Actor(claims.subject, claims.subject, PERMISSIONS[role], CLEARANCES[role], role.value, teams=None)
