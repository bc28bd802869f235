"""TLS to Postgres as its address asks for it, and why a connection was refused, in words."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from app.kit.errors import HubError

_PARAMETERS = ("sslmode", "ssl", "sslrootcert", "sslcert", "sslkey")
SYSTEM = "system"


class UnusableCertificates(HubError):
    """A file of certificates or keys that an address names cannot be used."""


def open_engine(url: str, connect_args: Mapping[str, Any] | None = None, **options: Any) -> AsyncEngine:
    """An engine that understands libpq's TLS parameters, which SQLAlchemy would hand to the driver as they are.

    `verify-full` and `verify-ca` trust the authorities of `sslrootcert`, or without it (or with `system`) those of this
    machine. Raises `UnusableCertificates`."""
    whole = make_url(url)
    asked = {name: str(whole.query[name]) for name in _PARAMETERS if name in whole.query}
    arguments = {**_arguments(asked), **(connect_args or {})}
    return create_async_engine(whole.difference_update_query(asked), connect_args=arguments, **options)


def _arguments(asked: Mapping[str, str]) -> dict[str, Any]:
    mode = asked.get("sslmode", asked.get("ssl"))
    if not asked:
        return {}
    needs_files = mode in {"verify-full", "verify-ca"} or asked.keys() & {"sslrootcert", "sslcert"}
    return {"ssl": _context(mode or "verify-full", asked) if needs_files and mode != "disable" else mode}


def _context(mode: str, asked: Mapping[str, str]) -> ssl.SSLContext:
    """With `verify-full` chain and name are verified, else the chain alone if an authority is named."""
    trusted = asked.get("sslrootcert")
    try:
        context = ssl.create_default_context(cafile=None if trusted == SYSTEM else trusted)
        context.check_hostname = mode == "verify-full" or trusted == SYSTEM
        if not mode.startswith("verify") and trusted is None:
            context.verify_mode = ssl.CERT_NONE
        if "sslcert" in asked:
            context.load_cert_chain(asked["sslcert"], asked.get("sslkey"), password="")
    except OSError as error:
        named = ", ".join(f"{name}={asked[name]}" for name in _PARAMETERS[2:] if name in asked)
        raise UnusableCertificates(f"DATABASE_URL names what cannot be used ({named}): {reason(error)}") from None
    return context


def reason(error: BaseException) -> str:
    """Why it failed: the root of the matter, and of a refused certificate what is wrong with it."""
    for cause in _behind(error):
        if isinstance(cause, ssl.SSLCertVerificationError):
            return f"its certificate is not accepted: {cause.verify_message.rstrip('.')}."
        if isinstance(cause, ssl.SSLError):
            return f"TLS failed: {(cause.reason or str(cause)).replace('_', ' ').lower()}."
    return next(filter(None, map(str, reversed([*_causes(error)]))), type(error).__name__)


def _behind(error: BaseException | None) -> Iterator[BaseException]:
    """The error and what it came of, said (`from`) or not: the client of Redis does not say."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__
