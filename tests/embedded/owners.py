"""A process that owns a home and can be killed, and what the tests ask of its servers."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import asyncpg

REPOSITORY = Path(__file__).parents[2]
SERVERS = {"postgres", "valkey-server"}

OWN = """
import signal, sys, time
from pathlib import Path
from app.embedded import EmbeddedServers
signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job starts with SIGINT ignored
signal.signal(signal.SIGHUP, signal.SIG_DFL)  # and one under nohup with SIGHUP ignored
with EmbeddedServers(Path(sys.argv[1]), report=lambda line: None) as servers:
    print("ready", flush=True)
    while True:
        servers.check()
        time.sleep(0.05)
"""


class Owner:
    """Enters EmbeddedServers in a process of its own; `servers` holds the pids of its children by name."""

    def __init__(
        self,
        home: Path,
        python: Sequence[str] = (sys.executable,),
        path: Path = REPOSITORY,
        before: str = "",
    ) -> None:
        self.servers: dict[str, int] = {}
        self.process = subprocess.Popen(
            [*python, "-c", before + OWN, str(home)],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=os.environ | {"PYTHONPATH": str(path)},
            cwd="/",
            start_new_session=True,
        )

    def await_ready(self) -> "Owner":
        """Waits for both servers."""
        assert self.process.stdout is not None
        assert self.process.stderr is not None
        if self.process.stdout.readline() != b"ready\n":
            raise AssertionError(self.process.stderr.read().decode())
        self.servers = children(self.process.pid)
        assert set(self.servers) == SERVERS
        return self

    def signal(self, number: signal.Signals) -> None:
        """Ends the owner."""
        self.process.send_signal(number)
        self.process.wait(10)

    def servers_are_gone(self) -> bool:
        """Whether none of the servers is left, as the owner knew them."""
        return not any(is_alive(pid, name) for name, pid in self.servers.items())

    def end(self) -> None:
        """Leaves nothing behind, whatever the test has done."""
        self.process.kill()
        self.process.communicate(timeout=10)
        if not soon(self.servers_are_gone):
            for name, pid in self.servers.items():
                if is_alive(pid, name):
                    os.kill(pid, signal.SIGKILL)


others: set[int] = set()
"""Children of the test process that were there before the test: the servers of the whole session."""


def child_pids(pid: int) -> set[int]:
    """The pids of the direct children of a process."""
    return {int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()}


def children(pid: int) -> dict[str, int]:
    """The pids of the direct children of a process, by the name of their program, without `others`."""
    found = child_pids(pid) - others
    return {Path(f"/proc/{child}/comm").read_text().strip(): child for child in found}


def is_alive(pid: int, name: str) -> bool:
    """Whether this very program still runs; a zombie does not."""
    with suppress(OSError):
        _, comm, state = Path(f"/proc/{pid}/stat").read_text().replace(")", "(").split("(")
        return comm == name and state.split()[0] != "Z"
    return False


def soon(condition: Callable[[], bool], seconds: float = 5.0) -> bool:
    """Whether the condition comes true in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False


def query(url: str, *statements: str) -> object:
    """The first value of the last statement."""

    async def ask() -> object:
        connection = await asyncpg.connect(url.replace("+asyncpg", ""))
        try:
            for statement in statements[:-1]:
                await connection.execute(statement)
            return await connection.fetchval(statements[-1])
        finally:
            await connection.close()

    return asyncio.run(ask())
