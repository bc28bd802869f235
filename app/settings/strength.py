"""Whether a secret was drawn by lot or thought up."""

from __future__ import annotations

import zlib
from itertools import pairwise

KNOWN_WORDS = ("change-me", "changeme", "example", "modelhub", "password", "qwerty", "secret")
LEAST_PACKED = 25
"""Bytes. Of 20,000 drawn texts of 32 hexadecimal digits none packs into less than 29; what repeats or counts does."""


def is_guessable(secret: str) -> bool:
    """Whether a text of 32 characters or more repeats itself, counts up, or speaks."""
    plain = secret.encode(errors="surrogatepass")
    steps = bytes((after - before) % 256 for before, after in pairwise(plain))
    speaks = any(word in secret.casefold() for word in KNOWN_WORDS)
    return speaks or min(_packed(plain), _packed(steps)) < LEAST_PACKED


def _packed(data: bytes) -> int:
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    return len(packer.compress(data) + packer.flush())
