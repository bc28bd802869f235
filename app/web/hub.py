"""What the doors of the web need, made once in `main` and kept in the application's state."""

from __future__ import annotations

from dataclasses import dataclass, field

from redis.asyncio import Redis

from app.identity.authentication import Authentication
from app.identity.signing.keys import SigningKeys
from app.kit.clock import Clock
from app.kit.db import Database
from app.kit.paging import Cursors
from app.kit.secrets import Keys
from app.limits.failover import Failover
from app.live.exchange import Exchange
from app.live.wakeups import Wakeups
from app.settings import Settings
from app.telemetry.observer import Observer


@dataclass(frozen=True, slots=True)
class Hub:
    """One running API process."""

    settings: Settings
    database: Database
    redis: Redis
    keys: Keys
    cursors: Cursors
    observer: Observer
    clock: Clock
    authentication: Authentication = field(kw_only=True)
    signing: SigningKeys = field(kw_only=True)
    counters: Failover = field(kw_only=True)
    exchange: Exchange = field(kw_only=True)
    wakeups: Wakeups = field(kw_only=True)
