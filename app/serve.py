"""Runs the API process under uvicorn."""

from __future__ import annotations

import asyncio
import gc

from app.settings import Settings
from app.telemetry import logs
from app.web.listening import refuse_taken_port

PING_SECONDS = 20
MAX_MESSAGE = 1_000_000


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    import uvicorn

    from app.main import build
    from app.migrate import refuse_mismatch

    logs.configure(settings)
    refuse_taken_port(settings.host, settings.port)
    asyncio.run(refuse_mismatch(settings.database_url or ""))
    application = build(settings)
    gc.freeze()  # the schema and all modules stay: no collection need look at them
    uvicorn.run(
        application,
        host=settings.host,
        port=settings.port,
        log_config=None,
        log_level="warning",
        access_log=False,
        loop="uvloop",
        http="httptools",
        ws_ping_interval=PING_SECONDS,
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )
