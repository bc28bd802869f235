"""Reads bodies without holding the event loop: small ones at once, others in a thread, huge ones in a process.

Parsers hold the interpreter while they parse; only another process keeps the API answering meanwhile."""

from __future__ import annotations

import asyncio
import pickle
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from typing import BinaryIO, Final, cast

from app.kit.errors import Unavailable
from app.metrics.aside import aside
from app.metrics.receiving.bodies import Form, TooLarge, read, unpacked
from app.metrics.receiving.spans import Unreadable
from app.metrics.receiving.values import Item

AT_ONCE = 32 * 1024
"""Bytes that are read in about a millisecond."""
IN_A_THREAD = 2 * 1024 * 1024
"""Bytes that a parser takes less than 20 ms for."""
PATIENCE = 30.0
"""Seconds that each part of a huge body may take."""
SOME = 1000
"""So many calls at most are stored in one transaction."""

_PIECE = 256 * 1024
_LENGTH = 4
_FAILURES: Final = {kind.__name__: kind for kind in (Unreadable, TooLarge)}


class Decoder:
    """Of one process of the API; one body at a time in a thread, and one in a process."""

    def __init__(self) -> None:
        self._process = asyncio.Lock()

    async def parts(self, way: str, form: Form, body: bytes, *, is_packed: bool) -> AsyncGenerator[list[Item]]:
        """The calls in a body, 1,000 at most at a time; nothing is given of a body that cannot be read.

        Raises `Unreadable`, `TooLarge` and `SERVICE_UNAVAILABLE`."""
        content = await asyncio.to_thread(unpacked, body) if is_packed else body
        if len(content) > IN_A_THREAD:
            async with self._process, _reading(way, form) as process:
                await _send(process, content)
                while found := await _receive(process):
                    yield found
            return
        found = await self._read(way, form, content)
        for start in range(0, len(found), SOME):
            yield found[start : start + SOME]

    async def _read(self, way: str, form: Form, content: bytes) -> list[Item]:
        if len(content) <= AT_ONCE:
            return read(way, form, content)
        return await aside(lambda: read(way, form, content))


@asynccontextmanager
async def _reading(way: str, form: Form) -> AsyncGenerator[Process]:
    command = sys.executable, "-m", "app.metrics.receiving.decoding", way, form.value
    process = await asyncio.create_subprocess_exec(*command, stdin=PIPE, stdout=PIPE, stderr=DEVNULL)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def _send(process: Process, content: bytes) -> None:
    stream = cast("asyncio.StreamWriter", process.stdin)
    async with _in_time():
        for start in range(0, len(content), _PIECE):
            stream.write(content[start : start + _PIECE])
            await stream.drain()
    stream.close()


async def _receive(process: Process) -> list[Item]:
    stream = cast("asyncio.StreamReader", process.stdout)
    async with _in_time():
        length = int.from_bytes(await stream.readexactly(_LENGTH), "big")
        written = await stream.readexactly(length)
    part = pickle.loads(written) if written else []  # noqa: S301 - our own process wrote it
    if isinstance(part, tuple):
        raise _FAILURES[part[0]](part[1])
    return part


@asynccontextmanager
async def _in_time() -> AsyncGenerator[None]:
    try:
        async with asyncio.timeout(PATIENCE):
            yield
    except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
        raise Unavailable("The body could not be read in time; try again later.") from error


def _parts(way: str, form: Form, content: bytes) -> Iterator[list[Item] | tuple[str, str]]:
    try:
        found = read(way, form, content)
    except (Unreadable, TooLarge) as failure:
        yield type(failure).__name__, failure.message
        return
    for start in range(0, len(found), SOME):
        yield found[start : start + SOME]


def main(way: str, form: Form, source: BinaryIO, target: BinaryIO) -> None:
    """What the process does: reads a body, and writes the calls in parts, each after its length; 0 is the end."""
    for part in _parts(way, form, source.read()):
        written = pickle.dumps(part, pickle.HIGHEST_PROTOCOL)
        target.write(len(written).to_bytes(_LENGTH, "big") + written)
    target.write(bytes(_LENGTH))
    target.flush()


if __name__ == "__main__":
    main(sys.argv[1], Form(sys.argv[2]), sys.stdin.buffer, sys.stdout.buffer)
