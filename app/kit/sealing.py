"""Secrets that must be stored are sealed: AES-256-GCM under a key that is not in the database, bound to their place."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import LargeBinary
from sqlalchemy.types import TypeDecorator

from app.kit.errors import HubError
from app.kit.secrets import load_keys
from app.secret import Secret
from app.settings import Settings
from app.settings.keys import read_keys

VERSION = b"\x01"
ID_LENGTH, NONCE_LENGTH = 8, 12
HEADER = len(VERSION) + ID_LENGTH


class Sealed(TypeDecorator[bytes]):
    """A column of sealed secrets; its table's only primary key is a UUID. `resealing` finds it by this type."""

    impl = LargeBinary
    cache_ok = True


@dataclass(frozen=True, slots=True)
class Place:
    """Where a sealed secret stands. Put anywhere else it cannot be opened."""

    table: str
    column: str
    row: UUID

    def __bytes__(self) -> bytes:
        return f"{self.table}.{self.column}/{self.row}".encode()


class Unreadable(HubError):
    """What is stored was sealed with a key that is not given, or was tampered with."""


class Keyring:
    """The keys of this installation: the first seals, all of them open. Nonces are drawn by lot: 2^32 for a key."""

    def __init__(self, keys: Iterable[Secret[bytes]]) -> None:
        known = {_id_of(key): AESGCM(key.reveal()) for key in keys}
        self._current = next(iter(known))
        self._known = known

    @property
    def header(self) -> bytes:
        """How everything begins that the current key has sealed."""
        return VERSION + self._current

    @property
    def names(self) -> frozenset[str]:
        """The keys, as people may be told of them."""
        return frozenset(map(bytes.hex, self._known))

    def seal(self, secret: Secret[bytes], place: Place) -> bytes:
        """What to store of a secret in that place."""
        nonce = os.urandom(NONCE_LENGTH)
        bound = self.header + bytes(place)
        return self.header + nonce + self._known[self._current].encrypt(nonce, secret.reveal(), bound)

    def open(self, sealed: bytes, place: Place) -> Secret[bytes]:
        """The secret that was sealed for that place. Raises `Unreadable`."""
        header, nonce = sealed[:HEADER], sealed[HEADER : HEADER + NONCE_LENGTH]
        key = self._known.get(header[len(VERSION) :])
        if key is None or not header.startswith(VERSION):
            raise Unreadable(f"{place.table}.{place.column} was sealed with key {name_of(header)}, which is not given.")
        try:
            return Secret(key.decrypt(nonce, sealed[HEADER + NONCE_LENGTH :], header + bytes(place)))
        except (InvalidTag, ValueError):
            raise Unreadable(f"{place.table}.{place.column} of {place.row} is damaged, or of another place.") from None


def _id_of(key: Secret[bytes]) -> bytes:
    """Tells keys apart and nothing about them."""
    return hashlib.sha256(b"modelhub:key-id:" + key.reveal()).digest()[:ID_LENGTH]


def name_of(sealed: bytes) -> str:
    """The name of the key that something was sealed with: 16 hexadecimal digits."""
    return sealed[len(VERSION) : HEADER].hex()


def load_keyring(settings: Settings) -> Keyring:
    """The keys of `MODELHUB_ENCRYPTION_KEYS`, and then, for what was sealed before there were any, the derived one."""
    given = read_keys(settings.encryption_keys) if settings.encryption_keys else []
    return Keyring([*given, Secret(load_keys(settings.home, settings.secret).derive("encryption"))])
