"""Encryption keys as they are written in the environment."""

from __future__ import annotations

import re

from app.secret import Secret


def read_keys(text: Secret[str]) -> list[Secret[bytes]]:
    """The keys of a list with commas between, the current one first. Raises `ValueError`."""
    keys = [key.strip() for key in text.reveal().split(",")]
    if not all(re.fullmatch(r"[0-9A-Fa-f]{64}", key) for key in keys):
        raise ValueError("must be 64 hexadecimal digits, or several such with commas between: openssl rand -hex 32")
    if len(set(keys)) < len(keys):
        raise ValueError("names a key twice")
    return [Secret(bytes.fromhex(key)) for key in keys]
