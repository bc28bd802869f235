"""A client for calls to addresses that people name. It looks each host up once per connection, asks `Targets` about
what was found, and connects to just that: whoever answers for the name cannot send the call elsewhere afterwards."""

from __future__ import annotations

import ssl
from collections.abc import AsyncIterator, Iterable
from typing import Any, Final

import httpcore2
import httpx2
from httpcore2 import AsyncNetworkBackend, AsyncNetworkStream

from app.kit.targets import Targets

MAX_BYTES: Final = 10_000_000
"""Of one answer. Compressed ones are not asked for and not taken, as nobody knows how long they become."""
CONNECTIONS: Final = httpx2.Limits(max_connections=50, max_keepalive_connections=10, keepalive_expiry=15)


class Unreadable(httpx2.ReadError):
    """An answer that is compressed, or does not end within the bound."""


class _Guarded(AsyncNetworkBackend):
    """Connects to addresses that were looked at, in their order, the next where one does not answer."""

    def __init__(self, targets: Targets) -> None:
        self._targets = targets
        self._backend: Any = httpcore2.AnyIOBackend()

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109 - so is it called
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> AsyncNetworkStream:
        failure: Exception = httpcore2.ConnectError("The host is not known.")
        for address in await self._addresses(host, port):
            try:
                return await self._backend.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure

    async def _addresses(self, host: str, port: int) -> Iterable[str]:
        try:
            return await self._targets.addresses(host, port)
        except (OSError, UnicodeError) as error:
            raise httpcore2.ConnectError("The host is not known.") from error

    async def sleep(self, seconds: float) -> None:
        await self._backend.sleep(seconds)


class _Bounded(httpx2.AsyncByteStream):
    """An answer of bounded length."""

    def __init__(self, stream: httpx2.AsyncByteStream) -> None:
        self._stream = stream

    async def __aiter__(self) -> AsyncIterator[bytes]:
        left = MAX_BYTES
        async for part in self._stream:
            left -= len(part)
            if left < 0:
                raise Unreadable(f"The answer is longer than {MAX_BYTES:,} bytes.")
            yield part

    async def aclose(self) -> None:
        await self._stream.aclose()


class _Transport(httpx2.AsyncHTTPTransport):
    """httpx's own, over guarded connections."""

    def __init__(self, targets: Targets, trust: ssl.SSLContext) -> None:
        super().__init__(verify=trust, trust_env=False)
        self._pool = httpcore2.AsyncConnectionPool(
            ssl_context=trust,
            max_connections=CONNECTIONS.max_connections,
            max_keepalive_connections=CONNECTIONS.max_keepalive_connections,
            keepalive_expiry=CONNECTIONS.keepalive_expiry,
            network_backend=_Guarded(targets),
        )

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        response = await super().handle_async_request(request)
        if response.headers.get("content-encoding", "identity") != "identity":
            await response.aclose()
            raise Unreadable("The answer is compressed, though that was not asked for.", request=request)
        if isinstance(response.stream, httpx2.AsyncByteStream):
            response.stream = _Bounded(response.stream)
        return response


def outgoing(targets: Targets, seconds: float, authorities: str | None = None) -> httpx2.AsyncClient:
    """A client that follows no redirects, heeds no proxy of the environment, and gives up after so many seconds without
    progress. `authorities` is a file of certificates to trust besides those of the system."""
    trust = ssl.create_default_context()
    if authorities:
        trust.load_verify_locations(authorities)
    return httpx2.AsyncClient(
        transport=_Transport(targets, trust),
        timeout=seconds,
        follow_redirects=False,
        trust_env=False,
        headers={"accept-encoding": "identity"},
    )
