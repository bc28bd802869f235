"""Who a credential stands for: cached for as long as nobody's permissions change."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.sql.expression import Executable

from app.identity.secrets import API_KEY, digest_of, is_of
from app.identity.standing import STANDING, Standing, hold, look_up, standing_of
from app.identity.tokens import MAX_LENGTH, Claims, Signing, development_actor, verify
from app.kit.access import Actor
from app.kit.clock import Clock, utc_now
from app.kit.db import Database, Row, statement
from app.kit.errors import HubError, TokenExpired, Unauthorized
from app.secret import Secret

log = logging.getLogger("modelhub.identity")

MAX_KNOWN = 10_000
DEAF_AFTER = 5.0
"""Seconds without news of the epoch after which nothing that is remembered is believed."""
USE_NOTED_EVERY = timedelta(hours=1)


class _StandingRow(Row):
    """A principal with the credential by which he came."""


@statement
def _standing() -> Executable:
    return STANDING


@statement
def _note_use() -> Executable:
    return text(
        """
        update api_key set last_used_at = date_trunc('hour', cast(:now as timestamptz))
        where id = cast(:id as uuid) and (last_used_at is null or last_used_at < cast(:before as timestamptz))
        """
    )


@dataclass(frozen=True, slots=True)
class _Known:
    standing: Standing
    until: datetime | None


@dataclass(slots=True)
class Authentication:
    """Of one process. `heard` must be told the authorisation epoch (`epoch.follow`); until then nothing is cached."""

    database: Database
    keys: Signing
    clock: Clock = utc_now
    takes_development_tokens: bool = True
    epoch: int = 0
    _heard_at: float = field(default=float("-inf"))
    _known: dict[bytes, _Known] = field(default_factory=dict[bytes, _Known])
    _uses: dict[UUID, datetime] = field(default_factory=dict[UUID, datetime])
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def heard(self, epoch: int) -> None:
        """The epoch is this; what was remembered of another is forgotten, and those who wait for a change go on."""
        self._heard_at = time.monotonic()
        if epoch != self.epoch:
            self.epoch = epoch
            self._known.clear()
            self._changed.set()
            self._changed = asyncio.Event()

    async def changed(self) -> None:
        """Wait until somebody's permissions change."""
        await self._changed.wait()

    async def actor_of(self, credential: str) -> Actor:
        """Who an access token or an API key stands for. Raises `UNAUTHORIZED` or `TOKEN_EXPIRED`."""
        return (await self.recognise(credential))[0]

    async def recognise(self, credential: str) -> tuple[Actor, datetime | None]:
        """Who a credential stands for, and until when; None for as long as nobody revokes it."""
        if len(credential) > MAX_LENGTH:
            raise Unauthorized("The credential is too long.")
        name = hashlib.sha256(credential.encode(errors="surrogatepass")).digest()
        known = self._remembered(name)
        if known is None:
            known = await self._look_up(credential)
            self._remember(name, known)
        if known.until is not None and known.until <= self.clock():
            raise TokenExpired("The credential has expired; get a new one.")
        if is_of(API_KEY, credential):
            await self._note_use(known.standing.actor)
        return known.standing.actor, known.until

    async def confirm(self, session: AsyncSession, actor: Actor) -> Actor:
        """The actor as he is now, with no more than he had; so he stays until the transaction ends."""
        if actor.credential is None:
            return actor
        await hold(session, UUID(actor.id))
        now_held = frozenset(map(str, actor.permissions))
        return standing_of(await look_up(session, actor.credential), self.clock(), now_held).actor

    def _remembered(self, name: bytes) -> _Known | None:
        known = self._known.get(name)
        is_deaf = time.monotonic() - self._heard_at > DEAF_AFTER
        return None if known is None or is_deaf or known.standing.epoch < self.epoch else known

    def _remember(self, name: bytes, known: _Known) -> None:
        if len(self._known) >= MAX_KNOWN:
            self._known.clear()
        self._known[name] = known

    async def _look_up(self, credential: str) -> _Known:
        if is_of(API_KEY, credential):
            return await self._find(None, digest_of(Secret(credential)))
        claims = verify(self.keys, credential)
        if claims.role is not None:
            return self._of_development(claims)
        found = await self._find(claims.credential, None, claims.scopes)
        if found.standing.actor.id != claims.subject:
            raise Unauthorized("The access token is not valid.")
        return _Known(found.standing, min(claims.expires_at, found.until or claims.expires_at))

    def _of_development(self, claims: Claims) -> _Known:
        if not self.takes_development_tokens:
            raise Unauthorized("Development tokens are not taken in production; sign in.")
        return _Known(Standing(development_actor(claims), self.epoch, None), claims.expires_at)

    async def _find(self, key: UUID | None, digest: bytes | None, scopes: frozenset[str] | None = None) -> _Known:
        rows = await self.database.fetch(_standing(), _StandingRow, credential=key, digest=digest)
        standing = standing_of(dict(rows[0].items()) if rows else None, self.clock(), scopes)
        return _Known(standing, standing.expires_at)

    async def _note_use(self, actor: Actor) -> None:
        """Write down, once an hour, that a key is in use; that it cannot be written down keeps nobody out."""
        key, now = actor.credential, self.clock()
        if key is None or now - self._uses.get(key, now - USE_NOTED_EVERY) < USE_NOTED_EVERY:
            return
        self._uses[key] = now
        try:
            await self.database.fetch(_note_use(), _StandingRow, id=key, now=now, before=now - USE_NOTED_EVERY)
        except HubError:
            log.debug("the use of a key could not be noted")
