"""Addresses of servers: how they may be written, and whether it is certain who answers there."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import TypeAlias
from urllib.parse import parse_qs, quote, urlsplit

Network: TypeAlias = IPv4Network | IPv6Network

TLS_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")


def postgres(url: str) -> str:
    """The address with the name of our driver. Raises `ValueError`."""
    scheme, separator, rest = url.partition("://")
    if not separator or scheme not in {"postgres", "postgresql", "postgresql+asyncpg"}:
        raise ValueError("must look like postgresql://user:password@host:5432/database")
    if tls_mode(url) not in {None, *TLS_MODES}:
        raise ValueError(f"its sslmode must be one of {', '.join(TLS_MODES)}")
    return f"postgresql+asyncpg://{rest}"


def redis(url: str) -> str:
    """The address. Raises `ValueError`."""
    if not url.startswith(("redis://", "rediss://", "unix://")):
        raise ValueError("must look like redis://:password@host:6379/0")
    return url


def origin(url: str) -> str:
    """Scheme, host and port, without a final slash. Raises `ValueError`."""
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path.strip("/") or parts.query:
        raise ValueError("must look like https://hub.example.com")
    return f"{parts.scheme}://{parts.netloc}"


def networks(text: str) -> tuple[Network, ...]:
    """Networks, or single addresses, with commas between. Raises `ValueError`."""
    return tuple(ip_network(one.strip()) for one in text.split(",") if one.strip())


def postgres_trusting(url: str, authorities: Path) -> str:
    """The address, with this file of certificate authorities where the server's certificate is verified."""
    if not (tls_mode(url) or "").startswith("verify") or "sslrootcert" in _asked(url):
        return url
    return f"{url}&sslrootcert={quote(str(authorities))}"


def redis_trusting(url: str, authorities: Path) -> str:
    """The address, with this file of certificate authorities if it is one with TLS."""
    if not url.startswith("rediss://") or "ssl_ca_certs" in _asked(url):
        return url
    return f"{url}{'&' if '?' in url else '?'}ssl_ca_certs={quote(str(authorities))}"


def is_certain_postgres(url: str) -> bool:
    """Whether who answers is this machine, or proves its name."""
    return tls_mode(url) == "verify-full" or all(map(is_near, _hosts(url)))


def is_certain_redis(url: str) -> bool:
    """Whether who answers is this machine, or proves its name."""
    scheme, asked = urlsplit(url).scheme, _asked(url)
    unproven = asked.get("ssl_cert_reqs", "required") != "required" or (
        asked.get("ssl_check_hostname", "true").casefold() in {"false", "no", "n", "0", "f"}
    )
    return scheme == "unix" or all(map(is_near, _hosts(url))) or (scheme == "rediss" and not unproven)


def tls_mode(url: str) -> str | None:
    """`sslmode` as libpq calls it, or `ssl` as the driver does; None if nothing is said."""
    asked = _asked(url)
    return asked.get("sslmode", asked.get("ssl"))


def _asked(url: str) -> dict[str, str]:
    """What stands behind the `?`; of a name that is repeated, the last."""
    return {name: values[-1] for name, values in parse_qs(urlsplit(url).query).items()}


def _hosts(url: str) -> list[str]:
    parts = urlsplit(url)
    asked = parse_qs(parts.query).get("host", [])
    return [parts.hostname, *asked] if parts.hostname else asked or [""]


def is_near(host: str) -> bool:
    """Whether a host is this machine: a socket's folder, or a loopback address."""
    if host.startswith("/") or host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
