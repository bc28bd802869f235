"""Asks a replica whether it is healthy."""

from __future__ import annotations

import asyncio

_MOST = 65_536


async def is_healthy(host: str, port: int, path: str, timeout: float) -> bool:  # noqa: ASYNC109 - it is of the protocol asked, not of the caller
    """Whether `GET path` is answered with a status from 200 to 299 within `timeout` seconds."""
    try:
        async with asyncio.timeout(timeout):
            return await _answers_well(host, port, path)
    except (OSError, TimeoutError, ValueError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return False


async def _answers_well(host: str, port: int, path: str) -> bool:
    reader, writer = await asyncio.open_connection(host, port, limit=_MOST)
    try:
        writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}:{port}\r\nConnection: close\r\n\r\n".encode())
        status = (await reader.readuntil(b"\r\n")).split()
        return len(status) > 1 and status[0].startswith(b"HTTP/1.") and 200 <= int(status[1]) < 300
    finally:
        writer.transport.abort()
