"""Access tokens: EdDSA-signed JWTs that name a principal and a role."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from functools import lru_cache

import jwt

from app.identity.rules import CLEARANCES, PERMISSIONS, Role
from app.kit.access import Actor
from app.kit.errors import TokenExpired, Unauthorized
from app.kit.secrets import Keys

ISSUER, AUDIENCE, ALGORITHM = "modelhub", "modelhub-api", "EdDSA"
MAX_LENGTH = 4096
DEVELOPMENT_LIFETIME = timedelta(hours=24)
REMEMBERED = 1024
"""How many tokens need not be verified again: a signature takes as long as a small query."""


def issue_development_token(keys: Keys, role: Role, lifetime: timedelta = DEVELOPMENT_LIFETIME) -> str:
    """A token for whoever holds the installation's secret, with everything the role may do."""
    now = datetime.now(UTC)
    claims = {
        "iss": ISSUER,
        "aud": AUDIENCE,
        "sub": f"development:{role.lower()}",
        "role": role.value,
        "iat": now,
        "exp": now + lifetime,
    }
    return jwt.encode(claims, keys.signing, algorithm=ALGORITHM)


def authenticate(keys: Keys, token: str) -> Actor:
    """Who a token stands for. Raises `TOKEN_EXPIRED` or `UNAUTHORIZED`."""
    if len(token) > MAX_LENGTH:
        raise Unauthorized("The access token is too long.")
    try:
        actor, expires_at = _verified(keys, token)
    except jwt.ExpiredSignatureError:
        raise _expired() from None
    except (jwt.InvalidTokenError, ValueError):
        raise Unauthorized("The access token is not valid.") from None
    if expires_at <= time.time():
        raise _expired()
    return actor


@lru_cache(maxsize=REMEMBERED)
def _verified(keys: Keys, token: str) -> tuple[Actor, int]:
    """Who a token that is good now stands for, and until when (Unix seconds). Only what was good is remembered."""
    claims = jwt.decode(
        token,
        keys.signing.public_key(),
        algorithms=[ALGORITHM],
        issuer=ISSUER,
        audience=AUDIENCE,
        options={"require": ["exp", "iat", "iss", "aud", "sub", "role"]},
    )
    return _actor(claims["sub"], Role(claims["role"])), int(claims["exp"])


def _expired() -> TokenExpired:
    return TokenExpired("The access token has expired; get a new one.")


def _actor(subject: str, role: Role) -> Actor:
    return Actor(id=subject, name=subject, role=role.value, permissions=PERMISSIONS[role], clearance=CLEARANCES[role])
