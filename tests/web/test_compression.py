"""Large answers travel compressed."""

from __future__ import annotations

import gzip

import brotli
import pytest

from app.web.compression import LARGE_BYTES, MIN_BYTES, compressed

LONG = b"a long answer " * MIN_BYTES


@pytest.mark.parametrize(
    ("accept", "coding"),
    [
        (b"gzip, deflate, br, zstd", b"br"),
        (b"gzip, deflate", b"gzip"),
        (b"br;q=0.5, gzip", b"gzip"),
        (b"*", b"br"),
        (b"*, br;q=0", b"gzip"),
        (b"identity, gzip;q=0.5", None),
        (b"gzip;q=0, br;q=0", None),
        (b"zstd", None),
        (b"", None),
        (None, None),
    ],
)
async def test_coding_by_weight(accept: bytes | None, coding: bytes | None) -> None:
    body, found = await compressed(LONG, accept)
    assert found == coding
    assert {b"br": brotli.decompress, b"gzip": gzip.decompress, None: bytes}[found](body) == LONG
    assert (len(body) < len(LONG)) == (coding is not None)


async def test_short_answers_stay_as_they_are() -> None:
    assert await compressed(b"x" * (MIN_BYTES - 1), b"gzip") == (b"x" * (MIN_BYTES - 1), None)


async def test_very_long_ones_are_compressed_too() -> None:
    body, _ = await compressed(b"x" * LARGE_BYTES, b"gzip")
    assert gzip.decompress(body) == b"x" * LARGE_BYTES
