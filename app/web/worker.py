"""What the worker shows over HTTP: that it lives, that its jobs get done, and its figures."""

from __future__ import annotations

from collections.abc import Callable

from prometheus_client import CollectorRegistry
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from app.identity.tokens import authenticate
from app.kit.access import Actor
from app.kit.errors import Unauthorized
from app.kit.secrets import load_keys
from app.settings import Settings
from app.telemetry.scraping import Exposition
from app.web.health import healthz
from app.web.metrics import MetricsPage


def build(settings: Settings, registry: CollectorRegistry, late: Callable[[], list[str]]) -> Starlette:
    """The application; `late` names the jobs that have not succeeded for too long."""
    keys = load_keys(settings.home, settings.secret)

    async def actor_of(token: str) -> Actor:
        """The worker answers whoever administers it: with the metrics token, or in development."""
        if settings.is_production:
            raise Unauthorized("Send MODELHUB_METRICS_TOKEN.")
        return authenticate(keys, token)

    page = MetricsPage(Exposition(registry, {}), settings.metrics_token, actor_of)

    async def readyz(_: Request) -> JSONResponse:
        names = late()
        return JSONResponse({"status": "unavailable" if names else "ok", "late": names}, 503 if names else 200)

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", page.answer)],
    )
