"""The installation's one secret, and the keys derived from it."""

from __future__ import annotations

import os
import secrets
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import NamedTemporaryFile

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from app.kit.errors import HubError
from app.secret import Secret

LENGTH = 32
"""Bytes of the secret of a home."""


@dataclass(frozen=True)
class Keys:
    """Keys derived (HKDF-SHA-256) from a secret of 32 bytes or more; never shown."""

    _secret: bytes

    def __repr__(self) -> str:
        return "Keys(…)"

    def derive(self, purpose: str) -> bytes:
        """32 bytes for one purpose."""
        return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"modelhub:" + purpose.encode()).derive(self._secret)

    @property
    def signing(self) -> Ed25519PrivateKey:
        """Signs access tokens."""
        return self._signing

    @cached_property
    def _signing(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(self.derive("access-tokens"))

    @property
    def verifying(self) -> tuple[Ed25519PublicKey]:
        """Verifies access tokens."""
        return (self.signing.public_key(),)

    @cached_property
    def cursors(self) -> bytes:
        """Signs pagination cursors."""
        return self.derive("cursors")


class DamagedSecret(HubError):
    """The secret of this home cannot be used."""


def load_keys(home: Path, secret: Secret[str] | None = None) -> Keys:
    """The keys of a given secret, which several machines may share, or else of this home's own.

    That one is made at first use, readable by its owner only."""
    if secret is not None:
        return Keys(secret.reveal().encode())
    path = home / "secret"
    if not path.exists():
        _create(path)
    try:
        stored = bytes.fromhex(path.read_text(encoding="ascii"))
    except ValueError:
        stored = b""
    if len(stored) != LENGTH:
        raise DamagedSecret(f"The secret in {path} is damaged. Restore it, or delete it: tokens become void.")
    return Keys(stored)


def _create(path: Path) -> None:
    """Made complete under another name and then linked, so nobody ever sees half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile("w", dir=path.parent, prefix=".secret-") as file:
        file.write(secrets.token_hex(LENGTH))
        file.flush()
        os.fsync(file.fileno())
        with suppress(FileExistsError):
            os.link(file.name, path)
