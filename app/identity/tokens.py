"""Access tokens: EdDSA-signed JWTs that name a principal and a role."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import jwt

from app.identity.rules import CLEARANCES, PERMISSIONS, Role
from app.kit.access import Actor
from app.kit.errors import TokenExpired, Unauthorized
from app.kit.secrets import Keys

ISSUER, AUDIENCE, ALGORITHM = "modelhub", "modelhub-api", "EdDSA"
MAX_LENGTH = 4096
DEVELOPMENT_LIFETIME = timedelta(hours=24)


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
        claims = jwt.decode(
            token,
            keys.signing.public_key(),
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            audience=AUDIENCE,
            options={"require": ["exp", "iat", "iss", "aud", "sub", "role"]},
        )
        return _actor(claims["sub"], Role(claims["role"]))
    except jwt.ExpiredSignatureError:
        raise TokenExpired("The access token has expired; get a new one.") from None
    except (jwt.InvalidTokenError, ValueError):
        raise Unauthorized("The access token is not valid.") from None


def _actor(subject: str, role: Role) -> Actor:
    return Actor(subject, subject, PERMISSIONS[role], CLEARANCES[role], role.value, teams=None)
