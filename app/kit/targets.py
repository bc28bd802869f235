"""Addresses that people name for this server to call: how they may be written, and whom they may lead to.

What is not public (this machine, its network, the metadata of a cloud) is refused unless the operator allows it."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import TypeAlias
from urllib.parse import urlsplit

from app.settings.addresses import Network

Address: TypeAlias = IPv4Address | IPv6Address

MAX_URL = 2_000

_TRANSLATED = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
"""IPv6 addresses that stand for the IPv4 address in their last 32 bits (NAT64)."""
_NEAR = (ip_network("168.63.129.16/32"), ip_network("192.0.0.0/24"))
"""What counts as public to Python, but is answered by the machine's own cloud or network."""


class TargetRefused(Exception):
    """An address that is not called; the text says why, for people, without what was found out by asking for it."""


def fault_of_url(url: str, *, takes_query: bool = False) -> str | None:
    """What is wrong with the base URL of an API, or the URL of a webhook, as it is written; None if it could be
    called."""
    try:
        parts = urlsplit(url)
        is_complete = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        is_complete, parts = False, urlsplit("")
    if not is_complete or len(url) > MAX_URL or not url.isascii() or not url.isprintable() or {" ", "\\"} & {*url}:
        return f"A URL looks like https://models.example.com/v1 and has {MAX_URL:,} ASCII characters at most."
    if parts.username is not None or parts.password is not None:
        return "A URL holds no user and no password: name a credential instead."
    if takes_query:
        return "A URL ends with its path or its query: no fragment." if parts.fragment else None
    if parts.query or parts.fragment:
        return "A URL ends with its path: no query and no fragment."
    return None


def is_public(address: Address) -> bool:
    """Whether an address belongs to the internet at large; one that stands for another is judged as that."""
    if isinstance(address, IPv6Address):
        meant = _meant(address)
        if meant is not None:
            return is_public(meant)
    is_ordinary = address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)
    return is_ordinary and not any(address in network for network in _NEAR)


def _meant(address: IPv6Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for."""
    if any(address in network for network in _TRANSLATED):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


@dataclass(frozen=True, slots=True)
class Targets:
    """Whom this server calls: the public, and the networks that the operator `allowed` besides."""

    allowed: tuple[Network, ...] = ()

    def admits(self, address: Address) -> bool:
        """Whether this address may be called."""
        meant = _meant(address) if isinstance(address, IPv6Address) else None
        named = (address, *([meant] if meant else ()))
        return is_public(address) or any(one in network for one in named for network in self.allowed)

    async def addresses(self, host: str, port: int) -> Sequence[str]:
        """The addresses of a host, as the system's resolver has them at this moment; all of them may be called.

        Raises `TargetRefused` if one may not, and `OSError` for a host that is not known."""
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        addresses = list(dict.fromkeys(str(entry[4][0]) for entry in found))
        self.require(addresses)
        return addresses

    def require(self, addresses: Iterable[str]) -> None:
        """Raise `TargetRefused` unless all of these may be called."""
        if not all(self.admits(ip_address(address.partition("%")[0])) for address in addresses):
            raise TargetRefused("It leads to an address that is not public, and the operator has not allowed it.")
