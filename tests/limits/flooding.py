"""A program that floods a hub until it is killed: it sends what is in a file, with a new number in each request, or
begins requests and leaves them unfinished. It imports nothing of the product, so that it is there at once."""

from __future__ import annotations

import asyncio
import itertools
import sys
from pathlib import Path

CONNECTIONS = 8
SILENT = 200
NUMBER = b"00000000"
"""In the content: another one in each request."""

FROM = ("127.0.0.2", 0)
"""Another address than that of others, which has limits of its own."""

_numbers = itertools.count(1)


async def flood(port: int, content: bytes) -> None:
    """Send without a pause, on one connection after another if they are closed."""
    while True:
        reader, writer = await asyncio.open_connection("127.0.0.1", port, local_addr=FROM)
        try:
            while True:
                writer.write(content.replace(NUMBER, b"%08d" % next(_numbers)))
                head = (await reader.readuntil(b"\r\n\r\n")).lower()
                await reader.readexactly(int(head.partition(b"content-length:")[2].partition(b"\r")[0]))
        except (asyncio.IncompleteReadError, ConnectionError):
            await asyncio.sleep(0.01)
        finally:
            writer.close()


async def keep_silent(port: int, content: bytes) -> None:
    """Begin, and send no more."""
    opened = [await asyncio.open_connection("127.0.0.1", port, local_addr=FROM) for _ in range(SILENT // CONNECTIONS)]
    for _, writer in opened:
        writer.write(content)
    await asyncio.sleep(600)


async def main(kind: str, port: int, path: str) -> None:
    """Until the end."""
    act = flood if kind == "flood" else keep_silent
    content = Path(path).read_bytes()
    await asyncio.gather(*(act(port, content) for _ in range(CONNECTIONS)))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3]))
