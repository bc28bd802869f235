"""A Redis backend for broadcaster that is supervised: it comes back by itself, and says when it may have missed
something."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from contextlib import suppress
from typing import Any, Final

from broadcaster import BroadcastBackend, Event
from redis import asyncio as redis
from redis.asyncio.client import PubSub
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.kit.tasks import ended

log = logging.getLogger("modelhub.live")

HEARTBEAT_SECONDS: Final = 5.0
_PATIENCE: Final = 3
"""Heartbeats without an answer after which the connection is given up."""
_SHORTEST, _LONGEST = 0.05, 2.0
_MISSED: Final = ""
"""The message that stands for whatever was published while there was no connection."""
_ALWAYS: Final = "supervised"
"""A channel without messages: without any subscription there is no heartbeat."""
_MOST_WAITING: Final = 10_000


class SupervisedRedis(BroadcastBackend):
    """Publishes at most once. After each new connection every channel gets an empty message: look for yourself."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._wanted: set[str] = set()
        self._heard: asyncio.Queue[Event] = asyncio.Queue(_MOST_WAITING)
        self._pubsub: PubSub | None = None
        self._publisher = _client(url, socket_timeout=2)
        self._task: asyncio.Task[None] | None = None
        self.connections = 0
        self.is_connected = self._is_lost = False

    async def connect(self) -> None:
        """Begin; Redis need not be there."""
        self._task = asyncio.create_task(self._supervise())

    async def disconnect(self) -> None:
        """Stop."""
        if self._task is not None:
            await ended([self._task])
        await self._publisher.aclose()

    async def publish(self, channel: str, message: Any) -> None:
        """Tell whoever is subscribed now. Raises what Redis raises."""
        await self._publisher.publish(channel, message)

    async def subscribe(self, group: str) -> None:
        """From now on, or from when Redis is there, hear of a channel."""
        self._wanted.add(group)
        if self._pubsub is not None:
            with suppress(RedisError, OSError):
                await self._pubsub.subscribe(group)

    async def unsubscribe(self, group: str) -> None:
        """Hear of a channel no longer."""
        self._wanted.discard(group)
        if self._pubsub is not None:
            with suppress(RedisError, OSError):
                await self._pubsub.unsubscribe(group)

    async def next_published(self) -> Event:
        """Wait for a message."""
        return await self._heard.get()

    async def _supervise(self) -> None:
        pause = _SHORTEST
        while True:
            began = time.monotonic()
            try:
                await self._listen()
            except (RedisError, OSError) as error:
                if not self._is_lost:
                    log.warning("Redis is away, events are looked for each second: %s", type(error).__name__)
                self._is_lost = True
            self.is_connected, self._pubsub = False, None
            pause = _SHORTEST if time.monotonic() - began > HEARTBEAT_SECONDS else min(2 * pause, _LONGEST)
            await asyncio.sleep(pause * random.uniform(0.5, 1))  # noqa: S311 - no secret

    async def _listen(self) -> None:
        """Until the connection is lost."""
        client = _client(self._url, socket_timeout=None)
        try:
            async with client.pubsub() as pubsub:
                await pubsub.subscribe(_ALWAYS)
                self._pubsub, self.is_connected = pubsub, True
                self.connections += 1
                self._is_lost = False
                if self._wanted:
                    await pubsub.subscribe(*self._wanted)
                for channel in tuple(self._wanted):
                    await self._heard.put(Event(channel, _MISSED))
                await self._hear(pubsub)
        finally:
            await client.aclose()

    async def _hear(self, pubsub: PubSub) -> None:
        silent = 0
        while silent < _PATIENCE:
            message = await pubsub.get_message(timeout=HEARTBEAT_SECONDS)
            silent = 0 if message else silent + 1
            if message is None:
                await pubsub.ping()
            elif message["type"] == "message":
                await self._heard.put(Event(_text(message["channel"]), _text(message["data"])))
        raise redis.ConnectionError("no answer")


def _client(url: str, **options: Any) -> redis.Redis:
    return redis.Redis.from_url(url, retry=Retry(NoBackoff(), 0), socket_connect_timeout=3, **options)


def _text(raw: Any) -> str:
    return raw.decode(errors="replace")
