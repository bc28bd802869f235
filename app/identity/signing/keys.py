"""The keys of access tokens as one process knows them: derived from the secret, and those that were added since."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from sqlalchemy import select
from sqlalchemy.sql.expression import Executable

from app.identity.signing.service import OVERLAP, place_of
from app.identity.signing.tables import SigningKey
from app.kit.clock import Clock, utc_now
from app.kit.db import Database, Row, statement
from app.kit.errors import HubError
from app.kit.sealing import Keyring
from app.kit.secrets import Keys

log = logging.getLogger("modelhub.identity")

LOOK_EVERY = 10.0
"""Seconds between two looks at the table."""


class _KeyRow(Row):
    """A key that may be in use."""


@statement
def _all() -> Executable:
    columns = SigningKey.id, SigningKey.private_key, SigningKey.active_from, SigningKey.ended_at
    return select(*columns).order_by(SigningKey.active_from.desc(), SigningKey.id.desc())


@dataclass(frozen=True, slots=True)
class _Known:
    private: Ed25519PrivateKey
    active_from: datetime
    ended_at: datetime | None


@dataclass(slots=True)
class SigningKeys:
    """What signs and verifies. The derived key does until there is another, and in development always verifies."""

    derived: Keys
    keyring: Keyring
    is_production: bool = False
    clock: Clock = utc_now
    _added: list[_Known] = field(default_factory=list["_Known"])

    @property
    def signing(self) -> Ed25519PrivateKey:
        """Signs access tokens now."""
        now = self.clock()
        return next((key.private for key in self._added if key.active_from <= now), self.derived.signing)

    @property
    def verifying(self) -> Iterable[Ed25519PublicKey]:
        """Verify the tokens that are taken now; first the one that signs."""
        now = self.clock()
        yield from (key.private.public_key() for key in self._added if key.ended_at is None or key.ended_at > now)
        if not self.is_production or all(key.active_from + OVERLAP > now for key in self._added):
            yield self.derived.signing.public_key()

    async def load(self, database: Database) -> None:
        """Learn what was added. Raises `Unreadable` if the key of a key is not given."""
        rows = await database.fetch(_all(), _KeyRow)
        self._added = [_Known(self._opened(row), row.active_from, row.ended_at) for row in rows]

    async def follow(self, database: Database) -> NoReturn:
        """Learn of new keys, long before they sign. That they cannot be read is told once."""
        told = None
        while True:
            try:
                await self.load(database)
                told = None
            except HubError as error:
                if str(error) != told:
                    log.warning("the keys of access tokens could not be read: %s", error)
                told = str(error)
            await asyncio.sleep(LOOK_EVERY)

    def _opened(self, row: _KeyRow) -> Ed25519PrivateKey:
        seed = self.keyring.open(row.private_key, place_of(row.id)).reveal()
        return Ed25519PrivateKey.from_private_bytes(seed)
