"""How many connections one address may have in a process; whoever has a proxy before him counts by himself."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from app.kit.addresses import network_of
from app.kit.errors import RateLimited
from app.web.statuses import response_to

AGAIN: Final = 5
"""Seconds after which it may be tried again."""
FORWARDED: Final = b"x-forwarded-for"


class TooManyConnections(RateLimited):
    """An address has as many connections as it may."""

    def __init__(self, most: int) -> None:
        super().__init__(f"An address may have {most} connections at once. Try again in {AGAIN} s.", AGAIN)


@dataclass(slots=True)
class Crowd:
    """The connections of all addresses, `most` of each."""

    most: int
    _of: Counter[str] = field(default_factory=Counter[str])

    def enter(self, address: str) -> str | None:
        """Count one more of an address: what to `leave` with, or None if it has too many."""
        network = network_of(address)
        if self._of[network] >= self.most:
            return None
        self._of[network] += 1
        return network

    def leave(self, network: str) -> None:
        """One is gone."""
        self._of[network] -= 1
        if not self._of[network]:
            del self._of[network]


class Forwarded:
    """ASGI middleware: requests and sockets on their way at once, of addresses that a proxy speaks for. Those that come
    by themselves are counted when they connect."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app, self._crowd = app, Crowd(most)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Go on, unless there are too many."""
        address = _forwarded(scope)
        if address is None:
            return await self._app(scope, receive, send)
        network = self._crowd.enter(address)
        if network is None:
            return await response_to(TooManyConnections(self._crowd.most))(scope, receive, send)
        try:
            return await self._app(scope, receive, send)
        finally:
            self._crowd.leave(network)


def _forwarded(scope: Scope) -> str | None:
    if scope["type"] == "lifespan" or not scope["client"]:
        return None
    return scope["client"][0] if any(name == FORWARDED for name, _ in scope["headers"]) else None
