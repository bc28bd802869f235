"""The API behind a real server, in this process: on a free port of the loopback interface."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Any

import uvicorn

from app.serve import transport

CONNECTIONS = 100_000
"""Of an address."""

SERVERS: dict[str, uvicorn.Server] = {}
"""Those that run now, by their addresses."""


@asynccontextmanager
async def serving(app: Any, **options: Any) -> AsyncGenerator[str]:
    """Where the application is served for as long as the block runs, as `127.0.0.1:port`, as `modelhub serve` does."""
    config = uvicorn.Config(
        app, port=0, lifespan="off", log_config=None, access_log=False, **transport(CONNECTIONS) | options
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.005)
    address = "{}:{}".format(*server.servers[0].sockets[0].getsockname())
    SERVERS[address] = server
    try:
        yield address
    finally:
        del SERVERS[address]
        server.should_exit = True
        server.force_exit = True
        await task
