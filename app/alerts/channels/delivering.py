"""Delivers messages: one task for each channel, so that a receiver that is slow holds up nobody else."""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from random import random
from typing import Any, Final
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from app.alerts.channels import email, http, slack, webhook
from app.alerts.channels.escalating import escalate
from app.alerts.channels.forming import form
from app.alerts.channels.posting import Taken, due, finish, take
from app.alerts.channels.rules import Reply, next_attempt, pause
from app.alerts.channels.sealing import opened
from app.alerts.channels.vocabulary import DeliveryOutcome
from app.alerts.vocabulary import ChannelKind
from app.kit.access import SYSTEM, Actor
from app.kit.clock import Clock, utc_now
from app.kit.db import Database
from app.kit.errors import Unavailable
from app.kit.journal import Writer
from app.kit.outgoing import outgoing
from app.kit.sealing import Keyring, Unreadable
from app.kit.targets import Targets
from app.kit.tasks import ended
from app.secret import Secret
from app.settings import Settings
from app.settings.mail import MailServer

log = logging.getLogger("modelhub.alerts")

AT_ONCE: Final = 20
"""Channels that one process serves at the same time."""
SECONDS: Final = 10.0
"""An attempt takes no longer, whatever the receiver does meanwhile."""


@dataclass(frozen=True, slots=True)
class Post:
    """What one process sends by."""

    keyring: Keyring
    targets: Targets
    mail: MailServer | None = None
    sender: str = "modelhub@localhost"
    authorities: str | None = None
    seconds: float = SECONDS

    @classmethod
    def of(cls, settings: Settings, keyring: Keyring) -> Post:
        """As the operator wants it."""
        authorities = str(settings.authorities) if settings.authorities else None
        return cls(keyring, Targets(settings.private_targets), settings.mail, settings.smtp_from, authorities)


async def _prepare(session: AsyncSession, actor: Actor, now: datetime, busy: list[UUID]) -> list[UUID]:
    await escalate(session, actor, now)
    await form(session, actor, now)
    return await due(session, actor, now, busy, AT_ONCE - len(busy))


@dataclass(slots=True)
class Courier:
    """Of one process; any number may work on the same database."""

    database: Database
    post: Post
    clock: Clock = utc_now
    _serving: dict[UUID, asyncio.Task[None]] = field(default_factory=dict[UUID, "asyncio.Task[None]"])
    _client: Any = None

    async def run(self) -> int:
        """One round: escalate, form messages, and begin to deliver what is due; returns to how many channels."""
        writer, now = Writer(self.database, clock=self.clock), self.clock()
        found = await writer.write(SYSTEM, _prepare, now, list(self._serving))
        for channel in found:
            self._serving[channel] = asyncio.create_task(self._serve(channel))
        return len(found)

    @asynccontextmanager
    async def running(self) -> AsyncGenerator[None]:
        """Attempts that are under way when the block ends are broken off, and made again by whoever comes next."""
        try:
            yield
        finally:
            await ended(self._serving.values())
            if self._client is not None:
                await self._client.aclose()

    async def idle(self) -> None:
        """Wait until nothing is under way."""
        await asyncio.gather(*self._serving.values())

    async def _serve(self, channel: UUID) -> None:
        """Deliver what is due to a channel, one by one, until an attempt fails."""
        try:
            while await self._succeeds(channel):
                pass
        except Unavailable:
            log.debug("the database is away; channel %s is served later", channel)
        except Exception:
            log.exception("delivery to channel %s failed; it is tried again", channel)
        finally:
            del self._serving[channel]

    async def _succeeds(self, channel: UUID) -> bool:
        writer, begun = Writer(self.database, clock=self.clock), self.clock()
        taken = await writer.write(SYSTEM, take, channel, begun)
        if taken is None:
            return False
        reply = await self._attempt(taken, begun)
        now = self.clock()
        then = next_attempt(taken.created_at, now, pause(taken.attempts, random(), reply.wait))  # noqa: S311 - jitter
        outcome = await writer.write(SYSTEM, finish, taken, reply, begun, now, then)
        if outcome is DeliveryOutcome.GIVEN_UP:
            log.warning("a message to channel %s was given up after %d attempts", channel, taken.attempts)
        return outcome is DeliveryOutcome.DELIVERED

    async def _attempt(self, taken: Taken, now: datetime) -> Reply:
        try:
            async with asyncio.timeout(self.post.seconds):
                return await self._sent(taken, now)
        except TimeoutError:
            return Reply(is_delivered=False, text=f"There was no whole answer within {self.post.seconds:g} s.")
        except Unreadable:
            return Reply(is_delivered=False, text="Its secrets were sealed with a key that is not given.")

    async def _sent(self, taken: Taken, now: datetime) -> Reply:
        if taken.kind == ChannelKind.EMAIL:
            return await self._mailed(taken)
        url = opened(self.post.keyring, taken.channel_id, "url", taken.url) or Secret("")
        if taken.kind == ChannelKind.SLACK:
            return await http.post(self._http(), url, slack.HEADERS, slack.body_of(taken.content))
        secret = opened(self.post.keyring, taken.channel_id, "secret", taken.secret)
        body = webhook.body_of(taken.content)
        return await http.post(self._http(), url, webhook.headers_of(taken.content, secret, body, now), body)

    async def _mailed(self, taken: Taken) -> Reply:
        if self.post.mail is None:
            return Reply(is_delivered=False, text="No mail server is set: MODELHUB_SMTP_URL.")
        mail = email.message_of(taken.content, self.post.sender, taken.recipients)
        trust = ssl.create_default_context()
        if self.post.authorities:
            trust.load_verify_locations(self.post.authorities)
        return await email.send(self.post.mail, mail, trust, self.post.seconds)

    def _http(self) -> Any:
        if self._client is None:
            self._client = outgoing(self.post.targets, self.post.seconds, self.post.authorities)
        return self._client
