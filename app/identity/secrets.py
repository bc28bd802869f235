"""Secrets that are made here and shown once: what remains of them is a digest."""

from __future__ import annotations

import hashlib
import re
import secrets

from app.secret import Secret

REFRESH, API_KEY, INVITATION = "mhr", "mhk", "mhi"
"""How refresh tokens, API keys and invitations begin, so that scanners for leaked secrets find them."""

PREFIX = 12
"""How many characters of a secret are shown."""

_FORM = re.compile(r"mh[rki]_[A-Za-z0-9_-]{43}")


class Minted:
    """A new secret of 256 bits: shown once as `secret`, kept as `digest`, recognised by `prefix`.

    `is_used`: whether an act took its digest; one that was not done, since it was done before, does not."""

    def __init__(self, kind: str) -> None:
        self.secret = Secret(f"{kind}_{secrets.token_urlsafe(32)}")
        self.is_used = False

    @property
    def digest(self) -> bytes:
        """What is stored."""
        self.is_used = True
        return digest_of(self.secret)

    @property
    def prefix(self) -> str:
        """How it begins: 48 of its bits, of no use to a thief."""
        return self.secret.reveal()[:PREFIX]


def digest_of(secret: Secret[str]) -> bytes:
    """SHA-256: of 256 random bits nobody finds the original, so that no slow hash is needed."""
    return hashlib.sha256(secret.reveal().encode(errors="surrogatepass")).digest()


def is_of(kind: str, text: str) -> bool:
    """Whether it looks like a secret of this kind."""
    return text.startswith(f"{kind}_") and _FORM.fullmatch(text) is not None
