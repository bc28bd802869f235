"""Large answers travel compressed, if the client takes that."""

from __future__ import annotations

import asyncio
import zlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Final

import brotli

from app.web.negotiation import quality, weights

MIN_BYTES: Final = 2_000
"""Shorter answers fit into a packet or two as they are."""
LARGE_BYTES: Final = 200_000
"""What takes milliseconds is compressed beside the event loop."""
_GZIP: Final = 31  # zlib's word for gzip's format with the widest window


def _gzipped(body: bytes) -> bytes:
    return zlib.compress(body, 1, _GZIP)


def _brotli(body: bytes) -> bytes:
    return brotli.compress(body, quality=4)


_CODINGS: Final[Mapping[str, Callable[[bytes], bytes]]] = {"br": _brotli, "gzip": _gzipped}
"""Our favourite first. The levels are those beyond which time grows faster than bytes are saved."""


async def compressed(body: bytes, accept: bytes | None) -> tuple[bytes, bytes | None]:
    """The body as it travels, and its coding; `accept` is the request's `Accept-Encoding`."""
    coding = _coding(accept) if accept and len(body) >= MIN_BYTES else None
    if coding is None:
        return body, None
    if len(body) < LARGE_BYTES:
        return _CODINGS[coding](body), coding.encode()
    return await asyncio.to_thread(_CODINGS[coding], body), coding.encode()


@lru_cache(100)
def _coding(accept: bytes) -> str | None:
    """The coding that weighs most; None if there is none that is as welcome as no coding at all."""
    given = weights(accept.decode("latin-1"))
    ranked = {coding: quality(given, coding) if coding in given else given.get("*", 0.0) for coding in _CODINGS}
    best = max(ranked, key=lambda coding: ranked[coding])
    return best if ranked[best] > 0 and ranked[best] >= given.get("identity", 0.0) else None
