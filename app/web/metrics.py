"""`/metrics`: for Prometheus, and only for who has its token or may read analytics."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from hmac import compare_digest

from starlette.requests import Request
from starlette.responses import Response

from app.kit.access import SYSTEM, Actor, Permission
from app.kit.errors import HubError, RateLimited, TokenExpired, Unauthorized
from app.secret import Secret
from app.telemetry.scraping import Exposition
from app.web.refusals import bearer_token, unauthorized
from app.web.statuses import response_to
from app.web.turnstile import Turnstile


class MetricsPage:
    """The endpoint. The metrics token sees everything, an access token what its bearer may see."""

    def __init__(
        self,
        exposition: Exposition,
        token: Secret[str] | None,
        actor_of: Callable[[str], Awaitable[Actor]],
        turnstile: Turnstile | None = None,
    ) -> None:
        self._exposition, self._turnstile = exposition, turnstile or Turnstile()
        self._token = token.reveal().encode() if token else None
        self._actor_of = actor_of

    async def answer(self, request: Request) -> Response:
        """The figures, or 401; that is paid for by the address."""
        try:
            actor = await self._charged_actor(request)
        except RateLimited as error:
            return response_to(error)
        except HubError as error:
            return unauthorized(error)
        text, media_type = await self._exposition.text(actor, request.headers.get("accept", ""))
        return Response(text, headers={"Content-Type": media_type, "Cache-Control": "no-store"})

    async def _charged_actor(self, request: Request) -> Actor:
        address = request.client.host if request.client else None
        try:
            return await self._actor(request)
        except (Unauthorized, TokenExpired):
            await self._turnstile.hold(address)
            raise
        except HubError as error:
            await self._turnstile.charge(error, address)
            raise

    async def _actor(self, request: Request) -> Actor:
        given = bearer_token(request)
        if given is None:
            raise Unauthorized("Send `Authorization: Bearer …` with MODELHUB_METRICS_TOKEN or an access token.")
        if self._token and compare_digest(given.encode(), self._token):
            return SYSTEM
        actor = await self._actor_of(given)
        actor.require(Permission.ANALYTICS_READ)
        return actor
