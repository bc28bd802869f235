"""Listening on a port: refused with a sentence if somebody else has it."""

from __future__ import annotations

import socket
import time
from errno import EADDRINUSE

from app.kit.errors import Unavailable

PREDECESSOR_GONE_WITHIN = 2.0


class PortInUse(Unavailable):
    """Somebody else listens where we should."""


def refuse_taken_port(host: str, port: int) -> None:
    """Raise `PortInUse` if the port cannot be had; one that a killed predecessor is about to leave is awaited."""
    end = time.monotonic() + PREDECESSOR_GONE_WITHIN
    while (error := _failure(host, port)) is not None:
        if error.errno != EADDRINUSE or time.monotonic() > end:
            reason, other = error.strerror or error, port % 65535 + 1
            raise PortInUse(
                f"Cannot listen on {host}:{port}: {reason}. "
                f"Stop what uses it, or choose another HOST or PORT: PORT={other} make run."
            )
        time.sleep(0.05)


def _failure(host: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            return error
    return None
