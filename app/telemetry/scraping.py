"""What `/metrics` answers: what the process counted, and what the parts behind it say, asked every 5 s at most."""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias
from uuid import UUID

from prometheus_client import CollectorRegistry
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from app.kit.access import Actor, Clearance, Permission
from app.kit.errors import Unavailable

log = logging.getLogger("modelhub.metrics")

FRESH_SECONDS = 5.0
PATIENCE = 1.0
MAX_SNAPSHOTS = 1000

Part: TypeAlias = Callable[[Actor], Awaitable[Iterable[Metric]]]
"""Something behind the process, such as the database; asked for what the actor may see. Raises `Unavailable`."""

_Sight: TypeAlias = tuple[Clearance, frozenset[UUID] | None, frozenset[Permission]]
"""All that decides what an actor may see."""


def _sight(actor: Actor) -> _Sight:
    return actor.clearance, actor.teams, actor.permissions


@dataclass(slots=True)
class _Answer(Collector):
    """What one scrape shows."""

    families: list[Metric]

    def collect(self) -> Iterable[Metric]:
        return self.families


@dataclass(slots=True)
class _Snapshot:
    """What the parts said, to those who may see the same."""

    taken_at: float = float("-inf")
    families: list[Metric] = field(default_factory=list[Metric])
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Exposition:
    """The registry of a process together with its parts, each of which may be away."""

    def __init__(self, registry: CollectorRegistry, parts: Mapping[str, Part]) -> None:
        self._registry = registry
        self._parts = parts
        self._snapshots: dict[_Sight, _Snapshot] = {}

    async def text(self, actor: Actor, accept: str) -> tuple[bytes, str]:
        """The answer for an actor, and its media type as `Accept` prefers it."""
        asked = await self._asked(actor)
        encode, media_type = choose_encoder(accept)
        return encode(_Answer([*self._registry.collect(), *asked])), media_type

    async def _asked(self, actor: Actor) -> list[Metric]:
        if len(self._snapshots) >= MAX_SNAPSHOTS:
            self._snapshots.clear()
        snapshot = self._snapshots.setdefault(_sight(actor), _Snapshot())
        async with snapshot.lock:
            if time.monotonic() - snapshot.taken_at > FRESH_SECONDS:
                snapshot.families = await self._ask(actor)
                snapshot.taken_at = time.monotonic()
        return snapshot.families

    async def _ask(self, actor: Actor) -> list[Metric]:
        said = await asyncio.gather(*(_said(part, actor) for part in self._parts.values()))
        up = GaugeMetricFamily("modelhub_up", "Whether a part answers within a second: 1 or 0.", labels=["part"])
        for name, families in zip(self._parts, said, strict=True):
            up.add_metric([name], families is not None)
        return [up, *(family for families in said for family in families or ())]


async def _said(part: Part, actor: Actor) -> list[Metric] | None:
    try:
        return list(await asyncio.wait_for(part(actor), PATIENCE))
    except (Unavailable, TimeoutError):
        return None
    except Exception:
        log.exception("a part of the metrics failed")
        return None
