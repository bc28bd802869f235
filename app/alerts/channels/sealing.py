"""What channels keep secret: their URLs, and what messages are signed with. Sealed in the database."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from uuid import UUID
from weakref import WeakKeyDictionary

from app.alerts.tables import Channel
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.kit.sealing import Keyring, Place
from app.secret import Secret

_KEYRINGS: WeakKeyDictionary[Database, Keyring] = WeakKeyDictionary()


def establish(database: Database, keyring: Keyring) -> None:
    """Say with which keys this process seals, for a database; mutations find them by `keyring_of`."""
    _KEYRINGS[database] = keyring


def keyring_of(database: Database) -> Keyring:
    """What was established. Raises `SERVICE_UNAVAILABLE` in a process that seals nothing."""
    found = _KEYRINGS.get(database)
    if found is None:
        raise Unavailable("This process keeps no secrets.")
    return found


def sealed(keyring: Keyring, channel: UUID, column: str, secret: Secret[str]) -> bytes:
    """What to store in that column (`url` or `secret`) of a channel."""
    return keyring.seal(Secret(secret.reveal().encode()), _place(channel, column))


def opened(keyring: Keyring, channel: UUID, column: str, stored: bytes | None) -> Secret[str] | None:
    """What was stored; None if nothing was. Raises `Unreadable`."""
    if stored is None:
        return None
    return Secret(keyring.open(stored, _place(channel, column)).reveal().decode())


def _place(channel: UUID, column: str) -> Place:
    return Place(Channel.__tablename__, column, channel)


@dataclass(slots=True)
class SigningSecret:
    """A new secret of 256 bits that messages are signed with, shown once: to whoever made it.

    `is_used`: whether an act stored it; one that was not done, since it was done before, does not."""

    keyring: Keyring
    secret: Secret[str]
    is_used: bool = False

    @classmethod
    def drawn(cls, keyring: Keyring) -> SigningSecret:
        """One that nobody knows."""
        return cls(keyring, Secret(f"mhw_{secrets.token_urlsafe(32)}"))

    def stored(self, channel: UUID) -> bytes:
        """As it is kept for a channel."""
        self.is_used = True
        return sealed(self.keyring, channel, "secret", self.secret)
