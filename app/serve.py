"""Runs the API process under uvicorn."""

from __future__ import annotations

import asyncio
import logging
import socket
import time
from errno import EADDRINUSE

from app.kit.errors import Unavailable
from app.settings import Settings

PING_SECONDS = 20
MAX_MESSAGE = 1_000_000
PREDECESSOR_GONE_WITHIN = 2.0


class PortInUse(Unavailable):
    """Somebody else listens where we should."""


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    import uvicorn

    from app.main import build
    from app.migrate import refuse_mismatch

    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s")
    refuse_taken_port(settings)
    asyncio.run(refuse_mismatch(settings.database_url or ""))
    uvicorn.run(
        build(settings),
        host=settings.host,
        port=settings.port,
        log_level="warning",
        loop="uvloop",
        http="httptools",
        ws_ping_interval=PING_SECONDS,
        ws_max_size=MAX_MESSAGE,
        ws_per_message_deflate=False,
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def refuse_taken_port(settings: Settings) -> None:
    """Raise `PortInUse` if the port cannot be had; one that a killed predecessor is about to leave is awaited."""
    end = time.monotonic() + PREDECESSOR_GONE_WITHIN
    while (error := _failure(settings)) is not None:
        if error.errno != EADDRINUSE or time.monotonic() > end:
            reason, other = error.strerror or error, settings.port % 65535 + 1
            raise PortInUse(
                f"Cannot listen on {settings.host}:{settings.port}: {reason}. "
                f"Stop what uses it, or choose another HOST or PORT: PORT={other} make run."
            )
        time.sleep(0.05)


def _failure(settings: Settings) -> OSError | None:
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            return error
    return None
