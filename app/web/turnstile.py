"""Before it is known who asks: what comes to nothing is paid for by the address it comes from."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Final

from app.kit.errors import ErrorCode, HubError
from app.limits.charging import UNKNOWN, Limiter
from app.limits.turns import HELD

_NOT_THEIRS: Final = {ErrorCode.SERVICE_UNAVAILABLE, ErrorCode.INTERNAL_ERROR}
_PAID: Final = {ErrorCode.RATE_LIMIT_EXCEEDED, ErrorCode.UNAUTHORIZED, ErrorCode.TOKEN_EXPIRED}


@dataclass(frozen=True, slots=True)
class Turnstile:
    """Of one process; without a limiter everybody goes through."""

    limiter: Limiter | None = None

    async def enter(self, address: str | None, principal: str | None = None) -> None:
        """Go on, unless nothing more is taken from there now. Raises `RATE_LIMIT_EXCEEDED`."""
        if self.limiter:
            await self.limiter.refuse_closed(self.limiter.account(principal, address or UNKNOWN))

    async def pay(self, address: str | None) -> None:
        """Take the price of a request that costs nothing else. Raises `RATE_LIMIT_EXCEEDED`."""
        if self.limiter:
            await self.limiter.charge_failed(self.limiter.account(None, address or UNKNOWN))

    async def charge(self, refusal: HubError, address: str | None) -> None:
        """Take the price of a request that is refused, if that is its own fault and it was not paid for. Raises
        `RATE_LIMIT_EXCEEDED`."""
        if refusal.code not in _NOT_THEIRS | _PAID:
            await self.pay(address)

    async def hold(self, address: str | None) -> None:
        """Take the price of a credential that is not taken, and hold the answer back, so that nobody gains by guessing
        on. Raises `RATE_LIMIT_EXCEEDED`."""
        await self.pay(address)
        await asyncio.sleep(HELD)
