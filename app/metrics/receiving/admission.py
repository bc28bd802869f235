"""How much may be on its way in at once; beyond that senders are asked to wait, which all of them do by themselves."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass

from app.kit.errors import RateLimited

MAX_REQUESTS = 64
MAX_BYTES = 96 * 1024 * 1024
RETRY_AFTER = 2
"""Seconds that senders are asked to wait."""


@dataclass(slots=True)
class Gate:
    """What one process has taken upon itself and not yet stored."""

    requests: int = 0
    bytes: int = 0

    @contextmanager
    def entered(self) -> Generator[Load]:
        """Let one request in. Raises `RATE_LIMIT_EXCEEDED` if there are too many."""
        if self.requests >= MAX_REQUESTS:
            raise _busy()
        load = Load(self)
        self.requests += 1
        try:
            yield load
        finally:
            self.requests -= 1
            self.bytes -= load.bytes


@dataclass(slots=True)
class Load:
    """What one request has brought so far."""

    gate: Gate
    bytes: int = 0

    def add(self, size: int) -> None:
        """Count bytes that came. Raises `RATE_LIMIT_EXCEEDED` if all requests together hold too many."""
        if self.gate.bytes + size > MAX_BYTES:
            raise _busy()
        self.gate.bytes += size
        self.bytes += size


def _busy() -> RateLimited:
    return RateLimited("More telemetry is coming in than can be stored; send it again in a moment.", RETRY_AFTER)
