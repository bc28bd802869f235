"""Runs the API process under uvicorn."""

from __future__ import annotations

import asyncio
import gc
import logging
import resource
import sys
from contextlib import nullcontext
from functools import partial
from typing import Any

from app.settings import Settings
from app.telemetry import logs
from app.web.certificates import ServerCertificate
from app.web.listening import refuse_taken_port

log = logging.getLogger("modelhub")

NOBODY_ADMINISTERS = (
    "nobody administers this installation yet: `modelhub invite-admin` prints a link for the first administrator"
)
PING_SECONDS = 20
MOST_DESCRIPTORS = 100_000
"""Files and sockets, if the system allows as many: a shell gives its children 1,024, and thousands may listen."""
SWITCH_SECONDS = 0.001
"""For how long a thread that works beside the event loop may keep it waiting; five times as long by default."""

COLLECTIONS = (2_000, 10, 50)
"""After how many new objects the garbage collector looks at the youngest, after how many of these looks at the middle
ones, and of those at all: seldom, since everything waits meanwhile, and requests leave little that only it can find."""


def serve(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT; with TLS if the settings name a certificate."""
    import uvicorn

    from app.main import build, tell_if_away

    logs.configure(settings)
    certificate = certificate_of(settings)
    refuse_taken_port(settings.host, settings.port)
    asyncio.run(look_at_database(settings))
    asyncio.run(tell_if_away(settings.redis_url or ""))
    with certificate.renewing() if certificate else nullcontext():
        application = build(settings)
        take_descriptors()
        sys.setswitchinterval(SWITCH_SECONDS)
        gc.freeze()  # the schema and all modules stay: no collection need look at them
        gc.set_threshold(*COLLECTIONS)
        uvicorn.run(application, **_options(settings, certificate))


def take_descriptors() -> None:
    """Let this process have as many files and sockets open as it may."""
    has, may = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = MOST_DESCRIPTORS if may == resource.RLIM_INFINITY else min(may, MOST_DESCRIPTORS)
    if has != resource.RLIM_INFINITY and has < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, may))


async def look_at_database(settings: Settings) -> None:
    """Raise `SchemaMismatch` or `Unreadable` if what is in the database is not for this program or these keys; say how
    the first administrator comes in if there is none."""
    from app.identity.people.service import is_administered
    from app.kit.db import Database
    from app.kit.resealing import refuse_unreadable
    from app.kit.sealing import load_keyring
    from app.migrate import refuse_mismatch

    url = settings.database_url or ""
    await refuse_mismatch(url)
    database = Database(url, read_connections=1, write_connections=1)
    try:
        await refuse_unreadable(database, load_keyring(settings))
        async with database.transaction() as session:
            if not await is_administered(session):
                log.warning(NOBODY_ADMINISTERS)
    finally:
        await database.close()


def certificate_of(settings: Settings) -> ServerCertificate | None:
    """The certificate that the settings name."""
    return ServerCertificate(settings.tls_cert, settings.tls_key) if settings.tls_cert and settings.tls_key else None


def _options(settings: Settings, certificate: ServerCertificate | None) -> dict[str, Any]:
    return {
        "host": settings.host,
        "port": settings.port,
        **transport(settings.connections_per_address),
        "ssl_context_factory": (lambda *_: certificate.context) if certificate else None,
        "log_config": None,
        "log_level": "warning",
        "access_log": False,
        "loop": "uvloop",
        "timeout_graceful_shutdown": 5,
    }


def transport(connections: int) -> dict[str, Any]:
    """How uvicorn talks HTTP and WebSocket, on so many connections of an address."""
    from app.web.connections import HttpConnection, SocketConnection
    from app.web.crowds import Crowd
    from app.web.parameters import MAX_BODY

    crowd = Crowd(connections)
    return {
        "http": partial(HttpConnection, crowd=crowd),
        "ws": partial(SocketConnection, crowd=crowd),
        "ws_ping_interval": PING_SECONDS,
        "ws_ping_timeout": PING_SECONDS,
        "ws_max_size": MAX_BODY,
        "ws_per_message_deflate": False,
        "server_header": False,
    }
