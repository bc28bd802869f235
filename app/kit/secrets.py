"""The installation's one secret, and the keys derived from it."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import SecretStr


@dataclass(frozen=True)
class Keys:
    """Keys derived (HKDF-SHA-256) from a secret of 32 bytes or more; never shown."""

    _secret: bytes

    def __repr__(self) -> str:
        return "Keys(…)"

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"modelhub:" + purpose.encode()).derive(self._secret)

    @cached_property
    def signing(self) -> Ed25519PrivateKey:
        """Signs access tokens."""
        return Ed25519PrivateKey.from_private_bytes(self.derive("access-tokens"))

    @cached_property
    def cursors(self) -> bytes:
        """Signs pagination cursors."""
        return self.derive("cursors")


def load_keys(home: Path, secret: SecretStr | None = None) -> Keys:
    """The keys of a given secret, which several machines may share, or else of this home's own.

    That one is made at first use, readable by its owner only."""
    if secret is not None:
        return Keys(secret.get_secret_value().encode())
    path = home / "secret"
    home.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return Keys(bytes.fromhex(path.read_text().strip()))
    with os.fdopen(descriptor, "w") as file:
        file.write(secrets.token_hex(32))
    return load_keys(home)
